"""The results page: who reads what, the release form, and that nothing on it was computed beside the gate."""

import datetime as dt
import re
from dataclasses import fields, is_dataclass

import pytest
from flask import render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playhouse.test_utils import count_queries

from assessments.disclosure import publish
from assessments.files import INSTRUMENTS, load_links, load_words
from assessments.model import Mode, RaterGroup
from assessments.published import Published
from assessments.scoring import GroupTally, ItemTally
from portal import audit, clock, db
from portal.editing import menu
from portal.guidance.commands import prepare
from portal.guidance.models import Page
from portal.organisations import services as organisations
from portal.results import exports, item_words, sentences, services, words
from portal.results.release import Choice, release_state
from portal.results.view import build
from tests.portal.results.conftest import MANAGEMENT, PEERS, PRINCIPLES, STAFF, sheets, statement
from tests.support.rounds import INDIVIDUAL, open_round

PEER, STAFF_GROUP, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT
WORDS = load_words(INSTRUMENTS / "principles-1", "en")
LINKS = load_links(INSTRUMENTS / "principles-1")


@pytest.fixture
def show(browser, house, login):
    """``show(round_, person)`` is the results page as this person gets it."""

    def fetch(round_, person, status=200):
        login(person)
        return browser.get(
            "results.show_results", organisation_id=house.organisation.id, round_id=round_.id, status=status
        )

    return fetch


def choose(house, round_, choice=Choice.ALL):
    with db.connection():
        for person in (house.peer, house.second):
            services.choose(house.organisation.id, round_.id, person.id, choice)


def later(days):
    clock.stop(clock.now() + dt.timedelta(days=days))


def facts(page):
    """What stands in the rail."""
    told = page.root.find(".//dl[@class='facts']")
    words_ = [" ".join("".join(part.itertext()).split()) for part in told]
    return dict(zip(words_[::2], words_[1::2], strict=True))


# --- who reads what ---


def test_an_open_round_says_until_when_and_shows_nothing(show, house):
    round_, _codes = open_round(house.organisation, modes=INDIVIDUAL, days=10)
    for person in (house.lead, house.staff, house.peer):
        page = show(round_, person)
        assert page.heading == "Open until 2 December 2026"
        assert "Nothing is shown before the round has closed" in page.text


def test_the_page_begins_with_one_sentence(show, house, round_):
    choose(house, round_)
    later(14)
    page = show(round_, house.lead)
    assert page.heading == "Mutual respect is strong. You see Equality very differently."
    assert page.title.startswith(page.heading)
    assert [mark.text for mark in page.root.iter("mark")] == ["Equality"]


def test_the_parts_stand_in_their_order(show, house, round_):
    choose(house, round_)
    later(14)
    page = show(round_, house.lead)
    assert [" ".join("".join(h2.itertext()).split()) for h2 in page.root.findall(".//main//h2")] == [
        "What is strong",
        "How peer workers see it",
        "Where your views meet and part",
        "Talk about these three",
        "Question by question",
        "What you do not see, and why",
    ]
    assert "A score is a way to begin a conversation" in page.text
    assert facts(page) == {
        "Programme": "Riverside outreach",
        "Round closed": "22 November 2026",
        "Peer workers": "5 to 9 answered",
        "Staff": "5 to 9 answered",
        "Management": "one agreed statement",
        "Opened by peer workers": "6 December 2026",
    }


@pytest.mark.parametrize("role", ["trainer", "candidate"])
def test_roles_that_answer_nothing_read_nothing(show, make, house, round_, role):
    show(round_, make.member(house.organisation, role), status=403)


def test_people_of_another_organisation_do_not_learn_that_it_exists(show, make, house, empty, browser, login):
    other = make.organisation("Elsewhere")
    stranger = make.member(other, "lead")
    show(empty, stranger, status=404)
    login(stranger)
    browser.get("results.show_results", organisation_id=other.id, round_id=empty.id, status=404)
    administrator = make.person(portal_role="administrator")
    show(empty, administrator, status=404)


def test_people_of_another_programme_get_404_everywhere(make, house, empty, browser, login):
    with db.connection():
        elsewhere = organisations.create_programme(house.organisation.id, "Night shelter")
    address = {"organisation_id": house.organisation.id, "round_id": empty.id}
    for role in ("lead", "staff", "peer_worker"):
        login(make.member(house.organisation, role, programmes=[elsewhere]))
        for view in ("show_results", "export_csv", "export_json"):
            browser.get(f"results.{view}", **address, status=404)
    browser.post("results.release", {"choice": "all"}, **address, status=404)


def test_no_route_leads_to_a_single_sheet(app):
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("results.")]
    assert sorted(rules) == [
        f"/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/{last}"
        for last in ("release", "results", "results.csv", "results.json")
    ]


def test_hidden_groups_are_told_in_words_and_have_no_dot(show, house, close):
    filled = sheets("peer", PEERS) + sheets("staff", STAFF, people=4) + statement(MANAGEMENT)
    round_ = close(house, filled)
    choose(house, round_)
    later(14)
    page = show(round_, house.lead)
    assert "Staff. Fewer than 5 answered. With so few, somebody could be recognised." in page.text
    assert page.text.count("not shown fewer than 5 answers") == 7
    plots = page.root.findall(".//div[@class='plot']")
    assert len(plots) == 7 and not any(e.get("class") == "staff" for plot in plots for e in plot.iter())
    assert facts(page)["Staff"] == "fewer than 5 answered"


def test_until_release_others_are_told_that_it_waits_and_until_when(show, house, round_):
    for person in (house.lead, house.staff):
        page = show(round_, person)
        assert "from 6 December 2026 at the earliest and until 22 December 2026" in page.text
        assert "Peer workers want to talk first" not in page.text
    choose(house, round_, Choice.TALK)
    assert "Peer workers want to talk first." in show(round_, house.staff).text
    choose(house, round_, Choice.ALL)
    assert "Opened by" not in show(round_, house.lead).text, "what can still be taken back is not told"
    later(14)
    assert "Opened by peer workers" in show(round_, house.lead).text


def test_a_sealed_result_says_so(show, house, round_):
    later(30)
    assert "They were not opened within 30 days and stay closed." in show(round_, house.lead).text
    assert "You can still open them." in show(round_, house.peer).text


def test_only_peers_read_how_many_peers_answered(show, house, round_):
    assert facts(show(round_, house.peer))["Peer workers"] == "6 answered"
    assert facts(show(round_, house.staff))["Peer workers"] == "5 to 9 answered"


def test_a_group_read_alone_leads_its_own_page(show, house, round_):
    page = show(round_, house.staff)
    assert page.heading == "In the eyes of staff, Mutual respect is strong."
    assert "How staff see it" in page.text and "Principle by principle" in page.text


def test_where_only_others_answered_the_sentence_says_with_whom_it_is(show, house, close):
    round_ = close(house, sheets("peer", PEERS), modes={PEER: Mode.INDIVIDUAL}, slips={PEER: 6})
    assert show(round_, house.lead).heading == "These results are with peer workers for now."


def test_a_round_without_figures_says_so(show, house, empty):
    assert show(empty, house.peer).heading == "These results are with peer workers for now."
    choose(house, empty)
    later(14)
    page = show(empty, house.peer)
    assert page.heading == "There is too little to show without giving somebody away."
    assert "no answer came" in page.text


def test_low_and_parted_questions_lead_to_guidance(show, house, round_):
    with db.connection():
        prepare()
    choose(house, round_)
    later(14)
    page = show(round_, house.lead)
    links = {address for address in page.links().values() if "/guidance/" in address}
    assert "/en/guidance/principles/equality" in links
    assert page.text.count("Read on: Equality") == 3


def test_what_to_read_on_is_found_where_it_has_gone(show, house, round_, make):
    """The files that come with the questions name pages by the addresses that these came with."""
    choose(house, round_)
    later(14)
    editor = make.person("Ivory Finch", portal_role="editor")
    with db.connection():
        prepare()
        menu.move(Page.get(Page.slug == "equality").id, "prepare", "footing", editor.id, "Moved")
        menu.withdraw(Page.get(Page.slug == "selection").id, "prepare")
    page = show(round_, house.lead)
    assert page.text.count("Read on: Equality") == 3
    found = [link.get("href") for link in page.root.findall(".//main//td//small[@class='on']/a")]
    assert {"/en/guidance/prepare/footing", "/en/guidance/prepare"} <= set(found)
    assert not {"/en/guidance/principles/equality", "/en/guidance/prepare/selection"} & set(found)


def test_texts_are_marked_as_theirs(show, house, close):
    agreed = statement(MANAGEMENT)
    agreed[0][1]["EQ1"] |= {"text": "Since <May>", "differed": True}
    page = show(close(house, agreed), house.lead)
    assert "Management, their own words Since <May>" in " ".join(
        " ".join("".join(dl.itertext()).split()) for dl in page.root.findall(".//details//dl")
    )
    assert "they saw it differently among themselves" in page.text


def test_looking_leaves_no_audit_row(show, house, round_):
    with db.connection():
        before = len(audit.rows_of(house.organisation.id))
    show(round_, house.lead)
    with db.connection():
        assert len(audit.rows_of(house.organisation.id)) == before


def test_a_discreet_page_has_a_neutral_title(show, house, round_, browser):
    browser.client.set_cookie("discreet", "1")
    assert show(round_, house.lead).title == "Notes"


def test_the_number_of_statements_does_not_grow_with_answers(show, house, close):
    few = close(house, sheets("peer", PEERS, people=1))
    many = close(house, sheets("peer", PEERS, people=12) + sheets("staff", STAFF, people=12) + statement(MANAGEMENT))
    show(few, house.peer)  # instrument and words are read once by each process
    for person in (house.peer, house.lead):
        counts = []
        for round_ in (few, many):
            with count_queries(only_select=True) as counter:
                show(round_, person)
            counts.append(counter.count)
        assert counts[0] == counts[1] <= 16


# --- the form ---


def test_peer_workers_release_through_the_page(show, house, round_, browser, login):
    page = browser.submit(show(round_, house.peer), button="Choose", choice="all")
    assert "Noted. It stands when another peer worker chooses the same." in page.html
    assert "You would choose: Open everything." in page.text
    page = show(round_, house.third)
    assert "You would choose" not in page.text, "nobody reads what others would choose"
    page = browser.submit(show(round_, house.second), button="Choose", choice="all")
    assert "it takes effect on that day and can be taken back before" in page.text
    page = browser.submit(page, button="Choose", choice="back")
    assert "You would choose: Take it back." in page.text
    later(14)
    page = show(round_, house.peer)
    assert "Peer workers opened them on 6 December 2026." in page.text
    assert not page.root.findall(".//main//form")


def test_a_peer_worker_who_joined_later_waits_kindly_and_then_reads_everything(
    show, make, house, round_, browser, login
):
    later(1)
    late = make.member(house.organisation, "peer_worker")
    page = show(round_, late)
    assert page.heading == "These results are with peer workers for now."
    assert "You joined after this round" in page.text and not page.root.findall(".//main//form")
    assert facts(page)["Peer workers"] == "5 to 9 answered"
    address = {"organisation_id": house.organisation.id, "round_id": round_.id}
    told = browser.client.get(browser.address("results.export_json", **address)).json
    assert not any(cell["value"] for cell in told["figures"] if cell["part"] in ("section", "item"))
    refused = browser.post("results.release", {"choice": "all"}, **address)
    assert "Peer workers who were there in the round choose" in refused.html
    choose(house, round_)
    later(14)
    assert show(round_, late).heading == "Mutual respect is strong. You see Equality very differently."


def test_a_form_without_a_choice_says_what_to_do(show, house, round_, browser):
    page = browser.submit(show(round_, house.peer), button="Choose")
    assert "Choose one of these." in page.text
    with db.connection():
        assert services.get_choice(round_) is None


@pytest.mark.parametrize("choice", ["back", "everything", ""])
def test_a_choice_that_is_not_offered_changes_nothing(show, house, round_, browser, login, choice):
    choose(house, round_, Choice.TALK)
    login(house.peer)
    address = {"organisation_id": house.organisation.id, "round_id": round_.id}
    page = browser.post("results.release", {"choice": choice}, **address)
    assert ("cannot be chosen any more" if choice else "Choose one of these.") in page.html
    with db.connection():
        assert services.get_choice(round_).choice is Choice.TALK


def test_only_peer_workers_have_the_form_and_may_send_it(show, make, house, round_, browser, login):
    address = {"organisation_id": house.organisation.id, "round_id": round_.id}
    both = make.member(house.organisation, "lead")
    with db.connection():
        organisations.add_member(house.organisation.id, both.id, "peer_worker")
    for person in (house.lead, house.staff, both):
        assert not show(round_, person).root.findall(".//main//form")
        browser.post("results.release", {"choice": "all"}, **address, status=403)


def test_an_open_round_is_not_released(house, browser, login):
    round_, _codes = open_round(house.organisation, modes=INDIVIDUAL)
    login(house.peer)
    page = browser.post("results.release", {"choice": "all"}, organisation_id=house.organisation.id, round_id=round_.id)
    assert "The round is still open." in page.html


# --- nothing is computed beside the gate ---


def numbers_in(thing) -> set[str]:
    """Every number in a tree of dataclasses, as the page writes it."""
    if isinstance(thing, bool) or thing is None or isinstance(thing, str):
        return set()
    if isinstance(thing, int):
        return {str(thing)}
    if isinstance(thing, float):
        return {f"{thing:.1f}", f"{thing:.2f}", str(thing)}
    if is_dataclass(thing):
        return set().union(*(numbers_in(getattr(thing, field.name)) for field in fields(thing)))
    if isinstance(thing, dict):
        return set().union(*(numbers_in(value) for value in thing.values()))
    return set().union(*(numbers_in(value) for value in thing))


# Written on every page, whatever was answered: bands of numbers of answers, "of 4", thresholds, the scale.
FIXED = {"0", "4", "9", "10", "19", "20", "30", "90", "97", "100", "3"}

levels = st.lists(st.integers(0, 4), min_size=0, max_size=13)


@st.composite
def tallies(draw):
    """A small round with skips, can't-tell answers and evidence; one section is enough to show everything."""
    found = {}
    for group in draw(st.sets(st.sampled_from([PEER, STAFF_GROUP]), min_size=1)):
        answered = {item.code: draw(levels) for item in PRINCIPLES.items_of("EQ") if item.gives_level(group)}
        unsure = {code: draw(st.integers(0, 4)) for code in answered}
        items = {
            code: ItemTally(
                tuple(given.count(level) for level in range(5)),
                dk=unsure[code],
                evidence={(level, "none"): given.count(level) for level in (3, 4) if given.count(level)},
            )
            for code, given in answered.items()
        }
        sheets_ = max(len(given) + unsure[code] for code, given in answered.items())
        found[group] = GroupTally(Mode.INDIVIDUAL, sheets_, sheets_ + 3, items)
    if draw(st.booleans()):
        stated = {
            item.code: ItemTally(tuple(int(level == chosen) for level in range(5)))
            for item in PRINCIPLES.items_of("EQ")
            if item.gives_level(MGMT)
            for chosen in [draw(st.integers(0, 4))]
        }
        found[MGMT] = GroupTally(Mode.STATEMENT, 1, 1, stated)
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tallies(), st.sampled_from([3, 5, 7]), st.sampled_from([frozenset(RaterGroup), frozenset({PEER})]))
def test_every_number_that_is_written_comes_from_the_gate(app, counted, k, visible):
    published = publish(PRINCIPLES, counted, k, visible)
    result = build(published, PRINCIPLES, WORDS, LINKS)
    allowed = numbers_in(published) | FIXED
    with app.test_request_context("/"):
        written = render_parts(app, result)
        told = exports.to_csv(result).decode("utf-8-sig") + exports.to_json(result).decode()
    for code in (item.code for item in PRINCIPLES.items):
        told = told.replace(f'"{code}"', "").replace(f",{code},", ",,")
    told = re.sub(r"level_\d", "", told)
    for text in (written, told):
        found = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)", text))
        assert found <= allowed, found - allowed


def render_parts(app, result) -> str:
    """What the page writes of a result, without its frame and its dates."""
    parts = [words.balanced_words(result), sentences.sentence(result).plain]
    parts += [words.answered_words(group, result) for group in result.groups]
    parts += [sentences.strength_words(row, result.leading) for row in result.strengths]
    for row in result.rows:
        parts += [*words.row_words(row, result.groups), words.chart_words(row, result.groups), *words.other_gaps(row)]
        parts += [dot.points and str(dot.points) for dot in row.dots if dot.points]
        for group in result.groups:
            main, small = words.figure_words(row.groups.get(group), group, result)
            parts += [main, *small]
        for line in row.items:
            for group in result.groups:
                main, small = item_words.item_words(line, group, result)
                parts += [main, *small]
            parts += [item_words.item_gap_words(gap) for gap in line.gaps]
    return "\n".join(str(part) for part in parts)


def test_the_template_receives_the_result_and_nothing_that_counts(app, house, round_, show, monkeypatch):
    from portal.results import routes

    given_ = {}

    def remember(template, **values):
        given_.update(values)
        return render_template(template, **values)

    monkeypatch.setattr(routes, "render_template", remember)
    show(round_, house.lead)
    kinds = {name: type(value).__name__ for name, value in given_.items()}
    assert set(kinds.values()).isdisjoint({"GroupTally", "ItemTally", "RoundCount", "Sheet", "Answer"})
    assert isinstance(given_["reading"].published, Published) and kinds["result"] == "Result"
    assert given_["release"] == release_state(given_["reading"].closed_on, None, clock.today())
