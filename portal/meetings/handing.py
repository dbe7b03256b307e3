"""Questions that were handed on to the portal's authors, and the pages they begin with them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from portal import audit, clock, db, forgetting, keys
from portal.editing import drafts
from portal.editing import services as editing
from portal.editing.drafts import Editing
from portal.guidance.models import Page
from portal.meetings.models import Question
from portal.meetings.questions import Draft
from portal.organisations.models import Organisation


@dataclass(frozen=True)
class Handed:
    """A question with its answer as an author reads it. Whose it was and where, nothing says."""

    id: UUID
    draft: Draft
    expert: str
    answered_on: dt.date
    is_checked: bool
    handed_on: dt.date


def list_handed() -> list[Handed]:
    """What waits for an author, the oldest first; one statement."""
    return [_opened(row) for row in _waiting().order_by(Question.handed_on, Question.id)]


def get_handed(question_id: UUID) -> Handed | None:
    row = _waiting().where(Question.id == question_id).first()
    return _opened(row) if row else None


def _waiting() -> Any:
    waits = Question.sealed_draft.is_null(False) & Question.begun_on.is_null() & Organisation.closed_on.is_null()
    return Question.select(Question).join(Organisation).where(waits)


def _opened(row: Any) -> Handed:
    draft = Draft(*json.loads(keys.unseal(row.sealed_draft, f"draft:{row.id}")))
    return Handed(row.id, draft, row.expert, row.answered_on, row.checked_on is not None, row.handed_on)


def begin_page(question_id: UUID, section: str, slug: str, title: str, person: UUID, *, language: str) -> Page | None:
    """A page of the guidance with question and answer as its first draft; None where nothing waits any more.

    Raises editing's AddressTaken and AddressUnsuitable.
    """
    page = _begin_page(question_id, section, slug, title, person, language)
    if page is not None:
        forgetting.forget_deleted(Question)  # the authors' copy has gone into the draft
    return page


@db.transaction
def _begin_page(question_id: UUID, section: str, slug: str, title: str, person: UUID, language: str) -> Page | None:
    if not db.is_sqlite():  # two authors at once: the second finds it taken
        list(Question.select(Question.id).where(Question.id == question_id).for_update())
    handed = get_handed(question_id)
    if handed is None:
        return None
    page = editing.create_page(section, slug, title, person, language=language)
    begun: Editing | None = drafts.open_page(page.id)
    if begun is None:
        raise LookupError(page.id)
    drafts.save(page.id, replace(begun.typed, body=_body(handed)), begun.version, person)
    Question.update(begun_on=clock.today(), sealed_draft=None).where(Question.id == question_id).execute()
    audit.record("meetings.begin_page", page)
    return page


def _body(handed: Handed) -> str:
    """The draft as Markdown: the question as a quotation, the answer, and whose it is."""
    quoted = "\n".join(f"> {line}".rstrip() for line in handed.draft.question.splitlines())
    day = handed.answered_on.isoformat()
    whose = _("Answered by %(expert)s on %(day)s.", expert=handed.expert, day=day)
    checked = _("Checked by an expert.") if handed.is_checked else _("Not yet checked by an expert.")
    return f"{quoted}\n\n{handed.draft.answer.strip()}\n\n{whose} {checked}\n"
