"""What a page was before: its revisions, what changed between two of them, and the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import audit, db
from portal.accounts.models import Person
from portal.editing import differences, drafts
from portal.editing.differences import Passage
from portal.editing.models import ReplacedDraft, RevisionNote
from portal.editing.typed import Typed, of_json, of_revision
from portal.guidance.models import Page, Revision

DRAFT = "draft"  # stands for the draft where a revision is named


@dataclass(frozen=True)
class Past:
    """A revision in the list."""

    id: UUID
    published_at: dt.datetime
    title: str
    from_file: bool
    who: str | None  # nickname; None for a file, and where the account is gone
    note: str


@dataclass(frozen=True)
class Replaced:
    """A draft as one person left it before another wrote over it."""

    id: UUID
    changed_at: dt.datetime
    who: str | None  # nickname; None where the account is gone
    title: str


@dataclass(frozen=True)
class FieldDifference:
    field: str  # of Typed
    passages: list[Passage]


def list_revisions(page_id: UUID) -> list[Past]:
    """What was published of a page, newest first: the first is what readers see."""
    rows: Any = (
        Revision.select(
            Revision.id, Revision.published_at, Revision.title, Revision.from_file, Person.nickname, RevisionNote.note
        )
        .join(RevisionNote, "LEFT JOIN", on=(RevisionNote.revision == Revision.id))
        .join(Person, "LEFT JOIN", on=(Person.id == RevisionNote.person))
        .where(Revision.page == page_id, Revision.published_at.is_null(False))
        .order_by(Revision.published_at.desc(), Revision.made_at.desc(), Revision.id)
        .tuples()
    )
    return [
        Past(row_id, moment, title, from_file is not None, who, note or "")
        for row_id, moment, title, from_file, who, note in rows
    ]


def list_replaced(page_id: UUID) -> list[Replaced]:
    """Drafts of a page that were written over and are still kept, the last one first."""
    rows: Any = (
        ReplacedDraft.select(ReplacedDraft.id, ReplacedDraft.changed_at, Person.nickname, ReplacedDraft.texts)
        .join(Person, "LEFT JOIN", on=(Person.id == ReplacedDraft.changed_by))
        .where(ReplacedDraft.page == page_id)
        .order_by(ReplacedDraft.changed_at.desc(), ReplacedDraft.id)
        .tuples()
    )
    return [Replaced(row_id, moment, who, of_json(texts).title) for row_id, moment, who, texts in rows]


def text_of(page_id: UUID, named: str) -> Typed | None:
    """A revision of the page or a replaced draft by its id in hexadecimal, or its draft; None where there is none."""
    if named == DRAFT:
        now = drafts.open_page(page_id)
        return now.typed if now and now.draft else None
    try:
        revision_id = UUID(named)
    except ValueError:
        return None
    revision = Revision.get_or_none(Revision.page == page_id, Revision.id == revision_id)
    if revision is not None:
        return of_revision(Page.get_by_id(page_id), revision)
    replaced = ReplacedDraft.get_or_none(ReplacedDraft.page == page_id, ReplacedDraft.id == revision_id)
    return of_json(replaced.texts) if replaced else None


def differences_between(old: Typed, new: Typed) -> list[FieldDifference]:
    """The parts of a page that differ, in the order of the form."""
    found = []
    before, after = as_texts(old), as_texts(new)
    for field, text in before.items():
        if text != after[field]:
            found.append(FieldDifference(field, differences.passages(differences.compare(text, after[field]))))
    return found


def as_texts(written: Typed) -> dict[str, str]:
    """Each part of a page as text to compare, lists one a line."""
    return {
        "title": written.title,
        "summary": written.summary,
        "in_short": "\n".join(written.points),
        "body": written.text,
        **{name: "\n".join(getattr(written, name)) for name in ("local_check", "topics", "sources")},
        **{name: getattr(written, name).strip() for name in ("related", "try_it", "more")},
    }


@db.transaction
def revert(page_id: UUID, revision_id: UUID, person: UUID) -> bool:
    """An old text becomes the draft, to be read over and published; False where there is none.

    Raises DraftOpen while another draft is there.
    """
    now = drafts.lock(page_id)
    old = text_of(page_id, revision_id.hex)
    if now is None or old is None:
        return False
    if now.draft is not None:
        raise drafts.DraftOpen
    drafts.begin(now.page, old, now.live, person)
    audit.record("guidance.revert_page", now.page)
    return True
