"""Who was there: saving again changes and never doubles, nothing is overwritten unseen, payroll gets minutes alone."""

import csv
import datetime as dt
import io

import pytest
from playhouse.test_utils import assert_query_count, count_queries

from portal import audit, clock
from portal.accounts import services as accounts
from portal.meetings import attendance, hours, services
from portal.meetings.attendance import Noted
from portal.meetings.models import About, Attendance, Meeting, Part
from portal.meetings.people import Leader
from portal.meetings.services import Plan
from portal.organisations import services as organisations
from portal.organisations.models import Membership
from portal.training import marking
from portal.training import services as training
from portal.training.models import Assignment, State, Way
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database")
TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)
NOVEMBER = dt.date(2026, 11, 1)


def create(house, leaders=(), guests=(), **more):
    usual = {"title": "Talk", "place": "Kitchen", "day": TODAY, "starts": dt.time(10), "ends": dt.time(12)}
    plan = Plan(**{"about": About.OTHER, **usual, **more})
    return services.create(house.id, (), plan, [one.id for one in leaders], guests, anyway=True)


def move(house, meeting, day):
    row = Meeting.get_by_id(meeting.id)
    names = ("title", "place", "starts", "ends", "module")
    plan = Plan(About(row.about), day=day, **{name: getattr(row, name) for name in names})
    services.change(house.id, (), meeting.id, plan, [], [], version=row.version, anyway=True)


def sheet_of(house, meeting, day=None, reach=()):
    return attendance.open_sheet(house.id, reach, Meeting.get_by_id(meeting.id), day)


def note(house, meeting, noted, *, sheet=None, reach=(), by=None, module_done=False, day=None):
    sheet = sheet or sheet_of(house, meeting, day, reach)
    return attendance.note(house.id, reach, meeting.id, sheet.day, sheet.as_of, noted, by=by, module_done=module_done)


def there(*people, minutes=120, **more):
    return Noted({person.id: minutes for person in people}, **more)


def lines(house, reach=(), month=NOVEMBER):
    found = hours.list_lines(house.id, reach, month)
    return [(line.day, line.nickname, line.minutes, line.part.value, line.meeting) for line in found]


def leave(house, person):
    membership = Membership.get(Membership.person == person.id, Membership.organisation == house.id)
    organisations.end_membership(house.id, membership.id)


# --- noting ---


def test_what_is_noted_comes_back_and_saving_again_changes_it(house, wren, heron):
    meeting = create(house, [wren], ["Dr Jay"])
    noted = there(heron, guests={"Robin": 60})
    noted.led = {Leader("Wren", wren.id): 120, Leader("Dr Jay"): 90}
    noted.prepared = {Leader("Wren", wren.id): 30}
    note(house, meeting, noted)
    assert sheet_of(house, meeting).noted == noted
    note(house, meeting, there(heron, minutes=100))
    assert sheet_of(house, meeting).noted == there(heron, minutes=100)
    assert Attendance.select().count() == 1


def test_the_same_form_sent_twice_counts_nobody_twice(house, wren):
    meeting = create(house)
    sheet = sheet_of(house, meeting)
    for _ in range(2):
        note(house, meeting, there(wren, guests={"Robin": 120}), sheet=sheet)
    assert len(lines(house)) == 2


def test_a_guest_is_never_a_member_a_leader_or_another_guest_again(house, wren, heron):
    meeting = create(house, [wren])
    note(house, meeting, Noted({heron.id: 120}, {"HERON": 60, " wren": 60, "Robin": 60, "robin ": 30}))
    assert sheet_of(house, meeting).noted == Noted({heron.id: 120}, {"Robin": 60})
    other = create(house)
    note(house, other, Noted(guests={"heron": 45}))
    assert sheet_of(house, other).noted == Noted({heron.id: 45})


def test_who_leads_is_not_asked_whether_they_came(house, wren, heron):
    meeting = create(house, [wren])
    assert list(sheet_of(house, meeting).people) == [heron.id]
    with pytest.raises(training.LeftMeanwhile):
        note(house, meeting, there(wren))


def test_nothing_is_noted_before_the_day(house, wren):
    meeting = create(house, day=TODAY + dt.timedelta(days=1))
    with pytest.raises(attendance.NotYet):
        note(house, meeting, there(wren))
    assert Attendance.select().count() == 0


def test_a_day_the_meeting_never_had_is_refused(house, wren):
    meeting = create(house)
    with pytest.raises(attendance.OtherDay):
        sheet_of(house, meeting, YESTERDAY)


def test_whoever_left_since_is_said_so_and_nothing_is_saved(house, wren, heron):
    meeting = create(house)
    sheet = sheet_of(house, meeting)
    leave(house, wren)
    with pytest.raises(training.LeftMeanwhile) as refused:
        note(house, meeting, there(wren, heron), sheet=sheet)
    assert refused.value.people == {wren.id}
    assert Attendance.select().count() == 0


def test_whoever_was_noted_and_left_afterwards_stays_and_can_be_changed(house, wren):
    meeting = create(house)
    note(house, meeting, there(wren))
    leave(house, wren)
    assert sheet_of(house, meeting).people == {wren.id: "Wren"}
    note(house, meeting, there(wren, minutes=60))
    assert [line[1:3] for line in lines(house)] == [("Wren", 60)]


def test_what_somebody_else_noted_meanwhile_is_not_overwritten_unseen(house, wren, heron):
    meeting = create(house)
    mine = sheet_of(house, meeting)
    note(house, meeting, there(wren))
    with pytest.raises(attendance.NotedMeanwhile) as refused:
        note(house, meeting, there(heron), sheet=mine)
    assert refused.value.now == there(wren)
    note(house, meeting, there(wren, heron))
    assert sheet_of(house, meeting).noted == there(wren, heron)


# --- moved and cancelled ---


def test_a_meeting_moved_meanwhile_is_said_so_and_can_then_be_noted_for_the_new_day(house, wren):
    meeting = create(house)
    sheet = sheet_of(house, meeting)
    move(house, meeting, YESTERDAY)
    with pytest.raises(services.ChangedMeanwhile) as refused:
        note(house, meeting, there(wren), sheet=sheet)
    assert refused.value.meeting.day == YESTERDAY
    assert Attendance.select().count() == 0
    note(house, meeting, there(wren))
    assert [line[0] for line in lines(house)] == [YESTERDAY]


def test_a_meeting_cancelled_meanwhile_is_said_so_and_can_be_noted_after_a_look(house, wren):
    meeting = create(house)
    sheet = sheet_of(house, meeting)
    services.cancel(house.id, meeting.id)
    with pytest.raises(services.ChangedMeanwhile) as refused:
        note(house, meeting, there(wren), sheet=sheet)
    assert refused.value.meeting.cancelled_on == TODAY
    note(house, meeting, there(wren))
    assert len(lines(house)) == 1


def test_attendance_keeps_the_day_it_was_noted_for(house, wren, heron):
    meeting = create(house)
    note(house, meeting, there(wren))
    move(house, meeting, YESTERDAY)
    sheet = sheet_of(house, meeting)
    assert (sheet.day, sheet.noted.is_empty, sheet.other_days) == (YESTERDAY, True, [TODAY])
    note(house, meeting, there(heron))
    assert [line[:2] for line in lines(house)] == [(YESTERDAY, "Heron"), (TODAY, "Wren")]
    note(house, meeting, Noted(), day=TODAY)
    assert [line[:2] for line in lines(house)] == [(YESTERDAY, "Heron")]


# --- modules, reach, mutual support ---


def test_the_module_is_marked_done_for_those_who_were_there(house, modules, trainer, wren, heron):
    meeting = create(house, [trainer], about=About.MODULE, module="K1", title="")
    marking.finish_many(house.id, [heron.id], "K1", YESTERDAY, Way.ALONE, trainer.id)
    new = note(house, meeting, there(wren, heron, guests={"Robin": 90}), by=trainer.id, module_done=True)
    assert new == attendance.Outcome(new=1)
    rows = {row.person_id: row for row in Assignment.select()}
    assert {person: (row.module, row.state, row.done_on) for person, row in rows.items()} == {
        wren.id: ("K1", State.DONE, TODAY),
        heron.id: ("K1", State.DONE, YESTERDAY),
    }
    assert rows[wren.id].way == "meeting"


def test_noting_alone_marks_nothing_done(house, modules, wren):
    meeting = create(house, about=About.MODULE, module="K1", title="")
    assert note(house, meeting, there(wren)) == attendance.Outcome()
    assert Assignment.select().count() == 0


def test_a_trainer_of_one_programme_sees_and_changes_people_in_reach_alone(house, make, wren):
    bus = organisations.create_programme(house.id, "Night bus")
    finch = make.member(house, "peer_worker", "Finch", [bus])
    reach = {house.programme.id}
    meeting = create(house, [finch])
    noted = there(wren)
    noted.led = {Leader("Finch", finch.id): 120}
    note(house, meeting, noted)
    sheet = sheet_of(house, meeting, reach=reach)
    assert (sheet.people, sheet.leaders, sheet.noted) == ({wren.id: "Wren"}, [], there(wren))
    note(house, meeting, Noted(guests={"Robin": 30}), reach=reach)
    assert [line[1:4] for line in lines(house)] == [("Finch", 120, "led"), ("Robin", 30, "attended")]
    assert [line[1] for line in lines(house, reach)] == ["Robin"]
    with pytest.raises(training.LeftMeanwhile):
        note(house, meeting, there(finch), reach=reach)


def test_of_mutual_support_nothing_is_kept_but_paid_minutes_of_peer_workers(house, make, wren, heron):
    make.member(house, "staff", "Bo")
    meeting = create(house, [wren], about=About.SUPPORT, title="")
    assert sheet_of(house, meeting).people == {heron.id: "Heron"}
    note(house, meeting, Noted({heron.id: 0}, {"Robin": 0, "Jay": 45}, {Leader("Wren", wren.id): 60}))
    assert sorted((row.guest, row.minutes) for row in Attendance.select().where(Attendance.guest.is_null(False))) == [
        ("Jay", 45)
    ]
    assert [line[1:] for line in lines(house)] == [
        ("Jay", 45, "attended", "Mutual support"),
        ("Wren", 60, "led", "Mutual support"),
    ]


def test_the_record_says_that_attendance_was_noted(house, wren):
    meeting = create(house)
    note(house, meeting, there(wren))
    row = audit.AuditRow.select().order_by(audit.AuditRow.number.desc()).first()
    assert (row.action, row.object, row.organisation) == ("meetings.note_attendance", f"meeting/{meeting.id}", house.id)


def test_the_record_does_not_say_who_noted_hours_of_mutual_support(house, wren, heron):
    audit.acting_as(wren.id)
    note(house, create(house, [wren], about=About.SUPPORT, title=""), there(heron))
    note(house, create(house, [wren]), there(heron))
    noted = audit.AuditRow.action == "meetings.note_attendance"
    rows = audit.AuditRow.select().where(noted).order_by(audit.AuditRow.number)
    assert [row.actor is None for row in rows] == [True, False]


def test_a_sheet_costs_the_same_for_three_people_and_for_forty(house, make, wren, heron):
    meeting = create(house, [wren])
    note(house, meeting, there(heron))
    with count_queries() as few:
        sheet_of(house, meeting)
    with count_queries() as saving:
        note(house, meeting, there(heron, minutes=60))
    many = [make.member(house, "peer_worker") for _ in range(38)]
    note(house, meeting, there(heron, *many))
    with assert_query_count(few.count):
        assert len(sheet_of(house, meeting).people) == 39
    with assert_query_count(saving.count):
        note(house, meeting, there(heron, *many, minutes=90))
    assert few.count <= 5


# --- paid time ---


def test_payroll_gets_day_nickname_minutes_part_and_a_neutral_name(house, modules, trainer, wren, heron):
    first = create(house, [trainer], about=About.MODULE, module="K1", title="", day=YESTERDAY)
    noted = there(wren, heron, minutes=90)
    noted.led, noted.prepared = {Leader("Maple", trainer.id): 90}, {Leader("Maple", trainer.id): 30}
    note(house, first, noted)
    note(house, create(house, title="Wounds"), there(wren, minutes=0, guests={"Robin": 45}))
    rows = list(csv.reader(io.StringIO(hours.to_csv(hours.list_lines(house.id, (), NOVEMBER)).decode("utf-8-sig"))))
    assert rows == [
        ["day", "nickname", "minutes", "for", "meeting"],
        ["2026-11-21", "Heron", "90", "attended", "Module K1"],
        ["2026-11-21", "Maple", "90", "led", "Module K1"],
        ["2026-11-21", "Maple", "30", "prepared", "Module K1"],
        ["2026-11-21", "Wren", "90", "attended", "Module K1"],
        ["2026-11-22", "Robin", "45", "attended", "Meeting"],
    ]
    assert hours.together(hours.list_lines(house.id, (), NOVEMBER)) == {
        "Heron": 90, "Maple": 120, "Robin": 45, "Wren": 90
    }  # fmt: skip


@pytest.mark.parametrize("nickname", ["=1+1", "+Robin", "-Robin", "@Robin"])
def test_no_nickname_becomes_a_formula(house, nickname):
    note(house, create(house), Noted(guests={nickname: 60}))
    content = hours.to_csv(hours.list_lines(house.id, (), NOVEMBER)).decode("utf-8-sig")
    assert f"2026-11-22,'{nickname},60,attended,Meeting" in content


def test_a_month_is_that_month_and_that_organisation_alone(house, make, wren):
    other = make.organisation("Elsewhere")
    organisations.add_member(other.id, wren.id, "peer_worker")
    note(house, create(house, day=dt.date(2026, 10, 31)), there(wren, minutes=31))
    note(house, create(house, day=dt.date(2026, 11, 1)), there(wren, minutes=1))
    clock.stop(dt.datetime(2026, 12, 2, tzinfo=dt.UTC))
    note(house, create(house, day=dt.date(2026, 11, 30)), there(wren, minutes=30))
    note(house, create(house, day=dt.date(2026, 12, 1)), there(wren, minutes=12))
    note(other, create(other, day=dt.date(2026, 11, 9)), there(wren, minutes=9))
    assert [line[2] for line in lines(house)] == [1, 30]
    assert [line[2] for line in lines(house, month=dt.date(2026, 12, 1))] == [12]
    assert [line[2] for line in lines(other)] == [9]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", NOVEMBER),
        ("2026-12", dt.date(2026, 12, 1)),
        ("", None),
        ("2026-13", None),
        ("2026-00", None),
        ("2026-1", None),
        ("0026-11", None),
        ("November", None),
        ("2026-11-01", None),
        ("２０２６-11", None),
    ],
)
def test_a_month_is_a_year_and_a_month(text, month):
    assert hours.month_of(text) == month


def test_months_follow_each_other():
    assert hours.next_month(dt.date(2026, 12, 1)) == dt.date(2027, 1, 1)
    assert hours.next_month(dt.date(2026, 1, 1)) == dt.date(2026, 2, 1)
    assert hours.month_before(dt.date(2027, 1, 1)) == dt.date(2026, 12, 1)
    assert hours.this_month() == NOVEMBER


# --- the person's own ---


def test_ones_own_hours_are_listed_and_exported(house, make, wren):
    note(house, create(house, day=YESTERDAY), there(wren, minutes=0))
    second = create(house, [wren])
    noted = Noted()
    noted.led = {Leader("Wren", wren.id): 120}
    note(house, second, noted)
    assert [(line.day, line.minutes, line.part) for line in hours.list_own(wren.id)] == [
        (TODAY, 120, Part.LED),
        (YESTERDAY, 0, Part.ATTENDED),
    ]
    exported = hours.export_own(wren.id)
    assert exported["hours"][0] == {
        "day": "2026-11-22", "organisation": "Harbour House", "minutes": 120, "for": "led", "meeting": "Meeting"
    }  # fmt: skip
    assert exported["leads"] == [{"day": "2026-11-22", "organisation": "Harbour House", "meeting": "Meeting"}]
    assert hours.list_own(make.person().id) == []


def test_deleting_an_account_takes_its_lines_along(house, wren, heron):
    note(house, create(house), there(wren, heron))
    accounts.delete_person(wren.id, [organisations.forget_person])
    assert [line[1] for line in lines(house)] == ["Heron"]
