"""Marking from a list and on one person's page: refreshers in words, a second press before anything is erased."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import db
from portal.training import marking, services
from portal.training.models import Assignment, State, Way
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("modules")
TODAY = NOW.date()


def the(person, code="K4"):
    with db.connection():
        return Assignment.get(Assignment.person == person.id, Assignment.module == code)


def finish(house, trainer, person, on):
    with db.connection():
        marking.finish_many(house.id, [person.id], "K4", on, Way.MEETING, trainer.id)


def page_of(browser, house, person):
    return browser.get("training.show_person", organisation_id=house.id, person_id=person.id)


def test_a_yearly_refresher_is_entered_from_a_list_and_said_in_words(login, browser, house, trainer, amber, make):
    birch = make.member(house, "peer_worker", "Birch")
    finish(house, trainer, amber, dt.date(2025, 11, 20))
    login(trainer)
    form = browser.get("training.catch_up", organisation_id=house.id)
    board = browser.submit(form, button="Save", module="K4", on=TODAY, people=[str(amber.id), str(birch.id)])
    assert "Marked for 1 person." in board.html and "1 person had done it before: refreshed." in board.html
    assert (the(amber).state, the(amber).refreshed_on) == (State.REFRESHED, TODAY)
    again = browser.submit(form, button="Save", module="K4", on=TODAY, people=[str(amber.id), str(birch.id)])
    assert "Marked for 0 people." in again.html and "refreshed." not in again.html


def test_nothing_is_erased_with_one_press(login, browser, house, trainer, amber):
    finish(house, trainer, amber, TODAY)
    login(trainer)
    page = page_of(browser, house, amber)
    (button,) = page.root.findall(".//button[@value='undo']")
    asks = next(one for one in page.root.findall(".//details//details") if button in one.iter())
    assert asks.find("summary").text == "Marked by mistake" and asks.get("open") is None
    assert "It is open again, and this cannot be undone." in "".join(asks.itertext())
    browser.submit(page, button="Yes, take every mark away")
    assert (the(amber).state, the(amber).done_on) == (State.ASSIGNED, None)


def test_what_somebody_took_on_alone_has_no_button_to_take_it_back(login, browser, house, trainer, amber):
    with db.connection():
        services.assign(house.id, (), [amber.id], ["K1"], trainer.id)
        services.take_on(amber.id, house.id, "K4")
    login(trainer)
    page = page_of(browser, house, amber)
    assert page.text.count("Take the assignment back") == 1
    data = {"do": "take back", "assignment": str(the(amber).id), "on": TODAY, "way": "meeting"}
    refused = browser.post("training.show_person", data, organisation_id=house.id, person_id=amber.id)
    assert "They took this module on by themselves, so it stays." in refused.text
    assert the(amber).state == State.ACCEPTED
