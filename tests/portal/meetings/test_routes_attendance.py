"""Noting who was there, and paid time: one page for everybody, without script, and nothing ticked is lost."""

import csv
import datetime as dt
import io

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db
from portal.meetings import attendance, services
from portal.meetings.models import About, Attendance, Meeting
from portal.meetings.services import Plan
from portal.organisations import services as organisations
from portal.organisations.models import Membership
from portal.training.models import Assignment
from tests.conftest import NOW
from tests.support.browser import Browser
from tests.support.written import write_something

TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)


def create(house, leaders=(), guests=(), **more):
    usual = {"title": "Talk", "place": "Kitchen", "day": TODAY, "starts": dt.time(10), "ends": dt.time(12)}
    with db.connection():
        plan = Plan(**{"about": About.OTHER, **usual, **more})
        return services.create(house.id, (), plan, [one.id for one in leaders], guests, anyway=True)


def move(house, meeting, day):
    with db.connection():
        row = Meeting.get_by_id(meeting.id)
        plan = Plan(About(row.about), row.place, day, row.starts, row.ends, title=row.title)
        services.change(house.id, (), meeting.id, plan, [], [], version=row.version, anyway=True)


def open_sheet(browser, house, meeting, **values):
    return browser.get("meetings.note_attendance", organisation_id=house.id, meeting_id=meeting.id, **values)


def stored():
    """Nickname or person, part, day and minutes of everything noted."""
    with db.connection():
        return sorted((str(row.guest or row.person_id), row.part, row.day, row.minutes) for row in Attendance.select())


def fields(page):
    found = {}
    for name, value in page.fields(page.form("Save")):
        found.setdefault(name, []).append(value)
    return found


def key(person):
    return person.id.hex


# --- noting ---


def test_everybody_is_noted_on_one_page_and_saving_again_changes(browser, login, house, trainer, wren, heron):
    meeting = create(house, [trainer])
    login(trainer)
    page = open_sheet(browser, house, meeting)
    found = fields(page)
    assert (found["minutes"], found[f"led_{key(trainer)}"], found[f"prepared_{key(trainer)}"]) == (
        ["120"], ["120"], ["0"]
    )  # fmt: skip
    listed = browser.submit(
        page, button="Save", there=[str(wren.id), str(heron.id)], guests="Robin\r\nJay, 60\r\n",
        **{f"minutes_{key(heron)}": "90", f"prepared_{key(trainer)}": "30"},
    )  # fmt: skip
    assert listed.heading == "Meetings" and "Noted for Sunday\u00a022\u00a0November\u00a02026: 4 people." in listed.html
    expected = [
        (str(wren.id), "attended", TODAY, 120),
        (str(heron.id), "attended", TODAY, 90),
        ("Robin", "attended", TODAY, 120),
        ("Jay", "attended", TODAY, 60),
        (str(trainer.id), "led", TODAY, 120),
        (str(trainer.id), "prepared", TODAY, 30),
    ]
    assert stored() == sorted(expected)
    again = open_sheet(browser, house, meeting)
    browser.submit(again, button="Save")
    assert stored() == sorted(expected)
    browser.submit(open_sheet(browser, house, meeting), button="Save", there=[str(wren.id)], guests="")
    assert stored() == sorted([expected[0], *expected[4:]])


def test_a_meeting_that_is_not_paid_begins_with_no_minutes(browser, login, house, trainer, wren):
    meeting = create(house, paid=False)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    assert fields(page)["minutes"] == ["0"]
    browser.submit(page, button="Save", there=[str(wren.id)])
    assert stored() == [(str(wren.id), "attended", TODAY, 0)]


def test_the_module_can_be_marked_done_for_those_who_were_there(browser, login, house, modules, trainer, wren, heron):
    meeting = create(house, about=About.MODULE, module="K1", title="")
    login(trainer)
    page = open_sheet(browser, house, meeting)
    listed = browser.submit(page, button="Save", there=[str(wren.id)], module_done="y")
    assert "Module K1 is newly done for 1 person." in listed.html
    with db.connection():
        assert [(row.person_id, row.module, row.state) for row in Assignment.select()] == [(wren.id, "K1", "done")]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"minutes": "two hours"}, "Type whole minutes, such as 90."),
        ({"minutes": ""}, "Type minutes, or 0."),
        ({"minutes": "-5"}, "Type minutes from 0 to 720."),
        ({"minutes": "9999999999999999999999"}, "Type minutes from 0 to 720."),
        ({"guests": "Robin, 9999"}, "Type minutes from 0 to 720."),
        ({"guests": "x" * 81}, "One of these is longer than 80 letters."),
        ({"guests": "\n".join(map(str, range(101)))}, "At most 100 nicknames, please."),
        ({"day": "2026-01-01"}, "This meeting was never planned for that day."),
        ({"day": "yesterday"}, "This meeting was never planned for that day."),
    ],
)
def test_what_cannot_be_noted_is_said_and_nothing_ticked_is_lost(
    browser, login, house, trainer, wren, heron, more, message
):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    data = {"guests": "Robin", "there": [str(wren.id)], **more}
    form = dict(page.fields(page.form("Save"))) | data
    sent = browser.post("meetings.note_attendance", form, organisation_id=house.id, meeting_id=meeting.id)
    assert message in sent.text
    assert stored() == []
    kept = fields(sent)
    assert kept["there"] == [str(wren.id)]
    assert kept["guests"] == [data["guests"]]


def test_wrong_minutes_of_one_person_are_said_at_that_person(browser, login, house, trainer, wren):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    shown = browser.submit(page, button="Save", there=[str(wren.id)], **{f"minutes_{key(wren)}": "lots"})
    assert "Type whole minutes" in shown.text
    assert shown.root.find(".//details[@open]") is not None
    assert stored() == []


# --- what happened meanwhile ---


def test_a_meeting_moved_meanwhile_is_said_and_what_was_ticked_is_saved_for_the_new_day(
    browser, login, house, trainer, wren
):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    move(house, meeting, YESTERDAY)
    shown = browser.submit(page, button="Save", there=[str(wren.id)], guests="Robin")
    assert "This meeting was changed meanwhile. It is now: Saturday 21 November 2026" in shown.text
    found = fields(shown)
    assert (found["there"], found["guests"], found["day"]) == ([str(wren.id)], ["Robin"], ["2026-11-21"])
    assert stored() == []
    browser.submit(shown, button="Save")
    assert {(name, day) for name, _part, day, _minutes in stored()} == {(str(wren.id), YESTERDAY), ("Robin", YESTERDAY)}


def test_a_meeting_moved_to_a_later_day_meanwhile_can_be_noted_for_the_day_it_was(browser, login, house, trainer, wren):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    move(house, meeting, TOMORROW)
    shown = browser.submit(page, button="Save", there=[str(wren.id)])
    assert fields(shown)["day"] == ["2026-11-22"]
    tried = browser.submit(shown, button="Save", day="2026-11-23")
    assert "That day has not come yet. What you ticked is still here" in tried.text
    assert fields(tried)["there"] == [str(wren.id)] and stored() == []
    browser.submit(tried, button="Save", day="2026-11-22")
    assert stored() == [(str(wren.id), "attended", TODAY, 120)]


def test_a_meeting_cancelled_meanwhile_is_said_and_what_was_ticked_can_be_saved_after_a_look(
    browser, login, house, trainer, wren
):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    with db.connection():
        services.cancel(house.id, meeting.id)
    shown = browser.submit(page, button="Save", there=[str(wren.id)])
    assert "This meeting was cancelled meanwhile." in shown.text
    assert fields(shown)["there"] == [str(wren.id)] and stored() == []
    browser.submit(shown, button="Save")
    assert stored() == [(str(wren.id), "attended", TODAY, 120)]


def test_two_who_note_one_meeting_see_each_others_ticks(app, browser, login, house, make, trainer, wren, heron):
    meeting = create(house)
    login(trainer)
    other = Browser(app).sign_in(make.member(house, "lead"))
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    other.submit(
        theirs, button="Save", there=[str(heron.id)], guests="Jay, 60\nRobin", **{f"minutes_{key(heron)}": "45"}
    )
    shown = browser.submit(mine, button="Save", there=[str(wren.id)], guests="robin")
    assert "Somebody else noted this day meanwhile." in shown.text
    browser.submit(shown, button="Save")
    assert stored() == sorted(
        [
            (str(wren.id), "attended", TODAY, 120),
            (str(heron.id), "attended", TODAY, 45),
            ("robin", "attended", TODAY, 120),
            ("Jay", "attended", TODAY, 60),
        ]
    )


def test_somebody_who_left_meanwhile_is_said_and_the_others_stay_ticked(browser, login, house, trainer, wren, heron):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    with db.connection():
        organisations.end_membership(house.id, Membership.get(Membership.person == wren.id).id)
    shown = browser.submit(page, button="Save", there=[str(wren.id), str(heron.id)])
    assert "Somebody you ticked has left since." in shown.text
    assert fields(shown)["there"] == [str(heron.id)] and stored() == []
    browser.submit(shown, button="Save", guests="Wren")
    assert [row[0] for row in stored()] == sorted(["Wren", str(heron.id)])


def test_before_the_day_there_is_nothing_to_note(browser, login, house, trainer):
    meeting = create(house, day=TOMORROW)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    assert "This day has not come yet." in page.text and "Save" not in page.text


def test_what_was_noted_before_a_move_is_one_link_away(browser, login, house, trainer, wren):
    meeting = create(house)
    login(trainer)
    browser.submit(open_sheet(browser, house, meeting), button="Save", there=[str(wren.id)])
    move(house, meeting, YESTERDAY)
    page = open_sheet(browser, house, meeting)
    assert "there" not in fields(page)
    old = browser.get(page.links()["22 November 2026"])
    assert fields(old)["there"] == [str(wren.id)]
    browser.submit(old, button="Save", there=[])
    assert stored() == []
    assert "never planned for that day" in open_sheet(browser, house, meeting, day="2020-01-01").text


# --- forty people, programmes, mutual support ---


def test_the_page_costs_the_same_for_three_people_and_for_forty(browser, login, house, make, trainer, wren, heron):
    meeting = create(house, [trainer])
    login(trainer)
    browser.submit(open_sheet(browser, house, meeting), button="Save", there=[str(wren.id)])
    write_something()
    with count_queries() as few:
        page = open_sheet(browser, house, meeting)
    write_something()
    with count_queries() as few_saved:
        browser.submit(page, button="Save", there=[str(wren.id), str(heron.id)])
    people = [make.member(house, "peer_worker") for _ in range(38)]
    write_something()
    with count_queries() as many:
        page = open_sheet(browser, house, meeting)
    write_something()
    with count_queries() as many_saved:
        browser.submit(page, button="Save", there=[str(one.id) for one in people])
    assert len(stored()) == 39
    assert (many.count, many_saved.count) == (few.count, few_saved.count)


def test_a_trainer_of_one_programme_meets_nobody_out_of_reach(app, browser, login, house, make, trainer, wren):
    with db.connection():
        bus = organisations.create_programme(house.id, "Night bus")
    finch = make.member(house, "peer_worker", "Finch", [bus])
    meeting = create(house, [finch])
    login(trainer)
    browser.submit(open_sheet(browser, house, meeting), button="Save", there=[str(wren.id)])
    limited = Browser(app).sign_in(make.member(house, "trainer", programmes=[house.programme]))
    page = open_sheet(limited, house, meeting)
    assert "Finch" not in page.text and "Wren" in page.text
    limited.submit(page, button="Save", there=[])
    assert stored() == [(str(finch.id), "led", TODAY, 120)]
    hours = limited.get("meetings.show_hours", organisation_id=house.id)
    assert "Finch" not in hours.text and "People of your programmes" in hours.text
    assert "Finch" in browser.get("meetings.show_hours", organisation_id=house.id).text


def test_peer_workers_note_their_own_hours_and_leads_see_payroll_lines_alone(
    app, browser, login, house, make, trainer, wren, heron
):
    meeting = create(house, [wren], about=About.SUPPORT, title="")
    login(wren)
    page = browser.get("meetings.note_support_hours", organisation_id=house.id, support_id=meeting.id)
    assert "Maple" not in page.text and "Nothing else is kept." in page.text
    assert "Who wants their time paid?" in page.text and "Who was there" not in page.text
    browser.submit(page, button="Save", there=[str(heron.id)], **{f"led_{key(wren)}": "0"})
    assert stored() == [(str(heron.id), "attended", TODAY, 120)]
    for person in (trainer, make.member(house, "lead")):
        other = Browser(app).sign_in(person)
        open_sheet_of = {"organisation_id": house.id, "status": 404}
        other.get("meetings.note_attendance", meeting_id=meeting.id, **open_sheet_of)
        other.get("meetings.note_support_hours", support_id=meeting.id, **{**open_sheet_of, "status": 403})
        hours = other.get("meetings.show_hours", organisation_id=house.id)
        assert "Heron" in hours.text and "Mutual support" in hours.text and "Wren" not in hours.text


# --- paid time ---


def noted(house, trainer, **minutes):
    meeting = create(house, [trainer])
    with db.connection():
        sheet = attendance.open_sheet(house.id, (), meeting)
        guests = attendance.Noted(guests=minutes)
        attendance.note(house.id, (), meeting.id, TODAY, sheet.as_of, guests, by=trainer.id)
    return meeting


def test_paid_time_is_a_page_and_a_table_for_payroll(browser, login, house, trainer, wren):
    noted(house, trainer, Robin=45, Jay=60)
    login(trainer)
    page = browser.get("meetings.show_hours", organisation_id=house.id)
    assert page.heading == "Paid time in November 2026" and "Robin" in page.text
    file = browser.client.get(page.links()["Table for payroll (CSV)"])
    assert file.headers["Content-Disposition"] == 'attachment; filename="hours-2026-11.csv"'
    assert list(csv.reader(io.StringIO(file.data.decode("utf-8-sig")))) == [
        ["day", "nickname", "minutes", "for", "meeting"],
        ["2026-11-22", "Jay", "60", "attended", "Meeting"],
        ["2026-11-22", "Robin", "45", "attended", "Meeting"],
    ]
    before = browser.get(page.links()["October 2026"])
    assert before.heading == "Paid time in October 2026" and "No paid time is noted" in before.text


@pytest.mark.parametrize("month", ["2026-13", "November", "2026-11-01", "0000-01", "' OR 1"])
def test_a_month_that_is_none_is_said_in_a_sentence(browser, login, house, trainer, month):
    login(trainer)
    page = browser.get("meetings.show_hours", organisation_id=house.id, month=month)
    assert "That is no month." in page.text and page.heading == "Paid time in November 2026"
    page = browser.get("meetings.export_hours", organisation_id=house.id, month=month)
    assert "That is no month." in page.text


def test_without_a_month_the_table_is_this_months(browser, login, house, trainer):
    noted(house, trainer, Robin=45)
    login(trainer)
    address = browser.address("meetings.export_hours", organisation_id=house.id)
    assert b"Robin,45" in browser.client.get(address).data


def test_ones_own_hours_stand_on_ones_own_page(browser, login, house, trainer, wren):
    meeting = create(house)
    login(trainer)
    browser.submit(open_sheet(browser, house, meeting), button="Save", there=[str(wren.id)])
    login(wren)
    page = browser.get("meetings.show_own")
    assert "120" in page.text and "was there" in page.text and "Harbour House" in page.text
    assert clock.today() == TODAY
