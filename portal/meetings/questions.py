"""The box for questions to experts: asked with or without a name, answered for everybody, handed on to the authors."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from portal import audit, clock, db, forgetting, keys, throttle
from portal.accounts.models import Person
from portal.meetings.models import Question
from portal.organisations.models import Organisation

LONGEST_QUESTION = 1000
LONGEST_ANSWER = 4000
MOST_A_DAY = 20  # of one person
_DAY = 86_400  # seconds


class TooManyToday(Exception):
    """The person asked so often today that it looks like a mistake."""


class NotThatDay(Exception):
    """Nothing was answered on a day that has not come, or before it was asked."""


class AnsweredMeanwhile(Exception):
    """Somebody else answered since the page was opened; ``now`` is what is there. Nothing was saved."""

    def __init__(self, now: Asked) -> None:
        super().__init__("answered meanwhile")
        self.now = now


class HandedAlready(Exception):
    """An author has begun a page with it: it cannot be taken back or handed on anew."""


@dataclass(frozen=True)
class Asked:
    """A question as it stands in the box."""

    id: UUID
    text: str
    asked_on: dt.date
    is_own: bool
    nickname: str | None  # None: asked without a name
    answer: str = ""
    expert: str = ""
    answered_on: dt.date | None = None
    checked_on: dt.date | None = None
    handed_on: dt.date | None = None
    begun_on: dt.date | None = None

    @property
    def answer_state(self) -> str:
        """What a form brings back, so that another answer given in between shows."""
        whole = json.dumps([self.answer, self.expert, str(self.answered_on), str(self.checked_on)])
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Draft:
    """What authors read: no organisation, no nickname."""

    title: str
    question: str
    answer: str


# --- asking ---


@db.transaction
def ask(organisation: UUID, person: UUID, text: str, *, with_name: bool, question_id: UUID | None = None) -> None:
    """Put a question into the box. Without a name the row does not hold who asked; the same id again asks once.

    Raises TooManyToday.
    """
    question_id = question_id or uuid4()
    if Question.select(Question.id).where(Question.id == question_id).exists():
        return
    if not throttle.allow("question", str(person), limit=MOST_A_DAY, seconds=_DAY):
        raise TooManyToday
    question = Question.create(
        id=question_id,
        organisation=organisation,
        asked_by=person if with_name else None,
        asked_on=clock.today(),
        sealed=keys.seal(text, f"question:{question_id}"),
    )
    audit.record("meetings.ask", question, organisation, anonymous=True)


def list_questions(organisation: UUID, reader: UUID, *, every: bool) -> tuple[list[Asked], list[Asked]]:
    """Open questions, the oldest first, and answered ones, the newest answer first; one statement.

    Open ones are the reader's own, or all of them for whoever answers (``every``).
    """
    rows = list(
        Question.select(Question, Person)
        .join(Person, "LEFT JOIN")
        .where(Question.organisation == organisation)
        .order_by(Question.asked_on, Question.id)
    )
    asked = [_opened(row, reader) for row in rows]
    waiting = [one for one in asked if one.answered_on is None and (every or one.is_own)]
    answered = [one for one in asked if one.answered_on is not None]
    return waiting, sorted(answered, key=lambda one: one.answered_on or one.asked_on, reverse=True)


def get_question(organisation: UUID, question_id: UUID, reader: UUID) -> Asked | None:
    rows = Question.select(Question, Person).join(Person, "LEFT JOIN")
    row = rows.where(Question.organisation == organisation, Question.id == question_id).first()
    return _opened(row, reader) if row else None


def _opened(row: Any, reader: UUID | None) -> Asked:
    return Asked(
        id=row.id,
        text=keys.unseal(row.sealed, f"question:{row.id}"),
        asked_on=row.asked_on,
        is_own=reader is not None and row.asked_by_id == reader,
        nickname=row.asked_by.nickname if row.asked_by_id else None,
        answer=keys.unseal(row.sealed_answer, f"answer:{row.id}") if row.sealed_answer else "",
        expert=row.expert,
        answered_on=row.answered_on,
        checked_on=row.checked_on,
        handed_on=row.handed_on,
        begun_on=row.begun_on,
    )


def delete(organisation: UUID, question_id: UUID, person: UUID, *, every: bool) -> bool:
    """Take a question out with its answer, also out of the files: one's own, or any for whoever answers (``every``).

    Whether there was one.
    """
    if not _delete(organisation, question_id, person, every):
        return False
    forgetting.forget_deleted(Question)
    return True


@db.transaction
def _delete(organisation: UUID, question_id: UUID, person: UUID, every: bool) -> bool:
    row = _lock(organisation, question_id)
    if row is None or not (every or row.asked_by_id == person):
        return False
    # Who takes their own question back is not told; who takes away another's is.
    audit.record("meetings.delete_question", row, organisation, anonymous=row.asked_by_id == person)
    row.delete_instance()
    return True


def _lock(organisation: UUID, question_id: UUID) -> Question | None:
    """The question, for whoever is going to write: nobody else writes it until the transaction ends."""
    rows = Question.select().where(Question.organisation == organisation, Question.id == question_id)
    found: Question | None = (rows if db.is_sqlite() else rows.for_update()).first()
    return found


# --- answering ---


@db.transaction
def answer(
    organisation: UUID,
    question_id: UUID,
    text: str,
    expert: str,
    on: dt.date,
    *,
    checked: bool,
    as_of: str | None = None,
) -> bool:
    """Answer a question, or change its answer; every member reads it from now on. False where the question is gone.

    ``as_of`` is the answer's state when the page was opened. Raises NotThatDay, AnsweredMeanwhile.
    """
    row = _lock(organisation, question_id)
    if row is None:
        return False
    if not row.asked_on <= on <= clock.today():
        raise NotThatDay
    now = _opened(row, None)
    typed = (text, expert, on, checked)
    if as_of not in (None, now.answer_state) and typed != (
        now.answer,
        now.expert,
        now.answered_on,
        bool(now.checked_on),
    ):
        raise AnsweredMeanwhile(now)
    same = now.answer == text
    row.sealed_answer = keys.seal(text, f"answer:{row.id}")
    row.expert, row.answered_on = expert, on
    # A new wording has to be looked at anew.
    row.checked_on = (row.checked_on if same and row.checked_on else clock.today()) if checked else None
    row.save()
    audit.record("meetings.answer", row, organisation)
    return True


# --- handing on ---


@db.transaction
def hand_on(organisation: UUID, question_id: UUID, draft: Draft) -> bool:
    """The portal's authors can read this from now on, in place of what was handed on before.

    False where the question is gone or has no answer. Raises HandedAlready.
    """
    row = _lock(organisation, question_id)
    if row is None or row.answered_on is None:
        return False
    if row.begun_on is not None:
        raise HandedAlready
    stored = json.dumps([draft.title, draft.question, draft.answer])
    row.sealed_draft, row.handed_on = keys.seal(stored, f"draft:{row.id}"), clock.today()
    row.save()
    audit.record("meetings.hand_on", row, organisation)
    return True


def take_back(organisation: UUID, question_id: UUID) -> None:
    """The authors cannot read it any more. Raises HandedAlready."""
    if _take_back(organisation, question_id):
        forgetting.forget_deleted(Question)


@db.transaction
def _take_back(organisation: UUID, question_id: UUID) -> bool:
    row = _lock(organisation, question_id)
    if row is None or row.handed_on is None:
        return False
    if row.begun_on is not None:
        raise HandedAlready
    row.sealed_draft = row.handed_on = None
    row.save()
    audit.record("meetings.take_back_draft", row, organisation)
    return True


def export_own(person: UUID) -> list[dict[str, Any]]:
    """What the person asked under their nickname, readable."""
    rows = (
        Question.select(Question, Organisation, Person)
        .join(Organisation)
        .switch(Question)
        .join(Person)
        .where(Question.asked_by == person)
        .order_by(Question.asked_on, Question.id)
    )
    return [
        {
            "organisation": row.organisation.name,
            "asked_on": row.asked_on.isoformat(),
            "question": one.text,
            "answer": one.answer,
            "answered_on": one.answered_on and one.answered_on.isoformat(),
        }
        for row in rows
        for one in [_opened(row, person)]
    ]
