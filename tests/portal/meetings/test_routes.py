"""Planning and seeing meetings as people do: through the pages, without script."""

import datetime as dt

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db
from portal.meetings import people, services
from portal.meetings.models import About, Meeting
from portal.meetings.services import Plan
from portal.organisations import services as organisations
from tests.conftest import NOW
from tests.support.browser import Browser
from tests.support.written import write_something

TODAY = NOW.date()
TUESDAY = dt.date(2026, 11, 24)
USUAL = {
    "about": "other",
    "title": "Wounds",
    "place": "Kitchen",
    "day": "2026-11-24",
    "starts": "10:00",
    "ends": "12:00",
}


def here(browser, view, house, **values):
    return browser.get(f"meetings.{view}", organisation_id=house.id, **values)


def create(house, leaders=(), **more):
    usual = {"title": "Talk", "place": "Kitchen", "day": TUESDAY, "starts": dt.time(10), "ends": dt.time(12)}
    with db.connection():
        plan = Plan(**{"about": About.OTHER, **usual, **more})
        return services.create(house.id, (), plan, [one.id for one in leaders], [], anyway=True)


def stored():
    with db.connection():
        return list(Meeting.select().order_by(Meeting.day))


def typed(page, name):
    form = page.form("Plan it") if "Plan it" in page.html else page.form("Save")
    return dict(page.fields(form)).get(name)


# --- planning ---


def test_a_trainer_plans_a_meeting_and_every_member_sees_it(app, browser, login, house, make, modules, trainer, wren):
    login(trainer)
    page = browser.get(here(browser, "list_meetings", house).links()["Plan a meeting"])
    listed = browser.submit(
        page, button="Plan it", about="module", module="K1", place="Drop-in", day="2026-11-24", starts="10:00",
        ends="11:30", leaders=[str(wren.id)], guests="Dr Jay", travel="y", food="y", childcare="y",
        other_support="Dogs are welcome",
    )  # fmt: skip
    assert listed.heading == "Meetings" and "One meeting is planned." in listed.text
    for role in ("staff", "candidate", "lead"):
        member = Browser(app).sign_in(make.member(house, role))
        text = here(member, "list_meetings", house).text
        for words in (
            "Module K1", "Tuesday 24 November 2026, 10:00–11:30", "Drop-in", "Led by Dr Jay, Wren (paid)",
            "Coming is paid time", "travel is paid or a ride is there", "there is something to eat",
            "children are looked after", "Dogs are welcome", "Times are those of Europe/Amsterdam.",
        ):  # fmt: skip
            assert words in text, words
        assert "Title of K1" not in text
        assert ("Move or change" in text) == (role == "lead")


def test_sending_the_form_twice_plans_once(browser, login, house, trainer):
    login(trainer)
    page = here(browser, "new_meeting", house)
    browser.submit(page, button="Plan it", **USUAL)
    again = browser.submit(page, button="Plan it", **USUAL)
    assert "nothing was made twice" in again.html
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"about": "module", "module": ""}, "Choose the module."),
        ({"about": "module", "module": "Z9"}, "This module was taken away meanwhile."),
        ({"about": "support"}, "Choose one of the lines shown."),
        ({"title": " "}, "Say in a few words what it is about."),
        ({"title": "x" * 121}, "At most 120 letters, please."),
        ({"place": ""}, "Say where it is"),
        ({"day": "soon"}, "Type a day, such as 2026-12-24."),
        ({"day": "2036-11-24"}, "Choose a day within two years from today."),
        ({"day": "0001-01-01"}, "Choose a day within two years from today."),
        ({"starts": "ten"}, "Type a time, such as 14:30."),
        ({"ends": "25:00"}, "Type a time, such as 14:30."),
        ({"ends": "10:00"}, "The end comes after the start, on the same day."),
        ({"guests": "x" * 81}, "One of these is longer than 80 letters."),
        ({"leaders": ["00000000-0000-0000-0000-000000000000"]}, "Somebody you ticked has left since."),
        ({"other_support": "x" * 301}, "At most 300 letters, please."),
    ],
)
def test_what_cannot_be_planned_is_said_at_the_field_and_nothing_typed_is_lost(
    browser, login, house, modules, trainer, more, message
):
    login(trainer)
    page = here(browser, "new_meeting", house)
    data = {**dict(page.fields(page.form("Plan it"))), **USUAL, "other_support": "Dogs are welcome", **more}
    shown = browser.post("meetings.new_meeting", data, organisation_id=house.id)
    assert message in shown.text
    assert stored() == []
    kept = dict(shown.fields(shown.form("Plan it")))
    for name in ("place", "other_support"):
        assert kept[name] == data[name].strip()


def test_a_time_typed_with_a_dot_is_a_time(browser, login, house, trainer):
    login(trainer)
    browser.submit(here(browser, "new_meeting", house), button="Plan it", **{**USUAL, "starts": "9.30"})
    assert stored()[0].starts == dt.time(9, 30)


def test_an_overlap_is_said_in_plain_words_and_saved_with_a_tick(browser, login, house, trainer, wren):
    create(house, [wren])
    login(trainer)
    page = here(browser, "new_meeting", house)
    asked = browser.submit(page, button="Plan it", **USUAL, leaders=[str(wren.id)])
    assert "Wren leads another meeting from 10:00 to 12:00." in asked.text
    assert "Kitchen is taken from 10:00 to 12:00." in asked.text
    assert (typed(asked, "title"), typed(asked, "leaders")) == ("Wounds", str(wren.id))
    assert len(stored()) == 1
    browser.submit(asked, button="Plan it", anyway="y")
    assert len(stored()) == 2


def test_moving_says_what_changed_and_everybody_sees_it(app, browser, login, house, trainer, wren):
    create(house)
    login(trainer)
    page = browser.get(link(here(browser, "list_meetings", house), "Move or change"))
    listed = browser.submit(page, button="Save", day="2026-12-01", starts="14:00", ends="15:00", place="Attic")
    told = "Moved from Tuesday 24 November 2026, 10:00–12:00, Kitchen to Tuesday 1 December 2026, 14:00–15:00, Attic."
    assert told in plain(listed)
    text = here(Browser(app).sign_in(wren), "list_meetings", house).text
    assert "Moved from Tuesday 24 November 2026, 10:00–12:00, Kitchen" in text
    assert "Tuesday 1 December 2026, 14:00–15:00" in text


def link(page, beginning):
    return next(address for words, address in page.links().items() if words.startswith(beginning))


def plain(page):
    return " ".join("".join(page.root.find(".//body").itertext()).split())


def test_two_who_change_one_meeting_do_not_overwrite_each_other(app, browser, login, house, make, trainer):
    meeting = create(house)
    login(trainer)
    other = Browser(app).sign_in(make.member(house, "lead"))
    first = here(browser, "edit_meeting", house, meeting_id=meeting.id)
    second = here(other, "edit_meeting", house, meeting_id=meeting.id)
    browser.submit(first, button="Save", place="Attic")
    shown = other.submit(second, button="Save", place="Cellar")
    assert "Somebody changed this meeting meanwhile" in shown.text and "10:00–12:00, Attic" in shown.text
    assert (typed(shown, "place"), stored()[0].place) == ("Cellar", "Attic")
    other.submit(shown, button="Save")
    assert stored()[0].place == "Cellar"


@pytest.mark.parametrize("version", ["", "x", "²", "99"])
def test_a_version_nobody_knows_overwrites_nothing(browser, login, house, trainer, version):
    meeting = create(house)
    login(trainer)
    page = here(browser, "edit_meeting", house, meeting_id=meeting.id)
    shown = browser.submit(page, button="Save", place="Attic", version=version)
    assert "Somebody changed this meeting meanwhile" in shown.text
    assert stored()[0].place == "Kitchen"


def test_a_module_taken_away_since_can_be_kept_while_the_meeting_moves(browser, login, house, modules, trainer):
    meeting = create(house, about=About.MODULE, module="K1", title="")
    modules.take_away("K1")
    login(trainer)
    page = here(browser, "edit_meeting", house, meeting_id=meeting.id)
    assert "K1 (taken away since)" in page.text
    listed = browser.submit(page, button="Save", place="Attic")
    assert "Module K1" in listed.text and "Module K1" not in listed.links()
    assert stored()[0].module == "K1"


def test_cancelling_keeps_the_meeting_in_sight_and_can_be_undone(app, browser, login, house, trainer, wren):
    create(house)
    login(trainer)
    page = browser.get(link(here(browser, "list_meetings", house), "Cancel"))
    listed = browser.submit(page, button="Yes, cancel it")
    assert "Cancelled on 22 November 2026" in listed.text and "Nothing is planned." in listed.text
    assert "Cancelled on" in here(Browser(app).sign_in(wren), "list_meetings", house).text
    page = browser.get(link(listed, "It takes place after all"))
    assert "Cancelled on" not in browser.submit(page, button="Yes, it takes place").text


def test_a_limited_trainer_is_told_who_else_leads(browser, login, house, make, wren):
    with db.connection():
        bus = organisations.create_programme(house.id, "Night bus")
    finch = make.member(house, "peer_worker", "Finch", [bus])
    meeting = create(house, [finch])
    login(make.member(house, "trainer", programmes=[house.programme]))
    page = here(browser, "edit_meeting", house, meeting_id=meeting.id)
    assert "Also leading, and not in your programmes: Finch." in page.text
    browser.submit(page, button="Save", leaders=[str(wren.id)])
    with db.connection():
        assert [leader.nickname for leader in people.leaders_of(meeting.id)] == ["Finch", "Wren"]


# --- mutual support ---


def test_mutual_support_is_planned_and_seen_by_peer_workers_alone(
    app, browser, login, house, make, trainer, wren, heron
):
    login(wren)
    page = browser.get(here(browser, "list_meetings", house).links()["Plan mutual support"])
    assert "What is it about?" not in page.text and "Maple" not in page.text
    named = {name: value for name, value in USUAL.items() if name not in ("about", "title")}
    browser.submit(page, button="Plan it", **named, leaders=[str(heron.id)])
    assert "Mutual support" in here(Browser(app).sign_in(heron), "list_meetings", house).text
    (meeting,) = stored()
    for person in (trainer, make.member(house, "lead"), make.member(house, "staff"), make.member(house, "candidate")):
        other = Browser(app).sign_in(person)
        text = here(other, "list_meetings", house).text
        assert "Mutual support" not in text and "Kitchen" not in text and "Nothing is planned." in text
        for view, mine in (("edit_meeting", "meeting_id"), ("edit_support_meeting", "support_id")):
            status = {"edit_meeting": (403, 404), "edit_support_meeting": (403,)}[view]
            answer = other.client.get(other.address(f"meetings.{view}", organisation_id=house.id, **{mine: meeting.id}))
            assert answer.status_code in status


def test_a_peer_worker_changes_no_trainers_meeting_through_their_own_door(browser, login, house, wren):
    meeting = create(house)
    login(wren)
    for view in ("edit_support_meeting", "cancel_support_meeting", "note_support_hours"):
        here(browser, view, house, support_id=meeting.id, status=404)


def test_peer_workers_move_and_cancel_their_own_meeting(browser, login, house, wren):
    create(house, about=About.SUPPORT, title="")
    login(wren)
    page = browser.get(link(here(browser, "list_meetings", house), "Move or change"))
    assert "Moved from" in plain(browser.submit(page, button="Save", place="Attic"))
    page = browser.get(link(here(browser, "list_meetings", house), "Cancel"))
    assert "Cancelled on" in browser.submit(page, button="Yes, cancel it").text


# --- lists ---


def test_the_list_splits_at_today_and_has_pages(browser, login, house, wren):
    for number in range(services.PAGE + 1):
        create(house, title=f"Talk {number}.", day=TODAY - dt.timedelta(days=number + 1))
    create(house, title="Today’s talk", day=TODAY)
    login(wren)
    page = here(browser, "list_meetings", house)
    coming, _heading, past = page.text.partition("What was")
    assert "Today’s talk" in coming and "Talk 0." in past and f"Talk {services.PAGE}." not in past
    second = browser.get(page.links()["Earlier ones"])
    assert f"Talk {services.PAGE}." in second.text and "Today’s talk" not in second.text
    assert browser.get(second.links()["Later ones"]).text == page.text
    for number in ("0", "-1", "99", "x"):
        browser.get(f"/organisations/{house.id}/meetings?page={number}")


def test_the_list_costs_the_same_for_three_meetings_and_for_thirty(browser, login, house, modules, wren, heron):
    for number in range(3):
        create(house, [wren, heron], title=str(number))
    login(wren)
    here(browser, "list_meetings", house)
    write_something()
    with count_queries() as few:
        here(browser, "list_meetings", house)
    for number in range(27):
        create(house, [wren], title=str(number), day=TODAY + dt.timedelta(days=number - 13))
    with count_queries() as many:
        here(browser, "list_meetings", house)
    assert many.count == few.count <= 12


def test_ones_own_page_lists_what_comes_next_everywhere(browser, login, house, make, wren):
    other = make.organisation("Station Square")
    with db.connection():
        organisations.add_member(other.id, wren.id, "candidate")
    create(house, [wren], title="Talk at the house")
    create(house, about=About.SUPPORT, title="")
    create(other, title="Talk at the station")
    create(other, about=About.SUPPORT, title="", place="Not for candidates")
    create(make.organisation("Elsewhere"), title="Talk elsewhere")
    login(wren)
    page = browser.get("meetings.show_own")
    assert "Talk at the house" in page.text and "You lead it." in page.text and "Mutual support" in page.text
    assert "Talk at the station" in page.text
    assert "Not for candidates" not in page.text and "Talk elsewhere" not in page.text
    assert "Nothing is noted for you yet." in page.text


def test_somebody_without_an_organisation_has_a_page_too(browser, login, make):
    login(make.person())
    assert "Nothing is planned." in browser.get("meetings.show_own").text


def test_meetings_stand_in_ones_calendar_under_names_that_tell_nothing(app, house, modules, wren):
    from portal.meetings.calendar import calendar_entries

    create(house, about=About.MODULE, module="K1", title="", day=TUESDAY)
    create(house, title="Wounds and veins", day=dt.date(2026, 7, 1))
    create(house, about=About.SUPPORT, title="", day=dt.date(2026, 11, 25))
    cancelled = create(house, title="Not at all")
    with db.connection():
        services.cancel(house.id, cancelled.id)
        clock.stop(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        entries = calendar_entries(wren.id)
    told = [(entry.title, entry.begins.astimezone(dt.UTC).isoformat(), entry.all_day) for entry in entries]
    assert told == [
        ("Meeting", "2026-07-01T08:00:00+00:00", False),
        ("Module K1", "2026-11-24T09:00:00+00:00", False),
        ("Meeting", "2026-11-25T09:00:00+00:00", False),
    ]


def test_who_chose_full_titles_has_them_in_the_calendar_and_never_of_mutual_support(app, house, modules, wren):
    from portal.meetings.calendar import calendar_entries
    from portal.training import plans

    create(house, about=About.MODULE, module="K1", title="", day=TUESDAY)
    create(house, title="Wounds and veins", day=TUESDAY + dt.timedelta(days=1))
    create(house, about=About.SUPPORT, title="", day=TUESDAY + dt.timedelta(days=2))
    with db.connection():
        plans.choose(wren.id, full_titles=True, reminders=False)
        told = [entry.title for entry in calendar_entries(wren.id)]
    assert told == ["Module K1: Title of K1", "Meeting", "Meeting"]


def test_a_form_sent_after_signing_in_again_is_shown_and_saves_nothing_yet(app, browser, login, house, trainer):
    login(trainer)
    data = {**USUAL, "carried_over": "1"}
    page = browser.post("meetings.new_meeting", data, organisation_id=house.id)
    assert typed(page, "title") == "Wounds" and stored() == []
    meeting = create(house)
    browser.post("meetings.cancel_meeting", {"carried_over": "1"}, organisation_id=house.id, meeting_id=meeting.id)
    assert stored()[0].cancelled_on is None


def test_without_the_token_of_the_form_nothing_is_saved(browser, login, house, trainer):
    login(trainer)
    address = browser.address("meetings.new_meeting", organisation_id=house.id)
    assert browser.client.post(address, data=USUAL).status_code >= 400
    assert stored() == []
