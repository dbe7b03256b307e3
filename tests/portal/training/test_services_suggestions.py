"""What is suggested, by which rule, in which order; nothing of it is stored. On both engines."""

from uuid import uuid4

import pytest

from portal import clock, db, generation
from portal.candidates import checklist, growth
from portal.candidates import services as kept
from portal.guidance.models import Page, Revision
from portal.permissions import Held
from portal.training import words
from portal.training.models import Assignment
from portal.training.suggestions import RuleKind, Suggestion, list_suggestions

pytestmark = pytest.mark.usefixtures("database")
WORDS = checklist.words("en")
# Code, before solo work, develops.
MODULES = [
    ("O1", True, ["F4.08"]),
    ("K4", True, ["PS.04", "D.05", "F5.07"]),
    ("K7", False, ["F2.03", "F1.08"]),
    ("C1", False, ["D.04", "PS.05", "F1.02"]),
    ("S4", False, ["F3.04", "F1.02"]),
    ("S5", False, ["D.05", "F5.07"]),
    ("T6", False, ["PS.04", "F1.10"]),
    ("A1", False, []),
    ("A2", False, []),
]


@db.transaction
def make_module(position, code, before_solo, develops, language="en", title=""):
    page = Page.create(kind="module", language=language, section="modules", slug=code, position=position)
    Revision.create(
        page=page, title=title or f"About {code}", summary="", in_short=[], body="", html="", headings=[], renderer=1,
        header={"minutes": 60, "before_solo_work": before_solo, "refresh_months": 0, "develops": develops},
        made_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    generation.raise_it()
    return page


@db.transaction
def withdraw(page):
    Page.update(withdrawn=True).where(Page.id == page.id).execute()
    generation.raise_it()


@pytest.fixture
def modules(database):
    pages = {}
    for position, (code, before_solo, develops) in enumerate(MODULES):
        pages[code] = make_module(position, code, before_solo, develops)
    return pages


@pytest.fixture
def wren(make, modules):
    return make.person("Wren")


def wish(person, answers, marked, order=""):
    fields = {code: [value] for code, value in answers.items()}
    found = checklist.read({**fields, "wishes": [" ".join(marked)], "order": [order]}, WORDS)
    kept.keep(person.id, found)


def held(*roles):
    return tuple(Held(uuid4(), role) for role in roles)


def suggest(person, *roles, have=()):
    return list_suggestions(person.id, held(*roles), set(have), "en")


def short(suggestions):
    return [(one.rule.value, one.code, *one.items) for one in suggestions]


# --- roles ---


@pytest.mark.parametrize(
    "roles, codes",
    [
        ([], []),
        (["candidate"], []),
        (["trainer"], []),
        (["peer_worker"], ["O1", "K4"]),
        (["staff"], ["A1"]),
        (["lead"], ["A1", "A2"]),
        (["staff", "lead"], ["A1", "A2"]),
        (["lead", "peer_worker", "peer_worker"], ["O1", "K4", "A1", "A2"]),
    ],
)
def test_each_role_asks_for_its_modules(wren, roles, codes):
    found = suggest(wren, *roles)
    assert [one.code for one in found] == codes
    assert all(one.rule is RuleKind.ROLE and not one.items for one in found)


def test_what_somebody_has_is_not_suggested(wren):
    wish(wren, {"D.04": "s1", "F1.02": "s0"}, ["D.04", "F1.02"])
    assert short(suggest(wren, "peer_worker", "lead", have=["O1", "A1", "C1"])) == [
        ("role", "K4"),
        ("role", "A2"),
        ("wish", "S4", "F1.02"),
    ]
    assert suggest(wren, "peer_worker", have=[code for code, *_rest in MODULES]) == []


# --- wishes ---


def test_only_what_is_marked_and_answered_s1_or_s0_leads_anywhere(wren):
    wish(wren, {"D.04": "s1", "F3.04": "s0", "F1.08": "s2", "F1.10": "s3", "F2.03": "s1"}, ["D.04", "F3.04", "F1.08"])
    assert short(suggest(wren)) == [("wish", "C1", "D.04"), ("wish", "S4", "F3.04")]


def test_before_solo_comes_first_then_the_wishes_in_the_persons_order(wren):
    answers = {"F1.02": "s1", "F1.10": "s1", "D.04": "s0", "D.03": "s0"}
    wish(wren, answers, answers, order="D.03 F1.10 D.04")
    assert short(suggest(wren, "peer_worker")) == [
        ("role", "O1"),
        ("role", "K4"),
        ("mentoring", None, "D.03"),
        ("wish", "T6", "F1.10"),
        ("wish", "C1", "D.04", "F1.02"),
        ("wish", "S4", "F1.02"),
    ]


def test_a_module_comes_once_by_the_first_rule_that_names_it(wren):
    wish(wren, {"D.05": "s0"}, ["D.05"])
    assert short(suggest(wren, "peer_worker")) == [("role", "O1"), ("role", "K4"), ("wish", "S5", "D.05")]
    assert short(suggest(wren)) == [("wish", "K4", "D.05"), ("wish", "S5", "D.05")]


# --- mentoring ---


def test_peer_skill_leads_to_a_mentor_even_where_a_module_names_it(wren):
    wish(wren, {"PS.04": "s0", "PS.05": "s1", "PS.01": "s1"}, ["PS.04", "PS.05", "PS.01"])
    assert short(suggest(wren)) == [
        ("mentoring", None, "PS.01"),
        ("mentoring", None, "PS.05"),
        ("mentoring", None, "PS.04"),
    ]


def test_what_no_module_develops_leads_to_a_mentor(wren):
    wish(wren, {"D.07": "s1"}, ["D.07"])
    assert short(suggest(wren)) == [("mentoring", None, "D.07")]


def test_a_wish_whose_module_somebody_has_leads_to_nothing_new(wren):
    wish(wren, {"D.04": "s1"}, ["D.04"])
    assert suggest(wren, have=["C1"]) == []


# --- withdrawn, translated ---


def test_withdrawn_modules_are_never_suggested(wren, modules):
    for code in ("O1", "C1", "A2"):
        withdraw(modules[code])
    wish(wren, {"D.04": "s1", "F1.02": "s1"}, ["D.04", "F1.02"])
    assert short(suggest(wren, "peer_worker", "lead")) == [
        ("role", "K4"),
        ("role", "A1"),
        ("wish", "S4", "F1.02"),
        ("mentoring", None, "D.04"),
    ]


def test_modules_that_are_not_translated_are_suggested_too(wren):
    assert [one.code for one in list_suggestions(wren.id, held("staff"), set(), "de")] == ["A1"]


def test_without_modules_only_mentoring_is_left(make, database):
    robin = make.person("Robin")
    wish(robin, {"D.04": "s1"}, ["D.04"])
    assert short(suggest(robin, "peer_worker", "lead")) == [("mentoring", None, "D.04")]


# --- nothing is stored, nothing reaches anybody else ---


def test_suggesting_writes_nothing_and_shows_nothing(make, modules):
    house = make.organisation()
    person = make.member(house, "peer_worker")
    wish(person, {"D.04": "s1"}, ["D.04"])
    statements = []
    db.database.query_hooks.append(statements.append)
    assert suggest(person, "peer_worker")
    db.database.query_hooks.remove(statements.append)
    assert statements and all(event.sql.startswith("SELECT") for event in statements)
    assert growth.list_shown(house.id) == [] and Assignment.select().count() == 0


def test_one_person_never_gets_what_another_wished_for(make, wren):
    wish(wren, {"D.04": "s1"}, ["D.04"])
    assert suggest(make.person("Robin")) == []


# --- words ---


@pytest.mark.parametrize(
    "suggestion, text",
    [
        (Suggestion("K4", RuleKind.ROLE, role="peer_worker"),
         "Peer workers do this module before they work on their own."),
        (Suggestion("A1", RuleKind.ROLE, role="staff"),
         "This module is for everybody who works with peer colleagues."),
        (Suggestion("A2", RuleKind.ROLE, role="lead"), "This module is for people who lead or supervise peer workers."),
        (Suggestion("C1", RuleKind.WISH, items=("D.04", "F1.02")),
         "You want to work on: “I listen properly and can feel with people.” “I can be with people without judging "
         "what they do.” This module is about it."),
        (Suggestion(None, RuleKind.MENTORING, items=("D.07",)),
         "You want to work on: “I can cope when plans change in the middle of the day.” There is no course for this. "
         "It grows by practice, with a mentor."),
    ],
)  # fmt: skip
def test_each_suggestion_says_which_rule_fired(app, suggestion, text):
    with app.test_request_context():
        assert words.suggestion_words(suggestion, "en") == text


def test_every_suggestion_there_can_be_has_words(app, wren):
    answers = {item.code: "s0" for item in checklist.instrument().items if item.section in ("D", "PS", "F1")}
    wish(wren, answers, answers)
    found = suggest(wren, "peer_worker", "lead", "staff")
    with app.test_request_context():
        assert all(words.suggestion_words(one, "en") for one in found)
    assert {one.rule for one in found} == set(RuleKind)
