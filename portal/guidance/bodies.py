"""What must hold of a page's text: headings, links, anchors, pictures. Used by checks and loading."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.config import setting
from portal.guidance import kinds
from portal.guidance.files import Finding, PageFile
from portal.text import Heading

_SENTENCE_END = re.compile(r"[.!?…]+[\"”’)\]]*(?=\s|$)")
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(alt|src)="([^"]*)"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PAGE = re.compile(
    r"/(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?)/(?P<folder>[a-z]+)(?:/(?P<rest>[^#?]*))?(?:#(?P<anchor>.*))?"
)
_GLOSSARY = re.compile(r"/(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?)/glossary(?:#(?P<term>.*))?")
_RESOURCES = re.compile(r"/[a-z]{2,3}(?:-[A-Z]{2})?/resources(?:#(?P<slug>.*))?")
_TOPIC = re.compile(r"/(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?)/topics/(?P<topic>[^#?]*)")
_FENCE = re.compile(r"\s*(```|~~~)")


@dataclass(frozen=True)
class Known:
    """What pages may name. A page that is missing in a language is shown in the site's own."""

    anchors: dict[tuple[str, str], frozenset[str]]  # by language and address
    topics: dict[str, frozenset[str]]
    sources: frozenset[str]
    terms: dict[str, frozenset[str]]
    resources: frozenset[str]

    def anchors_at(self, language: str, address: str) -> frozenset[str] | None:
        """The anchors of a page; None where there is no such page."""
        own = self.anchors.get((language, address))
        return own if own is not None else self.anchors.get((setting("DEFAULT_LANGUAGE"), address))

    def terms_in(self, language: str) -> frozenset[str]:
        return self.terms.get(language) or self.terms.get(setting("DEFAULT_LANGUAGE"), frozenset())

    def topics_in(self, language: str) -> frozenset[str]:
        return self.topics.get(language) or self.topics.get(setting("DEFAULT_LANGUAGE"), frozenset())


def sentences(words: str) -> int:
    """How many sentences the words hold; words without an end count as one."""
    ends = list(_SENTENCE_END.finditer(words))
    rest = words[ends[-1].end() :] if ends else words
    return len(ends) + bool(rest.strip())


def check_body(page: PageFile, rendered: str, headings: list[Heading], known: Known) -> Iterator[Finding]:
    if not page.body.strip():
        yield Finding(page.file, page.body_line, "The page has no text.")
    yield from _headings(page, [heading.level for heading in headings])
    yield from _links(page, rendered, known)
    for image in _IMAGE.findall(rendered):
        attributes = dict(_ATTRIBUTE.findall(image))
        if not html.unescape(attributes.get("alt", "")).strip():
            source = html.unescape(attributes.get("src", ""))
            message = "A picture without words for those who do not see it. Write ![What it shows](address)."
            yield Finding(page.file, _line_with(page, source), message)


def _headings(page: PageFile, levels: list[int]) -> Iterator[Finding]:
    lines = _heading_lines(page)
    # Headings underlined with === or --- have no line beginning with #; then the text as a whole is named.
    places = lines if len(lines) == len(levels) else [page.body_line] * len(levels)
    before = 1
    for level, line in zip(levels, places, strict=True):
        if level == 1:
            yield Finding(page.file, line, "The text holds no title; the header does. Begin headings with ##.")
            continue
        if level > before + 1:
            remedy = "##" if before == 1 else "#" * (before + 1) + " or fewer"
            yield Finding(page.file, line, f"A heading of level {level} follows level {before}. Write {remedy}.")
        before = level
    for number, text in enumerate(page.body.split("\n"), start=page.body_line):
        if re.match(r"\s*<h[1-6]\b", text, re.IGNORECASE):
            yield Finding(page.file, number, "Write headings with ## instead of HTML, so that they get an anchor.")


def _heading_lines(page: PageFile) -> list[int]:
    lines, fenced = [], False
    for number, text in enumerate(page.body.split("\n"), start=page.body_line):
        if _FENCE.match(text):
            fenced = not fenced
        elif not fenced and re.match(r"#{1,6}\s*[^#\s]", text):
            lines.append(number)
    return lines


def _links(page: PageFile, rendered: str, known: Known) -> Iterator[Finding]:
    own = known.anchors[(page.language, page.address)]
    for found in dict.fromkeys(_LINK.findall(rendered)):
        target = html.unescape(found).replace("#c-", "#")
        if message := _dead(target, page.language, own, known):
            yield Finding(page.file, _line_with(page, target), f"The link to “{target}” is dead: {message}")


def _dead(target: str, language: str, own: frozenset[str], known: Known) -> str:
    """Why a link leads nowhere, with the remedy; empty when it does not, or leads outside the guidance."""
    if target.startswith("#"):
        # Footnotes make their anchors themselves.
        if target[1:] in own or target.startswith(("#fn:", "#fnref:")):
            return ""
        return "no heading on this page has that anchor."
    if _SCHEME.match(target) or target.startswith("//"):
        return ""
    if not target.startswith("/"):
        return f"write the whole address, beginning with /{language}/guidance/."
    if topic := _TOPIC.fullmatch(target):
        return "" if topic["topic"] in known.topics_in(topic["language"]) else "there is no such topic."
    if (term := _GLOSSARY.fullmatch(target)) and term["term"] not in (None, *known.terms_in(term["language"])):
        return "there is no such term in the glossary."
    if (resource := _RESOURCES.fullmatch(target)) and resource["slug"] not in (None, *known.resources):
        return "there is no such entry in resources.toml."
    if not (found := _address(target)):
        return ""
    language, address, anchor = found
    anchors = known.anchors_at(language, address)
    if anchors is None:
        return "there is no such page. An address is section or section/page."
    if anchor and anchor not in anchors:
        return f"that page has no anchor #{anchor}."
    return ""


def _address(target: str) -> tuple[str, str, str] | None:
    """Language, address as headers name it, and anchor, of a link to one of our pages."""
    found = _PAGE.fullmatch(target)
    kind = next((one for one in kinds.every() if found and one.folder == found["folder"]), None)
    if not found or kind is None or not found["rest"]:
        return None
    address = found["rest"] if kind.in_sections else f"{kind.folder}/{found['rest'].removesuffix('/guide')}"
    return found["language"], address, found["anchor"] or ""


def leads_to(rendered: str) -> list[str]:
    """The addresses of our pages that rendered HTML links to, each once, in order."""
    targets = (_address(html.unescape(link)) for link in _LINK.findall(rendered))
    return list(dict.fromkeys(found[1] for found in targets if found))


def _line_with(page: PageFile, words: str) -> int:
    """The line of the file that holds the words, or where the text begins."""
    for number, text in enumerate(page.body.split("\n"), start=page.body_line):
        if words and words in text:
            return number
    return page.body_line
