"""What must hold of a page's text: headings, links, anchors, pictures. Used by checks and loading."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from portal.config import setting
from portal.guidance import kinds
from portal.guidance.files import Finding, PageFile
from portal.text import Heading

_SENTENCE_END = re.compile(r"[.!?…]+[\"”’)\]]*(?=\s|$)")
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(alt|src)="([^"]*)"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INSIDE = re.compile(
    r"/(?P<language>[^/?#]*)(?:/(?P<path>[^?#]*))?(?:\?(?P<query>[^#]*))?(?:#(?P<anchor>.*))?", re.DOTALL
)
_ID = re.compile(r'<[a-z][a-z0-9]*(?:[^">]|"[^"]*")*?\sid="([^"]*)"')  # not what an example only shows
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<!--.*?-->")
_HTML_HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)
_FENCE = re.compile(r"\s*(```|~~~)")
BOOKLET = "booklet"  # in every section an address that is no page's, with ``.pdf`` another
_BOOKLETS = re.compile(rf"(?P<section>[^/]+)/{BOOKLET}(\.pdf)?")
# The public pages that every site has, after the language; a test holds them to the routes.
FIXED_PAGES = frozenset({
    "", "guidance", "glossary", "resources", "modules", "modules/pack", "search", "candidates/checklist", "safety",
    "who-reads-what", "accessibility", "sign-in", "sign-up",
})  # fmt: skip
_DEEPEST = 5  # level of headings


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
        return self.topics.get(self.language_of_topics(language), frozenset())

    def language_of_topics(self, language: str) -> str:
        """The language whose topics its pages carry: its own where it has any."""
        return language if self.topics.get(language) else setting("DEFAULT_LANGUAGE")


def sentences(words: str) -> int:
    """How many sentences the words hold; words without an end count as one."""
    ends = list(_SENTENCE_END.finditer(words))
    rest = words[ends[-1].end() :] if ends else words
    return len(ends) + bool(rest.strip())


def check_body(page: PageFile, rendered: str, headings: list[Heading], known: Known) -> Iterator[Finding]:
    if not page.body.strip():
        yield Finding(page.file, page.body_line, "The page has no text.")
    yield from _headings(page, headings)
    yield from _doubles(page, rendered)
    yield from _links(page, rendered, known)
    for image in _IMAGE.findall(rendered):
        attributes = dict(_ATTRIBUTE.findall(image))
        if not html.unescape(attributes.get("alt", "")).strip():
            source = html.unescape(attributes.get("src", ""))
            message = "A picture without words for those who do not see it. Write ![What it shows](address)."
            yield Finding(page.file, _line_with(page, source), message)


def _headings(page: PageFile, headings: list[Heading]) -> Iterator[Finding]:
    before = 1
    for heading, line in zip(headings, _places(page, headings), strict=True):
        level = heading.level
        if heading.in_html:
            yield Finding(page.file, line, "Write headings with ## instead of HTML, so that they get an anchor.")
        elif level == 1:
            yield Finding(page.file, line, "The text holds no title; the header does. Begin headings with ##.")
        elif level > before + 1:
            remedy = "##" if before == 1 else "#" * (before + 1) + " or fewer"
            yield Finding(page.file, line, f"A heading of level {level} follows level {before}. Write {remedy}.")
        elif level > _DEEPEST:
            message = f"Headings go down to level {_DEEPEST}. Write {'#' * _DEEPEST} or fewer."
            yield Finding(page.file, line, message)
        before = level if level > 1 else before


def _places(page: PageFile, headings: list[Heading]) -> list[int]:
    """The line of each heading; where the lines that look like one are not as many, that on which the text begins."""
    lines: dict[bool, list[int]] = {False: [], True: []}
    for number, text in _written(page):
        if re.match(r"#{1,6}\s*[^#\s]", text):
            lines[False].append(number)
        lines[True] += [number for _found in _HTML_HEADING.finditer(_CODE.sub("", text))]
    numbers = Counter(heading.in_html for heading in headings)
    places = {
        in_html: iter(found) if len(found) == numbers[in_html] else itertools.repeat(page.body_line)
        for in_html, found in lines.items()
    }
    return [next(places[heading.in_html]) for heading in headings]


def _written(page: PageFile) -> Iterator[tuple[int, str]]:
    """Numbers and lines of the text, without those that are shown as they stand."""
    fenced = False
    for number, text in enumerate(page.body.split("\n"), start=page.body_line):
        if _FENCE.match(text):
            fenced = not fenced
        elif not fenced:
            yield number, text


def _doubles(page: PageFile, rendered: str) -> Iterator[Finding]:
    """Anchors that stand twice: a link would lead to the first, whichever was meant."""
    for name, number in Counter(one.removeprefix("c-") for one in _ID.findall(rendered)).items():
        if number > 1:
            anchor = html.unescape(name)
            message = f"Two places in this text have the anchor “{anchor}”. Give one of them another name."
            yield Finding(page.file, _line_naming(page, anchor), message)


def _line_naming(page: PageFile, anchor: str) -> int:
    """The last line that gives something this anchor, or where the text begins."""
    name = rf"(?:c-)?{re.escape(anchor)}"
    given = re.compile(rf"\{{[^}}]*#{name}[\s}}]|\bid\s*=\s*[\"']?{name}(?![\w:.-])", re.IGNORECASE)
    return max((number for number, text in _written(page) if given.search(text)), default=page.body_line)


def _links(page: PageFile, rendered: str, known: Known) -> Iterator[Finding]:
    own = known.anchors[(page.language, page.address)]
    for found in dict.fromkeys(_LINK.findall(rendered)):
        target = html.unescape(found).replace("#c-", "#")
        if message := _dead(target, page.language, own, known):
            yield Finding(page.file, _line_with(page, target), f"The link to “{target}” is dead: {message}")


def _dead(target: str, language: str, own: frozenset[str], known: Known) -> str:
    """Why a link leads nowhere, with the remedy; empty when it does not, or leads to another site."""
    if target.startswith("#"):
        # Footnotes make their anchors themselves.
        if target[1:] in own or target.startswith(("#fn:", "#fnref:")):
            return ""
        return "no heading on this page has that anchor."
    if _SCHEME.match(target) or target.startswith("//"):
        return ""
    found = _INSIDE.fullmatch(target)
    if not found:
        return f"write the whole address, beginning with /{language}/guidance/."
    # Pages may be written in a language before the site offers it, and lead to each other.
    if found["language"] not in {*setting("LANGUAGES"), language}:
        languages = ", ".join(setting("LANGUAGES"))
        return f"it begins with no language of this site ({languages}). Write /{language}/ and where it is."
    return _dead_inside(found, known)


def _dead_inside(target: re.Match[str], known: Known) -> str:
    language, path, anchor = target["language"], target["path"] or "", target["anchor"]
    if path.startswith("topics/"):
        return "" if path.removeprefix("topics/") in known.topics_in(language) else "there is no such topic."
    if path == "glossary" and anchor and anchor not in known.terms_in(language):
        return "there is no such term in the glossary."
    if path == "resources":
        topic = parse_qs(target["query"] or "").get("topic", [""])[0]
        if topic and topic not in known.topics_in(language):
            return "there is no such topic."
        if anchor and anchor not in known.resources:
            return "there is no such entry in resources.toml."
    if path in FIXED_PAGES:
        return ""
    address = _address(path)
    if address is None:
        begin = f"/{language}/guidance/section/page or /{language}/modules/code"
        return f"there is no such page on this site. Write {begin}."
    anchors = known.anchors_at(language, address)
    if anchors is None:
        return "there is no such page. An address is section or section/page."
    if anchor and anchor not in anchors and not _BOOKLETS.search(path):
        return f"that page has no anchor #{anchor}."
    return ""


def _address(path: str) -> str | None:
    """The address, as headers name it, of what an address of the site shows after its language; None where that is no
    page of ours. Booklets show their section."""
    folder, _, rest = path.partition("/")
    kind = next((one for one in kinds.every() if one.folder == folder), None)
    if kind is None or not rest or path in FIXED_PAGES:
        return None
    if not kind.in_sections:
        return f"{folder}/{rest.removesuffix('/guide')}"
    booklet = _BOOKLETS.fullmatch(rest)
    return booklet["section"] if booklet else rest


def leads_to(rendered: str) -> list[str]:
    """The addresses of our pages that rendered HTML links to, each once, in order."""
    targets = (_INSIDE.fullmatch(html.unescape(link)) for link in _LINK.findall(rendered))
    addresses = (_address(target["path"] or "") for target in targets if target)
    return list(dict.fromkeys(address for address in addresses if address))


def _line_with(page: PageFile, words: str) -> int:
    """The line of the file that holds the words, or where the text begins."""
    for number, text in enumerate(page.body.split("\n"), start=page.body_line):
        if words and words in text:
            return number
    return page.body_line
