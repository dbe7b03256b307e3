"""What an instrument is made of. Structure and words live apart: structure never differs between languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class RaterGroup(StrEnum):
    """Who answers. Peers come first wherever groups are listed (decisions.md §0.1)."""

    PEER = "peer"
    STAFF = "staff"
    MGMT = "mgmt"
    COMMUNITY = "community"


class Mode(StrEnum):
    """How a rater group answers a round (scoring.md §3.3, small print)."""

    INDIVIDUAL = "individual"
    GROUP = "group"  # one agreed answer
    STATEMENT = "statement"  # the organisation's own, named

    @property
    def exempt(self) -> bool:
        """Agreed and named answers are shown as they are (scoring.md §3.4.2.3)."""
        return self is not Mode.INDIVIDUAL


class Judges(StrEnum):
    """How a rater group stands to an item (instruments.md §2)."""

    CAN = "can"
    BEST = "best"
    EVIDENCE = "evidence"  # says how it knows, gives no level


class Scale(StrEnum):
    """The kinds of answer a section may take."""

    LEVELS = "levels"  # 0 to 4, with a written text each
    GROWTH = "growth"  # s3 to s0
    TICK = "tick"
    FIT = "fit"  # fine, fine with support, not for me


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    mark: str  # the drawing beside it (design/README.md)
    scale: Scale = Scale.LEVELS


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    section: str
    raters: Mapping[RaterGroup, Judges] = field(default_factory=dict)
    critical: bool = False

    def gives_level(self, group: RaterGroup) -> bool:
        """Whether the group rates this item with a level (evidence-only raters do not)."""
        return self.raters.get(group) in (Judges.CAN, Judges.BEST)


@dataclass(frozen=True, slots=True)
class Instrument:
    """The structure of one version of an instrument, without words."""

    name: str
    released: date | None
    groups: tuple[RaterGroup, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]

    def section(self, code: str) -> Section:
        return next(section for section in self.sections if section.code == code)

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)

    def items_of(self, section: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.section == section)

    def items_for(self, group: RaterGroup) -> tuple[Item, ...]:
        """Items shown to the group, in the instrument's order (evidence-only items included)."""
        return tuple(item for item in self.items if group in item.raters)


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """One possible answer in words: ``label`` always, ``help`` where the scale has a second line."""

    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class SectionWords:
    name: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ItemWords:
    statement: str
    levels: tuple[str, ...] = ()
    look_for: str = ""
    prompt: str = ""
    talk: str = ""  # the question to talk about when views differ
    support: tuple[str, ...] = ()
    short: str = ""  # a name of a few words, for lists of items


@dataclass(frozen=True, slots=True)
class Words:
    """An instrument in one language. ``changed`` says per reworded item: "typo" or "same meaning"."""

    language: str
    title: str
    summary: str
    scales: Mapping[Scale, Mapping[str, AnswerWords]]
    sections: Mapping[str, SectionWords]
    items: Mapping[str, ItemWords]
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Links:
    """Where an item leads: addresses of guidance pages ("principles/equality") and codes of modules ("A1")."""

    pages: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
