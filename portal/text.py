"""Markdown to safe HTML, and short plain words for addresses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import nh3
from markdown import Markdown

RENDERER = 2  # raise it when the same text comes out differently, so that stored HTML is made anew
_PREFIX = "c-"  # keeps an author's ids apart from the page's own

_ATTRIBUTES = {
    "*": {"id", "lang", "dir", "class"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "th": {"align", "scope"},
    "td": {"align"},
    "ol": {"start"},
    "abbr": {"title"},
}
_TAGS = {
    "p", "h2", "h3", "h4", "h5", "ul", "ol", "li", "dl", "dt", "dd", "a", "em", "strong", "code", "pre", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "img", "hr", "br", "sup", "sub", "div", "span", "abbr", "details",
    "summary", "figure", "figcaption", "cite", "q",
}  # fmt: skip
_CLASSES = {"admonition", "admonition-title", "footnote", "footnote-ref", "footnote-backref", "voice", "ask", "aside"}


@dataclass(frozen=True)
class Heading:
    level: int
    anchor: str  # the id it has in the page; empty where HTML gives it none
    title: str
    in_html: bool = False  # written as <h2>…</h2> instead of ##


def slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, for an anchor or an address."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"


def _anchor(name: str) -> str:
    return name if name.startswith(_PREFIX) else _PREFIX + name


def _prefixed(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "id":
        return _anchor(value)
    if attribute == "href" and value.startswith("#"):
        return "#" + _PREFIX + value[1:].removeprefix(_PREFIX)
    if attribute == "class":
        return " ".join(name for name in value.split() if name in _CLASSES) or None
    return value


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_prefixed,
    url_schemes={"http", "https", "mailto"},
    link_rel="noreferrer noopener",
)


def render(body: str) -> tuple[str, list[Heading]]:
    """The body as cleaned HTML, and its headings in order, with those that cleaning takes out (h1, h6). Anchors begin
    with ``c-``."""
    markdown = Markdown(
        extensions=[
            "toc", "attr_list", "admonition", "footnotes", "tables", "def_list", "abbr", "fenced_code", "sane_lists",
            "smarty", "md_in_html",
        ],
        extension_configs={
            "toc": {"slugify": lambda words, _separator: _PREFIX + slug(words)},
            "tables": {"use_align_attribute": True},
        },
    )  # fmt: skip
    html = markdown.convert(body)
    tokens = markdown.toc_tokens  # type: ignore[attr-defined]  # set by the toc extension
    return _cleaner.clean(html), _headings(html, [one for token in tokens for one in _flat(token)])


def _flat(token: dict[str, Any]) -> list[dict[str, Any]]:
    return [token, *(one for child in token["children"] for one in _flat(child))]


def _headings(html: str, written: list[dict[str, Any]]) -> list[Heading]:
    """The headings of the HTML in order: those that were written as Markdown, and among them what is HTML."""
    reader = _HeadingReader()
    reader.feed(html)
    reader.close()
    found: list[Heading] = []
    for level, name, words in reader.found:
        if written and (written[0]["level"], written[0]["id"]) == (level, name):
            found.append(Heading(level, _anchor(name), written.pop(0)["name"]))
        else:
            found.append(Heading(level, _anchor(name) if name else "", " ".join(words.split()), in_html=True))
    return found


class _HeadingReader(HTMLParser):
    """Level, id and words of each heading; comments, and what only looks like one in an attribute, are none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str, str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.found.append((int(tag[1]), dict(attrs).get("id") or "", ""))
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            level, name, words = self.found[-1]
            self.found[-1] = level, name, words + data
