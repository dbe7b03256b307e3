"""All pages for the readers of a language, read at once and kept until content changes."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from peewee import Value

from portal import generation
from portal.config import setting
from portal.guidance.files import INDEX
from portal.guidance.models import Page, PageLink, Redirect, Revision, Source, Topic
from portal.guidance.try_it import MARKS, PRINCIPLES_SECTION

KIND = "guidance"


@dataclass(frozen=True)
class Line:
    """A page as it stands in a list or a menu."""

    revision: UUID
    language: str
    section: str
    slug: str
    title: str
    summary: str
    mark: str = ""  # the drawing of a principle; empty for every other page

    @property
    def is_section(self) -> bool:
        return self.slug == INDEX

    @property
    def address(self) -> str:
        """As headers name it: ``section`` or ``section/page``."""
        return address_of(self.section, self.slug)


def address_of(section: str, slug: str) -> str:
    return section if slug == INDEX else f"{section}/{slug}"


def live_revision() -> Any:
    """The id of the newest published revision of the page in the surrounding statement."""
    newest = Revision.alias()
    return (
        newest.select(newest.id)
        .where(newest.page == Page.id, newest.published_at.is_null(False))
        .order_by(newest.published_at.desc(), newest.made_at.desc(), newest.id)
        .limit(1)
    )


class _Row(NamedTuple):
    """A page that has a text; or, where ``leads_to`` is not empty, an address that a page has left."""

    leads_to: str
    language: str
    section: str
    slug: str
    position: int
    withdrawn: bool
    revision: UUID
    title: str
    summary: str
    topics: list[str]
    published_at: dt.datetime

    @property
    def address(self) -> str:
        return address_of(self.section, self.slug)


def _read_rows(language: str) -> list[_Row]:
    """For the readers of a language; one statement, since every first page after a change waits for it."""
    languages = {language, setting("DEFAULT_LANGUAGE")}
    pages = (
        Page.select(
            Value(""), Page.language, Page.section, Page.slug, Page.position, Page.withdrawn, Revision.id,
            Revision.title, Revision.summary, Revision.header["topics"], Revision.published_at,
        )
        .join(Revision, on=(Revision.id == live_revision()))
        .where(Page.kind == KIND, Page.language.in_(languages))
    )  # fmt: skip
    left = Redirect.select(
        Redirect.target, Redirect.language, Redirect.section, Redirect.slug, Value(0), Value(False), Redirect.id,
        Value(""), Value(""), Value(None), Value(None),
    ).where(Redirect.kind == KIND, Redirect.language.in_(languages))  # fmt: skip
    return [_Row(*row) for row in (pages + left).tuples()]


def _open_pages(rows: list[_Row], language: str) -> list[_Row]:
    """Every page a reader can open; sections in order, each before its pages."""
    # The reader's language last, so that it wins; a page withdrawn or moved in it is not offered in another.
    shown = [row for row in rows if row.language == language or not row.leads_to]
    own_last = sorted(shown, key=lambda row: (row.language == language, not row.leads_to))
    chosen = {row.address: row for row in own_last}
    open_rows = [row for row in chosen.values() if not (row.withdrawn or row.leads_to)]
    sections = {row.section: row.position for row in open_rows if row.slug == INDEX}
    return sorted(
        (row for row in open_rows if row.section in sections),
        key=lambda row: (sections[row.section], row.section, row.slug != INDEX, row.position, row.slug),
    )


def _places(rows: list[_Row], pages: list[_Row], language: str) -> dict[str, str]:
    """Where each page is now: its address by itself, and by those that lead to it."""
    found = {page.address: page.address for page in pages}
    # The reader's own language first: what it leads on may be where another language leads to.
    for row in sorted(rows, key=lambda row: row.language != language):
        if row.leads_to in found:
            found.setdefault(row.address, found[row.leads_to])
    return found


def _marks(places: dict[str, str]) -> dict[str, str]:
    """The drawings of the principles by the address each has now, which need not be the one it came with."""
    names = {f"{PRINCIPLES_SECTION}/{slug}": mark for slug, mark in MARKS.items()}
    led = {places.get(name, ""): mark for name, mark in names.items()}
    here = {name: mark for name, mark in names.items() if places.get(name) == name}
    return {address: mark for address, mark in (led | here).items() if address.startswith(f"{PRINCIPLES_SECTION}/")}


@dataclass(frozen=True)
class _Beside:
    """What pages name and what leads to them."""

    works: dict[str, dict[str, Any]]  # sources by key
    topics: dict[str, dict[str, str]]  # by language: titles by slug
    leading: dict[str, set[tuple[str, str]]]  # by name: language and address of the pages that lead there


class Shelf:
    """Pages in order, by address and by name, and what stands beside them: a page asks for nothing but its text."""

    def __init__(self, language: str) -> None:
        rows = _read_rows(language)
        pages = _open_pages(rows, language)
        places = _places(rows, pages, language)
        marks = _marks(places)
        self.lines = [
            Line(row.revision, *row[1:4], row.title, row.summary, marks.get(row.address, "")) for row in pages
        ]
        self.by_address = {line.address: line for line in self.lines}
        self.by_name = {name: self.by_address[address] for name, address in places.items()}
        self.topics = {row.address: row.topics for row in pages}
        self.moments = {row.address: row.published_at for row in pages}
        self.sections: dict[str, list[Line]] = {}  # each section's own page, then its pages in order
        for line in self.lines:
            self.sections.setdefault(line.section, []).append(line)

    @functools.cached_property
    def beside(self) -> _Beside:
        return _read_beside()

    @functools.cached_property
    def leading(self) -> dict[str, set[tuple[str, str]]]:
        """By address: language and address of the pages that lead there by whatever name."""
        found: dict[str, set[tuple[str, str]]] = {}
        for name, pages in self.beside.leading.items():
            if name in self.by_name:
                found.setdefault(self.by_name[name].address, set()).update(pages)
        return found

    @functools.cached_property
    def _order(self) -> dict[tuple[str, str], int]:
        return {(line.language, line.address): place for place, line in enumerate(self.lines)}

    def in_order(self, pages: Iterable[tuple[str, str]]) -> list[Line]:
        """Pages by language and address, as far as readers see them: without looking at all there are."""
        return [self.lines[place] for place in sorted(self._order[page] for page in pages if page in self._order)]


def _read_beside() -> _Beside:
    """Of all pages, in one statement."""
    works = Source.select(Value("work"), Source.key, Source.fields.cast("text"), Value(""))
    titles = Topic.select(Topic.language, Topic.slug, Topic.title, Value(""))
    links = (
        Page.select(Page.language, Page.section, Page.slug, PageLink.target)
        .join(PageLink, on=(PageLink.page == Page.id))
        .where(Page.kind == KIND)
    )
    found = _Beside({}, {}, {})
    for one, two, three, target in (works | titles | links).tuples():
        if target:
            found.leading.setdefault(target, set()).add((one, address_of(two, three)))
        elif one == "work":
            found.works[two] = json.loads(three)
        else:
            found.topics.setdefault(one, {})[two] = three
    return found


@generation.kept
def _kept_shelf(language: str, _fallback: str) -> Shelf:
    return Shelf(language)


def shelf_for(language: str) -> Shelf:
    return _kept_shelf(language, setting("DEFAULT_LANGUAGE"))
