"""What may be shown of a round, and nothing else: pages, CSV and JSON all render this (scoring.md §3.4.2.8).

Everything here is for reading; ``disclosure.publish`` makes it. A figure that is None is not shown;
``reason`` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessments.model import RaterGroup
from assessments.scoring import Agreement, Band, GapWord

FULL_SHARE = 30  # percent of can't-tell answers that make an item worth telling people about (scoring.md §3.2)


class Reason(StrEnum):
    """Why a figure is not shown."""

    BELOW_THRESHOLD = "below_threshold"
    TOO_FEW_QUESTIONS = "too_few_questions"
    NOT_ENOUGH_ANSWERS = "not_enough_answers"
    WAITING = "waiting_for_release"
    WITHHELD = "withheld"
    CANNOT_TELL = "cannot_tell"  # the agreed answer
    NOT_APPLICABLE = "not_applicable"  # the agreed answer


class Stop(StrEnum):
    """Points at the ends are shown as "97 or more" and "3 or less"."""

    OR_MORE = "or_more"
    OR_LESS = "or_less"


@dataclass(frozen=True, slots=True)
class EvidenceFigure:
    """How levels 3 and 4 are backed: "claimed without evidence: ``without`` of ``claimed``"."""

    claimed: int
    without: int
    by_code: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Share of can't-tell answers. ``percent`` is None below ten asked; 90 stands for "90 or more"."""

    three_in_ten: bool
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class ItemFigure:
    """One group's answers to one item.

    Agreed answers: ``level`` with ``agreed``. Five to nine answers: ``level`` ("about: …") and ``agreement``. From ten:
    everything, or ``level`` with ``nearly_all``. ``level`` is always the nearest level, for its word.
    """

    level: int | None = None
    agreed: bool = False
    nearly_all: bool = False
    agreement: Agreement | None = None
    mean: float | None = None
    deviation: float | None = None  # AD, two decimals
    distribution: tuple[int, int, int, int, int] | None = None
    evidence: EvidenceFigure | None = None
    evidenced_mean: float | None = None  # as if claims without evidence stood at 2
    evidence_only: Mapping[str, int] | None = None  # of those who say how they know, and give no level
    cannot_tell: CannotTell | None = None
    reason: Reason | None = None

    @property
    def value(self) -> float | None:
        """The figure as shown, in levels: what gaps and critical items are judged by."""
        return self.mean if self.mean is not None else self.level


@dataclass(frozen=True, slots=True)
class ItemGap:
    """Another group beside peers on one item, from the two figures shown. ``levels`` only where both are exact."""

    group: RaterGroup
    size: float  # for sorting
    talk: bool
    higher: RaterGroup | None
    levels: float | None


@dataclass(frozen=True, slots=True)
class PublishedItem:
    code: str
    critical: bool
    groups: Mapping[RaterGroup, ItemFigure]
    gaps: tuple[ItemGap, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionFigure:
    """One group's section: whole ``points`` and their word, resting on ``questions`` of ``of``.

    ``critical`` names the item for which *living practice* is not said. Withheld points may leave the word.
    """

    questions: int
    of: int
    points: int | None = None
    stop: Stop | None = None
    band: Band | None = None
    critical: str | None = None
    evidenced_points: int | None = None
    partly_applicable: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class SectionGap:
    """Another group beside peers in a section, on the ``questions`` both have. ``points`` only where numbers allow."""

    group: RaterGroup
    word: GapWord
    higher: RaterGroup | None
    points: int | None
    questions: int


@dataclass(frozen=True, slots=True)
class Balanced:
    """The voice-balanced mean of the figures shown, each group one voice."""

    points: int
    band: Band
    groups: tuple[RaterGroup, ...]
    critical: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedSection:
    code: str
    groups: Mapping[RaterGroup, SectionFigure]
    items: tuple[PublishedItem, ...]
    gaps: tuple[SectionGap, ...] = ()
    balanced: Balanced | None = None

    @property
    def widest(self) -> SectionGap | None:
        """The gap to name: by its word, then by points where they are shown."""
        return max(self.gaps, key=lambda gap: (_rank(gap), gap.points or 0), default=None)


@dataclass(frozen=True, slots=True)
class Answered:
    """How many answered: a band ("below", "k-9", "10-19", "20+", "agreed"), the number only for peers about peers."""

    band: str
    places: int
    exact: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    instrument: str
    threshold: int
    sections: tuple[PublishedSection, ...]
    answered: Mapping[RaterGroup, Answered] = field(default_factory=dict)

    def section(self, code: str) -> PublishedSection:
        return next(section for section in self.sections if section.code == code)

    def item(self, code: str) -> PublishedItem:
        return next(item for section in self.sections for item in section.items if item.code == code)


class TalkRule(StrEnum):
    """Why an item is offered to talk about (scoring.md §3.8)."""

    GAP = "widest_gap"
    CRITICAL = "critical_low"
    CANNOT_TELL = "most_cannot_tell"


@dataclass(frozen=True, slots=True)
class ToTalkAbout:
    item: str
    rule: TalkRule
    group: RaterGroup  # the other side of the gap; otherwise whose figure it is


def _rank(gap: SectionGap | None) -> int:
    return -1 if gap is None else list(GapWord).index(gap.word)


def widest_first(published: Published) -> tuple[PublishedSection, ...]:
    """Sections by their gap as shown (its word), then in the instrument's order; sections without a gap come last."""
    return tuple(sorted(published.sections, key=lambda section: -_rank(section.widest)))


def strengths(published: Published) -> tuple[str, ...]:
    """Codes of the sections whose points peers have and the reader may see, strongest first."""
    points: dict[str, int] = {}
    for section in published.sections:
        figure = section.groups.get(RaterGroup.PEER)
        if figure is not None and figure.points is not None:
            points[section.code] = figure.points
    return tuple(sorted(points, key=lambda code: -points[code]))


def talk_about(published: Published, limit: int = 3) -> tuple[ToTalkAbout, ...]:
    """Items to talk about, from what is shown: each rule in turn offers its next one, no item twice."""
    items = [item for section in published.sections for item in section.items]
    offers = [_by_gap(items), _critical_and_low(items), _by_cannot_tell(items)]
    chosen: dict[str, ToTalkAbout] = {}
    for place in range(len(items)):
        for offer in offers:
            if place < len(offer) and len(chosen) < limit:
                chosen.setdefault(offer[place].item, offer[place])
    return tuple(chosen.values())


def _by_gap(items: list[PublishedItem]) -> list[ToTalkAbout]:
    widest = [(item.code, max(item.gaps, key=lambda gap: gap.size)) for item in items if item.gaps]
    apart = sorted((pair for pair in widest if pair[1].talk), key=lambda pair: -pair[1].size)
    return [ToTalkAbout(code, TalkRule.GAP, gap.group) for code, gap in apart]


def _critical_and_low(items: list[PublishedItem]) -> list[ToTalkAbout]:
    low = [(value, item.code) for item in items if (value := low_critical_value(item)) is not None]
    return [ToTalkAbout(code, TalkRule.CRITICAL, RaterGroup.PEER) for _, code in sorted(low, key=lambda pair: pair[0])]


def _by_cannot_tell(items: list[PublishedItem]) -> list[ToTalkAbout]:
    found = [
        (figure.cannot_tell.percent or FULL_SHARE, item.code, group)
        for item in items
        for group, figure in item.groups.items()
        if figure.cannot_tell is not None and figure.cannot_tell.three_in_ten
    ]
    return [
        ToTalkAbout(code, TalkRule.CANNOT_TELL, group) for _, code, group in sorted(found, key=lambda entry: -entry[0])
    ]


def low_critical_value(item: PublishedItem) -> float | None:
    """Peers' figure as shown for a critical item, if it is at most 1; None otherwise (scoring.md §3.2)."""
    peers = item.groups.get(RaterGroup.PEER)
    if not item.critical or peers is None or peers.value is None or peers.value > 1:
        return None
    return peers.value
