"""A person's own page says that modules wait for an answer, and nothing more of them."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import db
from portal.organisations import services as organisations
from portal.training import services
from portal.training.models import Assignment, State
from tests.support.written import write_something

pytestmark = pytest.mark.usefixtures("modules")


@pytest.fixture
def offered(make):
    """Somebody who was given two modules, and their organisation."""
    house = make.organisation()
    peer, trainer = make.member(house, "peer_worker", "Amber"), make.member(house, "trainer", "Rowan")
    with db.connection():
        services.assign(house.id, (), [peer.id], ["K1", "C1"], trainer.id, due_on=dt.date(2026, 12, 1))
    return house, peer


def test_what_waits_for_an_answer_is_said_on_ones_own_page(browser, login, offered, make):
    _house, peer = offered
    login(peer)
    page = browser.get("/me")
    assert "2 things wait for you." in page.text
    assert page.links()["2 modules are offered to you"] == "/me/training"
    with db.connection():
        for assignment in Assignment.select():
            services.respond(peer.id, assignment.id, State.DECLINED)
    assert "Nothing waits for you." in browser.get("/me").text
    login(make.person())
    assert "Nothing waits for you." in browser.get("/me").text


def test_nothing_waits_where_somebody_no_longer_belongs(browser, login, offered):
    house, peer = offered
    login(peer)
    with db.connection():
        organisations.leave(house.id, peer.id)
    assert "Nothing waits for you." in browser.get("/me").text


def test_ones_own_page_asks_three_things_of_the_database(browser, login, offered):
    _house, peer = offered
    login(peer)
    browser.get("/me")
    count = []
    write_something()
    db.database.query_hooks.append(lambda event: count.append(event.sql))
    browser.get("/me")
    asked = len(count)
    browser.get("/me")
    db.database.query_hooks.pop()
    assert asked == 3, count
    assert len(count) == asked, "the second time nothing was written since"
