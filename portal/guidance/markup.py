"""A page's Markdown as the HTML that is stored: cleaned, tables ready for narrow screens, voices as
figures, terms linked."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from portal import text
from portal.guidance.terms import Linker
from portal.text import Heading

_OWN = 3  # raise it when this module makes different HTML from the same text
RENDERER = text.RENDERER * 1000 + _OWN

# Paragraphs alone: what quotes a list, a heading or another quotation stays as it is.
_QUOTE = re.compile(r"<blockquote>((?:\s*<p>(?:(?!</?(?:p|blockquote)>).)*</p>)+\s*)</blockquote>", re.DOTALL)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
# text.render prefixes the anchors of a page and its links to itself; links from one page to another need it, too.
_FAR_ANCHOR = re.compile(r'(href="/[a-z-]{2,6}/(?:guidance|modules)/[^"#]*#)(?!c-)', re.IGNORECASE)
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ID = re.compile(r'\bid="c-([^"]*)"')


def render(body: str, linker: Linker | None = None) -> tuple[str, list[Heading]]:
    """The body as safe HTML and its headings in order; anchors begin with ``c-``.

    With a linker, the first use of each glossary term is a link to it.
    """
    cleaned, headings = text.render(body)
    cleaned = _FAR_ANCHOR.sub(r"\1c-", cleaned)
    cleaned = _QUOTE.sub(_voice, cleaned)
    cleaned = _TABLE.sub(lambda found: _LabelledTable.of(found[0]), cleaned)
    return linker.link(cleaned) if linker else cleaned, headings


def anchors(rendered: str) -> frozenset[str]:
    """The anchors in rendered HTML, as authors write them (without ``c-``)."""
    return frozenset(_ID.findall(rendered))


def _voice(found: re.Match[str]) -> str:
    """What somebody argued; the last paragraph says who and where."""
    *said, who = _PARAGRAPH.findall(found[1]) or [""]
    if not said:
        return found[0]
    paragraphs = "".join(f"<p>{one}</p>" for one in said)
    return f'<figure class="voice">{paragraphs}<figcaption class="small muted">{who}</figcaption></figure>'


@dataclass
class _Place:
    in_head: bool = False
    column: int = 0
    reading_label: bool = False
    closing: str = ""
    labels: list[str] = field(default_factory=list)


class _LabelledTable(HTMLParser):
    """A table that becomes labelled rows on phones; roles keep it a table for screen readers (design/README.md)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.at = _Place()

    @classmethod
    def of(cls, table: str) -> str:
        parser = cls()
        parser.feed(table)
        parser.close()
        return "".join(parser.out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self._opening(tag) or self.get_starttag_text() or "")

    def _opening(self, tag: str) -> str:
        at = self.at
        if tag == "table":
            return '<table class="rows" role="table">'
        if tag in ("thead", "tbody"):
            at.in_head = tag == "thead"
            return f'<{tag} role="rowgroup">'
        if tag == "tr":
            at.column = 0
            return '<tr role="row">'
        if tag not in ("th", "td"):
            return ""
        at.column += 1
        if at.in_head:
            at.reading_label = True
            at.labels.append("")
            at.closing = "th"
            return '<th scope="col" role="columnheader">'
        if at.column == 1:
            at.closing = "th"
            return '<th scope="row" role="rowheader">'
        at.closing = "td"
        # The cell becomes a grid of label and content; without the div each word and link would be a part of its own.
        label = at.labels[at.column - 1] if at.column <= len(at.labels) else ""
        return f'<td role="cell" data-label="{html.escape(label)}"><div>'

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("th", "td"):
            self.out.append(f"</{tag}>")
            return
        self.at.reading_label = False
        self.out.append("</div></td>" if self.at.closing == "td" else "</th>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        self._label(data)
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self._label(html.unescape(f"&{name};"))
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._label(html.unescape(f"&#{name};"))
        self.out.append(f"&#{name};")

    def _label(self, words: str) -> None:
        if self.at.reading_label:
            self.at.labels[-1] += words
