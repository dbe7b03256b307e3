"""What readers come to do, and the pages to begin with: three groups of readers, four pages each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.guidance.shelf import Line

# For whom, then what they want to do and the address of the page that begins it.
ENTRIES: tuple[tuple[Any, tuple[tuple[Any, str], ...]], ...] = (
    (
        _l("You lead an agency or a programme"),
        (
            (_l("Convince the team that it is worth it"), "why/why-peer-work"),
            (_l("Choose how people take part"), "involvement/forms-of-involvement"),
            (_l("Choose and find peer workers"), "prepare/selection"),
            (_l("Pay fairly"), "employing/pay"),
        ),
    ),
    (
        _l("You are a peer worker"),
        (
            (_l("See what peer work is, and what it is not"), "why/what-peer-work-is"),
            (_l("Keep what people tell you safe"), "prepare/confidentiality"),
            (_l("Be a friend and a colleague at once"), "support/different-hats"),
            (_l("Find support after a hard day"), "support/after-hard-moments"),
        ),
    ),
    (
        _l("You train peer workers"),
        (
            (_l("Plan what to teach"), "prepare/training"),
            (_l("Train so that it stays"), "support/training-that-works"),
            (_l("Practise talking both ways"), "practice/two-way-talk"),
            (_l("Work through a case together"), "practice/what-would-happen-at-your-service"),
        ),
    ),
)


@dataclass(frozen=True)
class Wish:
    words: Any
    page: Line


def list_entries(pages: Mapping[str, Line]) -> list[tuple[Any, list[Wish]]]:
    """For whom, and what there is to begin with, of pages by the names that lead to them."""
    groups = [
        (reader, [Wish(words, pages[address]) for words, address in wishes if address in pages])
        for reader, wishes in ENTRIES
    ]
    return [(reader, wishes) for reader, wishes in groups if wishes]
