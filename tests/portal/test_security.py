"""The header set on every route, literally, errors too; and no trace of a visitor's network anywhere."""

from __future__ import annotations

import logging

import pytest

from portal import db
from portal.permissions import Label, access_of
from tests.support.browser import Browser
from tests.support.make import KEY_WORDS

EVERYWHERE = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
PERSONAL = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def differing(answer, wanted):
    return {name: answer.headers.get(name) for name in wanted if answer.headers.get(name) != wanted[name]}


def test_every_route_carries_the_whole_header_set(app, world):
    lead = world.member("lead")
    wrong = []
    for signed_in in (False, True):
        browser = Browser(app)
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            world.restore()
            if signed_in:
                browser.sign_in(lead)
            address, _ = world.address(app, rule.endpoint)
            method = "GET" if "GET" in rule.methods else "POST"
            answer = browser.client.open(address, method=method)
            public = access_of(app.view_functions[rule.endpoint]) is Label.PUBLIC
            wanted = EVERYWHERE | ({} if public and not signed_in else PERSONAL)
            if found := differing(answer, wanted):
                wrong.append(f"{method} {rule.endpoint} ({answer.status_code}): {found}")
            if not signed_in and public and rule.rule.startswith("/<language>/guidance"):
                assert "no-store" not in answer.headers.get("Cache-Control", ""), rule
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/xx/", 404),
        ("DELETE", "/en/", 405),
        ("POST", "/me/settings", 400),
        ("GET", "/static/nothing.css", 404),
    ],
)
def test_errors_carry_it_too(browser, method, address, status):
    answer = browser.client.open(address, method=method)
    assert answer.status_code == status
    assert differing(answer, EVERYWHERE) == {}


@pytest.mark.parametrize(
    ("address", "asked", "status"),
    [("/static/nothing.css", {}, 404), ("/static/site.css", {"Range": "bytes=9999999-"}, 416)],
)
def test_an_error_among_the_files_says_who_is_signed_in_and_is_not_kept(browser, login, make, address, asked, status):
    login(make.person("Quiet Heron"))
    with db.connection():  # as a thread of a server has it since its first page
        answer = browser.client.get(address, headers={**asked, "Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert (answer.status_code, "Quiet Heron" in answer.text) == (status, True)
    assert differing(answer, PERSONAL) == {}


@pytest.mark.parametrize(("asked", "status"), [({}, 200), ({"Range": "bytes=0-9"}, 206), ({"If-None-Match": "*"}, 304)])
def test_a_file_may_be_kept_by_whoever_is_signed_in_too(browser, login, make, asked, status):
    login(make.person("Quiet Heron"))
    with browser.client.get("/static/site.css", headers=asked) as answer:
        assert answer.status_code == status
        assert "X-Robots-Tag" not in answer.headers
        assert "no-store" not in answer.headers["Cache-Control"]


def test_a_failure_of_ours_is_a_page_that_tells_nothing(app, browser):
    app.testing = False
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    app.view_functions["broken"].access = Label.PUBLIC
    logging.getLogger("portal").disabled = True
    answer = browser.client.get("/broken")
    logging.getLogger("portal").disabled = False
    assert answer.status_code == 500
    assert "Something of ours broke" in answer.text
    assert "ZeroDivision" not in answer.text
    assert differing(answer, EVERYWHERE) == {}


def test_an_unreachable_database_is_503_everywhere(app, browser, monkeypatch):
    import peewee

    def refuse(*_arguments, **_options):
        raise peewee.OperationalError("gone")

    monkeypatch.setattr(db.database.obj, "connect", refuse)
    health = browser.client.get("/-/health")
    assert (health.status_code, health.json["database"]) == (503, "unreachable")
    assert browser.client.get("/en/guidance").status_code == 503


def test_the_health_page_says_what_monitors_ask(browser):
    answer = browser.client.get("/-/health").json
    assert set(answer) == {"status", "version", "database"}
    assert (answer["status"], answer["database"]) == ("ok", "ok")


def test_no_address_of_a_visitor_is_stored(app, make, caplog):
    """After signing up, failing and succeeding to sign in from a telling address, no table and no log line has it."""
    address = "198.51.100.77"
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    make.person("Quiet Heron")
    for words in ("wrong", KEY_WORDS):
        page = browser.get("accounts.sign_in")
        browser.submit(page, nickname="Quiet Heron", key_words=words)
    browser.get("home.show_my_page")
    assert address not in caplog.text
    with db.connection():
        for table in db.database.get_tables():
            rows = db.database.execute_sql(f'SELECT * FROM "{table}"').fetchall()
            assert not any(address in str(value) for row in rows for value in row), table


def test_static_files_may_be_kept_and_their_address_changes_with_them(browser):
    page = browser.get("home.show_front_page")
    sheet = page.root.find(".//link[@rel='stylesheet']").get("href")
    assert "?v=" in sheet
    with browser.client.get(sheet) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_demo_refuses_other_machines(app, browser):
    from portal import security

    app.before_request_funcs.setdefault(None, []).append(security.refuse_strangers)
    browser.client.environ_base["REMOTE_ADDR"] = "192.0.2.8"
    browser.get("/en/", status=403)
    browser.client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    browser.get("/en/")
