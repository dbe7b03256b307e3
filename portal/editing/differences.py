"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

_WORDS = re.compile(r"\S+|\s")
_MOST = 4_000  # lines of both texts, or words of one changed passage: beyond, they are told as a whole
_AROUND = 1  # unchanged lines shown on either side of a change


class Change(StrEnum):
    KEPT = "kept"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True)
class Part:
    change: Change
    text: str


@dataclass(frozen=True)
class Passage:
    """Lines that belong together: with a change in them or near one, or a run of unchanged ones."""

    changed: bool
    lines: tuple[tuple[Part, ...], ...]


def compare(old: str, new: str) -> list[Part]:
    """Parts in order: kept and out together are the old text, kept and in the new one."""
    parts: list[Part] = []
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if old != new and len(old_lines) + len(new_lines) > _MOST:
        return _joined([Part(Change.OUT, old), Part(Change.IN, new)])
    for change, before, after in _blocks(old_lines, new_lines):
        if change is Change.KEPT:
            parts.append(Part(Change.KEPT, before))
        else:
            parts += _compare_words(before, after)
    return _joined(parts)


def _compare_words(old: str, new: str) -> Iterator[Part]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _MOST:
        yield Part(Change.OUT, old)
        yield Part(Change.IN, new)
        return
    for change, out, put_in in _blocks(before, after):
        if change is Change.KEPT:
            yield Part(Change.KEPT, out)
            continue
        yield Part(Change.OUT, out)
        yield Part(Change.IN, put_in)


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[Change, str, str]]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield Change.KEPT if tag == "equal" else Change.OUT, "".join(old[i1:i2]), "".join(new[j1:j2])


def _joined(parts: list[Part]) -> list[Part]:
    """Without empty parts and without a mere space between two changes; what is out stands before what is in."""
    found: list[Part] = []
    changes = {Change.OUT: "", Change.IN: ""}

    def settle() -> None:
        found.extend(Part(change, text) for change, text in changes.items() if text)
        changes.update({Change.OUT: "", Change.IN: ""})

    for place, part in enumerate(parts):
        if part.change is not Change.KEPT:
            changes[part.change] += part.text
        elif part.text == " " and any(changes.values()) and _goes_on(parts, place):
            changes[Change.OUT] += " "
            changes[Change.IN] += " "
        elif part.text:
            settle()
            found.append(part)
    settle()
    return found


def _goes_on(parts: list[Part], place: int) -> bool:
    return place + 1 < len(parts) and parts[place + 1].change is not Change.KEPT


def by_line(parts: list[Part]) -> list[tuple[Part, ...]]:
    """The parts of each line, without line ends; empty lines are left out."""
    lines: list[list[Part]] = [[]]
    for part in parts:
        first, *more = part.text.split("\n")
        lines[-1].append(Part(part.change, first))
        lines += [[Part(part.change, text)] for text in more]
    full = (tuple(part for part in line if part.text) for line in lines)
    return [line for line in full if line]


def passages(parts: list[Part]) -> list[Passage]:
    """The lines in passages, so that what stayed the same can be folded away."""
    lines = by_line(parts)
    changed = {place for place, line in enumerate(lines) if any(part.change is not Change.KEPT for part in line)}
    near = {place + step for place in changed for step in range(-_AROUND, _AROUND + 1)}
    return [
        Passage(is_near, tuple(lines[place] for place in places))
        for is_near, places in groupby(range(len(lines)), key=near.__contains__)
    ]
