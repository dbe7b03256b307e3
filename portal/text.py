"""Markdown to safe HTML, and short plain words for addresses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import nh3
from markdown import Markdown

RENDERER = 1  # raise it when the same text comes out differently, so that stored HTML is made anew
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
    anchor: str  # as it stands in the page
    title: str


def slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, for an anchor or an address."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"


def _prefixed(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "id":
        return value if value.startswith(_PREFIX) else _PREFIX + value
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
    """The body as cleaned HTML, and its headings in order. Anchors begin with ``c-``."""
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
    html = _cleaner.clean(markdown.convert(body))
    tokens = markdown.toc_tokens  # type: ignore[attr-defined]  # set by the toc extension
    return html, [heading for token in tokens for heading in _headings(token)]


def _headings(token: dict) -> list[Heading]:  # type: ignore[type-arg]
    own = Heading(token["level"], token["id"], token["name"])
    return [own, *(heading for child in token["children"] for heading in _headings(child))]
