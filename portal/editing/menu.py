"""A page goes to another section, is withdrawn, or comes back; readers of its old address are led on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from portal import audit, db, generation
from portal.editing import drafts, publishing, services, typed
from portal.editing.models import Draft
from portal.editing.services import AddressTaken, AddressUnsuitable
from portal.editing.typed import Problem
from portal.guidance import exporting, kinds, redirects, writing
from portal.guidance.files import INDEX
from portal.guidance.models import Page, PageLink, Redirect, Revision, Term
from portal.guidance.shelf import live_revision


class NoSuchPlace(Exception):
    """Readers cannot be led there, or the section is not there."""


class SectionInUse(Exception):
    """A section's own page cannot go while the section has pages."""


@dataclass(frozen=True)
class Naming:
    """A page or a term that names a page."""

    title: str
    page: UUID | None  # None: a term of the glossary that is used on no other page


class StillNamed(Exception):
    """Others name the page, and nobody said where their readers should be led."""

    def __init__(self, naming: list[Naming]):
        self.naming = naming


def list_naming(page: Page) -> list[Naming]:
    """What names the page now, also by an address that it left: pages by title, then terms used on it alone."""
    names = [exporting.address(page), *_addresses_led_to(page)]
    to_try = [
        other.id
        for other, live in exporting.list_published()
        if not kinds.of(page.kind).in_sections and set(names) & set(live.header["try_it"])
    ]
    rows: Any = (
        Page.select(Page.id, Revision.title)
        .join(Revision, on=(Revision.id == live_revision()))
        .switch(Page)
        .join(PageLink, "LEFT JOIN", on=(PageLink.page == Page.id) & PageLink.target.in_(names))
        .where(
            PageLink.id.is_null(False) | Page.id.in_(to_try),
            Page.id != page.id,
            ~Page.withdrawn,
            Page.language == page.language,
        )
        .order_by(Revision.title, Page.id)
        .tuples()
    )
    titles: dict[UUID, str] = dict(rows)
    pages = [Naming(title, page_id) for page_id, title in titles.items()]
    terms = Term.select().where(Term.language == page.language).order_by(Term.slug)
    return pages + [Naming(term.term, None) for term in terms if term.used and set(term.used) <= set(names)]


def _addresses_led_to(page: Page) -> list[str]:
    led = Redirect.select().where(
        Redirect.kind == page.kind, Redirect.language == page.language, Redirect.target == exporting.address(page)
    )
    return [exporting.address(one) for one in led.order_by(Redirect.id)]


def may_move(page: Page) -> bool:
    """A section's own page stays, and so does what is withdrawn: its readers are led elsewhere."""
    return page.slug != INDEX and kinds.of(page.kind).in_sections and not page.withdrawn


@db.transaction
def move(page_id: UUID, section: str, slug: str, person: UUID, note: str) -> None:
    """To the end of another section, or to another address in this one; readers of the old address are led there.

    ``note`` stands in the list of revisions. Raises NoSuchPlace, AddressTaken, AddressUnsuitable.
    """
    writing.wait_for_others()
    page = Page.get_by_id(page_id)
    kind = kinds.of(page.kind)
    if not may_move(page):
        raise NoSuchPlace
    if not kind.slug.fullmatch(slug) or slug in services.TAKEN or len(slug) > services.LONGEST_SLUG:
        raise AddressUnsuitable
    if (section, slug) == (page.section, page.slug):
        return
    home = services.at(page.kind, page.language, section, INDEX)
    if home is None or home.withdrawn or not Revision.select().where(Revision.page == home).exists():
        raise NoSuchPlace
    there = services.at(page.kind, page.language, section, slug)
    if there is not None:
        if not services.is_left(there):
            raise AddressTaken
        there.delete_instance()
    before, old_address = (page.section, page.slug, page.position), exporting.address(page)
    if section != page.section:
        page.position = services.last_position(page.kind, page.language, section, slug) + services.STEP
    page.section, page.slug = section, slug
    page.save()
    live = Revision.get_or_none(Revision.id == Page.select(live_revision()).where(Page.id == page_id))
    if live is not None:
        _leave_behind(page, before, old_address)
        # A revision of its own: the page belongs to no file any more.
        publishing.add_revision(page, exporting.header(page, live), live.body, live, person, note)
        Draft.update(begun_from=Page.select(live_revision()).where(Page.id == page_id)).where(
            Draft.page == page_id, Draft.begun_from == live
        ).execute()
    elif redirects.is_left(page.kind, page.language, before[0], before[1]):
        _mark_as_left(page, before)
    audit.record("guidance.move_page", page)


def _leave_behind(page: Page, before: tuple[str, str, int], old_address: str) -> None:
    """What keeps a file from bringing the page back to where it was, and leads its readers on."""
    address = exporting.address(page)
    _mark_as_left(page, before)
    _lead_on(page.kind, page.language, before[:2], address)
    _retarget(page, old_address, address)
    _delete_redirect(page.kind, page.language, page.section, page.slug)


def _mark_as_left(page: Page, before: tuple[str, str, int]) -> None:
    """A page without a text, where no file may put one."""
    section, slug, position = before
    Page.create(
        id=uuid4(), kind=page.kind, language=page.language, section=section, slug=slug, position=position,
        withdrawn=True,
    )  # fmt: skip


@db.transaction
def withdraw(page_id: UUID, target: str = "") -> None:
    """Readers no longer see the page; they are led to ``target``, where one is given.

    Raises NoSuchPlace, SectionInUse and StillNamed.
    """
    writing.wait_for_others()
    page = Page.get_by_id(page_id)
    if page.withdrawn or not Revision.select(Revision.id).where(Revision.page == page).exists():
        return
    if page.slug == INDEX and _has_open_pages(page):
        raise SectionInUse
    if target and target not in dict(services.list_targets(page)):
        raise NoSuchPlace
    if not target and (naming := list_naming(page)):
        raise StillNamed(naming)
    Page.update(withdrawn=True).where(Page.id == page_id).execute()
    if target:
        _lead_on(page.kind, page.language, (page.section, page.slug), target)
        _retarget(page, exporting.address(page), target)
    generation.raise_it()
    audit.record("guidance.withdraw_page", page)


def _has_open_pages(section: Page) -> bool:
    rows = Page.select(Page.id).join(Revision, on=(Revision.id == live_revision()))
    return rows.where(
        Page.kind == section.kind, Page.language == section.language, Page.section == section.section,
        Page.slug != INDEX, ~Page.withdrawn,
    ).exists()  # fmt: skip


@db.transaction
def bring_back(page_id: UUID) -> list[Problem]:
    """Readers see the page again, as it was; with what in it no longer fits the pages of today, to be put right.

    Raises NoSuchPlace while its section is withdrawn.
    """
    writing.wait_for_others()
    page = Page.get_by_id(page_id)
    if not page.withdrawn or services.is_left(page):
        return []
    home = services.at(page.kind, page.language, page.section, INDEX)
    if kinds.of(page.kind).in_sections and page.slug != INDEX and (home is None or home.withdrawn):
        raise NoSuchPlace
    Page.update(withdrawn=False).where(Page.id == page_id).execute()
    _delete_redirect(page.kind, page.language, page.section, page.slug)
    generation.raise_it()
    audit.record("guidance.bring_back_page", page)
    now = drafts.open_page(page_id)
    if now is None or now.live is None:
        return []
    return publishing.check(now.page, typed.of_revision(now.page, now.live), now.live)


# --- redirects ---


def _lead_on(kind: str, language: str, left: tuple[str, str], target: str) -> None:
    section, slug = left
    _delete_redirect(kind, language, section, slug)
    Redirect.create(kind=kind, language=language, section=section, slug=slug, target=target)


def _retarget(page: Page, old: str, new: str) -> None:
    """Nobody is led twice, or in a circle."""
    same: Any = (Redirect.kind == page.kind) & (Redirect.language == page.language)
    Redirect.update(target=new).where(same, Redirect.target == old).execute()
    for one in Redirect.select().where(same, Redirect.target == new):
        if exporting.address(one) == new:
            one.delete_instance()


def _delete_redirect(kind: str, language: str, section: str, slug: str) -> None:
    Redirect.delete().where(
        Redirect.kind == kind, Redirect.language == language, Redirect.section == section, Redirect.slug == slug
    ).execute()
