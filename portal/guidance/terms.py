"""The first use of a glossary term on a page leads to the glossary: done once, when HTML is stored."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

# Attribute values may hold ">"; the cleaner leaves only double quotes.
_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^">]|"[^"]*")*>')
# No links inside these: links already, what names a part, what is read letter by letter, who said something.
_LEFT_ALONE = frozenset({"a", "h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "th", "summary", "abbr", "figcaption"})


@dataclass(frozen=True)
class Linker:
    """The terms of a language, ready to be found in a text."""

    language: str
    words: re.Pattern[str] | None  # None where the language has no terms
    slugs: dict[str, str]  # by the words in lower case with single spaces

    def link(self, page: str) -> str:
        """Cleaned HTML with the first use of each term linked."""
        if self.words is None:
            return page
        parts, place, depth = [], 0, 0
        linked: set[str] = set()
        for tag in _TAG.finditer(page):
            parts += [self._link_text(page[place : tag.start()], linked, depth), tag[0]]
            place = tag.end()
            if tag[2].lower() in _LEFT_ALONE:
                depth = max(0, depth - 1) if tag[1] else depth + 1
        return "".join([*parts, self._link_text(page[place:], linked, depth)])

    def _link_text(self, words: str, linked: set[str], depth: int) -> str:
        if depth or self.words is None or not words.strip():
            return words

        def link(found: re.Match[str]) -> str:
            slug = self.slugs.get(_plain(found[0]))  # none: letters that only look alike, such as ſ for s
            if slug is None or slug in linked:
                return found[0]
            linked.add(slug)
            return f'<a class="term" href="/{self.language}/glossary#{slug}">{found[0]}</a>'

        return self.words.sub(link, words)


def linker(language: str, terms: Iterable[tuple[str, Iterable[str]]]) -> Linker:
    """From slugs and the words that stand for each."""
    slugs = {_plain(html.escape(form, quote=False)): slug for slug, forms in terms for form in forms}
    # The longest first, so that "peer worker" is not read as "peer".
    longest_first = sorted(slugs, key=lambda words: (-len(words), words))
    alternatives = "|".join(re.escape(words).replace(r"\ ", r"\s+") for words in longest_first)
    words = re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])", re.IGNORECASE) if slugs else None
    return Linker(language, words, slugs)


def _plain(words: str) -> str:
    return " ".join(words.lower().split())
