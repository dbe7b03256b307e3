"""Two who note one meeting: what one noted, the other sees before anything of it changes. And corrections in words."""

import datetime as dt

import pytest

from portal import db
from portal.meetings import services
from portal.meetings.models import About, Attendance, Meeting
from portal.meetings.services import Plan
from portal.training import marking
from portal.training.models import Assignment, Way
from tests.conftest import NOW
from tests.support.browser import Browser

TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)
TALK = {"about": About.OTHER, "title": "Talk", "place": "Kitchen", "day": TODAY, "starts": dt.time(10),
        "ends": dt.time(12)}  # fmt: skip
DRILL = {**TALK, "about": About.MODULE, "module": "K4", "title": ""}


@pytest.fixture
def other(app, house, make):
    """Another trainer's browser."""
    return Browser(app).sign_in(make.member(house, "trainer", "Rowan"))


def create(house, leaders=(), **plan):
    with db.connection():
        return services.create(house.id, (), Plan(**TALK | plan), [one.id for one in leaders], (), anyway=True)


def change(house, meeting, leaders=(), **plan):
    with db.connection():
        version = Meeting.get_by_id(meeting.id).version
        services.change(
            house.id, (), meeting.id, Plan(**TALK | plan), [one.id for one in leaders], (), version=version, anyway=True
        )


def open_sheet(browser, house, meeting, **values):
    return browser.get("meetings.note_attendance", organisation_id=house.id, meeting_id=meeting.id, **values)


def save(browser, page, **typed):
    return browser.submit(page, button="Save", **typed)


def ids(*people):
    return [str(one.id) for one in people]


def fields(page):
    found = {}
    for name, value in page.fields(page.form("Save")):
        found.setdefault(name, []).append(value)
    return found


def stored():
    """Person or nickname and part to minutes, of everything noted."""
    with db.connection():
        return {(str(row.guest or row.person_id), row.part): row.minutes for row in Attendance.select()}


def own(person, part="minutes"):
    return f"{part}_{person.id.hex}"


# --- paid time of those who led ---


def test_minutes_led_and_prepared_that_somebody_else_noted_are_kept(browser, login, other, house, trainer, wren):
    meeting = create(house, [trainer])
    login(trainer)
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    save(other, theirs, **{own(trainer, "led"): "90", own(trainer, "prepared"): "60"})
    shown = save(browser, mine, there=ids(wren))
    assert "What they noted is now on this page" in shown.text
    found = fields(shown)
    assert (found[own(trainer, "led")], found[own(trainer, "prepared")]) == (["90"], ["60"])
    save(browser, shown)
    lines = {(str(trainer.id), "led"): 90, (str(trainer.id), "prepared"): 60, (str(wren.id), "attended"): 120}
    assert stored() == lines


def test_what_both_changed_is_said_beside_it(browser, login, other, house, trainer, wren, heron):
    meeting = create(house, [trainer])
    login(trainer)
    save(browser, open_sheet(browser, house, meeting), there=ids(heron), guests="Robin\nJay")
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    typed = {own(trainer, "led"): "90", own(heron): "45", own(wren): "30"}
    save(other, theirs, there=ids(heron, wren), guests="Robin, 60", **typed)
    typed = {own(trainer, "led"): "100", own(wren): "20"}
    shown = save(browser, mine, there=ids(wren), guests="Robin, 70\nJay, 80", **typed)
    for message in (
        "Somebody else noted 90 here meanwhile. Look which is right.",
        "Somebody else noted 45 here meanwhile. Look which is right.",
        "Somebody else noted 30 here meanwhile. Look which is right.",
        "Somebody else noted meanwhile: Robin, 60; Jay is not on their list.",
    ):
        assert message in shown.text
    found = fields(shown)
    assert sorted(found["there"]) == sorted(ids(wren, heron)), "taken out here, and noted otherwise by them: it is back"
    assert (found[own(trainer, "led")], found[own(heron)], found[own(wren)]) == (["100"], ["45"], ["20"])
    assert found["guests"] == ["Robin, 70\nJay, 80"]
    save(browser, shown, there=ids(wren))
    assert stored() == {
        (str(trainer.id), "led"): 100, (str(wren.id), "attended"): 20,
        ("Robin", "attended"): 70, ("Jay", "attended"): 80,
    }  # fmt: skip


def test_what_only_one_of_the_two_changed_is_as_they_changed_it(browser, login, other, house, trainer, wren, heron):
    meeting = create(house, [trainer])
    login(trainer)
    save(browser, open_sheet(browser, house, meeting), there=ids(wren, heron), guests="Robin\nJay")
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    save(other, theirs, there=ids(heron), guests="Jay", **{own(trainer, "led"): "0"})
    shown = save(browser, mine, there=ids(wren), guests="Robin\nJay, 30", **{own(trainer, "prepared"): "15"})
    assert shown.root.findall(".//*[@id='errors']") == []
    save(browser, shown)
    assert stored() == {(str(trainer.id), "prepared"): 15, ("Jay", "attended"): 30}


def test_somebody_taken_out_whom_the_other_changed_is_said(browser, login, other, house, trainer, wren):
    meeting = create(house)
    login(trainer)
    save(browser, open_sheet(browser, house, meeting), there=ids(wren), guests="Jay")
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    save(other, theirs, there=[])
    shown = save(browser, mine, **{own(wren): "60"})
    assert "Somebody else took them out meanwhile. Look whether they were there." in shown.text
    assert fields(shown)["there"] == ids(wren)


@pytest.mark.parametrize("brought", ["", "led_=x&%ff=1&=&&&;", "minutes_0=99999999999999999999", "led_0=\u0663"])
def test_a_page_that_does_not_say_what_it_had_shown_loses_nothing(browser, login, other, house, trainer, wren, brought):
    meeting = create(house, [trainer])
    login(trainer)
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    save(other, theirs, there=ids(wren), **{own(trainer, "led"): "90"})
    shown = save(browser, mine, shown=brought, guests="Robin")
    assert "Somebody else noted 90 here meanwhile." in shown.text
    assert fields(shown)["there"] == ids(wren)


# --- the meeting was changed as well ---


@pytest.mark.parametrize("plan", [{"title": "Another talk"}, {"day": YESTERDAY}])
def test_what_somebody_else_noted_before_a_change_is_shown_before_it_goes(
    browser, login, other, house, trainer, wren, heron, plan
):
    meeting = create(house, [trainer])
    login(trainer)
    mine, theirs = open_sheet(browser, house, meeting), open_sheet(other, house, meeting)
    day = plan.get("day", TODAY)
    if day == TODAY:
        save(other, theirs, there=ids(heron), guests="Robin, 60")
    change(house, meeting, [trainer], **plan)
    if day != TODAY:
        save(other, open_sheet(other, house, meeting), there=ids(heron), guests="Robin, 60")
    shown = save(browser, mine, there=ids(wren))
    assert "This meeting was changed meanwhile." in shown.text
    shown = save(browser, shown)
    assert "Somebody else noted this day meanwhile." in shown.text and fields(shown)["day"] == [day.isoformat()]
    assert sorted(fields(shown)["there"]) == sorted(ids(wren, heron)) and fields(shown)["guests"] == ["Robin, 60"]
    save(browser, shown)
    assert {name for name, _part in stored()} == {*ids(wren, heron, trainer), "Robin"}


def test_a_change_without_anything_noted_asks_once(browser, login, house, trainer, wren):
    meeting = create(house)
    login(trainer)
    page = open_sheet(browser, house, meeting)
    change(house, meeting, title="Another talk")
    shown = save(browser, page, there=ids(wren))
    assert "This meeting was changed meanwhile." in shown.text
    assert "Noted for" in save(browser, shown).html


# --- the module ---


def test_a_correction_opens_the_module_again_and_says_so(browser, login, house, modules, trainer, wren, heron):
    meeting = create(house, **DRILL)
    login(trainer)
    save(browser, open_sheet(browser, house, meeting), there=ids(wren, heron), module_done="y")
    listed = save(browser, open_sheet(browser, house, meeting), there=ids(wren))
    assert "Module K4 is open again for 1 person who was not there after all." in listed.html
    with db.connection():
        assert {row.person_id: row.state for row in Assignment.select()} == {wren.id: "done", heron.id: "assigned"}


def test_a_refresher_is_said_and_whoever_stays_marked_is_one_link_away(
    browser, login, house, make, modules, trainer, wren
):
    people = [wren, *(make.member(house, "peer_worker", f"<Peer {number}>") for number in range(6))]
    with db.connection():
        everybody = [one.id for one in people]
        marking.finish_many(house.id, everybody, "K4", dt.date(2025, 11, 1), Way.MEETING, trainer.id)
    meeting = create(house, **DRILL)
    login(trainer)
    listed = save(browser, open_sheet(browser, house, meeting), there=ids(*people), module_done="y")
    assert "Module K4 is refreshed for 7 people." in listed.html and "newly done" not in listed.html
    listed = save(browser, open_sheet(browser, house, meeting), there=ids(people[1]))
    assert "Module K4 stays marked for people who were not there after all:" in listed.html
    assert "and 1 other. It was refreshed" in listed.html and "&lt;Peer 1&gt;" in listed.html
    links = [link.get("href") for link in listed.root.iter("a") if "training/people" in link.get("href", "")]
    assert len(links) == 5
    assert browser.get(links[0]).status == 200
