"""A person's record of learning through the front door, and what others meet at the addresses."""

from __future__ import annotations

import datetime as dt
import json
import re
from uuid import UUID, uuid4

import icalendar
import pytest

from portal import clock, db
from portal.organisations.words import action_words
from portal.records import calendar, services
from portal.training import marking, plans
from portal.training import services as training
from tests.support.browser import Browser

DUE = dt.date(2026, 12, 24)


@pytest.fixture
def own(browser, login, learning):
    """The browser of the person who learns."""
    login(learning.person)
    return browser


@pytest.fixture
def stranger(app):
    return Browser(app)


def choose(learning, **values):
    with db.connection():
        plans.choose(learning.person.id, **{"full_titles": False, "reminders": False, **values})


# --- the record and its certificates ---


def test_the_record_has_what_was_done_with_neutral_names(own, learning):
    page = own.get("records.show_learning")
    assert "Module K1" in page.text and "2\u00a0November\u00a02026, at a meeting." in page.html
    assert "counted from experience" in page.text
    assert "Title of" not in page.html and "Module C1" not in page.text
    choose(learning, full_titles=True)
    assert "Module K1: Title of K1" in own.get("records.show_learning").text


def test_somebody_new_meets_a_friendly_page(browser, login, make):
    login(make.person())
    page = browser.get("records.show_learning")
    assert "Nothing is marked done yet." in page.text
    assert page.root.findall(".//main//form") == []


def test_from_the_ticks_to_the_page_that_verifies(own, stranger, learning):
    page = own.submit(
        own.get("records.show_learning"),
        button="Make the certificate",
        modules=[str(one) for one in learning.ids("K1")],
        name="  A.  Fox ",
    )
    address = next(words for words in page.links() if "/verify/" in words)
    assert page.root.find(".//main//*[@role='img']/{http://www.w3.org/2000/svg}svg") is not None
    found = stranger.get(re.sub("^https?://[^/]+", "", address))
    assert found.heading == found.title == "Record of learning"
    for words in ("It stands.", "A. Fox", "Module K1", "2 November 2026", "22 November 2026"):
        assert words in found.text.replace("\u00a0", " ")
    for hidden in ("Amber", "K4", "Peerwork", "Harbour", "Guidance", "Title of"):
        assert hidden not in found.html
    assert found.response.headers["Cache-Control"] == "no-store"
    assert "noindex" in found.response.headers["X-Robots-Tag"]


def test_the_boxes_say_what_else_is_on_it(own, stranger, learning):
    form = own.get("records.show_learning")
    everything = {"full_titles": "y", "later_days": "y", "organisations": "y", "site": "y"}
    page = own.submit(
        form, button="Make the certificate", modules=[str(one) for one in learning.ids("K1", "K4")], **everything
    )
    address = next(words for words in page.links() if "/verify/" in words)
    found = stranger.get(re.sub("^https?://[^/]+", "", address)).text.replace("\u00a0", " ")
    for words in ("Module K1: Title of K1", "17 November 2026", "Harbour House", "Peerwork", "counted from experience"):
        assert words in found


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"modules": []}, "Tick one module at least."),
        ({"name": " "}, "Type a name. Your nickname is fine."),
        ({"name": "x" * 81}, "At most 80 letters, please."),
        ({"modules": ["not an id"]}, "One of these modules is not marked done any more"),
        ({"modules": [str(uuid4())]}, "One of these modules is not marked done any more"),
    ],
)
def test_bad_input_is_said_and_nothing_typed_is_lost(own, learning, typed, says):
    sent = {"modules": [str(learning.ids("K1")[0])], "name": "Robin Fox", "later_days": "y", **typed}
    page = own.submit(own.get("records.show_learning"), button="Make the certificate", **sent)
    assert says in page.text
    kept = dict(page.fields(page.form("Make the certificate")))
    assert kept["later_days"] == "y"
    assert kept["name"] == sent["name"]
    with db.connection():
        assert services.list_certificates(learning.person.id) == []


def test_a_module_unmarked_meanwhile_is_said_and_the_rest_stays(own, learning):
    page, ids = own.get("records.show_learning"), [str(one) for one in learning.ids("K1", "K4")]
    with db.connection():
        marking.undo(learning.row("K4"))
    page = own.submit(page, button="Make the certificate", modules=ids, name="Robin")
    assert "is not marked done any more" in page.text
    assert ("modules", ids[0]) in page.fields(page.form("Make the certificate"))


def test_sending_the_form_twice_makes_one(own, learning):
    page, ids = own.get("records.show_learning"), [str(one) for one in learning.ids("K1")]
    first = own.submit(page, button="Make the certificate", modules=ids)
    assert own.submit(page, button="Make the certificate", modules=ids).path == first.path


def test_the_paper_is_downloaded_under_a_name_that_tells_nothing(own, learning):
    made = learning.certificate()
    answer = own.get("records.download_certificate", certificate_id=made.id).response
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="learning.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_address_of_the_site_stands_on_it_where_it_is_set(own, learning):
    own.app.config["BASE_URL"] = "https://peerwork.example/"
    made = learning.certificate()
    page = own.get("records.show_certificate", certificate_id=made.id)
    assert f"https://peerwork.example/verify/{made.token}" in page.links()


# --- addresses: forged, withdrawn, deleted ---


def forged(learning, own, made):
    return made.token[:-1] + ("A" if made.token[-1] != "A" else "B")


def withdrawn(learning, own, made):
    own.submit(own.get("records.show_certificate", certificate_id=made.id), button="Withdraw it")
    return made.token


def deleted(learning, own, made):
    own.submit(own.get("records.show_certificate", certificate_id=made.id), button="Delete it")
    return made.token


def deleted_after_withdrawing(learning, own, made):
    withdrawn(learning, own, made)
    own.submit(own.get("records.show_learning"), button="Delete it")
    return made.token


def without_its_account(learning, own, made):
    @db.transaction
    def delete():
        learning.person.delete_instance()

    with db.connection():
        delete()
    return made.token


def as_id(learning, own, made):
    return str(made.id)


@pytest.mark.parametrize(
    ("happen", "status", "says"),
    [
        (forged, 404, "There is no record here"),
        (as_id, 404, "There is no record here"),
        (withdrawn, 200, "This record was withdrawn"),
        (deleted, 404, "There is no record here"),
        (deleted_after_withdrawing, 404, "There is no record here"),
        (without_its_account, 404, "There is no record here"),
    ],
)
def test_what_does_not_stand_says_so_and_shows_nothing(own, stranger, learning, happen, status, says):
    token = happen(learning, own, learning.certificate())
    page = stranger.get(f"/verify/{token}", status=status)
    assert page.heading == page.title == says
    for hidden in ("Amber", "K1", "K4", "Peerwork", "12\u00a0November"):
        assert hidden not in page.html
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_withdrawn_certificate_leaves_nothing_to_download(own, learning):
    made = learning.certificate()
    withdrawn(learning, own, made)
    assert "Withdrawn on" in own.get("records.show_learning").text
    for endpoint, more in (("show_certificate", {}), ("download_certificate", {}), ("download_badge", {"kind": "jwt"})):
        own.get(f"records.{endpoint}", certificate_id=made.id, status=404, **more)


def test_other_people_cannot_reach_it(own, learning, make, stranger):
    made = learning.certificate()
    stranger.sign_in(make.member(learning.organisation, "lead"))
    stranger.get("records.show_certificate", certificate_id=made.id, status=404)
    stranger.get("records.download_certificate", certificate_id=made.id, status=404)
    for endpoint in ("withdraw_certificate", "delete_certificate"):
        stranger.post(f"records.{endpoint}", certificate_id=made.id, status=404)
    stranger.get(f"/verify/{made.token}")


# --- statements ---


def statements(own, **typed):
    answer = own.submit(own.get("records.show_learning"), button="Download the statements", **typed).response
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statements.jsonl"'
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def test_statements_name_nobody_and_two_files_look_like_two_people(own):
    first, second = statements(own), statements(own)
    for one in first:
        assert one["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
        assert "result" not in one
        assert set(one["actor"]) == {"objectType", "account"}
        assert UUID(one["actor"]["account"]["name"]) and UUID(one["id"])
    assert [one["object"]["id"].rpartition("/en/modules/")[2] for one in first] == ["K1", "K4"]
    assert [one["timestamp"] for one in first] == ["2026-11-02T00:00:00+01:00", "2026-11-12T00:00:00+01:00"]
    assert first[0]["object"]["definition"]["name"] == {"en": "Module K1"}
    assert "Amber" not in json.dumps(first) and "Harbour" not in json.dumps(first)
    assert len({one["actor"]["account"]["name"] for one in first}) == 1
    assert first[0]["actor"] != second[0]["actor"]
    assert not {one["id"] for one in first} & {one["id"] for one in second}


def test_statements_with_the_nickname_stay_the_same(own):
    first, second = statements(own, with_nickname="y"), statements(own, with_nickname="y")
    assert first == second
    assert {one["actor"]["name"] for one in first} == {"Amber Fox"}


def test_statements_are_asked_for_with_a_form(own):
    own.get("records.export_statements", status=405)


# --- the calendar ---


def new_address(own):
    """Press the button; the address as the page shows it, without the site."""
    page = own.get("records.show_calendar")
    button = "Make a new address" if "Make a new address" in page.text else "Make a private address"
    return "/cal/" + re.search(r"/cal/([\w-]+\.ics)", own.submit(page, button=button).html)[1]


def events(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    found = icalendar.Calendar.from_ical(answer.data)
    assert str(found["x-wr-calname"]) == "Notes"
    return found.walk("VEVENT")


def test_the_calendar_has_what_is_due_and_no_reminder(own, stranger):
    event, refresher = events(stranger.client, new_address(own))
    assert str(event["summary"]) == "Module C1"
    assert (event["dtstart"].dt, event["dtend"].dt) == (DUE, DUE + dt.timedelta(days=1))
    assert (str(refresher["summary"]), refresher["dtstart"].dt) == ("Refresh Module K4", dt.date(2027, 11, 12))
    assert event.walk("VALARM") == refresher.walk("VALARM") == []
    own.get("records.show_calendar")  # the address is not shown again
    assert "/cal/" not in own.get("records.show_calendar").html


def test_titles_and_reminders_are_chosen(own, stranger, learning):
    address = new_address(own)
    choose(learning, full_titles=True, reminders=True)
    found = events(stranger.client, address)
    assert [str(event["summary"]) for event in found] == ["Module C1: Title of C1", "Refresh Module K4: Title of K4"]
    assert [alarm["trigger"].dt for event in found for alarm in event.walk("VALARM")] == [dt.timedelta(days=-1)] * 2


def test_what_is_done_or_put_off_leaves_the_calendar(own, stranger, learning):
    address = new_address(own)
    with db.connection():
        training.respond(learning.person.id, learning.ids("C1")[0], training.State.LATER)
    assert [str(event["summary"]) for event in events(stranger.client, address)] == ["Refresh Module K4"]


@pytest.mark.parametrize("happen", ["rotated", "deleted", "account deleted", "forged"])
def test_a_dead_address_gives_nothing(own, stranger, learning, happen):
    address = new_address(own)
    assert stranger.client.get(address).status_code == 200
    if happen == "rotated":
        assert stranger.client.get(new_address(own)).status_code == 200
    elif happen == "deleted":
        own.submit(own.get("records.show_calendar"), button="Delete the address")
    elif happen == "account deleted":
        without_its_account(learning, own, learning.certificate())
    else:
        address = address.replace(".ics", "x.ics")
    answer = stranger.client.get(address)
    assert (answer.status_code, answer.data) == (404, b"")
    assert answer.headers["Cache-Control"] == "no-store"


def test_meetings_are_moments_in_utc_and_days_are_whole(app):
    begins = dt.datetime.fromisoformat("2026-12-01T14:00:00+01:00")
    entries = [
        calendar.CalendarEntry("m-2", begins, begins + dt.timedelta(hours=2), False, "Module K1, \\ ; and more " * 9),
        calendar.CalendarEntry("m-1", dt.date(2026, 11, 30), dt.date(2026, 12, 1), True, "Two days"),
    ]
    with app.test_request_context():
        words = [calendar.when(one) for one in calendar.in_order(entries)]
    assert words == ["30\u00a0November\u00a02026", "1\u00a0December\u00a02026, 14:00–16:00"]
    made = calendar.as_icalendar("Notes", entries, reminders=False)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    first, second = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert (first["dtstart"].dt, first["dtend"].dt) == (dt.date(2026, 11, 30), dt.date(2026, 12, 2))
    assert second["dtstart"].dt == dt.datetime(2026, 12, 1, 13, tzinfo=dt.UTC)
    assert str(second["summary"]) == entries[0].title
    assert b"DTSTART:20261201T130000Z" in made


def test_every_change_has_words(app):
    actions = ["make_certificate", "withdraw_certificate", "delete_certificate", "make_calendar", "delete_calendar"]
    with app.test_request_context():
        assert all(action_words(f"records.{one}") != f"records.{one}" for one in actions)


def test_a_sign_in_that_ended_makes_nothing(own, learning):
    """What was carried through a sign-in is shown again, not done."""
    made = learning.certificate()
    own.post("records.withdraw_certificate", {"carried_over": "1"}, certificate_id=made.id)
    own.post("records.change_calendar", {"carried_over": "1", "do": "make"})
    own.post("records.make_certificate", {"carried_over": "1", "name": "x", "modules": str(learning.ids("K1")[0])})
    with db.connection():
        assert [one.withdrawn_on for one in services.list_certificates(learning.person.id)] == [None]
        assert calendar.made_on(learning.person.id) is None
    assert clock.today() == dt.date(2026, 11, 22)
