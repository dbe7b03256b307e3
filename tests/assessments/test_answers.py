"""One answer in a round, the way through the items, and the cards of the checklist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.answers import (
    LONGEST_TEXT,
    SCALE_VALUES,
    Answer,
    Evidence,
    InvalidAnswer,
    Mode,
    Problem,
    Reason,
    bring_and_like,
    neighbours,
    next_open,
    read_answer,
    read_checklist,
)
from assessments.files import INSTRUMENTS, load_instrument
from assessments.model import RaterGroup, Scale

PRINCIPLES = load_instrument(INSTRUMENTS / "principles-1")
CANDIDATE = load_instrument(INSTRUMENTS / "candidate-1")
PEER, STAFF, MGMT, COMMUNITY = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT, RaterGroup.COMMUNITY


def answer(value: str, item: str = "EQ1", group: RaterGroup = PEER, mode: Mode = Mode.INDIVIDUAL, **fields) -> Answer:
    sent = {"reason": None, "evidence": None, "differed": False, "text": "", "text_allowed": False, **fields}
    return read_answer(PRINCIPLES, item, group, mode, value=value, **sent)


@pytest.mark.parametrize(
    ("value", "sent", "stored"),
    [
        ("0", {}, Answer("0")),
        ("2", {"evidence": "document"}, Answer("2")),
        ("2", {"evidence": "hearsay"}, Answer("2")),
        ("3", {"evidence": "document"}, Answer("3", evidence=Evidence.DOCUMENT)),
        ("4", {"evidence": "confirmed"}, Answer("4", evidence=Evidence.CONFIRMED)),
        ("3", {}, Answer("3", evidence=Evidence.NONE)),
        ("4", {"evidence": ""}, Answer("4", evidence=Evidence.NONE)),
        ("4", {"reason": "other"}, Answer("4", evidence=Evidence.NONE)),
        ("dk", {"evidence": "told", "reason": "other"}, Answer("dk")),
        ("skip", {"evidence": "told", "reason": "nonsense"}, Answer("skip")),
        ("na", {"reason": "not-our-work"}, Answer("na", Reason.NOT_OUR_WORK)),
        ("na", {"reason": "not-started"}, Answer("na", Reason.NOT_STARTED)),
        ("na", {"reason": "others-decide", "evidence": "told"}, Answer("na", Reason.OTHERS_DECIDE)),
        ("na", {"reason": "other"}, Answer("na", Reason.OTHER)),
    ],
)
def test_an_answer_keeps_what_belongs_to_it_and_nothing_else(value, sent, stored):
    assert answer(value, **sent) == stored


@pytest.mark.parametrize("group", [STAFF, MGMT])
@pytest.mark.parametrize(
    ("value", "evidence", "stored"),
    [
        ("evidence", "told", Answer("evidence", evidence=Evidence.TOLD)),
        ("evidence", "none", Answer("evidence", evidence=Evidence.NONE)),
        ("dk", "told", Answer("dk")),
        ("skip", None, Answer("skip")),
    ],
)
def test_evidence_only_raters_say_how_they_know(group, value, evidence, stored):
    assert answer(value, "SD5", group, evidence=evidence) == stored


@pytest.mark.parametrize(
    ("sent", "field", "problem"),
    [
        ({"value": "2", "item": "XX9"}, "item", Problem.NOT_FOR_THIS_GROUP),
        ({"value": "2", "item": "EQ3", "group": MGMT}, "item", Problem.NOT_FOR_THIS_GROUP),
        ({"value": "2", "group": COMMUNITY}, "item", Problem.NOT_FOR_THIS_GROUP),
        ({"value": ""}, "value", Problem.CHOOSE_AN_ANSWER),
        ({"value": "5"}, "value", Problem.CHOOSE_AN_ANSWER),
        ({"value": "03"}, "value", Problem.CHOOSE_AN_ANSWER),
        ({"value": "evidence", "evidence": "told"}, "value", Problem.CHOOSE_AN_ANSWER),
        ({"value": "3", "item": "SD5", "group": MGMT}, "value", Problem.CHOOSE_AN_ANSWER),
        ({"value": "na", "item": "SD5", "group": STAFF, "reason": "other"}, "value", Problem.CHOOSE_AN_ANSWER),
        ({"value": "na"}, "reason", Problem.CHOOSE_A_REASON),
        ({"value": "na", "reason": ""}, "reason", Problem.CHOOSE_A_REASON),
        ({"value": "na", "reason": "because"}, "reason", Problem.CHOOSE_A_REASON),
        ({"value": "4", "evidence": "seen it"}, "evidence", Problem.CHOOSE_HOW_YOU_KNOW),
        ({"value": "evidence", "item": "SD5", "group": MGMT}, "evidence", Problem.CHOOSE_HOW_YOU_KNOW),
        ({"value": "1", "text": "x" * (LONGEST_TEXT + 1), "text_allowed": True}, "text", Problem.TEXT_TOO_LONG),
    ],
)
def test_an_answer_that_cannot_be_kept_names_its_field(sent, field, problem):
    with pytest.raises(InvalidAnswer) as caught:
        answer(**sent)
    assert (caught.value.field, caught.value.message_key) == (field, problem)


@pytest.mark.parametrize(("mode", "kept"), [(Mode.GROUP, True), (Mode.INDIVIDUAL, False), (Mode.STATEMENT, False)])
def test_only_a_group_can_have_differed(mode, kept):
    assert answer("2", mode=mode, differed=True).differed is kept


@pytest.mark.parametrize(
    ("text", "allowed", "kept"),
    [
        ("  We chair every third week. \r\n", True, "We chair every third week."),
        ("one\r\ntwo", True, "one\ntwo"),
        ("a\x00b", True, "ab"),
        ("x" * LONGEST_TEXT + "   ", True, "x" * LONGEST_TEXT),
        ("We chair.", False, ""),
        ("x" * (LONGEST_TEXT + 1), False, ""),
    ],
)
def test_text_is_kept_only_where_it_is_offered(text, allowed, kept):
    assert answer("2", text=text, text_allowed=allowed).text == kept


@given(
    item=st.sampled_from([item.code for item in PRINCIPLES.items]),
    group=st.sampled_from(PRINCIPLES.groups),
    mode=st.sampled_from(Mode),
    value=st.sampled_from(["0", "1", "2", "3", "4", "dk", "na", "skip", "evidence"]) | st.text(max_size=3),
    reason=st.none() | st.sampled_from(Reason) | st.text(max_size=3),
    evidence=st.none() | st.sampled_from(Evidence) | st.text(max_size=3),
    differed=st.booleans(),
    text=st.text(max_size=30),
    text_allowed=st.booleans(),
)
def test_whatever_is_sent_a_kept_answer_is_consistent(item, group, mode, text_allowed, **sent):
    try:
        kept = read_answer(PRINCIPLES, item, group, mode, text_allowed=text_allowed, **sent)
    except InvalidAnswer:
        return
    assert (kept.reason is not None) == (kept.value == "na")
    assert (kept.evidence is not None) == (kept.value in ("3", "4", "evidence"))
    assert (kept.value == "evidence") <= (item == "SD5" and group is not PEER)
    assert kept.differed <= (mode is Mode.GROUP)
    assert bool(kept.text) <= text_allowed


@pytest.mark.parametrize(
    ("answered", "after", "expected"),
    [
        ([], None, "EQ1"),
        (["EQ1"], None, "EQ2"),
        (["EQ1", "EQ3"], None, "EQ2"),
        (["EQ1"], "EQ1", "EQ2"),
        (["EQ3"], "EQ3", "EQ4"),
        (["EQ4", "EQ5"], "EQ5", "EQ1"),
        ([], "EQ5", "EQ1"),
        (["EQ1", "EQ2", "EQ3", "EQ4"], "EQ5", "EQ5"),
        (["EQ1", "EQ2", "EQ3", "EQ4", "EQ5"], "EQ2", None),
        (["EQ1"], "XX9", "EQ2"),
    ],
)
def test_the_next_open_item(answered, after, expected):
    assert next_open(PRINCIPLES.items_of("EQ"), answered, after) == expected


def test_the_order_chosen_is_the_order_gone():
    chosen = [*PRINCIPLES.items_of("MR"), *PRINCIPLES.items_of("EQ")]
    assert next_open(chosen, [], None) == "MR1"
    assert next_open(chosen, ["MR1", "MR5"], "MR5") == "EQ1"
    assert next_open([], [], None) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [("EQ1", (None, "EQ2")), ("EQ3", ("EQ2", "EQ4")), ("EQ5", ("EQ4", None)), ("SD1", (None, None))],
)
def test_the_neighbours_of_an_item(code, expected):
    assert neighbours(PRINCIPLES.items_of("EQ"), code) == expected


# The checklist


def test_the_checklist_keeps_what_its_scales_know():
    form = {
        "F4.01": "yes",
        "F5.01": "support",
        "D.04": "s3",
        "F1.01": "s0",
        "F1.02": "fine",
        "F4.02": "s3",
        "F5.02": "yes",
        "F1.03": "",
        "X.99": "s3",
        "csrf_token": "s3",
        "go": "skip",
    }
    kept = read_checklist(CANDIDATE, form)
    assert list(kept.items()) == [("F1.01", "s0"), ("D.04", "s3"), ("F4.01", "yes"), ("F5.01", "support")]


KEYS = st.sampled_from([item.code for item in CANDIDATE.items]) | st.text(max_size=6)
VALUES = st.sampled_from(["s3", "s2", "s1", "s0", "yes", "fine", "support", "no"]) | st.text(max_size=6)


@given(st.dictionaries(KEYS, VALUES))
def test_any_form_gives_a_checklist_with_every_valid_answer_and_no_other(form):
    kept = read_checklist(CANDIDATE, form)
    for code, value in form.items():
        item = CANDIDATE.item(code)
        valid = item is not None and value in SCALE_VALUES[CANDIDATE.section(item.section).scale]
        assert (kept.get(code) == value) is valid
    assert set(kept) <= set(form)
    assert read_checklist(CANDIDATE, kept) == kept


def test_the_page_says_first_what_the_person_could_show():
    answers = {"F1.01": "s2", "F1.02": "s3", "D.01": "s1", "D.02": "s0", "D.03": "s1", "PS.05": "s3", "F2.01": "s2"}
    assert bring_and_like(CANDIDATE, answers) == (["F1.02", "PS.05", "F1.01", "F2.01"], ["D.01", "D.03", "D.02"])


@given(st.dictionaries(KEYS, VALUES))
def test_only_growth_answers_are_listed_and_each_once(form):
    answers = read_checklist(CANDIDATE, form)
    bring, like = bring_and_like(CANDIDATE, answers)
    growth = [code for code, value in answers.items() if value in SCALE_VALUES[Scale.GROWTH]]
    assert sorted(bring + like) == sorted(growth)
