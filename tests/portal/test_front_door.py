"""The door itself: tokens on every form, cookies, sizes, whose address counts, and what signing out means."""

from __future__ import annotations

import pytest

from portal import db
from portal.accounts import second_factor, sign_ins
from portal.accounts.models import Person
from portal.permissions import PORTAL_ROLES
from portal.throttle import Throttle
from tests.support.browser import Browser
from tests.support.make import KEY_WORDS
from tests.support.written import writing

# What these answer is only the next page: nothing changes on the server, or the way leads on through a page that asks.
WITHOUT_TOKEN = {
    "accounts.choose_discreet",
    "candidates.confirm_keeping",
    "candidates.turn_card",
    "organisations.enter_code",
}


def test_every_form_asks_for_its_token(app, world):
    lead = world.member("lead")
    unasked = set()
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint in WITHOUT_TOKEN:
            continue
        world.restore()
        address, _ = world.address(app, rule.endpoint)
        if Browser(app).sign_in(lead).client.post(address).status_code != 400:
            unasked.add(rule.endpoint)
    assert unasked == set()
    assert {name for feature in app.extensions["features"] for name in exempt(feature)} == WITHOUT_TOKEN


def exempt(feature) -> list[str]:
    return [f"{feature.blueprint.name}.{view}" for view in feature.without_csrf] if feature.blueprint else []


def test_a_token_of_somebody_else_opens_nothing(app, make):
    one, other = (Browser(app).sign_in(make.person()) for _ in range(2))
    token = dict((page := one.get("/me")).fields(page.form("Sign out")))["csrf_token"]
    other.get("/me")
    assert other.client.post(page.form("Sign out").get("action"), data={"csrf_token": token}).status_code == 400
    other.get("/me")


def test_the_cookie_of_a_sign_in_is_for_this_site_and_no_script(app, make):
    make.person("Quiet Heron")
    browser = Browser(app)
    answer = browser.client.post(
        "/en/sign-in",
        data={"nickname": "Quiet Heron", "key_words": KEY_WORDS, "csrf_token": browser.csrf_token()},
    )
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("peerwork="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Expires" not in cookie and "Max-Age" not in cookie and "Domain" not in cookie


@pytest.mark.parametrize("how", ["sign out", "end it elsewhere"])
def test_an_old_cookie_opens_nothing_once_its_sign_in_is_over(app, make, how):
    person = make.person()
    browser, elsewhere = Browser(app).sign_in(person), Browser(app).sign_in(person)
    page = browser.get("/me")
    old = browser.client.get_cookie("peerwork").value
    if how == "sign out":
        browser.submit(page, button="Sign out")
    else:
        with db.connection():
            mine, *_others = sign_ins.list_sign_ins(person.id)
            for one in sign_ins.list_sign_ins(person.id):
                sign_ins.end_sign_in(person.id, one.id)
            assert mine not in sign_ins.list_sign_ins(person.id)
        assert elsewhere.get("/me").path == "/en/sign-in"
    thief = Browser(app)
    thief.client.set_cookie("peerwork", old)
    assert thief.get("/me").path == "/en/sign-in"


@pytest.mark.parametrize("role", sorted(PORTAL_ROLES))
def test_whoever_looks_after_the_portal_sets_up_a_second_factor_first(browser, make, role):
    person = make.person("Keeper", portal_role=role)
    with db.connection(), writing():
        Person.update(totp_sealed=None).where(Person.id == person.id).execute()
    assert browser.sign_in(person).get("/me").path == "/me/second-factor"


def test_a_request_that_is_too_large_is_told_so(app, browser):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    page = browser.client.post("/en/sign-in", data={"nickname": "x" * 2000})
    assert page.status_code == 413
    assert "That is too much at once" in page.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_without_a_proxy_nobody_says_where_they_come_from(app, browser, header):
    """Else each try could come from another network, and none would be slowed down."""
    for number in range(3):
        browser.client.post(
            "/en/sign-in",
            data={"nickname": f"Nobody {number}", "key_words": "wrong", "csrf_token": browser.csrf_token()},
            headers={header: f"198.51.100.{number}"},
        )
    with db.connection():
        highest = max(row.hits for row in Throttle.select())
    assert highest == 3


def test_a_changed_second_factor_ends_every_other_sign_in(database, make):
    person = make.person("Quiet Heron")
    here, elsewhere = sign_ins.sign_in(person.id), sign_ins.sign_in(person.id)
    second_factor._turn_second_factor_on(person.id, "JBSWY3DPEHPK3PXP", 1, sign_ins.find_sign_in(here).id)
    assert sign_ins.find_sign_in(here)
    assert sign_ins.find_sign_in(elsewhere) is None
