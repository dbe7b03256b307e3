"""Marking for several at once: refreshers, the text of that day, and taking back what a list had marked by mistake."""

from __future__ import annotations

import datetime as dt

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db
from portal.accounts.models import Person
from portal.audit import AuditRow
from portal.training import boards, corrections, library, marking, services, texts
from portal.training.marking import Marked
from portal.training.models import Assignment, State, Way
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database", "modules")
TODAY = NOW.date()
A_YEAR_AGO = dt.date(2025, 11, 20)


def the(person, code="K4"):
    return Assignment.get(Assignment.person == person.id, Assignment.module == code)


def finish(house, trainer, people, code="K4", on=TODAY, way=Way.MEETING):
    return marking.finish_many(house.id, [one.id for one in people], code, on, way, trainer.id)


# --- refreshers ---


def test_a_refresher_of_a_group_is_entered_for_all_of_them_and_closes_the_gap(house, trainer, peers):
    finish(house, trainer, peers[:2], on=A_YEAR_AGO, way=Way.ALONE)
    assert "K4" in boards.person_row(house.id, (), peers[0].id, "en").before_solo
    assert finish(house, trainer, peers) == Marked(new=1, refreshed=2)
    row = the(peers[0])
    assert (row.state, row.done_on, row.way, row.refreshed_on) == (State.REFRESHED, A_YEAR_AGO, Way.ALONE, TODAY)
    assert row.text_done == library.modules_by_code("en")["K4"].revision
    assert "K4" not in boards.person_row(house.id, (), peers[0].id, "en").before_solo
    assert finish(house, trainer, peers) == Marked(), "entered again, nothing is refreshed twice"


@pytest.mark.parametrize("days", [0, 1])
def test_an_earlier_day_entered_late_refreshes_nothing(house, trainer, peers, days):
    finish(house, trainer, peers, on=A_YEAR_AGO)
    marking.refresh(the(peers[0]), TODAY)
    marking.practise(the(peers[1]), TODAY)
    assert finish(house, trainer, peers[:2], on=TODAY - dt.timedelta(days=days)) == Marked()
    assert the(peers[0]).refreshed_on == TODAY and the(peers[1]).refreshed_on is None


def test_a_module_that_is_never_refreshed_keeps_its_day(house, trainer, peers):
    finish(house, trainer, peers, "K1", on=A_YEAR_AGO)
    assert finish(house, trainer, peers, "K1") == Marked()
    assert (the(peers[0], "K1").state, the(peers[0], "K1").refreshed_on) == (State.DONE, None)


def test_marking_takes_as_many_statements_for_300_people_as_for_3(house, trainer, peers, make):
    def cost(people, on):
        with count_queries() as counted:
            finish(house, trainer, people, on=on)
        return counted.count

    finish(house, trainer, peers[:1], on=A_YEAR_AGO)
    few = cost(peers, TODAY)
    many = [make.member(house, "peer_worker", f"Peer {number}") for number in range(300)]
    clock.stop(NOW + dt.timedelta(days=400))
    assert cost([*peers, *many], clock.today()) <= few + 1, "PostgreSQL asks once a second whether content has changed"
    assert Assignment.select().where(Assignment.refreshed_on == clock.today()).count() == 3


# --- the text of that day ---


@pytest.fixture
def rewritten(modules):
    """K4 as it was on 22 November, and from 25 November on in other words."""
    first = library.modules_by_code("")["K4"].revision
    clock.stop(NOW + dt.timedelta(days=3))
    modules.write("K4", before_solo_work="true", refresh_months="12", order="20", good_to_know="New words.")
    modules.load()
    second = library.modules_by_code("")["K4"].revision
    assert first != second
    return first, second


@pytest.mark.parametrize(("days", "which"), [(-700, 0), (0, 0), (2, 0), (3, 1)])
def test_what_is_entered_late_goes_with_the_text_of_that_day(house, trainer, peers, rewritten, days, which):
    on = TODAY + dt.timedelta(days=days)
    finish(house, trainer, peers[:1], on=on)
    services.assign(house.id, (), [peers[1].id], ["K4"], trainer.id)
    marking.finish(the(peers[1]), on, Way.ALONE)
    finish(house, trainer, peers[2:], on=dt.date(2024, 1, 1))
    marking.refresh(the(peers[2]), on)
    assert [the(person).text_done for person in peers] == [rewritten[which]] * 3
    finish(house, trainer, peers[2:], on=TODAY + dt.timedelta(days=3))
    assert the(peers[2]).text_done == rewritten[1]


def test_a_day_ends_at_midnight_where_the_site_is(modules):
    first = library.modules_by_code("")["K1"].revision
    clock.stop(dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC))  # 25 November in Berlin
    modules.write("K1", before_solo_work="true", order="10", good_to_know="New words.")
    modules.load()
    second = library.modules_by_code("")["K1"].revision
    assert [texts.text_on("K1", dt.date(2026, 11, day)) for day in (24, 25)] == [first, second]
    assert texts.text_on("Z9", TODAY) is None


# --- taken back ---


def test_what_a_list_had_marked_by_mistake_is_open_again(house, trainer, peers):
    services.assign(house.id, (), [peers[0].id], ["K4"], trainer.id, due_on=TODAY, reason="For the bus.")
    finish(house, trainer, peers[:2])
    undone = corrections.undo_meeting(house.id, [one.id for one in peers], "K4", TODAY)
    assert undone == corrections.Undone(open_again=frozenset(one.id for one in peers[:2]))
    row = the(peers[0])
    assert (row.state, row.done_on, row.way, row.text_done) == (State.ASSIGNED, None, None, None)
    assert (row.due_on, row.reason) == (TODAY, "For the bus.")
    assert AuditRow.select().where(AuditRow.action == "training.undo").count() == 1


def test_what_was_marked_in_another_way_or_since_stays(house, trainer, peers, make):
    dale, elm = make.member(house, "peer_worker", "Dale"), make.member(house, "peer_worker", "Elm")
    people = [*peers, dale, elm]
    finish(house, trainer, peers[:1], way=Way.ALONE)
    finish(house, trainer, peers[1:2], on=TODAY - dt.timedelta(days=1))
    finish(house, trainer, peers[2:3], on=A_YEAR_AGO)
    finish(house, trainer, [dale, elm])
    marking.practise(the(dale), TODAY)
    finish(house, trainer, peers[2:3])
    before = {one.id: the(one).state for one in people}
    undone = corrections.undo_meeting(house.id, [one.id for one in people], "K4", TODAY, keep={elm.id})
    assert undone == corrections.Undone(still=frozenset({peers[2].id, dale.id, elm.id}))
    assert {one.id: the(one).state for one in people} == before


# --- what somebody took on alone ---


@pytest.mark.parametrize("answer", [State.LATER, State.DECLINED])
def test_assigning_what_somebody_put_off_alone_tells_nobody_that_they_had_it(house, trainer, peers, answer):
    services.take_on(peers[0].id, house.id, "K1")
    services.respond(peers[0].id, the(peers[0], "K1").id, answer)
    assert services.assign(house.id, (), [one.id for one in peers[:2]], ["K1"], trainer.id) == 2
    assert the(peers[0], "K1").state == State.ASSIGNED


def test_what_somebody_took_on_alone_nobody_takes_back(house, trainer, peers):
    services.take_on(peers[0].id, house.id, "K1")
    services.assign(house.id, (), [peers[0].id], ["K4"], trainer.id)
    with pytest.raises(services.TakenOnAlone):
        services.take_back(house.id, the(peers[0], "K1").id)
    assert the(peers[0], "K1").state == State.ACCEPTED
    assert services.taken_on_alone(house.id, peers[0].id) == {the(peers[0], "K1").id}


def test_what_was_taken_back_once_and_then_taken_on_is_the_persons_own(house, trainer, peers):
    services.assign(house.id, (), [peers[0].id], ["K1"], trainer.id)
    services.take_back(house.id, the(peers[0], "K1").id)
    services.take_on(peers[0].id, house.id, "K1")
    assert the(peers[0], "K1").assigned_by is None
    with pytest.raises(services.TakenOnAlone):
        services.take_back(house.id, the(peers[0], "K1").id)


@db.transaction
def delete(person):
    Person.delete().where(Person.id == person.id).execute()


def test_what_somebody_assigned_who_has_gone_since_can_be_taken_back(house, trainer, peers, make):
    services.assign(house.id, (), [peers[0].id], ["K1"], trainer.id, reason="For the bus.")
    delete(trainer)
    services.take_back(house.id, the(peers[0], "K1").id)
    assert the(peers[0], "K1").state == State.TAKEN_BACK
