"""What readers see: pages, sections and topics in a language, with the site's own language where one is missing.

Whatever names a page (a text, a term, a question, a link of ours) goes on naming it by the address it had: ``by_name``
finds it where it is now, and what took the place of a page that was withdrawn.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from peewee import Value

from portal import db, generation
from portal.config import setting
from portal.guidance import offered
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
        return _address(self.section, self.slug)


@dataclass(frozen=True)
class Text:
    """A page to be read."""

    line: Line
    in_short: list[str]
    html: str
    headings: list[dict[str, Any]]
    header: dict[str, Any]
    section: Line
    pages: list[Line]  # of the section, in order, without its own page
    related: list[Line]
    sources: list[dict[str, Any]]
    topics: list[tuple[str, str, str]]  # slug, title, and the language of the title
    led_from: list[Line]  # pages that lead here, in the order of the sections

    @property
    def written(self) -> dt.date:
        return dt.date.fromisoformat(self.header["written"])

    @property
    def checked(self) -> list[tuple[dt.date, str]]:
        return [(dt.date.fromisoformat(check["on"]), check["by"]) for check in self.header["checked"]]

    @property
    def before(self) -> Line | None:
        """The page to turn back to: the one before in the section, or the section's own; None on that."""
        if self.line.is_section:
            return None
        place = self.pages.index(self.line)
        return self.pages[place - 1] if place else self.section

    @property
    def after(self) -> Line | None:
        place = -1 if self.line.is_section else self.pages.index(self.line)
        return self.pages[place + 1] if place + 1 < len(self.pages) else None


def _address(section: str, slug: str) -> str:
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
        return _address(self.section, self.slug)


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


class _Shelf:
    """All pages for the readers of a language: kept as long as they stay the same, so that a page asks for its text."""

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


@generation.kept
def _kept_shelf(language: str, _fallback: str) -> _Shelf:
    return _Shelf(language)


def _shelf(language: str) -> _Shelf:
    return _kept_shelf(language, setting("DEFAULT_LANGUAGE"))


def list_pages(language: str) -> list[Line]:
    """Every page a reader of the language can open: each section's own page, then its pages in order."""
    return list(_shelf(language).lines)


def by_name(language: str) -> Mapping[str, Line]:
    """The same by address, and by each address whose readers are led there."""
    return _shelf(language).by_name


def named(names: Iterable[str], pages: Mapping[str, Line]) -> list[Line]:
    """The pages that go by these names, each once; names that lead nowhere are left out."""
    return list(dict.fromkeys(pages[name] for name in names if name in pages))


def list_dated(language: str) -> list[tuple[Line, dt.datetime]]:
    """Every page a reader of the language can open, with the moment its text was published."""
    shelf = _shelf(language)
    return [(line, shelf.moments[line.address]) for line in shelf.lines]


def get_text(language: str, section: str, slug: str) -> Text | None:
    """A page with everything beside it, or None: one statement, and two more when the content has changed."""
    shelf = _shelf(language)
    line = shelf.by_address.get(_address(section, slug))
    if line is None:
        return None
    in_short, html, headings, header = _texts(line.revision)
    works, topics = shelf.beside.works, shelf.beside.topics
    leading = shelf.leading.get(line.address, ())
    told_in = language if language in topics else setting("DEFAULT_LANGUAGE")
    titles = topics.get(told_in, {})
    return Text(
        line=line,
        in_short=in_short,
        html=offered.in_language(html, line.language, language, shelf.by_name),
        headings=headings,
        header=header,
        section=shelf.sections[section][0],
        pages=shelf.sections[section][1:],
        related=[one for one in named(header["related"], shelf.by_name) if one is not line],
        sources=[works[key] for key in header["sources"] if key in works],
        topics=[(slug, titles[slug], told_in) for slug in header["topics"] if slug in titles],
        led_from=[one for one in shelf.in_order(leading) if one is not line],
    )


def _texts(revision: UUID) -> tuple[list[str], str, list[dict[str, Any]], dict[str, Any]]:
    ((in_short, html, headings, header),) = db.fetch(
        "SELECT in_short, html, headings, header FROM revision WHERE id = ?", revision
    )
    from_json: Callable[[Any], Any] = Revision.header.python_value
    return from_json(in_short), html, from_json(headings), from_json(header)


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
            found.leading.setdefault(target, set()).add((one, _address(two, three)))
        elif one == "work":
            found.works[two] = json.loads(three)
        else:
            found.topics.setdefault(one, {})[two] = three
    return found


def list_topics(language: str) -> list[Topic]:
    """The topics of a language, in the order of their file; the site's own where the language has none."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows = list(Topic.select().where(Topic.language.in_({language, fallback})).order_by(Topic.position, Topic.slug))
    own = [topic for topic in rows if topic.language == language]
    return own or [topic for topic in rows if topic.language == fallback]


def list_about(language: str, topic: str) -> list[Line]:
    """The pages that carry a topic."""
    shelf = _shelf(language)
    return [line for line in shelf.lines if topic in shelf.topics[line.address]]
