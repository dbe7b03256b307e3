"""Instruments as files: a folder with `instrument.toml`, one `<language>.toml` per language and `links.toml`.

The format is in architecture.md §1.11. Everything raised here is an InstrumentFileError.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from assessments.model import (
    AnswerWords,
    Instrument,
    Item,
    ItemWords,
    Judges,
    Links,
    RaterGroup,
    Scale,
    Section,
    SectionWords,
    Words,
)
from assessments.storing import instrument_to_dict

INSTRUMENTS = Path(__file__).parent / "instruments"
STRUCTURE_FILE = "instrument.toml"
LINKS_FILE = "links.toml"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")

Table = Mapping[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

KINDS: Mapping[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    list: "a list in square brackets",
    dict: "a table",
    date: "a date such as 2026-11-22",
}


class InstrumentFileError(ValueError):
    """A file cannot be read. ``line`` is known for TOML syntax only; ``where`` names the key ("items.EQ1.section")."""

    def __init__(self, path: Path, line: int | None, message: str, where: str = "") -> None:
        self.path, self.line, self.message, self.where = path, line, message, where
        place = f"{path.parent.name}/{path.name}" + (f", line {line}" if line else "") + (f", {where}" if where else "")
        super().__init__(f"{place}: {message}")


def shipped() -> tuple[Path, ...]:
    """Folders of the instruments that come with the portal, sorted by name."""
    return tuple(sorted((path.parent for path in INSTRUMENTS.glob(f"*/{STRUCTURE_FILE}")), key=lambda p: p.name))


def languages(folder: Path) -> tuple[str, ...]:
    """Codes of the languages that have a file of words, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if LANGUAGE.fullmatch(path.stem)))


def load_instrument(folder: Path) -> Instrument:
    """The structure in `instrument.toml`, with its sections and items in the order of the file."""
    path = folder / STRUCTURE_FILE
    table = read_toml(path)
    _only(path, table, "", ("name", "released", "groups", "sections", "items"))
    sections = tuple(
        _section(path, f"sections.{code}", code, entry) for code, entry in _tables(path, table, "", "sections").items()
    )
    known = {section.code for section in sections}
    return Instrument(
        name=_value(path, table, "", "name", str),
        released=_value(path, table, "", "released", date) if "released" in table else None,
        groups=tuple(
            _member(path, "groups", RaterGroup, group) for group in _texts(path, table, "", "groups", required=True)
        ),
        sections=sections,
        items=tuple(
            _item(path, f"items.{code}", code, entry, known)
            for code, entry in _tables(path, table, "", "items").items()
        ),
    )


def load_words(folder: Path, language: str) -> Words:
    """The words of one language. What is left out reads as empty; `checks.check_folder` names it."""
    path = folder / f"{language}.toml"
    table = read_toml(path)
    _only(path, table, "", ("title", "summary", "scales", "sections", "items", "changed"))
    scales = {
        _member(path, "scales", Scale, scale): {
            answer: _answer_words(path, f"scales.{scale}.{answer}", entry)
            for answer, entry in _tables(path, answers, f"scales.{scale}", None).items()
        }
        for scale, answers in _tables(path, table, "", "scales").items()
    }
    changed = _value(path, table, "", "changed", dict, {})
    return Words(
        language=language,
        title=_value(path, table, "", "title", str, ""),
        summary=_value(path, table, "", "summary", str, ""),
        scales=scales,
        sections={
            code: _section_words(path, f"sections.{code}", entry)
            for code, entry in _tables(path, table, "", "sections").items()
        },
        items={
            code: _item_words(path, f"items.{code}", entry) for code, entry in _tables(path, table, "", "items").items()
        },
        changed={code: _value(path, changed, "changed", code, str) for code in changed},
    )


def load_links(folder: Path) -> dict[str, Links]:
    """Pages and modules per item code; items without any are left out, and so may be the whole file."""
    path = folder / LINKS_FILE
    if not path.exists():
        return {}
    table = read_toml(path)
    _only(path, table, "", ("items",))
    links = {}
    for code, entry in _tables(path, table, "", "items").items():
        where = f"items.{code}"
        _only(path, entry, where, ("pages", "modules"))
        links[code] = Links(_texts(path, entry, where, "pages"), _texts(path, entry, where, "modules"))
    return links


def structure_digest(folder: Path) -> str:
    """SHA-256 (hex) of what `instrument.toml` means: comments and white space do not count, order does."""
    canonical = json.dumps(instrument_to_dict(load_instrument(folder)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_toml(path: Path) -> dict[str, Any]:
    """The file as plain values; a syntax error carries its line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InstrumentFileError(path, None, "the file is missing.") from None
    except UnicodeDecodeError:
        raise InstrumentFileError(path, None, "the file is not saved as UTF-8 text.") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise InstrumentFileError(path, line, f"this is not TOML: {reason}.") from None


def _section(path: Path, where: str, code: str, entry: Table) -> Section:
    _only(path, entry, where, ("mark", "scale"))
    scale = _value(path, entry, where, "scale", str, Scale.LEVELS.value)
    return Section(code, _value(path, entry, where, "mark", str), _member(path, f"{where}.scale", Scale, scale))


def _item(path: Path, where: str, code: str, entry: Table, sections: Iterable[str]) -> Item:
    _only(path, entry, where, ("section", "raters", "critical"))
    section = _value(path, entry, where, "section", str)
    if section not in sections:
        raise InstrumentFileError(path, None, f"there is no section “{section}” in this file.", f"{where}.section")
    raters = _value(path, entry, where, "raters", dict, {})
    judged = {
        _member(path, f"{where}.raters", RaterGroup, group): _member(
            path, f"{where}.raters.{group}", Judges, _value(path, raters, f"{where}.raters", group, str)
        )
        for group in raters
    }
    return Item(code, section, judged, _value(path, entry, where, "critical", bool, False))


def _answer_words(path: Path, where: str, entry: Table) -> AnswerWords:
    _only(path, entry, where, ("label", "help"))
    return AnswerWords(_value(path, entry, where, "label", str, ""), _value(path, entry, where, "help", str, ""))


def _section_words(path: Path, where: str, entry: Table) -> SectionWords:
    _only(path, entry, where, ("name", "summary"))
    return SectionWords(_value(path, entry, where, "name", str, ""), _value(path, entry, where, "summary", str, ""))


def _item_words(path: Path, where: str, entry: Table) -> ItemWords:
    _only(path, entry, where, ("short", "statement", "levels", "look_for", "prompt", "talk", "support"))
    return ItemWords(
        statement=_value(path, entry, where, "statement", str, ""),
        levels=_texts(path, entry, where, "levels"),
        look_for=_value(path, entry, where, "look_for", str, ""),
        prompt=_value(path, entry, where, "prompt", str, ""),
        talk=_value(path, entry, where, "talk", str, ""),
        support=_texts(path, entry, where, "support"),
        short=_value(path, entry, where, "short", str, ""),
    )


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _only(path: Path, table: Table, where: str, allowed: tuple[str, ...]) -> None:
    for key in table:
        if key not in allowed:
            raise InstrumentFileError(path, None, f"unknown key; allowed here: {', '.join(allowed)}.", _at(where, key))


def _value(path: Path, table: Table, where: str, key: str, kind: type[T], default: T | None = None) -> T:
    """The value under the key; without a default it must be there."""
    value = table.get(key, default)
    # A TOML time with a date is a datetime, which Python counts as a date too.
    if type(value) is not kind:
        state = "missing" if value is None else "not what belongs here"
        raise InstrumentFileError(path, None, f"{state}; expected {KINDS[kind]}.", _at(where, key))
    return value


def _texts(path: Path, table: Table, where: str, key: str, required: bool = False) -> tuple[str, ...]:
    texts = _value(path, table, where, key, list, None if required else [])
    for text in texts:
        if not isinstance(text, str):
            raise InstrumentFileError(path, None, "every entry of the list must be text in quotes.", _at(where, key))
    return tuple(texts)


def _tables(path: Path, table: Table, where: str, key: str | None) -> dict[str, Table]:
    """The tables under the key, or those the table itself consists of; none where the key is missing."""
    tables: Table = table if key is None else _value(path, table, where, key, dict, {})
    return {name: _value(path, tables, where if key is None else _at(where, key), name, dict) for name in tables}


def _member(path: Path, where: str, kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise InstrumentFileError(path, None, f"“{value}” is not known; expected one of {known}.", where) from None
