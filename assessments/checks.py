"""What is wrong with the files of an instrument, said so that whoever writes them can put it right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessments.answers import SCALE_VALUES
from assessments.files import (
    INSTRUMENTS,
    LINKS_FILE,
    STRUCTURE_FILE,
    InstrumentFileError,
    languages,
    load_instrument,
    load_links,
    load_words,
    read_toml,
    structure_digest,
)
from assessments.model import Instrument, Item, ItemWords, Links, Scale, Words

MARKS = frozenset({"equality", "self-determination", "involvement", "strengths", "community", "meeting", "respect"})
CODE = re.compile(r"[A-Z]+[0-9]*(\.[0-9]+)?")
PAGE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")
MODULE = re.compile(r"[A-Z][0-9]+")
REWORDINGS = ("typo", "same meaning")

# What a candidate is never asked (instruments.md §2.4.3), by language, as the words that would ask it.
NEVER_ASK: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(drugs?|drug use|heroin|cocaine|crack|alcohol|inject\w*|smok\w*|last use\w*|how often you use|"
        r"treatment|OAT|methadone|buprenorphine|detox|rehab|HIV|HCV|hepatitis|health|mental|illness|diagnos\w*|"
        r"disab\w*|pregnan\w*|sex|sex work|sexual\w*|income|criminal|convict\w*|conviction|arrest\w*|prison|court|"
        r"probation|immigra\w*|asylum|visa|residence permit|nationality|homeless\w*|housing|landlord|relig\w*|"
        r"ethnic\w*|orientation|gender|names of|who your friends are|handle|instagram|facebook|tiktok|social media|"
        r"photos?|date of birth|birthday|born|how old|home address|your address|postcode)\b",
        re.IGNORECASE,
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """``file`` is "principles-1/en.toml"; ``where`` the key ("items.EQ1.levels"), "line 12", or "" for all of it."""

    file: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.where else ''}{self.where}: {self.message}"


def check_folder(folder: Path) -> list[Finding]:
    """All findings about one instrument. Where the structure cannot be read, that is the only one."""
    try:
        instrument = load_instrument(folder)
    except InstrumentFileError as error:
        return [_unreadable(error)]
    found = [Finding(f"{folder.name}/{STRUCTURE_FILE}", where, why) for where, why in _structure(instrument, folder)]
    if not languages(folder):
        found.append(Finding(folder.name, "", "there is no file of words, such as en.toml."))
    for language in languages(folder):
        found += check_words(instrument, folder, language)
    try:
        links = load_links(folder)
    except InstrumentFileError as error:
        return [*found, _unreadable(error)]
    return found + [Finding(f"{folder.name}/{LINKS_FILE}", where, why) for where, why in _links(instrument, links)]


def check_words(instrument: Instrument, folder: Path, language: str) -> list[Finding]:
    """What is missing or too much in the words of one language."""
    try:
        words = load_words(folder, language)
    except InstrumentFileError as error:
        return [_unreadable(error)]
    empty = dict.fromkeys(_blank_keys(read_toml(folder / f"{language}.toml")), "is empty.")
    missing = dict(_missing(instrument, words))
    found = [*{**missing, **empty}.items(), *_surplus(instrument, words), *_changed(instrument, words)]
    if not instrument.groups:
        found += _never_ask(words)
    return [Finding(f"{folder.name}/{language}.toml", where, why) for where, why in found]


def check_rewording(old: Words, new: Words) -> list[Finding]:
    """Every item, section or scale (and title, summary) that reads differently must be named in ``changed``."""
    before, after = _texts_by_key(old), _texts_by_key(new)
    return [
        Finding(
            f"{new.language}.toml",
            f"changed.{key}",
            f"the words of {key} differ from the stored ones; say here whether it is {_either(REWORDINGS)}.",
        )
        for key in {**before, **after}
        if before.get(key) != after.get(key) and key not in new.changed
    ]


def check_frozen(folder: Path, digests: Mapping[str, str]) -> list[Finding]:
    """A released structure stays as it is: its digest must equal the one kept under the folder's name, if any."""
    known = digests.get(folder.name)
    if known is None or structure_digest(folder) == known:
        return []
    message = "this instrument is released and may not change; undo the change, or copy the folder to a new version."
    return [Finding(f"{folder.name}/{STRUCTURE_FILE}", "", message)]


def released_digests() -> dict[str, str]:
    """Digests of the released instruments by name, as kept beside them."""
    return {name: str(digest) for name, digest in read_toml(INSTRUMENTS / "digests.toml").items()}


Findings = Iterator[tuple[str, str]]  # key and message


def _structure(instrument: Instrument, folder: Path) -> Findings:
    if instrument.name != folder.name:
        yield "name", f"is “{instrument.name}”, but the folder is called “{folder.name}”."
    if len(set(instrument.groups)) < len(instrument.groups):
        yield "groups", "names a rater group twice."
    sections = {section.code for section in instrument.sections}
    for kind, entries in (("sections", instrument.sections), ("items", instrument.items)):
        for entry in entries:
            if not CODE.fullmatch(entry.code):
                yield f"{kind}.{entry.code}", "is not a code such as EQ1 or F1.01: capital letters, then digits."
    for item in instrument.items:
        if item.code in sections:
            yield f"items.{item.code}", "is the code of a section too; sections and items need a code each."
    for section in instrument.sections:
        if section.mark not in MARKS:
            yield f"sections.{section.code}.mark", f"“{section.mark}” is no mark; expected {_either(sorted(MARKS))}."
        if not instrument.items_of(section.code):
            yield f"sections.{section.code}", "has no items."
    for item in instrument.items:
        yield from _item_raters(instrument, item)


def _item_raters(instrument: Instrument, item: Item) -> Findings:
    for group in item.raters:
        if group not in instrument.groups:
            yield f"items.{item.code}.raters", f"“{group}” is not listed in groups."
    if instrument.groups and not item.raters:
        yield f"items.{item.code}.raters", "nobody is asked; name at least one rater group."


def _missing(instrument: Instrument, words: Words) -> Findings:
    if not words.title:
        yield "title", "is missing."
    if not words.summary:
        yield "summary", "is missing."
    for scale in dict.fromkeys(section.scale for section in instrument.sections):
        for answer in SCALE_VALUES[scale]:
            if answer not in words.scales.get(scale, {}):
                yield f"scales.{scale}.{answer}", "this answer has no words."
            elif not words.scales[scale][answer].label:
                yield f"scales.{scale}.{answer}.label", "is missing."
    for section in instrument.sections:
        named = words.sections.get(section.code)
        if named is None:
            yield f"sections.{section.code}", "this section has no words."
        else:
            if not named.name:
                yield f"sections.{section.code}.name", "is missing."
            if not named.summary:
                yield f"sections.{section.code}.summary", "is missing."
    for item in instrument.items:
        worded = words.items.get(item.code)
        if worded is None:
            yield f"items.{item.code}", "this item has no words."
        else:
            yield from _missing_in_item(instrument.section(item.section).scale, f"items.{item.code}", worded)


def _missing_in_item(scale: Scale, where: str, worded: ItemWords) -> Findings:
    levels = len(SCALE_VALUES[Scale.LEVELS]) if scale is Scale.LEVELS else 0
    if len(worded.levels) != levels:
        yield f"{where}.levels", f"has {len(worded.levels)} texts; expected {levels}."
    needed: dict[str, str | tuple[str, ...]] = {"statement": worded.statement}
    if scale is Scale.LEVELS:
        needed |= {"short": worded.short, "look_for": worded.look_for, "talk": worded.talk}
    elif scale is Scale.FIT:
        needed["support"] = worded.support
    else:
        needed["prompt"] = worded.prompt
    for key, text in needed.items():
        if not text:
            yield f"{where}.{key}", "is missing."


def _surplus(instrument: Instrument, words: Words) -> Findings:
    scales = {section.scale for section in instrument.sections}
    for scale, answers in words.scales.items():
        if scale not in scales:
            yield f"scales.{scale}", "no section of the instrument uses this scale."
        for answer in answers:
            if answer not in SCALE_VALUES[scale]:
                yield f"scales.{scale}.{answer}", f"there is no such answer; expected {_either(SCALE_VALUES[scale])}."
    sections = {section.code for section in instrument.sections}
    for code in words.sections:
        if code not in sections:
            yield f"sections.{code}", "the instrument has no such section."
    for code in words.items:
        if instrument.item(code) is None:
            yield f"items.{code}", "the instrument has no such item."


def _changed(instrument: Instrument, words: Words) -> Findings:
    known = _texts_by_key(words).keys()
    for key, how in words.changed.items():
        if key not in known:
            yield f"changed.{key}", "is neither an item, a section nor a scale of this file."
        if how not in REWORDINGS:
            yield f"changed.{key}", f"is “{how}”; expected {_either(REWORDINGS)}. More needs a new version."


def _never_ask(words: Words) -> Findings:
    pattern = NEVER_ASK.get(words.language)
    for code, worded in words.items.items():
        for key, text in (("statement", worded.statement), ("prompt", worded.prompt)):
            if pattern and (hit := pattern.search(text)):
                yield f"items.{code}.{key}", f"“{hit[0]}” touches what a candidate is never asked."


def _links(instrument: Instrument, links: Mapping[str, Links]) -> Findings:
    for code, entry in links.items():
        if instrument.item(code) is None:
            yield f"items.{code}", "the instrument has no such item."
        for page in entry.pages:
            if not PAGE.fullmatch(page):
                yield f"items.{code}.pages", f"“{page}” is not an address such as principles/equality."
        for module in entry.modules:
            if not MODULE.fullmatch(module):
                yield f"items.{code}.modules", f"“{module}” is not the code of a module such as A1."


def _texts_by_key(words: Words) -> dict[str, object]:
    """Everything that can be reworded, under the key that names it in ``changed``."""
    scales = {scale.value: answers for scale, answers in words.scales.items()}
    return {"title": words.title, "summary": words.summary, **scales, **words.sections, **words.items}


def _blank_keys(value: Any, where: str = "") -> Iterator[str]:
    """Keys of the texts that hold nothing but white space; a list is one key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _blank_keys(inner, f"{where}.{key}" if where else key)
    elif (isinstance(value, str) and not value.strip()) or (
        isinstance(value, list) and any(isinstance(text, str) and not text.strip() for text in value)
    ):
        yield where


def _unreadable(error: InstrumentFileError) -> Finding:
    where = f"line {error.line}" if error.line else error.where
    return Finding(f"{error.path.parent.name}/{error.path.name}", where, error.message)


def _either(choices: tuple[str, ...] | list[str]) -> str:
    return " or ".join(f"“{choice}”" for choice in choices)
