"""What a copy holds, in words, and how it lies sealed in the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.model import Words
from portal import keys
from portal.candidates import checklist
from portal.candidates.checklist import Checklist


@dataclass(frozen=True)
class Item:
    """A chosen card as it stood: statement and answer in words, and what would help."""

    code: str
    statement: str
    answer: str
    support: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """All that a lead sees of a copy: the edited sheet and the chosen cards. No note can get in."""

    sheet: dict[str, str]
    items: tuple[Item, ...]
    instrument: str = checklist.INSTRUMENT
    language: str = "en"


def digest(content: Content) -> str:
    """The same for the same content: whether what is shared is what was looked at."""
    return hashlib.sha256(json.dumps(_as_stored(content), sort_keys=True).encode()).hexdigest()


def chosen_items(found: Checklist, codes: Collection[str], words: Words) -> tuple[Item, ...]:
    """The chosen cards in words, in the instrument's order; cards without an answer cannot be chosen."""
    items = []
    for item in checklist.instrument().items:
        if item.code in codes and item.code in found.answers:
            written = words.items[item.code]
            scale = checklist.instrument().section(item.section).scale
            places = found.supports.get(item.code, ()) if found.answers[item.code] == "support" else ()
            support = tuple(written.support[place] for place in places if place < len(written.support))
            answer = words.scales[scale][found.answers[item.code]].label
            items.append(Item(item.code, written.statement, answer, support))
    return tuple(items)


def _as_stored(content: Content) -> dict[str, Any]:
    sheet = {part: checklist.tidy(content.sheet.get(part, "")) for part in checklist.SHEET_PARTS}
    return {
        "instrument": content.instrument,
        "language": content.language,
        "sheet": sheet,
        "items": [[item.code, item.statement, item.answer, list(item.support)] for item in content.items],
    }


def seal_content(copy_id: UUID, content: Content) -> bytes:
    return keys.seal(json.dumps(_as_stored(content)), f"copy:{copy_id}")


def open_content(row: Any) -> Content:
    stored = json.loads(keys.unseal(row.sealed, f"copy:{row.id}"))
    items = tuple(Item(code, statement, answer, tuple(support)) for code, statement, answer, support in stored["items"])
    return Content(stored["sheet"], items, stored["instrument"], stored["language"])
