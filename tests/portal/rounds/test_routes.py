import datetime as dt
import json
import re
import tomllib

import pytest
from click.testing import CliRunner

from assessments import files
from assessments.model import Mode, RaterGroup
from portal import clock, db
from portal.organisations import services as organisations
from portal.organisations.models import Membership
from portal.rounds import closing, commands, feature, places
from portal.rounds.models import Round, RoundGroup, RoundPlace
from tests.support.rounds import INDIVIDUAL, load_instruments, open_round
from tests.support.written import write_something

PEER = RaterGroup.PEER


@pytest.fixture
def organisation(make):
    load_instruments()
    organisation = make.organisation()
    organisation.lead = make.member(organisation, "lead")
    return organisation


@pytest.fixture
def lead(organisation, login):
    login(organisation.lead)
    return organisation.lead


def new_page(browser, organisation, **options):
    return browser.get(
        "rounds.new_round", organisation_id=organisation.id, programme_id=organisation.programme.id, **options
    )


def open_form(browser, organisation, **typed):
    typed = {"peer_slips": "3", "staff": "", "mgmt": "statement"} | typed
    return browser.submit(new_page(browser, organisation), button="Open the round", **typed)


def count(model):
    with db.connection():
        return model.select().count()


def said(page):
    """Everything the page says, messages above the main part included."""
    return " ".join("".join(page.root.itertext()).split())


def only_round():
    with db.connection():
        return Round.get()


def test_a_lead_opens_a_round_and_sees_the_slips_once(browser, organisation, lead):
    page = open_form(browser, organisation)
    assert page.heading == "Slips to print or copy now"
    codes = [b.text for b in page.root.findall(".//main//li//b")]
    assert len(codes) == 3
    with db.connection():
        for code in codes:
            assert places.find_place_by_code(code) is not None
            assert f"http://localhost/answer/place/{code}" in page.text
    lines = [line for line in page.root.iter() if str(line.tag).endswith("path") and line.get("stroke")]
    assert len(lines) == 3 and all(line.get("stroke-width") == "1" for line in lines), "a drawing to scan for each"
    round_ = only_round()
    page = browser.get("rounds.show_round", organisation_id=organisation.id, round_id=round_.id)
    assert page.heading == "How we live up to the principles"
    assert not any(code in page.html for code in codes)
    assert "each on their own, 3 places" in page.text


def test_a_form_sent_twice_opens_one_round(browser, organisation, lead):
    page = new_page(browser, organisation)
    typed = {"peer_slips": "3", "staff": ""}
    browser.submit(page, button="Open the round", **typed)
    again = browser.submit(page, button="Open the round", **typed)
    assert "This round is open already" in said(again)
    assert again.path.endswith(str(only_round().id))
    assert count(Round) == 1 and count(RoundPlace) == 4


def test_a_round_without_slips_leads_to_its_page(browser, organisation, lead, make):
    make.member(organisation, "peer_worker")
    page = open_form(browser, organisation, peer_slips="")
    assert "The round is open." in said(page) and page.path.endswith(str(only_round().id))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"smallest_group": "4"}, "smallest_group", "Choose 5 or more"),
        ({"smallest_group": "many"}, "smallest_group", "whole number"),
        ({"smallest_group": ""}, "smallest_group", "such as 5"),
        ({"closes_on": "2026-11-22"}, "closes_on", "from tomorrow until 22\u00a0March\u00a02027"),
        ({"closes_on": "soon"}, "closes_on", "year, month and day"),
        ({"closes_on": ""}, "closes_on", "Choose the last day"),
        ({"peer_slips": ""}, "peer", "no members yet"),
        ({"peer_slips": "501"}, "peer_slips", "From 0 to 500"),
        ({"peer": "group", "peer_slips": "2"}, "peer_slips", "one for a group that answers together"),
        ({"staff_slips": "1"}, "staff_slips", "groups that are not asked"),
        ({"staff": "individual"}, "staff", "no members yet"),
        ({"peer": "", "mgmt": "", "peer_slips": ""}, "peer", "Choose at least one group"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(browser, organisation, lead, typed, field, words):
    page = open_form(browser, organisation, **{"changed": "few", **typed})
    summary = page.root.find(".//*[@id='errors']")
    links = [(a.get("href"), "".join(a.itertext()).strip()) for a in summary.findall(".//a")]
    assert len(links) == 1 and links[0][0] == f"#{field}" and words in links[0][1]
    fields = dict(page.fields(page.form("Open the round")))
    assert fields["changed"] == "few"
    for name, value in typed.items():
        assert fields.get(name, "") == value
    assert count(Round) == 0


def test_a_second_open_round_is_refused_at_the_questionnaire(browser, organisation, lead):
    open_form(browser, organisation)
    assert "Close that one first" in open_form(browser, organisation).text
    assert count(Round) == 1


def test_small_groups_are_advised_to_answer_together(browser, organisation, lead, make):
    for _ in range(5):
        make.member(organisation, "staff")
    make.member(organisation, "peer_worker")
    page = new_page(browser, organisation)
    assert "This programme has one here. A group of one cannot answer together" in page.text
    assert "This programme has 5 here. Each on their own shows" in page.text
    make.member(organisation, "peer_worker")
    page = new_page(browser, organisation)
    assert "This programme has 2 here. Fewer than 5: answer as a group" in page.text


def test_one_person_cannot_answer_as_a_group(browser, organisation, lead, make):
    make.member(organisation, "peer_worker")
    page = open_form(browser, organisation, peer="group", peer_slips="")
    assert "this would be one person’s answer" in page.text and "do not ask this group this time" in page.text
    assert count(Round) == 0
    page = browser.submit(page, button="Open the round", peer="individual", peer_slips="4")
    assert page.heading == "Slips to print or copy now"


def test_a_round_that_closes_meanwhile_keeps_its_threshold(browser, organisation, lead):
    round_, _codes = open_round(organisation)
    address = {"organisation_id": organisation.id, "round_id": round_.id}
    page = browser.get("rounds.show_round", **address)
    with db.connection():
        closing.close_round(organisation.id, round_.id)
    again = browser.submit(page, button="Raise it", smallest_group="7")
    assert "This round is closed." in said(again) and "Raise it" not in again.text
    assert only_round().smallest_group == 5


def test_the_contact_of_peer_workers_makes_their_slips(browser, login, organisation, make):
    contact = make.member(organisation, "peer_worker")

    @db.transaction
    def name():
        Membership.update(peer_contact=True).where(Membership.person == contact.id).execute()

    with db.connection():
        name()
    round_, _codes = open_round(organisation, modes=INDIVIDUAL, slips={RaterGroup.STAFF: 1})
    address = {"organisation_id": organisation.id, "round_id": round_.id}
    login(organisation.lead)
    assert "who makes slips for them" in new_page(browser, organisation).text
    page = browser.get("rounds.show_round", **address)
    offered = [value for name, value in page.fields(page.form("Make slips")) if name == "group"]
    assert offered == ["staff"]
    page = browser.post("rounds.add_slips", {"group": "peer", "how_many": "1"}, **address)
    assert "More slips" in page.text and count(RoundPlace) == 3
    login(contact)
    page = browser.submit(browser.get("rounds.show_round", **address), button="Make slips", group="peer", how_many="2")
    assert page.heading == "Slips to print or copy now"
    with db.connection():
        assert RoundGroup.get(RoundGroup.rater_group == "peer").places == 3


def test_slips_sent_twice_are_made_once(browser, organisation, lead):
    round_, _codes = open_round(organisation)
    page = browser.get("rounds.show_round", organisation_id=organisation.id, round_id=round_.id)
    browser.submit(page, button="Make slips", how_many="2")
    again = browser.submit(page, button="Make slips", how_many="2")
    assert "These slips were made already" in said(again)
    assert count(RoundPlace) == 8


def test_others_are_told_who_makes_slips(browser, login, organisation, make):
    round_, _codes = open_round(organisation)
    login(make.member(organisation, "staff"))
    address = {"organisation_id": organisation.id, "round_id": round_.id}
    assert "Make slips" not in browser.get("rounds.show_round", **address).text
    page = browser.post("rounds.add_slips", {"group": "peer", "how_many": "1"}, **address)
    assert "Slips are made by a lead" in said(page) and count(RoundPlace) == 6


def test_the_page_never_tells_how_many_have_started(browser, login, organisation, make):
    peers = [make.member(organisation, "peer_worker") for _ in range(3)]
    round_, _codes = open_round(organisation, modes=INDIVIDUAL, slips={RaterGroup.STAFF: 2})
    address = {"organisation_id": organisation.id, "round_id": round_.id}

    def pages():
        found = []
        for person in (organisation.lead, peers[1]):
            login(person)
            found.append(browser.get("rounds.show_round", **address).text)
            found.append(browser.get("rounds.list_rounds", organisation_id=organisation.id).text)
        return found

    before = pages()

    @db.transaction
    def take():
        for place in RoundPlace.select().where(RoundPlace.rater_group.in_(["peer", "staff"])):
            if place.person_id != peers[1].id:
                assert places.take(place.id)

    with db.connection():
        take()
    assert pages() == before


def test_members_are_told_what_they_can_start(browser, login, organisation, make):
    peer, staff, _other = (make.member(organisation, role) for role in ("peer_worker", "staff", "staff"))
    round_, _codes = open_round(organisation, modes=INDIVIDUAL | {RaterGroup.STAFF: Mode.GROUP}, slips={})
    address = {"organisation_id": organisation.id, "round_id": round_.id}
    later = make.member(organisation, "peer_worker")
    for person, words in [
        (peer, "A place is kept for you."),
        (staff, "You answer together"),
        (organisation.lead, "Management answers once"),
        (later, "No place was made for you"),
    ]:
        login(person)
        page = browser.get("rounds.show_round", **address)
        assert words in page.text
        starts = [form.get("action") for form in page.root.findall(".//main//form")]
        assert (f"/answer/start/{round_.id}" in starts) is (person is not later)

    @db.transaction
    def take():
        assert places.take(places.find_place_for_member(round_, peer.id, PEER).id)

    with db.connection():
        take()
    login(peer)
    assert "You have started. Your return key brings you back." in browser.get("rounds.show_round", **address).text


def test_a_lead_closes_a_round_after_saying_so_twice(browser, organisation, lead):
    round_, _codes = open_round(organisation)
    address = {"organisation_id": organisation.id, "round_id": round_.id}
    page = browser.get("rounds.close_round", **address)
    assert "Tick the box" in browser.submit(page, button="Close the round").text
    assert only_round().closed_at is None
    closed = browser.submit(page, button="Close the round", sure="y")
    assert "The round is closed." in said(closed)
    assert closed.links()["To the results"] == f"/organisations/{organisation.id}/rounds/{round_.id}/results"
    moment = only_round().closed_at
    again = browser.submit(page, button="Close the round", sure="y")
    assert "was closed before" in said(again) and only_round().closed_at == moment
    assert "was closed before" in said(browser.get("rounds.close_round", **address))
    assert "Make slips" not in again.text


def test_a_lead_raises_the_threshold(browser, organisation, lead):
    round_, _codes = open_round(organisation)
    page = browser.get("rounds.show_round", organisation_id=organisation.id, round_id=round_.id)
    assert "7 answers" in browser.submit(page, button="Raise it", smallest_group="7").text
    assert "It is 7 now" in browser.submit(page, button="Raise it", smallest_group="6").text
    assert only_round().smallest_group == 7


def test_programmes_that_a_membership_does_not_cover_are_not_there(browser, login, organisation, make):
    with db.connection():
        night = organisations.create_programme(organisation.id, "Night bus")
    round_, _codes = open_round(organisation, programme=night)
    here, _codes = open_round(organisation)
    login(make.member(organisation, "lead", programmes=[organisation.programme]))
    for view in ("show_round", "close_round"):
        browser.get(f"rounds.{view}", organisation_id=organisation.id, round_id=round_.id, status=404)
    for view in ("add_slips", "raise_threshold", "close_round"):
        browser.post(f"rounds.{view}", organisation_id=organisation.id, round_id=round_.id, status=404)
    browser.get("rounds.new_round", organisation_id=organisation.id, programme_id=night.id, status=404)
    page = browser.get("rounds.list_rounds", organisation_id=organisation.id)
    assert "Night bus" not in page.text and "Riverside outreach" in page.text
    browser.get("rounds.show_round", organisation_id=organisation.id, round_id=here.id)


def test_another_organisation_finds_nothing(browser, login, organisation, make):
    round_, _codes = open_round(organisation)
    other = make.organisation("Elsewhere")
    login(make.member(other, "lead"))
    browser.get("rounds.show_round", organisation_id=organisation.id, round_id=round_.id, status=404)
    browser.get("rounds.show_round", organisation_id=other.id, round_id=round_.id, status=404)
    browser.post("rounds.close_round", {"sure": "y"}, organisation_id=other.id, round_id=round_.id, status=404)
    address = {"organisation_id": other.id, "programme_id": organisation.programme.id}
    browser.get("rounds.new_round", **address, status=404)
    assert only_round().closed_at is None


def test_members_read_rounds_and_leads_alone_open_and_close(browser, login, organisation, make):
    round_, _codes = open_round(organisation)
    address = {"organisation_id": organisation.id, "round_id": round_.id}
    login(make.member(organisation, "peer_worker"))
    browser.get("rounds.show_round", **address)
    new_page(browser, organisation, status=403)
    browser.get("rounds.close_round", **address, status=403)
    login(make.member(organisation, "candidate"))
    browser.get("rounds.show_round", **address, status=403)


@pytest.mark.parametrize("view", ["list_rounds", "show_round"])
def test_pages_cost_the_same_number_of_statements_however_many_rounds(browser, organisation, lead, view):
    round_, _codes = open_round(organisation)
    address = {"organisation_id": organisation.id} | ({"round_id": round_.id} if view == "show_round" else {})

    def statements():
        seen = []
        db.database.query_hooks.append(lambda event: seen.append(event.sql))
        try:
            browser.get(f"rounds.{view}", **address)
        finally:
            db.database.query_hooks.pop()
        return len(seen)

    browser.get(f"rounds.{view}", **address)
    write_something()
    before = statements()
    for number in range(3):
        with db.connection():
            programme = organisations.create_programme(organisation.id, f"Programme {number}")
        open_round(organisation, programme=programme)
    assert statements() == before


def test_tick_closes_what_is_due(browser, organisation):
    open_round(organisation, days=1)
    clock.stop(clock.now() + dt.timedelta(days=2))
    with db.connection():
        feature.FEATURE.tick()
        feature.FEATURE.tick()
    assert only_round().closed_at is not None


def test_instruments_are_checked_without_a_database(monkeypatch, tmp_path):
    result = CliRunner().invoke(commands.instruments, ["check"])
    assert (result.exit_code, result.output) == (0, "All instruments are in order.\n")
    assert json.loads(CliRunner().invoke(commands.instruments, ["check", "--json"]).output) == []


def test_findings_end_with_status_one(monkeypatch):
    kept = dict.fromkeys(["principles-1"], "0" * 64)
    monkeypatch.setattr("assessments.checks.released_digests", lambda: kept)
    result = CliRunner().invoke(commands.instruments, ["check", "--json"])
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert {(one["file"], one["where"]) for one in found} == {
        ("principles-1/instrument.toml", ""),
        ("digests.toml", "candidate-1"),
    }
    (line,) = re.findall(r"add (.*)\.$", next(one["message"] for one in found if one["file"] == "digests.toml"))
    assert tomllib.loads(line)["candidate-1"] == files.structure_digest(files.INSTRUMENTS / "candidate-1")


def test_closing_ends_the_due_ones_only(organisation):
    open_round(organisation)
    with db.connection():
        closing.close_due()
    assert only_round().closed_at is None
