"""Counts in, figures out: the arithmetic of scoring.md §3.2 and §3.3. What may be shown is decided in ``disclosure``.

Levels are whole numbers 0 to 4, points run from 0 to 100. Means are exact fractions until a figure is rounded,
and every rounding is half up, so that a reader who checks a figure by hand comes to the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import floor
from statistics import mean, stdev

from assessments.model import Mode, RaterGroup

LEVELS = range(5)
POINTS_A_LEVEL = 25
ENOUGH_QUESTIONS = 3
ENOUGH_COVERAGE = Fraction(60, 100)
PARTLY_APPLICABLE = Fraction(25, 100)
MANY_CANNOT_TELL = Fraction(30, 100)
EVIDENCED_LEVEL = 2  # what a claim counts for in the view "as if capped", when it names no evidence
AGREEMENT_EDGE = Fraction(8, 10)


class Band(StrEnum):
    """The words for a section's points."""

    NOT_HERE_YET = "not_here_yet"
    BY_CHANCE = "by_chance"
    BEGUN = "begun"
    NORMAL = "normal_practice"
    LIVING = "living_practice"


class GapWord(StrEnum):
    """The words for how far two groups are apart in a section, nearest first."""

    SAME = "much_the_same"
    TALK = "worth_talking_about"
    DIFFERENT = "seeing_different_things"


class Agreement(StrEnum):
    """The two words for the spread within a group."""

    AGREE = "mostly_agree"
    DIFFER = "see_this_differently"


@dataclass(frozen=True, slots=True)
class ItemTally:
    """What one rater group answered to one item. ``evidence`` counts the answers at levels 3 and 4 by (level, code)."""

    levels: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    dk: int = 0
    na: int = 0
    skip: int = 0
    evidence: Mapping[tuple[int, str], int] = field(default_factory=dict)
    evidence_only: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many gave a level."""
        return sum(self.levels)

    @property
    def total(self) -> int:
        return sum(level * count for level, count in enumerate(self.levels))

    @property
    def mean(self) -> Fraction:
        """Mean level, 0 to 4. Raises ZeroDivisionError where nobody gave a level."""
        return Fraction(self.total, self.n)

    @property
    def claimed(self) -> int:
        """Answers at level 3 or 4."""
        return self.levels[3] + self.levels[4]

    @property
    def without_evidence(self) -> int:
        return sum(count for (_, code), count in self.evidence.items() if code == "none")

    @property
    def evidenced_mean(self) -> Fraction:
        """Mean level as if each claim without evidence stood at 2 (scoring.md §3.2)."""
        lost = sum((level - EVIDENCED_LEVEL) * n for (level, code), n in self.evidence.items() if code == "none")
        return Fraction(self.total - lost, self.n)


@dataclass(frozen=True, slots=True)
class SectionTally:
    """The raters' own section scores of one group, in points: for change over time, never shown (§3.7)."""

    n: int
    mean: float | None
    s: float | None  # with n − 1; None below two scores


@dataclass(frozen=True, slots=True)
class GroupTally:
    """One rater group in a closed round. ``sheets`` counts those with at least one answer."""

    mode: Mode
    sheets: int
    places: int
    items: Mapping[str, ItemTally]


@dataclass(frozen=True, slots=True)
class RaterSection:
    """One rater's section: ``score`` in points, None for "not enough answers" (scoring.md §3.2)."""

    score: Fraction | None
    answered: int
    applicable: int
    not_applicable: int
    dk: int

    @property
    def coverage(self) -> Fraction:
        return Fraction(self.answered, self.applicable) if self.applicable else Fraction(0)

    @property
    def dk_share(self) -> Fraction:
        return Fraction(self.dk, self.applicable) if self.applicable else Fraction(0)


def rater_section_score(levels: Sequence[int], shown: int, not_applicable: int = 0, dk: int = 0) -> RaterSection:
    """Score one rater's section from the levels given, out of ``shown`` items (the rest: skipped or left open)."""
    applicable = shown - not_applicable
    answered = len(levels)
    if answered + dk > applicable:
        raise ValueError(f"{answered} levels and {dk} can't-tell answers do not fit into {applicable} applicable items")
    enough = answered >= ENOUGH_QUESTIONS and answered >= ENOUGH_COVERAGE * applicable
    score = Fraction(POINTS_A_LEVEL * sum(levels), answered) if enough else None
    return RaterSection(score, answered, applicable, not_applicable, dk)


def section_tally(scores: Sequence[Fraction]) -> SectionTally:
    """Number, mean and spread (n − 1) of the raters' own section scores."""
    points = [float(score) for score in scores]
    return SectionTally(len(points), mean(points) if points else None, stdev(points) if len(points) > 1 else None)


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, a half upwards: 2.5 → 3."""
    return floor(value + Fraction(1, 2))


def to_decimals(value: Fraction, places: int) -> float:
    """Round half up to so many decimals: (1.25, 1) → 1.3."""
    return float(Fraction(half_up(value * 10**places), 10**places))


def threshold(group: RaterGroup, mode: Mode, k: int) -> int:
    """Levels an item needs before it counts (scoring.md §3.3, §3.4.1); people we reach: never under 10."""
    if mode.exempt:
        return 1
    return max(k, 10) if group is RaterGroup.COMMUNITY else k


def profile_mean(tallies: Sequence[ItemTally]) -> Fraction:
    """Mean of the item means, in levels: each question weighs the same, however many answered it."""
    return sum((tally.mean for tally in tallies), Fraction(0)) / len(tallies)


def enough_questions(counted: int, may_rate: int) -> bool:
    """Whether a profile score rests on enough items (scoring.md §3.3)."""
    return counted >= ENOUGH_QUESTIONS and counted >= ENOUGH_COVERAGE * may_rate


def band(points: int) -> Band:
    """The word for whole points; a value on an edge belongs to the upper band (scoring.md §3.2)."""
    if points < 25:
        return Band.NOT_HERE_YET
    if points < 50:
        return Band.BY_CHANCE
    if points < 75:
        return Band.BEGUN
    return Band.NORMAL if points < 90 else Band.LIVING


def gap_word(points: int) -> GapWord:
    """The word for a gap of so many whole points, whichever side is higher (scoring.md §3.3)."""
    if points < 10:
        return GapWord.SAME
    return GapWord.TALK if points < 25 else GapWord.DIFFERENT


def balanced_mean(points: Mapping[RaterGroup, int]) -> Fraction | None:
    """Plain mean of the figures shown, each group one voice; None unless peers and another group are shown."""
    voices = [value for group, value in points.items() if group is not RaterGroup.COMMUNITY]
    if RaterGroup.PEER not in points or len(voices) < 2:
        return None
    return Fraction(sum(voices), len(voices))


def median(levels: Sequence[int]) -> Fraction:
    """Median of level counts (how many chose 0, 1, … 4)."""
    answers = [level for level, count in enumerate(levels) for _ in range(count)]
    middle = len(answers) // 2
    return Fraction(answers[middle] + answers[-middle - 1], 2)


def average_deviation(levels: Sequence[int]) -> Fraction:
    """AD: mean distance from the median, in levels (scoring.md §3.3). Takes level counts."""
    centre = median(levels)
    return sum((count * abs(level - centre) for level, count in enumerate(levels)), Fraction(0)) / sum(levels)


def agreement(levels: Sequence[int]) -> Agreement:
    """The word for the spread; the edge of 0.8 belongs to *mostly agree*. Taken from AD as shown, two decimals."""
    shown = Fraction(half_up(average_deviation(levels) * 100), 100)
    return Agreement.AGREE if shown <= AGREEMENT_EDGE else Agreement.DIFFER


def nearly_all(levels: Sequence[int]) -> int | None:
    """The level that all, or all but one, chose; None where views are spread wider (scoring.md §3.4.2.3)."""
    most = max(levels)
    return levels.index(most) if most >= sum(levels) - 1 else None
