"""Modules read by anybody; a trainer assigns, a peer worker answers; pages as people meet them."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest

from portal import clock, db, generation
from portal.guidance.models import Page
from portal.organisations import services as organisations
from portal.search.services import rebuild
from portal.training import marking, rules, searchable, services
from portal.training.models import Assignment, State, Way
from tests.conftest import NOW
from tests.support.browser import Browser

TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("modules")


@pytest.fixture
def peer(house, make):
    return make.member(house, "peer_worker", "Amber")


def assign(house, trainer, *people, codes=("K1",), **options):
    with db.connection():
        services.assign(house.id, (), [person.id for person in people], codes, trainer.id, **options)


def the(person, code="K1"):
    with db.connection():
        return Assignment.get_or_none(Assignment.person == person.id, Assignment.module == code)


def other(app, person):
    return Browser(app).sign_in(person)


# --- modules ---


def test_anybody_reads_a_module_without_leaving_anything(browser):
    listed = browser.get("training.list_modules", language="en")
    page = browser.get(listed.links()["K1 Title of K1"])
    assert "Good to know" in page.text and "For the trainer" not in page.text
    assert "What can be shared by mistake?" in page.text and "Everything blood touches." in page.text
    assert "nothing is sent or kept" in page.text
    assert page.root.findall(".//form//*[@name='check-1']") == [], "the questions are in no form"
    guide = browser.get(page.links()["Guide for the trainer, with handouts"])
    assert "1. Arriving · 10 minutes" in guide.text and "Cut it out." in guide.text
    assert "Good to know" not in guide.text
    assert browser.client.get_cookie("peerwork") is None


@pytest.mark.parametrize("path", ["/en/modules/K9", "/en/modules/k1", "/en/modules/K9/guide", "/en/modules/..%2fK1"])
def test_there_is_no_such_module(browser, path):
    browser.get(path, status=404)


def test_modules_are_found(app, browser):
    with app.app_context(), db.connection():
        rebuild(searchable.offer())
    found = browser.get("search.find", language="en", q="title of K4")
    assert "K4 Title of K4" in found.text


# --- a trainer and a peer worker ---


def test_a_trainer_assigns_three_modules_to_a_group_in_one_form(app, login, browser, house, trainer, peer, make):
    others = [make.member(house, "peer_worker", f"Peer {number}") for number in range(29)]
    with db.connection():
        group = rules.save_group(house.id, "December", [one.id for one in (peer, *others)])
    login(trainer)
    board = browser.get("training.show_board", organisation_id=house.id)
    form = browser.get(board.links()["Assign modules"])
    done = browser.submit(
        form, button="Assign", modules=["K1", "K4", "C1"], audience="group", group=group.id, due_days=14,
        reason="You start on the bus.",
    )  # fmt: skip
    assert "90 new assignments." in done.html
    again = browser.submit(form, button="Assign", modules=["K1", "K4", "C1"], audience="group", group=group.id)
    assert "Nothing new: they have these modules already." in again.html
    listed = browser.get("training.list_rules", organisation_id=house.id)
    assert listed.text.count("End this rule") == 1
    plan = other(app, peer).get("training.show_plan")
    assert "Module K1" in plan.text and "You start on the bus." in plan.text
    assert "Title of K1" not in plan.text, "neutral until the person wants it otherwise"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"modules": []}, "Choose one module at least."),
        ({"people": []}, "Tick one person at least."),
        ({"audience": "group"}, "Choose a group. If there is none yet, make one first."),
        ({"audience": "growth"}, "Choose what they want to work on."),
        ({"due_on": "2026-11-30", "due_days": "5"}, "Give a day or a number of days, not both."),
        ({"due_on": "2026-11-01"}, "This day is over."),
        ({"due_days": "0"}, "Give a number of days between 1 and 1,000."),
        ({"reason": "x" * 301}, "At most 300 letters, please."),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_typed_is_lost(
    login, browser, house, trainer, peer, typed, message
):
    login(trainer)
    form = browser.get("training.assign_modules", organisation_id=house.id)
    good = {"modules": ["K4"], "audience": "people", "people": [str(peer.id)], "reason": "For the bus."}
    answer = browser.submit(form, button="Assign", **(good | typed))
    assert message in answer.text
    assert dict(answer.fields(answer.form(button="Assign")))["reason"] == typed.get("reason", "For the bus.")
    with db.connection():
        assert Assignment.select().count() == 0


def test_somebody_left_while_the_form_was_open(login, browser, house, trainer, peer, make):
    stays = make.member(house, "peer_worker", "Birch")
    login(trainer)
    form = browser.get("training.assign_modules", organisation_id=house.id)
    with db.connection():
        organisations.leave(house.id, peer.id)
    answer = browser.submit(form, button="Assign", modules=["K1"], people=[str(peer.id), str(stays.id)])
    assert "has left since" in answer.text
    fields = answer.fields(answer.form(button="Assign"))
    assert ("people", str(stays.id)) in fields and ("modules", "K1") in fields
    assert the(stays) is None


@pytest.mark.parametrize(
    ("button", "state"),
    [("I take it on", State.ACCEPTED), ("Later", State.LATER), ("No thanks", State.DECLINED)],
)
def test_a_peer_worker_decides_and_the_trainer_sees_no_refusal(
    app, login, browser, house, trainer, peer, button, state
):
    assign(house, trainer, peer)
    login(peer)
    plan = browser.get("training.show_plan")
    browser.submit(plan, button=button)
    assert the(peer).state == state
    board = other(app, trainer).get("training.show_board", organisation_id=house.id)
    row = next(line for line in board.root.findall(".//{*}tr") if "Amber" in "".join(line.itertext()))
    words = " ".join("".join(row.itertext()).split())
    assert ("accepted" if state is State.ACCEPTED else "not taken yet") in words
    assert "later" not in words.lower() and "no thanks" not in words.lower()


def test_the_pages_of_trainers_are_the_same_for_waiting_later_and_no_thanks(app, house, trainer, peer):
    assign(house, trainer, peer, due_on=TODAY)
    watching = other(app, trainer)
    pages = set()
    for state in (State.ASSIGNED, State.LATER, State.DECLINED):
        with db.connection():
            db.transaction(lambda state=state: Assignment.update(state=state.value).execute())()
        for view, values in (("show_board", {}), ("show_person", {"person_id": peer.id})):
            page = watching.get(f"training.{view}", organisation_id=house.id, **values)
            pages.add((view, "".join(page.root.find(".//*[@id='main']").itertext())))
    assert len(pages) == 2


def test_doing_practising_and_marking_by_mistake(login, browser, house, trainer, peer):
    assign(house, trainer, peer)
    login(peer)
    plan = browser.submit(browser.get("training.show_plan"), button="I have done it", on=TODAY, way="alone")
    assert "Done on 22" in plan.text.replace("\u00a0", " ")
    plan = browser.submit(plan, button="Practised with a mentor", on=TODAY)
    assert the(peer).practised_on == TODAY
    early = browser.submit(plan, button="Refreshed", on=TODAY + dt.timedelta(days=1))
    assert "That day does not fit" in early.text
    browser.submit(plan, button="Marked by mistake", on=TODAY)
    assert the(peer).state == State.ACCEPTED


def test_a_trainer_marks_and_takes_back(login, browser, house, trainer, peer):
    assign(house, trainer, peer, codes=("K1", "C1"))
    login(trainer)
    page = browser.get("training.show_person", organisation_id=house.id, person_id=peer.id)
    wrong = browser.submit(page, button="Done", on="soon")
    assert "Give the day, such as 2026-11-23." in wrong.text
    browser.submit(page, button="Take the assignment back")
    assert the(peer, "K1").state == State.TAKEN_BACK
    page = browser.get("training.show_person", organisation_id=house.id, person_id=peer.id)
    browser.submit(page, button="Done", on=TODAY, way="experience")
    assert (the(peer, "C1").state, the(peer, "C1").way) == (State.DONE, "experience")


def test_a_list_from_paper_is_entered_afterwards(login, browser, house, trainer, peer, make):
    birch = make.member(house, "peer_worker", "Birch")
    login(trainer)
    form = browser.get("training.catch_up", organisation_id=house.id)
    late = browser.submit(form, button="Save", module="K1", on=TODAY + dt.timedelta(days=1), people=[str(peer.id)])
    assert "This day has not come yet." in late.text
    board = browser.submit(form, button="Save", module="K1", on=TODAY, people=[str(peer.id), str(birch.id)])
    assert "Marked for 2 people." in board.html
    assert the(birch).done_on == TODAY


def test_groups_are_made_changed_and_deleted(login, browser, house, trainer, peer):
    login(trainer)
    form = browser.get("training.edit_group", organisation_id=house.id)
    listed = browser.submit(form, button="Save", name="December", people=[str(peer.id)])
    double = browser.submit(form, button="Save", name="December")
    assert "There is a group of this name." in double.text
    page = browser.get(listed.links()["December"])
    assert ("people", str(peer.id)) in page.fields(page.form(button="Save"))
    gone = browser.submit(page, button="Delete the group")
    assert "There is no group yet." in gone.text


def test_titles_are_shown_to_who_wants_them(login, browser, house, trainer, peer):
    assign(house, trainer, peer)
    login(peer)
    plan = browser.submit(browser.get("training.show_plan"), button="Save", full_titles="y")
    assert "Module K1: Title of K1" in plan.text


def test_a_suggestion_is_taken_on(login, browser, house, trainer, peer):
    login(peer)
    plan = browser.get("training.show_plan")
    assert "Suggested to you" in plan.text
    browser.submit(plan, button="I take it on")
    assert the(peer).state == State.ACCEPTED
    assert the(peer).assigned_by is None


@db.transaction
def withdraw(code):
    Page.update(withdrawn=True).where(Page.slug == code).execute()
    generation.raise_it()


def test_a_module_taken_away_stays_on_the_plan_in_words(login, browser, house, trainer, peer, modules):
    assign(house, trainer, peer)
    with db.connection():
        db.transaction(
            lambda: (Page.update(withdrawn=True).where(Page.slug == "K1").execute(), generation.raise_it())
        )()
    login(peer)
    assert "This module was taken away." in browser.get("training.show_plan").text


def test_what_is_new_in_a_module_is_shown(login, browser, house, trainer, peer, modules):
    assign(house, trainer, peer)
    with db.connection():
        marking.finish(the(peer), TODAY, Way.ALONE)
        clock.stop(NOW + dt.timedelta(minutes=1))
        modules.write("K1", before_solo_work="true", good_to_know="Quite new words.")
        modules.load()
    login(peer)
    plan = browser.get("training.show_plan")
    page = browser.get(plan.links()["Its text has changed since. See what is new"])
    assert "Quite new words." in page.text
    assert page.root.find(".//{*}ins") is not None


def test_the_board_of_300_people_and_28_modules_stays_light(app, login, browser, house, trainer, make, modules):
    import gzip

    from playhouse.test_utils import count_queries

    for number in range(5, 27):
        modules.write(f"S{number}", order=str(100 + number))
    people = [make.member(house, "peer_worker", f"Peer {number}") for number in range(300)]
    codes = ["K1", "K4", "C1", "T1", "A1", "A2", *(f"S{number}" for number in range(5, 27))]
    with db.connection():
        modules.load()
    assign(house, trainer, *people, codes=codes)
    login(trainer)
    browser.get("training.show_board", organisation_id=house.id)
    with count_queries() as counted:
        page = browser.get("training.show_board", organisation_id=house.id)
    assert counted.count <= 5
    assert len(gzip.compress(page.html.encode())) < 100_000


# --- to take along ---


def test_a_pack_is_one_file_that_needs_no_network(browser, modules):
    clock.stop(NOW + dt.timedelta(minutes=1))  # of two texts published at one moment either may be the newer
    with db.connection():
        modules.write(
            "C1", order="30", good_to_know="See [K1](/en/modules/K1#why-it-matters) and [K4](/en/modules/K4)."
        )
        modules.load()
    listed = browser.get("training.list_modules", language="en")
    assert listed.form(action="/en/modules/pack") is not None
    answer = browser.client.get("/en/modules/pack?code=K1&code=C1&code=Z9")
    pack = answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="modules-K1-C1.html"'
    assert "What can be shared by mistake?" in pack and "1. Arriving · 10 minutes" in pack and "Cut it out." in pack
    assert 'href="#K1:c-why-it-matters"' in pack and 'id="K1:c-why-it-matters"' in pack
    assert "/en/modules/K4" not in pack, "a module that is not in the pack is named without a link"
    assert "<style>" in pack
    assert not re.search(r'(?:src|href)="(?!#)', pack), "nothing in it leads to a network"
    assert len(set(re.findall(r'id="([^"]*)"', pack))) == len(re.findall(r'id="([^"]*)"', pack))


def test_a_pack_prints_as_a_booklet(browser):
    pikepdf = pytest.importorskip("pikepdf")
    answer = browser.client.get("/en/modules/pack?code=K1&code=K4&as=pdf")
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("en")
        assert "Modules K1, K4" in str(document.docinfo.get("/Title", "")) or "Modules K1, K4" in str(
            document.open_metadata().get("dc:title")
        )


def test_in_discreet_mode_a_pack_is_called_notes(browser):
    pikepdf = pytest.importorskip("pikepdf")
    browser.client.set_cookie("discreet", "1")
    printed = browser.client.get("/en/modules/pack?code=K1&code=K4&as=pdf")
    assert printed.headers["Content-Disposition"] == 'inline; filename="notes.pdf"'
    with pikepdf.open(io.BytesIO(printed.data)) as document:
        assert str(document.docinfo["/Title"]) == "Notes"
    answer = browser.client.get("/en/modules/pack?code=K1&code=K4")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes.html"'
    assert "<title>Notes</title>" in answer.get_data(as_text=True)
    assert "<h1>Modules K1, K4</h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["", "?code=Z9", "?code=../etc/passwd&as=pdf"])
def test_a_pack_of_nothing_there_is_not(browser, query):
    browser.get(f"/en/modules/pack{query}", status=404)
