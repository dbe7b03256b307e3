"""The questions that belong to a page, in the words of the shipped instruments. Asks no database."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from assessments import files
from assessments.model import Instrument, Words
from portal.config import setting

# The principles: address of the page to its mark (design/README.md). Their questions come from PRINCIPLES.
MARKS = {
    "equality": "equality",
    "self-determination": "self-determination",
    "genuine-and-full-involvement": "involvement",
    "building-on-strengths": "strengths",
    "community-development": "community",
    "meeting-people-where-they-are": "meeting",
    "mutual-respect": "respect",
}
PRINCIPLES_SECTION = "principles"
PRINCIPLES = "principles-1"
MODULES = "modules/"  # what a module's name begins with


@dataclass(frozen=True)
class Question:
    code: str
    statement: str


@dataclass(frozen=True)
class Questions:
    """The questions of one instrument that belong to a page. ``own`` ones a person answers alone, on the checklist."""

    title: str
    own: bool
    questions: tuple[Question, ...]


@functools.cache
def _folders() -> dict[str, Path]:
    return {folder.name: folder for folder in files.shipped()}


@functools.cache
def _instrument(name: str) -> Instrument:
    return files.load_instrument(_folders()[name])


@functools.cache
def _words(name: str, language: str) -> Words:
    """The words in a language, in the site's own where the instrument lacks it."""
    folder = _folders()[name]
    return files.load_words(folder, language if language in files.languages(folder) else setting("DEFAULT_LANGUAGE"))


def exists(code: str) -> bool:
    """Whether ``instrument/item`` is a question of a shipped instrument."""
    name, _, item = code.partition("/")
    return name in _folders() and _instrument(name).item(item) is not None


def list_questions(codes: list[str], language: str) -> list[Questions]:
    """The codes by instrument, in the order in which they are first named. Codes nobody knows any more are left out."""
    by_instrument: dict[str, list[str]] = {}
    for code in codes:
        name, _, item = code.partition("/")
        if name in _folders() and _instrument(name).item(item) is not None:
            by_instrument.setdefault(name, []).append(item)
    found = []
    for name, items in by_instrument.items():
        words = _words(name, language)
        questions = tuple(Question(item, words.items[item].statement) for item in items)
        found.append(Questions(words.title, not _instrument(name).groups, questions))
    return found


def modules_in(codes: list[str]) -> list[str]:
    """The modules among the names: ``K1`` for ``modules/K1``."""
    return [code.removeprefix(MODULES) for code in codes if code.startswith(MODULES)]


def question_of(mark: str, language: str) -> str:
    """The one question that goes with a principle."""
    section = next((one for one in _instrument(PRINCIPLES).sections if one.mark == mark), None)
    return _words(PRINCIPLES, language).sections[section.code].summary if section else ""
