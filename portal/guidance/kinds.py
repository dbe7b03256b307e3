"""The kinds of pages this store keeps: guidance itself, and what other features hand in through their record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.guidance.files import Finding, PageFile


def _nothing_more(_page: PageFile) -> Iterator[Finding]:
    return iter(())


@dataclass(frozen=True)
class Kind:
    name: str  # as stored with the page
    folder: str  # below content/<language>/
    slug: re.Pattern[str]
    slug_words: str  # what fits the pattern, for people
    in_sections: bool  # pages lie in folders that are their sections; else in the folder itself, which is their section
    keys: dict[str, type] = field(default_factory=dict)  # header keys after the common ones, in order
    tables: frozenset[str] = frozenset()  # those of them that are written as [[key]], after all others
    check: Callable[[PageFile], Iterator[Finding]] = _nothing_more  # called once every key has its type


GUIDANCE = Kind(
    name="guidance",
    folder="guidance",
    slug=re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    slug_words="a–z, 0–9 and single hyphens",
    in_sections=True,
)

_known: dict[str, Kind] = {GUIDANCE.name: GUIDANCE}


def know(kinds: Iterable[Kind]) -> None:
    """Called once, by app.py."""
    _known.update((kind.name, kind) for kind in kinds)


def every() -> tuple[Kind, ...]:
    return tuple(_known.values())


def of(name: str) -> Kind:
    return _known[name]
