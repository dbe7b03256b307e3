"""What readers see: pages, sections and topics in a language, with the site's own language where one is missing."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peewee import Value

from portal import db, generation
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

    @property
    def is_section(self) -> bool:
        return self.slug == INDEX

    @property
    def address(self) -> str:
        """As headers name it: ``section`` or ``section/page``."""
        return _address(self.section, self.slug)

    @property
    def mark(self) -> str:
        """The drawing of a principle; empty for every other page."""
        return MARKS.get(self.slug, "") if self.section == PRINCIPLES_SECTION else ""


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
    topics: list[tuple[str, str]]  # slug and title
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


def _list_lines(language: str, *columns: Any) -> list[tuple[Any, ...]]:
    """Line, then the columns asked for, of every page a reader can open; sections in order, each before its pages."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows: Any = (
        Page.select(
            Page.position, Page.withdrawn, Revision.id, Page.language, Page.section, Page.slug, Revision.title,
            Revision.summary, *columns,
        )
        .join(Revision, on=(Revision.id == live_revision()))
        .where(Page.kind == KIND, Page.language.in_({language, fallback}))
        .order_by(Page.section, Page.position, Page.slug)
        .tuples()
    )  # fmt: skip
    chosen: dict[tuple[str, str], tuple[Any, ...]] = {}
    # The reader's language last, so that it wins; a page withdrawn in it is not offered in another.
    for row in sorted(rows, key=lambda row: row[3] == language):
        chosen[row[4], row[5]] = row
    open_rows = [row for row in chosen.values() if not row[1]]
    sections = {row[4]: row[0] for row in open_rows if row[5] == INDEX}
    in_order = sorted(
        (row for row in open_rows if row[4] in sections),
        key=lambda row: (sections[row[4]], row[4], row[5] != INDEX, row[0], row[5]),
    )
    return [(Line(*row[2:8]), *row[8:]) for row in in_order]


@dataclass(frozen=True)
class _Beside:
    """What pages name and what leads to them."""

    works: dict[str, dict[str, Any]]  # sources by key
    topics: dict[tuple[str, str], str]  # titles by language and slug
    leading: dict[str, set[tuple[str, str]]]  # by address: language and address of the pages that lead there


class _Shelf:
    """All pages for the readers of a language: kept as long as they stay the same, so that a page asks for its text."""

    def __init__(self, language: str) -> None:
        self.lines = [line for (line,) in _list_lines(language)]
        self.by_address = {line.address: line for line in self.lines}
        self.sections: dict[str, list[Line]] = {}  # each section's own page, then its pages in order
        for line in self.lines:
            self.sections.setdefault(line.section, []).append(line)

    @functools.cached_property
    def beside(self) -> _Beside:
        return _read_beside()


@generation.kept
def _kept_shelf(language: str, _fallback: str) -> _Shelf:
    return _Shelf(language)


def _shelf(language: str) -> _Shelf:
    return _kept_shelf(language, setting("DEFAULT_LANGUAGE"))


def list_pages(language: str) -> list[Line]:
    """Every page a reader of the language can open: each section's own page, then its pages in order."""
    return list(_shelf(language).lines)


def list_dated(language: str) -> list[tuple[Line, dt.datetime]]:
    """Every page a reader of the language can open, with the moment its text was published."""
    return [(line, moment) for line, moment in _list_lines(language, Revision.published_at)]


def get_text(language: str, section: str, slug: str) -> Text | None:
    """A page with everything beside it, or None: one statement, and two more when the content has changed."""
    shelf = _shelf(language)
    line = shelf.by_address.get(_address(section, slug))
    if line is None:
        return None
    in_short, html, headings, header = _texts(line.revision)
    leading = shelf.beside.leading.get(line.address, ())
    titles = {slug: shelf.beside.topics.get((line.language, slug)) for slug in header["topics"]}
    return Text(
        line=line,
        in_short=in_short,
        html=html,
        headings=headings,
        header=header,
        section=shelf.sections[section][0],
        pages=shelf.sections[section][1:],
        related=_named(header["related"], shelf.by_address),
        sources=[shelf.beside.works[key] for key in header["sources"] if key in shelf.beside.works],
        topics=[(slug, title) for slug, title in titles.items() if title],
        led_from=[one for one in shelf.lines if (one.language, one.address) in leading and one is not line],
    )


def _texts(revision: UUID) -> tuple[list[str], str, list[dict[str, Any]], dict[str, Any]]:
    ((in_short, html, headings, header),) = db.fetch(
        "SELECT in_short, html, headings, header FROM revision WHERE id = ?", revision
    )
    from_json: Callable[[Any], Any] = Revision.header.python_value
    return from_json(in_short), html, from_json(headings), from_json(header)


def _named(addresses: list[str], by_address: dict[str, Line]) -> list[Line]:
    """The pages of these addresses; where one has moved, where it is now."""
    led: dict[str, str] = {}
    if not by_address.keys() >= set(addresses):
        rows = Redirect.select().where(Redirect.kind == KIND).order_by(Redirect.id)
        led = {_address(one.section, one.slug): one.target for one in rows}
    found = [address if address in by_address else led.get(address, "") for address in addresses]
    return [by_address[address] for address in dict.fromkeys(found) if address in by_address]


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
            found.topics[one, two] = three
    return found


def list_topics(language: str) -> list[Topic]:
    """The topics of a language, in the order of their file; the site's own where the language has none."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows = list(Topic.select().where(Topic.language.in_({language, fallback})).order_by(Topic.position, Topic.slug))
    own = [topic for topic in rows if topic.language == language]
    return own or [topic for topic in rows if topic.language == fallback]


def list_about(language: str, topic: str) -> list[Line]:
    """The pages that carry a topic."""
    return [line for line, header in _list_lines(language, Revision.header) if topic in header["topics"]]
