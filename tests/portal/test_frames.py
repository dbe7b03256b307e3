"""What is kept of pages is nobody's own: nickname, token and messages go in at every request."""

from __future__ import annotations

import datetime as dt

from portal import clock, db
from portal.accounts import sign_ins
from portal.accounts.models import Person
from tests.conftest import NOW
from tests.support.browser import Browser


def token_on(page) -> str:
    return dict(page.fields(page.form("Sign out")))["csrf_token"]


def is_out(browser) -> bool:
    return browser.get("/me").path == "/en/sign-in"


def kept(app) -> str:
    """All that stays in memory of pages, as one text."""
    return "".join(str(value) for name in ("frames", "own pages") for value in app.extensions[name].values())


def test_two_people_with_the_same_things_on_their_page_get_their_own(app, make):
    house = make.organisation("The House")
    heron, wren = (make.member(house, "peer_worker", name) for name in ("Quiet <b> Heron", "Brown Wren"))
    pages = {}
    for _ in range(2):
        for person in (heron, wren):
            browser = pages[person.id][0] if person.id in pages else Browser(app).sign_in(person)
            pages[person.id] = browser, browser.get("/me")
            assert pages[person.id][1].heading == f"Hello, {person.nickname}"
            assert pages[person.id][1].title.startswith(f"Hello, {person.nickname}")
    tokens = [token_on(page) for _browser, page in pages.values()]
    assert len(set(tokens)) == 2
    assert "The House" in kept(app)
    assert not [own for own in (*tokens, "Heron", "Wren") if own in kept(app)]
    for browser, page in pages.values():
        assert "Sign in" in browser.submit(page, button="Sign out").html
        assert is_out(browser)


def test_a_page_of_ones_own_stays_neutral_for_whoever_wants_that(app, make):
    open_, discreet = make.person("Open"), make.person("Hidden")
    with db.connection():
        db.transaction(Person.update(discreet=True).where(Person.id == discreet.id).execute)()
    titles = [Browser(app).sign_in(person).get("/me").title for person in (open_, discreet, open_)]
    assert titles == ["Hello, Open – Peerwork", "Notes", "Hello, Open – Peerwork"]


def test_a_message_is_shown_once_and_to_nobody_else(app, make):
    one, other = (Browser(app).sign_in(make.person(name)) for name in ("One", "Other"))
    said = one.get("/me")
    with one.client.session_transaction() as session:
        session["_flashes"] = [("message", "Only for one")]
    assert "Only for one" not in other.get("/me").html
    assert "Only for one" in one.get("/me").html
    assert "Only for one" not in one.get("/me").html + other.get("/me").html + said.html
    assert "Only for one" not in kept(app)


def test_a_sign_in_ends_after_its_hours_though_nothing_was_written_meanwhile(app, make):
    browser = Browser(app).sign_in(make.person())
    moment = NOW
    while moment + dt.timedelta(minutes=10) < NOW + sign_ins.LONGEST_SIGN_IN:
        moment += dt.timedelta(minutes=10)
        clock.stop(moment)
        browser.get("/me")
    clock.stop(NOW + sign_ins.LONGEST_SIGN_IN)
    assert is_out(browser)


def test_what_somebody_else_ends_is_over_at_the_next_click(app, make):
    person = make.person()
    here, there = Browser(app).sign_in(person), Browser(app).sign_in(person)
    here.get("/me")
    there.get("/me")
    with db.connection():
        sign_ins.end_all_sign_ins(person.id)
    assert is_out(here)
    assert is_out(there)


def test_a_blocked_account_reads_nothing_more(app, make):
    person = make.person()
    browser = Browser(app).sign_in(person)
    browser.get("/me")
    with db.connection():
        db.transaction(Person.update(blocked=True).where(Person.id == person.id).execute)()
    assert is_out(browser)
