"""Drafts: what somebody writes while readers keep the published text. Nobody's words are overwritten unseen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import peewee

from portal import audit, clock, db
from portal.accounts.models import Person
from portal.editing.models import Draft, ReplacedDraft, RevisionNote
from portal.editing.typed import Typed, of_json, of_revision
from portal.guidance import redirects, writing
from portal.guidance.models import Page, Revision
from portal.guidance.shelf import live_revision

_NEW = "new"  # the version of a page that has neither draft nor published text
# After a version: the person has been shown what would be written over, another draft or a newer published text.
SEEN_DRAFT, SEEN_PUBLISHED = "!", "~"
DAYS_KEPT = 90  # of drafts that somebody wrote over


class EditConflict(Exception):
    """Somebody else saved or published since the form was opened, or the draft was begun; ``now`` is what is there.

    ``seen`` goes after the version of a form that shows both texts.
    """

    def __init__(self, now: Editing, seen: str = SEEN_DRAFT):
        self.now, self.seen = now, seen


class DraftOpen(Exception):
    """There is a draft already, and it would be lost."""


@dataclass(frozen=True)
class Editing:
    """A page as the editor opens it."""

    page: Page
    typed: Typed
    draft: Draft | None
    live: Revision | None  # what readers see; None where nothing was ever published
    by: str | None  # nickname of whoever saved or published last; None: a file, or somebody who is gone

    @property
    def version(self) -> str:
        """What a form brings back, so that a change in between shows."""
        if self.draft is not None:
            return f"{self.draft.id.hex}-{self.draft.version}"
        return str(self.live.id.hex) if self.live else _NEW

    @property
    def changed_at(self) -> dt.datetime | None:
        """When the draft was saved last, else when the text was published."""
        if self.draft is not None:
            return self.draft.changed_at
        return self.live.published_at if self.live else None

    @property
    def is_behind(self) -> bool:
        """Whether readers see another text than the one this draft was begun from."""
        if self.draft is None or self.live is None:
            return False
        return bool(self.draft.begun_from_id != self.live.id)


def open_page(page_id: UUID) -> Editing | None:
    """A page with its draft or, where there is none, its published text; None where there is no such page."""
    page = Page.get_or_none(Page.id == page_id)
    if page is None:
        return None
    live = Revision.get_or_none(Revision.id == Page.select(live_revision()).where(Page.id == page_id))
    draft = Draft.get_or_none(Draft.page == page_id)
    if draft is not None:
        return Editing(page, of_json(draft.texts), draft, live, _nickname(draft.changed_by_id))
    if live is None:
        return None  # an address that a page has left
    note = RevisionNote.get_or_none(RevisionNote.revision == live)
    return Editing(page, of_revision(page, live), None, live, _nickname(note.person_id) if note else None)


def _nickname(person: UUID | None) -> str | None:
    return Person.select(Person.nickname).where(Person.id == person).scalar() if person else None


def lock(page_id: UUID) -> Editing | None:
    """``open_page`` for whoever is going to write: nobody else writes this page until the transaction ends."""
    if not db.is_sqlite():
        list(Page.select(Page.id).where(Page.id == page_id).for_update())
    return open_page(page_id)


@db.transaction
def save(page_id: UUID, typed: Typed, version: str, person: UUID) -> Editing:
    """Keep what was typed as the page's draft; the page as it stands then. Raises EditConflict, and LookupError.

    What another person wrote is kept beside it.
    """
    now = lock(page_id)
    if now is None:
        raise LookupError(page_id)
    seen, version = version[-1:], version.rstrip(SEEN_DRAFT + SEEN_PUBLISHED)
    catches_up = seen == SEEN_PUBLISHED and now.is_behind and version == now.version
    if typed == now.typed and not catches_up:
        return now  # nothing new, or the same thing sent twice
    if version != now.version:
        if now.draft is None and typed.settled == now.typed.settled:
            return now  # sent twice, and published the first time
        raise EditConflict(now)
    values: dict[str, Any] = {"texts": typed.as_json(), "changed_at": clock.now(), "changed_by": person}
    if now.draft is None:
        begin(now.page, typed, now.live, person)
    else:
        if typed != now.typed and (seen == SEEN_DRAFT or now.draft.changed_by_id != person):
            _keep(now.draft)
        if catches_up:
            values["begun_from"] = now.live
        Draft.update(version=Draft.version + 1, **values).where(Draft.id == now.draft.id).execute()
    saved = open_page(page_id)
    assert saved is not None  # noqa: S101 - it was written just now
    return saved


def _keep(draft: Draft) -> None:
    ReplacedDraft.create(
        page=draft.page_id,
        texts=draft.texts,
        changed_at=draft.changed_at,
        changed_by=draft.changed_by_id,
        replaced_at=clock.now(),
    )


@db.transaction
def forget_replaced() -> None:
    """Drafts that were written over long ago go."""
    ReplacedDraft.delete().where(ReplacedDraft.replaced_at < clock.now() - dt.timedelta(days=DAYS_KEPT)).execute()


def begin(page: Page, typed: Typed, live: Revision | None, person: UUID) -> None:
    """A first draft. Raises DraftOpen."""
    try:
        with db.database.atomic():
            Draft.create(
                page=page,
                texts=typed.as_json(),
                version=1,
                begun_from=live,
                changed_at=clock.now(),
                changed_by=person,
            )
    except peewee.IntegrityError:
        raise DraftOpen from None


@db.transaction
def discard(page_id: UUID, version: str) -> bool:
    """Throw the draft away, and with it a page that was never published. Raises EditConflict when it has changed.

    Whether the page is still there.
    """
    writing.wait_for_others()
    now = lock(page_id)
    if now is None or now.draft is None:
        return now is not None
    if version != now.version:
        raise EditConflict(now)
    now.draft.delete_instance()
    audit.record("guidance.discard_draft", now.page)
    if now.live is not None:
        return True
    if redirects.is_left(now.page.kind, now.page.language, now.page.section, now.page.slug):
        # An address that another page has left: kept, so that no file brings that page back.
        Page.update(withdrawn=True).where(Page.id == page_id).execute()
    else:
        now.page.delete_instance()
    return False
