"""What somebody typed, read as words, phrases and words that must not be there. No input is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.search import folding

LONGEST = 200  # characters that are looked at
MOST_PARTS = 12
_SHORTEST_PREFIX = 2  # letters

_QUOTES = str.maketrans("“”„«»‟″", '"""""""')
_PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Part:
    """One word, or several that follow each other; folded."""

    words: tuple[str, ...]
    prefix: bool = False  # the last one may go on

    @property
    def for_sqlite(self) -> str:
        return f'"{" ".join(self.words)}"' + ("*" if self.prefix else "")

    @property
    def for_postgres(self) -> str:
        *before, last = (f"'{word}'" for word in self.words)
        return f"({' <-> '.join([*before, last + (':*' if self.prefix else '')])})"

    @property
    def needle(self) -> str:
        """How the part stands in a folded text whose words are set apart by two spaces, one at each end."""
        joined = "  ".join(self.words)
        return f" {joined}" if self.prefix else f" {joined} "


@dataclass(frozen=True)
class Query:
    """All of ``parts`` in one text, for each at least one of its ways to be written; none of ``without``."""

    parts: tuple[tuple[Part, ...], ...] = ()
    without: tuple[Part, ...] = ()

    @property
    def every_part(self) -> tuple[Part, ...]:
        return tuple(dict.fromkeys(part for ways in self.parts for part in ways))

    @property
    def for_sqlite(self) -> str:
        wanted = " AND ".join(f"({' OR '.join(way.for_sqlite for way in ways)})" for ways in self.parts)
        unwanted = " OR ".join(part.for_sqlite for part in self.without)
        return f"({wanted}) NOT ({unwanted})" if unwanted else wanted

    @property
    def for_postgres(self) -> str:
        wanted = [f"({' | '.join(way.for_postgres for way in ways)})" for ways in self.parts]
        return " & ".join([*wanted, *(f"!{part.for_postgres}" for part in self.without)])


def read(typed: str) -> Query:
    """Phrases stand in quotation marks, ``-`` before what must not be there; the last word may be unfinished."""
    wanted: list[Part] = []
    unwanted: list[Part] = []
    open_end = False
    for found in list(_PART.finditer(typed[:LONGEST].translate(_QUOTES).replace("\0", " ")))[:MOST_PARTS]:
        words = tuple(folding.fold(found["phrase"] or found["word"] or "").split())
        if words:
            (unwanted if found["minus"] else wanted).append(Part(words))
            open_end = not found["minus"] and found["word"] is not None
    if wanted and open_end and len(wanted[-1].words[-1]) >= _SHORTEST_PREFIX:
        wanted[-1] = replace(wanted[-1], prefix=True)
    return Query(tuple((part,) for part in dict.fromkeys(wanted)), tuple(unwanted))


def marker(parts: Iterable[Part]) -> re.Pattern[str]:
    """Finds any of the parts in an original text."""
    ways = [folding.pattern(part.words, prefix=part.prefix) for part in parts]
    return re.compile("|".join(ways), re.DOTALL)
