"""Correcting who was at a meeting about a module: what a wrong tick had marked is open again, all else stays."""

import datetime as dt

import pytest
from playhouse.test_utils import count_queries

from portal.meetings import attendance, services
from portal.meetings.attendance import AsOf, Noted, Outcome
from portal.meetings.models import About, Meeting
from portal.meetings.services import Plan
from portal.training import marking
from portal.training.models import Assignment, State, Way
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database", "modules")
TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)


def create(house, leaders=(), module="K4", **more):
    plan = Plan(**{"about": About.MODULE, "module": module, "place": "Kitchen", "day": TODAY, "starts": dt.time(10),
                   "ends": dt.time(12), **more})  # fmt: skip
    return services.create(house.id, (), plan, [one.id for one in leaders], (), anyway=True)


def note(house, meeting, noted, *, by, sheet=None, day=None, done=True):
    sheet = sheet or attendance.open_sheet(house.id, (), Meeting.get_by_id(meeting.id), day)
    if not isinstance(noted, Noted):
        noted = Noted({person.id: 120 for person in noted})
    return attendance.note(house.id, (), meeting.id, day or sheet.day, sheet.as_of, noted, by=by.id, module_done=done)


def the(person, code="K4"):
    return Assignment.get(Assignment.person == person.id, Assignment.module == code)


def test_whoever_is_taken_out_has_the_module_open_again(house, trainer, wren, heron):
    meeting = create(house)
    assert note(house, meeting, [wren, heron], by=trainer) == Outcome(new=2)
    assert note(house, meeting, [wren], by=trainer, done=False) == Outcome(open_again=1)
    assert (the(heron).state, the(heron).done_on, the(heron).way) == (State.ASSIGNED, None, None)
    assert the(wren).state == State.DONE
    assert note(house, meeting, [wren, heron], by=trainer) == Outcome(new=1)


def test_a_yearly_refresher_at_a_meeting_counts_and_cannot_be_told_apart_afterwards(house, trainer, wren, heron):
    marking.finish_many(house.id, [heron.id], "K4", dt.date(2025, 11, 1), Way.MEETING, trainer.id)
    meeting = create(house)
    assert note(house, meeting, [wren, heron], by=trainer) == Outcome(new=1, refreshed=1)
    assert note(house, meeting, [], by=trainer) == Outcome(open_again=1, still={heron.id: "Heron"})
    assert (the(heron).state, the(heron).refreshed_on) == (State.REFRESHED, TODAY)


def test_what_was_done_otherwise_is_not_touched(house, trainer, wren, heron):
    marking.finish_many(house.id, [heron.id], "K4", TODAY, Way.ALONE, trainer.id)
    marking.finish_many(house.id, [wren.id], "K4", YESTERDAY, Way.MEETING, trainer.id)
    meeting = create(house, day=YESTERDAY, module="K1")
    note(house, meeting, [wren, heron], by=trainer)
    assert note(house, meeting, [], by=trainer) == Outcome(open_again=2)
    assert [the(one).state for one in (wren, heron)] == [State.DONE, State.DONE]


def test_whoever_was_at_another_meeting_about_it_that_day_is_named_and_keeps_it(house, trainer, wren):
    morning, evening = create(house), create(house, starts=dt.time(15), ends=dt.time(17))
    note(house, morning, [wren], by=trainer)
    note(house, evening, [wren], by=trainer)
    assert note(house, morning, [], by=trainer) == Outcome(still={wren.id: "Wren"})
    assert the(wren).state == State.DONE


def test_whoever_leads_it_since_was_not_taken_out(house, trainer, wren, heron):
    meeting = create(house)
    note(house, meeting, [wren, heron], by=trainer)
    plan = Plan(About.MODULE, "Kitchen", TODAY, dt.time(10), dt.time(12), module="K4")
    services.change(house.id, (), meeting.id, plan, [wren.id], (), version=1, anyway=True)
    assert note(house, meeting, [heron], by=trainer, done=False) == Outcome()
    assert the(wren).state == State.DONE


def test_taking_out_costs_the_same_for_one_and_for_forty(house, make, trainer, wren):
    def cost(people):
        meeting = create(house)
        note(house, meeting, people, by=trainer)
        with count_queries() as counted:
            assert note(house, meeting, [], by=trainer).open_again == len(people)
        return counted.count

    few = cost([wren])
    assert cost([wren, *(make.member(house, "peer_worker") for _ in range(39))]) <= few + 1


# --- pages that had shown another day ---


def test_a_page_about_another_day_overwrites_nothing_unseen(house, trainer, wren, heron):
    meeting = create(house)
    mine = attendance.open_sheet(house.id, (), Meeting.get_by_id(meeting.id))
    plan = Plan(About.MODULE, "Kitchen", YESTERDAY, dt.time(10), dt.time(12), module="K4")
    services.change(house.id, (), meeting.id, plan, (), (), version=1, anyway=True)
    for day in (TODAY, YESTERDAY):  # the same was noted for both
        note(house, meeting, [heron], by=trainer, day=day)
    shown = attendance.open_sheet(house.id, (), Meeting.get_by_id(meeting.id), TODAY).as_of
    with pytest.raises(attendance.NotedMeanwhile):
        attendance.note(house.id, (), meeting.id, YESTERDAY, shown, Noted({wren.id: 120}), by=trainer.id)
    assert AsOf.read(mine.as_of)[:2] == ("1", "2026-11-22")
    assert AsOf.read("") == AsOf.read("//") == ("", "", "")
