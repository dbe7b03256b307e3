"""What readers see: pages, sections and topics in a language, with the site's own language where one is missing."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peewee import Value

from portal.config import setting
from portal.guidance.files import INDEX
from portal.guidance.models import Page, PageLink, Revision, Source, Topic
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
        return self.section if self.is_section else f"{self.section}/{self.slug}"

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


def list_pages(language: str) -> list[Line]:
    """Every page a reader of the language can open: each section's own page, then its pages in order."""
    return [line for (line,) in _list_lines(language)]


def list_dated(language: str) -> list[tuple[Line, dt.datetime]]:
    """Every page a reader of the language can open, with the moment its text was published."""
    return [(line, moment) for line, moment in _list_lines(language, Revision.published_at)]


def get_text(language: str, section: str, slug: str) -> Text | None:
    """A page with everything beside it, in three statements; None where there is none."""
    lines = list_pages(language)
    line = next((one for one in lines if (one.section, one.slug) == (section, slug)), None)
    if line is None:
        return None
    revision = Revision.get_by_id(line.revision)
    sources, topics, leading = _beside(revision.header["sources"], revision.header["topics"], line)
    by_address = {one.address: one for one in lines}
    of_section = [one for one in lines if one.section == section]
    return Text(
        line=line,
        in_short=revision.in_short,
        html=revision.html,
        headings=revision.headings,
        header=revision.header,
        section=of_section[0],
        pages=of_section[1:],
        related=[by_address[address] for address in revision.header["related"] if address in by_address],
        sources=sources,
        topics=topics,
        led_from=[one for one in lines if one != line and (one.language, one.section, one.slug) in leading],
    )


def _beside(
    sources: list[str], topics: list[str], line: Line
) -> tuple[list[dict[str, Any]], list[tuple[str, str]], set[tuple[str, str, str]]]:
    """Sources and topics a page names, in its order, and language, section, slug of what leads to it; one statement."""
    works = Source.select(Value("work"), Source.key, Source.fields.cast("text"), Value("")).where(
        Source.key.in_(sources)
    )
    titles = Topic.select(Value("topic"), Topic.slug, Topic.title, Value("")).where(
        Topic.language == line.language, Topic.slug.in_(topics)
    )
    leading = (
        Page.select(Page.language, Page.section, Page.slug, Value("page"))
        .join(PageLink, on=(PageLink.page == Page.id))
        .where(Page.kind == KIND, PageLink.target == line.address)
    )
    works_found, titles_found, pages_found = {}, {}, set()
    for one, two, three, four in (works | titles | leading).tuples():
        if four == "page":
            pages_found.add((one, two, three))
        elif one == "work":
            works_found[two] = json.loads(three)
        else:
            titles_found[two] = three
    return (
        [works_found[key] for key in sources if key in works_found],
        [(slug, titles_found[slug]) for slug in topics if slug in titles_found],
        pages_found,
    )


def list_topics(language: str) -> list[Topic]:
    """The topics of a language, in the order of their file; the site's own where the language has none."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows = list(Topic.select().where(Topic.language.in_({language, fallback})).order_by(Topic.position, Topic.slug))
    own = [topic for topic in rows if topic.language == language]
    return own or [topic for topic in rows if topic.language == fallback]


def list_about(language: str, topic: str) -> list[Line]:
    """The pages that carry a topic."""
    return [line for line, header in _list_lines(language, Revision.header) if topic in header["topics"]]
