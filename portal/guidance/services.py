"""What readers see: pages, sections and topics in a language, with the site's own language where one is missing.

Whatever names a page (a text, a term, a question, a link of ours) goes on naming it by the address it had: ``by_name``
finds it where it is now, and what took the place of a page that was withdrawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import db
from portal.config import setting
from portal.guidance import offered
from portal.guidance.models import Revision, Topic
from portal.guidance.shelf import Line, address_of, shelf_for


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


def list_pages(language: str) -> list[Line]:
    """Every page a reader of the language can open: each section's own page, then its pages in order."""
    return list(shelf_for(language).lines)


def by_name(language: str) -> Mapping[str, Line]:
    """The same by address, and by each address whose readers are led there."""
    return shelf_for(language).by_name


def named(names: Iterable[str], pages: Mapping[str, Line]) -> list[Line]:
    """The pages that go by these names, each once; names that lead nowhere are left out."""
    return list(dict.fromkeys(pages[name] for name in names if name in pages))


def list_dated(language: str) -> list[tuple[Line, dt.datetime]]:
    """Every page a reader of the language can open, with the moment its text was published."""
    shelf = shelf_for(language)
    return [(line, shelf.moments[line.address]) for line in shelf.lines]


def get_text(language: str, section: str, slug: str) -> Text | None:
    """A page with everything beside it, or None: one statement, and two more when the content has changed."""
    shelf = shelf_for(language)
    line = shelf.by_address.get(address_of(section, slug))
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


def list_topics(language: str) -> list[Topic]:
    """The topics of a language, in the order of their file; the site's own where the language has none."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows = list(Topic.select().where(Topic.language.in_({language, fallback})).order_by(Topic.position, Topic.slug))
    own = [topic for topic in rows if topic.language == language]
    return own or [topic for topic in rows if topic.language == fallback]


def list_about(language: str, topic: str) -> list[Line]:
    """The pages that carry a topic."""
    shelf = shelf_for(language)
    return [line for line in shelf.lines if topic in shelf.topics[line.address]]
