"""Answers: what one may say to an item in a round, and to the cards of the checklist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessments.model import Instrument, Item, Judges, Mode, RaterGroup, Scale

LEVELS = ("0", "1", "2", "3", "4")
LEVELS_WITH_EVIDENCE = ("3", "4")
DONT_KNOW = "dk"
DOES_NOT_APPLY = "na"
SKIPPED = "skip"
EVIDENCE_ONLY = "evidence"  # the value of raters who say how they know and give no level
LONGEST_TEXT = 2000

SCALE_VALUES: Mapping[Scale, tuple[str, ...]] = {
    Scale.LEVELS: LEVELS,
    Scale.GROWTH: ("s3", "s2", "s1", "s0"),
    Scale.TICK: ("yes",),
    Scale.FIT: ("fine", "support", "no"),
}


class Reason(StrEnum):
    """Why an item does not apply (scoring.md §3.4.5)."""

    NOT_OUR_WORK = "not-our-work"
    NOT_STARTED = "not-started"
    OTHERS_DECIDE = "others-decide"
    OTHER = "other"


class Evidence(StrEnum):
    """How somebody knows (scoring.md §3.2)."""

    NONE = "none"
    TOLD = "told"
    DOCUMENT = "document"
    CONFIRMED = "confirmed"  # seen by the person, or by peers


class Problem(StrEnum):
    """What is wrong with an answer; the web puts it into words."""

    NOT_FOR_THIS_GROUP = "not-for-this-group"
    CHOOSE_AN_ANSWER = "choose-an-answer"
    CHOOSE_A_REASON = "choose-a-reason"
    CHOOSE_HOW_YOU_KNOW = "choose-how-you-know"
    TEXT_TOO_LONG = "text-too-long"


class InvalidAnswer(ValueError):
    """``field`` is the name of read_answer's argument to point at ("item", "value", "reason" …)."""

    def __init__(self, field: str, message_key: Problem) -> None:
        super().__init__(f"{field}: {message_key.value}")
        self.field, self.message_key = field, message_key


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is stored. ``value`` is "0" to "4", "dk", "na", "skip" or "evidence"."""

    value: str
    reason: Reason | None = None
    evidence: Evidence | None = None
    differed: bool = False
    text: str = ""


def read_answer(
    instrument: Instrument,
    item: str,
    group: RaterGroup,
    mode: Mode,
    *,
    value: str,
    reason: str | None,
    evidence: str | None,
    differed: bool,
    text: str,
    text_allowed: bool,
) -> Answer:
    """What a form says about the item with this code; InvalidAnswer where something has to be put right.

    Fields that do not belong to the chosen value are ignored, so that a changed mind needs no tidying up.
    A level 3 or 4 without evidence is stored with evidence "none".
    """
    asked = instrument.item(item)
    if asked is None or group not in asked.raters:
        raise InvalidAnswer("item", Problem.NOT_FOR_THIS_GROUP)
    if value not in allowed_values(asked, group):
        raise InvalidAnswer("value", Problem.CHOOSE_AN_ANSWER)
    return Answer(
        value,
        reason=_reason(reason) if value == DOES_NOT_APPLY else None,
        evidence=_evidence(value, evidence),
        differed=differed and mode is Mode.GROUP,
        text=_text(text) if text_allowed else "",
    )


def allowed_values(item: Item, group: RaterGroup) -> tuple[str, ...]:
    """The values the group may give the item, in the order of the form; none where it is not asked."""
    if item.gives_level(group):
        return (*LEVELS, DONT_KNOW, DOES_NOT_APPLY, SKIPPED)
    if item.raters.get(group) is Judges.EVIDENCE:
        return (EVIDENCE_ONLY, DONT_KNOW, SKIPPED)
    return ()


def next_open(items: Sequence[Item], answered: Collection[str], after: str | None = None) -> str | None:
    """Code of the first item without an answer, in the order given; None when all have one.

    With ``after`` the search starts behind that item and comes round to those left open before it.
    """
    codes = [item.code for item in items]
    start = codes.index(after) + 1 if after in codes else 0
    return next((code for code in codes[start:] + codes[:start] if code not in answered), None)


def neighbours(items: Sequence[Item], code: str) -> tuple[str | None, str | None]:
    """Codes of the items before and after this one; None at either end and for an item not in the list."""
    codes = [item.code for item in items]
    if code not in codes:
        return None, None
    place = codes.index(code)
    return (codes[place - 1] if place else None), (codes[place + 1] if place + 1 < len(codes) else None)


def read_checklist(instrument: Instrument, form: Mapping[str, str]) -> dict[str, str]:
    """The answers in a form by item code, in the instrument's order; whatever else the form holds is left out."""
    return {
        item.code: form[item.code]
        for item in instrument.items
        if form.get(item.code) in SCALE_VALUES[instrument.section(item.section).scale]
    }


def bring_and_like(instrument: Instrument, answers: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Item codes for *I bring* (s3, then s2) and *I'd like* (s1, then s0), growth sections only."""
    growth = [item.code for item in instrument.items if instrument.section(item.section).scale is Scale.GROWTH]

    def answered(*values: str) -> list[str]:
        return [code for value in values for code in growth if answers.get(code) == value]

    return answered("s3", "s2"), answered("s1", "s0")


def _reason(reason: str | None) -> Reason:
    try:
        return Reason(reason or "")
    except ValueError:
        raise InvalidAnswer("reason", Problem.CHOOSE_A_REASON) from None


def _evidence(value: str, evidence: str | None) -> Evidence | None:
    if value not in (*LEVELS_WITH_EVIDENCE, EVIDENCE_ONLY):
        return None
    if not evidence and value != EVIDENCE_ONLY:
        return Evidence.NONE
    try:
        return Evidence(evidence or "")
    except ValueError:
        raise InvalidAnswer("evidence", Problem.CHOOSE_HOW_YOU_KNOW) from None


def _text(text: str) -> str:
    # Forms send \r\n for a line break that the person's counter took for one character; PostgreSQL takes no NUL.
    stripped = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(stripped) > LONGEST_TEXT:
        raise InvalidAnswer("text", Problem.TEXT_TOO_LONG)
    return stripped
