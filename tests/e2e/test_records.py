"""A person's record of learning in a real browser: every page looked at, and all of it done without script."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock, db
from portal.accounts.models import Person
from portal.training import marking, plans, services
from portal.training.models import Way

NICKNAME = "Amber Fox"


@pytest.fixture
def learner(site):
    """Somebody of the demo who has done three modules and has one before them."""
    with db.connection():
        person = Person.get(Person.nickname == NICKNAME)
        plans.choose(person.id, full_titles=False, reminders=False)
        organisation = organisation_of(person)
        for days, code, way in ((60, "K1", Way.MEETING), (30, "K2", Way.ALONE), (3, "O1", Way.EXPERIENCE)):
            on = clock.today() - dt.timedelta(days=days)
            marking.finish_many(organisation, [person.id], code, on, way, None)
        services.add(organisation, {(person.id, "C1"): clock.today() + dt.timedelta(days=20)}, None)
        marking.practise(row_of(person, "K1"), clock.today() - dt.timedelta(days=20))
    return person


def organisation_of(person):
    from portal.organisations.services import roles_of

    return roles_of(person.id)[0].organisation


def row_of(person, code):
    return services.Assignment.get(services.Assignment.person == person.id, services.Assignment.module == code)


def make_certificate(visit):
    """From the person's page to the page of a new certificate with everything on it."""
    page = visit.open("/me/learning")
    for code in ("K1", "K2", "O1"):
        page.get_by_role("checkbox", name=f"Module {code},").check()
    page.get_by_role("checkbox", name="The days I practised").check()
    page.get_by_role("checkbox", name="The organisation I did each").check()
    visit.press("Make the certificate")
    return page


def test_pages_of_the_record(visit, learner):
    page = visit.sign_in(NICKNAME)
    visit.open("/me/learning")
    visit.look("learning")
    visit.press("Make the certificate")
    visit.look("learning-error")
    make_certificate(visit)
    visit.look("certificate")
    visit.follow("/verify/")
    visit.look("verify")
    assert page.get_by_role("navigation").count() == 0
    page.go_back()
    visit.press("Withdraw it")
    visit.look("learning-withdrawn")


def test_addresses_that_lead_nowhere_or_nowhere_any_more(visit, learner):
    page = visit.sign_in(NICKNAME)
    make_certificate(visit)
    address = page.get_by_role("link", name="/verify/").get_attribute("href")
    visit.press("Withdraw it")
    page.goto(address)
    visit.look("verify-withdrawn")
    page.goto(address + "x")
    visit.messages.clear()  # the browser itself reports the 404
    visit.look("verify-nothing")


def test_the_calendar_page(visit, learner):
    visit.sign_in(NICKNAME)
    visit.open("/me/calendar")
    visit.look("calendar")
    visit.press("Make a private address")
    visit.look("calendar-address")


def test_from_ticks_to_paper_without_script(visitor, learner):
    visit = visitor(script=False)
    page = visit.sign_in(NICKNAME)
    make_certificate(visit)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download it to print").click()
    assert waiting.value.suggested_filename == "learning.pdf"
    visit.open("/me/learning")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the statements").click()
    assert waiting.value.suggested_filename == "statements.jsonl"
    visit.open("/me/calendar")
    visit.press("Make a")
    assert page.get_by_text("/cal/").count() == 1
    visit.press("Delete the address")
    assert page.get_by_text("You have no address.").count() == 1
