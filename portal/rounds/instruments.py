"""Instruments in the database: released ones are frozen, their wordings numbered (architecture.md §1.11)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import peewee

from assessments import checks, files, storing
from assessments.model import Instrument, Words
from portal import audit, db
from portal.rounds.models import Round, StoredInstrument, Wording

FALLBACK_LANGUAGE = "en"

# Released instruments and numbered wordings never change, so a process reads each of them once.
_instruments: dict[UUID, Instrument] = {}
_words: dict[tuple[UUID, str, int], Words] = {}


class InstrumentsUnusable(Exception):
    """Instrument files that cannot be loaded; the text names file, place and remedy."""


@db.transaction
def load_instruments(folders: tuple[Path, ...] | None = None) -> None:
    """Bring the stored instruments up to date with the files. Raises InstrumentsUnusable, and then changes nothing."""
    for folder in files.shipped() if folders is None else folders:
        stored, changed = _load_structure(folder)
        for language in files.languages(folder):
            changed |= _load_words(stored, folder, language)
        if changed:
            audit.record("rounds.load_instrument", stored)


def _load_structure(folder: Path) -> tuple[StoredInstrument, bool]:
    """The stored instrument, and whether anything of it is new."""
    try:
        instrument, digest = files.load_instrument(folder), files.structure_digest(folder)
    except files.InstrumentFileError as error:
        raise InstrumentsUnusable(str(error)) from error
    stored = StoredInstrument.get_or_none(StoredInstrument.name == instrument.name)
    values = {
        "released": instrument.released,
        "digest": digest,
        "structure": storing.instrument_to_dict(instrument),
    }
    if stored is None:
        return StoredInstrument.create(name=instrument.name, **values), True
    if stored.digest == digest:
        return stored, False
    if stored.released:
        raise InstrumentsUnusable(
            f"{folder.name}/{files.STRUCTURE_FILE} differs from what was released on {stored.released}. A released "
            f"instrument is frozen: undo the change, or copy the folder to a new version."
        )
    StoredInstrument.update(**values).where(StoredInstrument.id == stored.id).execute()
    return StoredInstrument.get_by_id(stored.id), True


def _load_words(stored: StoredInstrument, folder: Path, language: str) -> bool:
    """Whether they are new."""
    try:
        words = files.load_words(folder, language)
    except files.InstrumentFileError as error:
        raise InstrumentsUnusable(str(error)) from error
    newest = (
        Wording.select()
        .where(Wording.instrument == stored, Wording.language == language)
        .order_by(Wording.number.desc())
        .first()
    )
    if newest is None:
        Wording.create(instrument=stored, language=language, number=1, words=storing.words_to_dict(words))
        return True
    old = storing.words_from_dict(newest.words)
    if replace(old, changed={}) == replace(words, changed={}):
        return False
    if not stored.released:
        Wording.update(words=storing.words_to_dict(words)).where(Wording.id == newest.id).execute()
        return True
    undeclared = checks.check_rewording(old, words)
    if undeclared:
        sentences = " ".join(f"{folder.name}/{finding}" for finding in undeclared)
        raise InstrumentsUnusable(f"{sentences} A change of meaning needs a new version of the instrument.")
    Wording.create(instrument=stored, language=language, number=newest.number + 1, words=storing.words_to_dict(words))
    return True


def get_instrument(name: str) -> Instrument | None:
    """The structure stored under this name."""
    stored = StoredInstrument.get_or_none(StoredInstrument.name == name)
    return storing.instrument_from_dict(stored.structure) if stored else None


def instrument_of(round_: Round) -> Instrument:
    """The structure the round asks. Costs no statement once this process has read it."""
    key = round_.instrument_id
    if key not in _instruments:
        stored = StoredInstrument.get_by_id(key)
        _instruments[key] = storing.instrument_from_dict(stored.structure)
    return _instruments[key]


def words_of(round_: Round, language: str) -> Words:
    """The words the round was opened with: in this language, else in English. Costs no statement once read."""
    pinned: dict[str, int] = round_.wordings
    chosen = next(code for code in (language, FALLBACK_LANGUAGE, *sorted(pinned)) if code in pinned)
    return _read_words(round_.instrument_id, chosen, pinned[chosen])


def _read_words(instrument: UUID, language: str, number: int) -> Words:
    key = (instrument, language, number)
    if key not in _words:
        wording = Wording.get(Wording.instrument == instrument, Wording.language == language, Wording.number == number)
        _words[key] = storing.words_from_dict(wording.words)
    return _words[key]


def newest_wordings(instrument: UUID) -> dict[str, int]:
    """Language to number of the newest wording."""
    newest: Any = (
        Wording.select(Wording.language, peewee.fn.MAX(Wording.number))
        .where(Wording.instrument == instrument)
        .group_by(Wording.language)
        .order_by(Wording.language)
        .tuples()
    )
    return dict(newest)


def list_offered(language: str) -> list[tuple[StoredInstrument, Words]]:
    """Released instruments that have rounds, by name, each with its newest words in this language or in English."""
    offered = []
    for stored in (
        StoredInstrument.select().where(StoredInstrument.released.is_null(False)).order_by(StoredInstrument.name)
    ):
        if stored.structure["groups"]:
            numbers = newest_wordings(stored.id)
            chosen = next(code for code in (language, FALLBACK_LANGUAGE, *numbers) if code in numbers)
            offered.append((stored, _read_words(stored.id, chosen, numbers[chosen])))
    return offered
