"""The pages as those who write them see them, new pages, and where a page stands in the menu."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import audit, clock, db, generation
from portal.accounts.models import Person
from portal.editing import drafts, typed
from portal.editing.models import Draft, ReplacedDraft, RevisionNote
from portal.guidance import checks, exporting, files, writing
from portal.guidance.files import INDEX, SLUG
from portal.guidance.models import Page, Revision, Source
from portal.guidance.shelf import KIND, live_revision

STEP = 10  # between two pages of a section, so that one fits in between
LONGEST_SLUG = files.LONGEST_SLUG
TAKEN = checks.TAKEN | {INDEX}  # ends of addresses that no new page can have


class AddressTaken(Exception):
    """A page stands at this address, or did and was withdrawn."""


class AddressUnsuitable(Exception):
    """This cannot be part of an address."""


@dataclass(frozen=True)
class Listed:
    """A page as it stands in the list of those who write."""

    id: UUID
    kind: str
    language: str
    section: str
    slug: str
    position: int
    withdrawn: bool
    title: str
    published_at: dt.datetime | None
    draft_at: dt.datetime | None
    draft_by: str | None  # nickname; None where the account is gone

    @property
    def is_section(self) -> bool:
        return self.slug == INDEX

    @property
    def changed_at(self) -> dt.datetime | None:
        return self.draft_at or self.published_at

    @property
    def stands_in_menu(self) -> bool:
        return self.published_at is not None and not self.withdrawn


@dataclass(frozen=True)
class Section:
    kind: str
    language: str
    slug: str
    title: str
    pages: list[Listed] = field(default_factory=list)  # its own page first, then in order

    @property
    def has_own_page(self) -> bool:
        return self.pages[0].is_section


def list_sections() -> list[Section]:
    """Every page that somebody can write on, by kind, language and section, as the menu has them; one statement."""
    rows: Any = (
        Page.select(
            Page.id, Page.kind, Page.language, Page.section, Page.slug, Page.position, Page.withdrawn, Revision.title,
            Revision.published_at, Draft.texts, Draft.changed_at, Person.nickname,
        )
        .join(Revision, "LEFT JOIN", on=(Revision.id == live_revision()))
        .join(Draft, "LEFT JOIN", on=(Draft.page == Page.id))
        .join(Person, "LEFT JOIN", on=(Person.id == Draft.changed_by))
        .where(Revision.id.is_null(False) | Draft.id.is_null(False))
        .order_by(Page.kind, Page.language, Page.section, Page.position, Page.slug)
        .tuples()
    )  # fmt: skip
    pages = []
    for row in rows:
        *place, title, published_at, texts, draft_at, draft_by = row
        page_id, kind, language, section, slug, position, withdrawn = place
        title = title or texts["title"]  # what was never published has a draft
        pages.append(
            Listed(page_id, kind, language, section, slug, position, withdrawn, title, published_at, draft_at, draft_by)
        )
    sections = []
    for (kind, language, slug), some in groupby(pages, key=lambda page: (page.kind, page.language, page.section)):
        here = sorted(some, key=lambda page: (not page.is_section, page.withdrawn, page.position, page.slug))
        sections.append(Section(kind, language, slug, here[0].title if here[0].is_section else slug, here))
    return sorted(sections, key=lambda one: (one.kind, one.language, one.pages[0].position, one.slug))


def list_sources() -> list[Source]:
    """Every source a page may name, in the order of the file."""
    return list(Source.select().order_by(Source.position, Source.key))


@db.transaction
def create_page(
    section: str, slug: str, title: str, person: UUID, *, language: str, page_id: UUID | None = None
) -> Page:
    """A page of the guidance with its first draft; readers see nothing of it. Without a section it is a section's own.

    Raises AddressTaken and AddressUnsuitable. The same id again gives the page made before.
    """
    writing.wait_for_others()
    made = Page.get_or_none(Page.id == page_id)
    if made is not None:
        return made
    if slug in TAKEN:
        raise AddressUnsuitable
    section, slug = (section, slug) if section else (slug, INDEX)
    if any(not SLUG.fullmatch(name) or len(name) > LONGEST_SLUG for name in (section, slug)):
        raise AddressUnsuitable
    position = last_position(KIND, language, section, slug) + STEP
    page = _take_address(KIND, language, section, slug, position, page_id or uuid4())
    drafts.begin(page, typed.of_new(title.strip(), clock.today()), None, person)
    audit.record("guidance.create_page", page)
    return page


def last_position(kind: str, language: str, section: str, slug: str) -> int:
    """Of the pages in the section, or of the sections."""
    beside = [Page.kind == kind, Page.language == language, ~Page.withdrawn]
    beside += [Page.slug == INDEX] if slug == INDEX else [Page.section == section, Page.slug != INDEX]
    return Page.select(peewee.fn.MAX(Page.position)).where(*beside).scalar() or 0


def _take_address(kind: str, language: str, section: str, slug: str, position: int, page_id: UUID) -> Page:
    """A new page at an address where none is, or from which one has moved on."""
    there = at(kind, language, section, slug)
    if there is not None:
        if not is_left(there):
            raise AddressTaken
        there.delete_instance()
    page: Page = Page.create(
        id=page_id, kind=kind, language=language, section=section, slug=slug, position=position, withdrawn=False
    )
    return page


def at(kind: str, language: str, section: str, slug: str) -> Page | None:
    """The page at an address, the mark of one that has moved on included."""
    return Page.get_or_none(Page.kind == kind, Page.language == language, Page.section == section, Page.slug == slug)


def is_left(page: Page) -> bool:
    """Whether nothing but the address is kept: the page has moved on, and no file may bring it back."""
    has_text = Revision.select(Revision.id).where(Revision.page == page).exists()
    return not has_text and not Draft.select(Draft.id).where(Draft.page == page).exists()


@db.transaction
def shift(page_id: UUID, step: int) -> bool:
    """Change places with the page before (-1) or after (1) in the menu; False where there is none."""
    writing.wait_for_others()
    page = Page.get_or_none(Page.id == page_id)
    row = _beside(page) if page is not None else []
    place = next((place for place, one in enumerate(row) if one.id == page_id), None)
    if place is None or not 0 <= place + step < len(row):
        return False
    positions = [one.position for one in row]
    if len(set(positions)) < len(positions):
        positions = [STEP * number for number in range(1, len(row) + 1)]
    row[place], row[place + step] = row[place + step], row[place]
    for one, position in zip(row, positions, strict=True):
        if one.position != position:
            Page.update(position=position).where(Page.id == one.id).execute()
    generation.raise_it()
    audit.record("guidance.shift_page", page)
    return True


def _beside(page: Page) -> list[Page]:
    """The pages that readers see in the same menu, in order."""
    same = [Page.kind == page.kind, Page.language == page.language, ~Page.withdrawn]
    same += [Page.slug == INDEX] if page.slug == INDEX else [Page.section == page.section, Page.slug != INDEX]
    rows = Page.select().join(Revision, on=(Revision.id == live_revision())).where(*same)
    return list(rows.order_by(Page.position, Page.slug))


def export_person(person: UUID) -> dict[str, Any]:
    """What the person has in hand, and what they published."""
    open_drafts = Draft.select(Draft, Page).join(Page).where(Draft.changed_by == person).order_by(Draft.changed_at)
    published = (
        RevisionNote.select(RevisionNote, Revision, Page)
        .join(Revision)
        .join(Page)
        .where(RevisionNote.person == person)
        .order_by(Revision.published_at)
    )
    replaced = ReplacedDraft.select(ReplacedDraft, Page).join(Page).where(ReplacedDraft.changed_by == person)
    drafts = [*open_drafts, *replaced.order_by(ReplacedDraft.changed_at)]
    return {
        "drafts": [
            {"page": exporting.address(draft.page), "changed_at": draft.changed_at.isoformat(), "texts": draft.texts}
            for draft in drafts
        ],
        "published": [
            {
                "page": exporting.address(note.revision.page),
                "published_at": note.revision.published_at.isoformat(),
                "note": note.note,
            }
            for note in published
        ],
    }


def list_targets(page: Page) -> list[tuple[str, str]]:
    """Address and title of every page that readers of this one could be led to instead."""
    rows = (
        (other, live)
        for other, live in exporting.list_published()
        if (other.kind, other.language) == (page.kind, page.language) and other.id != page.id
    )
    return sorted(((exporting.address(other), live.title) for other, live in rows), key=lambda one: one[0])
