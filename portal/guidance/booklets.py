"""A section as one text to print: every page of it, the words of the glossary it uses, its sources."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from portal import pdf_text
from portal.config import setting
from portal.guidance import library, offered, services
from portal.guidance.models import Revision, Source
from portal.guidance.shelf import Line

# Attribute values may hold ">"; what is stored has double quotes only.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^">]|"[^"]*")*)>')
_ID = re.compile(r'\bid="([^"]*)"')
_HREF = re.compile(r'\bhref="([^"]*)"')
_PAGE = re.compile(r"/[a-zA-Z-]{2,6}/guidance/([^#?]*)(?:#(.*))?")
_TERM = re.compile(r"/[a-zA-Z-]{2,6}/glossary#(.*)")


@dataclass(frozen=True)
class Chapter:
    """A page of the section. Anchors in its HTML begin with its slug and a colon, so that they stay unique."""

    line: Line
    in_short: list[str]
    html: Markup
    header: dict[str, Any]
    sources: list[int]  # numbers in the booklet's list

    @property
    def anchor(self) -> str:
        return f"page-{self.line.slug}"

    @property
    def written(self) -> dt.date:
        return dt.date.fromisoformat(self.header["written"])

    @property
    def checked(self) -> list[tuple[dt.date, str]]:
        return [(dt.date.fromisoformat(check["on"]), check["by"]) for check in self.header["checked"]]


@dataclass(frozen=True)
class Word:
    """A term of the glossary, or what an abbreviation stands for (``anchor`` is empty then)."""

    term: str
    text: str
    anchor: str
    language: str


@dataclass(frozen=True)
class Booklet:
    line: Line  # of the section
    chapters: list[Chapter]  # the section's own page first
    words: list[Word]  # terms from A to Z, then abbreviations
    sources: list[dict[str, Any]]
    published: dt.date  # of the page that changed last


def get_booklet(language: str, section: str) -> Booklet | None:
    """The section for readers of the language, in four statements at most; None where there is none."""
    pages = services.by_name(language)
    lines = [line for line in services.list_pages(language) if line.section == section]
    if not lines:
        return None
    found: Any = Revision.select().where(Revision.id.in_([line.revision for line in lines]))
    revisions = {revision.id: revision for revision in found}
    sources = _sources(key for line in lines for key in revisions[line.revision].header["sources"])
    numbers = {key: place for place, key in enumerate(sources, start=1)}
    used = {
        slug for revision in revisions.values() for link in _HREF.findall(revision.html) if (slug := _term_in(link))
    }
    every = library.list_terms(language)
    declared = {term.slug for term in library.used_on(every, lines, pages)}
    terms = [term for term in every if term.slug in used | declared]
    texts = {line: offered.in_language(revisions[line.revision].html, line.language, language, pages) for line in lines}
    places = _Places(texts, pages, {term.slug for term in terms})
    chapters = [
        Chapter(
            line=line,
            in_short=revisions[line.revision].in_short,
            html=Markup(places.in_booklet(line)),  # noqa: S704 - cleaned when it was stored
            header=revisions[line.revision].header,
            sources=[numbers[key] for key in revisions[line.revision].header["sources"] if key in numbers],
        )
        for line in lines
    ]
    words = [Word(term.term, term.text, f"term-{term.slug}", term.language) for term in terms]
    shorts = {
        short: Word(short, long, "", chapter.line.language)
        for chapter in chapters
        for short, long in pdf_text.abbreviations(chapter.html).items()
    }
    return Booklet(
        line=lines[0],
        chapters=chapters,
        words=[*words, *(shorts[short] for short in sorted(shorts))],
        sources=list(sources.values()),
        published=max(one.published_at for one in revisions.values()).astimezone(ZoneInfo(setting("TIME_ZONE"))).date(),
    )


def _sources(keys: Any) -> dict[str, dict[str, Any]]:
    """The works of the keys, each once, in their order."""
    in_order = list(dict.fromkeys(keys))
    works = {source.key: source.fields for source in Source.select().where(Source.key.in_(in_order))}
    return {key: works[key] for key in in_order if key in works}


def _term_in(link: str) -> str:
    found = _TERM.fullmatch(html.unescape(link))
    return found[1] if found else ""


class _Places:
    """Where things stand in the booklet, to lead there."""

    def __init__(self, texts: dict[Line, str], pages: Mapping[str, Line], terms: set[str]) -> None:
        self.terms = terms
        self.html = texts
        self.lines = {name: line for name, line in pages.items() if line in texts}
        self.anchors = {
            line: {found for tag in _TAG.finditer(text) for found in _ID.findall(tag[3])}
            for line, text in texts.items()
        }

    def in_booklet(self, line: Line) -> str:
        """A page's HTML one heading level lower, with anchors of its own, links that lead to places in the booklet,
        and what can be opened open."""

        def rewrite(tag: re.Match[str]) -> str:
            closing, name, rest = tag[1], tag[2], tag[3]
            if re.fullmatch("h[2-5]", name):
                name = f"h{int(name[1]) + 1}"
            if not closing:
                rest = _ID.sub(rf'id="{line.slug}:\1"', rest)
                rest = _HREF.sub(lambda found: f'href="{self._lead(found[1], line)}"', rest)
                rest += " open" if name == "details" else ""
            return f"<{closing}{name}{rest}>"

        return _TAG.sub(rewrite, self.html[line])

    def _lead(self, link: str, line: Line) -> str:
        """The address, escaped as it came, or the anchor in the booklet."""
        if link.startswith("#"):
            return f"#{line.slug}:{link[1:]}" if link[1:] in self.anchors[line] else link
        if (term := _TERM.fullmatch(link)) and term[1] in self.terms:
            return f"#term-{term[1]}"
        page = _PAGE.fullmatch(link)
        there = self.lines.get(page[1]) if page else None
        if not page or there is None:
            return link
        return f"#{there.slug}:{page[2]}" if page[2] in self.anchors[there] else f"#page-{there.slug}"
