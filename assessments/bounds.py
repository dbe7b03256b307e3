"""What stays possible for one person's answer once figures are shown: what the gate asks (scoring.md §3.4.2.3).

The reader assumed here is an outsider who knows these rules, how many answered each item, everything agreed and named,
and every figure ever shown of the round. People inside a group know their own answer besides; the limit does not speak
of them. Rows are never linked across items in what is shown, so an item's answers are a bag of levels: if a level
occurs in any bag that fits, it is possible for everybody who answered that item.

Exact, not by bounds. Each item's own figure leaves a list of sums and, per sum, the levels that occur (``Possible``).
Figures over several items (score, gaps) are functions of those sums, so walking through all combinations of sums tells
which levels stay possible under which outcome. The interval rule of §3.4.2.3 is the special case of equal numbers and
runs of sums; this finds all it finds, and what gaps, unequal numbers and agreement words add.

**Why withholding never speaks.** A reader who knows the rules learns from a missing figure too: if figures went missing
only where they would betray, a missing figure would say "one of the few combinations that betray", and that alone can
fix an answer. (Dropping the item and its neighbour, as §3.4.2.3 describes, does fail so: tests/assessments show it.)
So each decision rests on nothing but what is shown:

1. Item figures alone always keep the limit (a test goes through all of them), so they are never withheld.
2. From the item figures follows a set of scores that are hidden: those that would betray, and then their neighbours,
   until "the score is one of the hidden" keeps the limit as well. Everybody can compute that set.
3. The section's word stays beside a hidden score if it would keep the limit for every score of the set.
4. A gap (``gaps``) is shown in the finest form of which *every* outcome, given items and scores, keeps the limit.

So what a reader can rule out is exactly what was checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import lcm

from assessments.scoring import LEVELS, POINTS_A_LEVEL, Agreement, agreement, band

LOWEST_SHOWN, HIGHEST_SHOWN = 3, 97
# Beyond so many combinations the question is not asked and the figure not shown; numbers alone decide that.
MOST_COMBINATIONS = 200_000


@dataclass(frozen=True, slots=True)
class Possible:
    """What is known of one item's answers: ``sums`` of levels, each with a bit set of the levels that occur."""

    n: int
    sums: tuple[tuple[int, int], ...]
    levels_to_keep: int
    sums_to_keep: int = 1


def nearest_level(total: int, n: int) -> int:
    """The level nearest to the mean, a half upwards."""
    return (2 * total + n) // (2 * n)


@lru_cache(maxsize=64)
def every_tally(n: int) -> tuple[tuple[int, ...], ...]:
    """All ways in which n answers fall on five levels."""

    def fill(left: int, places: int) -> list[tuple[int, ...]]:
        if places == 1:
            return [(left,)]
        return [(first, *rest) for first in range(left + 1) for rest in fill(left - first, places - 1)]

    return tuple(fill(n, len(LEVELS)))


def _total(tally: Sequence[int]) -> int:
    return sum(level * count for level, count in enumerate(tally))


def _collect(n: int, tallies: Sequence[tuple[int, ...]]) -> Possible:
    sums: dict[int, int] = {}
    for tally in tallies:
        occurring = sum(1 << level for level, count in enumerate(tally) if count)
        sums[_total(tally)] = sums.get(_total(tally), 0) | occurring
    return Possible(n, tuple(sorted(sums.items())), levels_to_keep=3 if n < 10 else 2)


@lru_cache(maxsize=64)
def unseen(n: int) -> Possible:
    """Nothing is shown of this item's n answers."""
    return _collect(n, every_tally(n))


@lru_cache(maxsize=128)
def in_words(n: int, level: int, spread: Agreement) -> Possible:
    """Shown: "about: level" and one of the two agreement words."""
    about = [tally for tally in every_tally(n) if nearest_level(_total(tally), n) == level]
    return _collect(n, [tally for tally in about if agreement(tally) is spread])


def in_full(levels: tuple[int, ...]) -> Possible:
    """Shown: the distribution, which is not "nearly all" one level."""
    return _collect(sum(levels), [levels])


def in_nearly_all(n: int, level: int) -> Possible:
    """Shown: all, or all but one, chose this level."""
    return Possible(n, tuple((level * (n - 1) + other, 1 << level | 1 << other) for other in LEVELS), 2, sums_to_keep=2)


def agreed(level: int) -> Possible:
    """An agreed or named answer: known and meant to be."""
    return Possible(1, ((level, 1 << level),), levels_to_keep=0)


def shown_points(points: int) -> int:
    """Whole points with the two stops: 3 stands for "3 or less", 97 for "97 or more"."""
    return min(max(points, LOWEST_SHOWN), HIGHEST_SHOWN)


def outcomes(
    items: Sequence[Possible], steps: Sequence[int], outcome: Callable[[int], int]
) -> list[dict[int, int]] | None:
    """Per item and sum the bit set of outcomes that some choice of the other items' sums leads to.

    ``steps`` says by how much a sum moves the key per unit, ``outcome`` gives the outcomes of a final key.
    None where there are too many combinations to ask.
    """
    layers = [{0}]
    for item, step in zip(items, steps, strict=True):
        layers.append({key + total * step for key in layers[-1] for total, _ in item.sums})
        if len(layers[-1]) > MOST_COMBINATIONS:
            return None
    after = {key: outcome(key) for key in layers.pop()}
    reached: list[dict[int, int]] = []
    for item, step in zip(reversed(items), reversed(steps), strict=True):
        here = dict.fromkeys((total for total, _ in item.sums), 0)
        before: dict[int, int] = {}
        for key in layers.pop():
            before[key] = 0
            for total in here:
                here[total] |= after[key + total * step]
                before[key] |= after[key + total * step]
        after = before
        reached.insert(0, here)
    return reached


def keeps_limit(items: Sequence[Possible], reached: Sequence[dict[int, int]], known: int) -> bool:
    """Whether everybody's answer stays open enough for one who knows that an outcome of the bit set ``known`` holds."""
    for item, per_sum in zip(items, reached, strict=True):
        left = [occurring for total, occurring in item.sums if per_sum[total] & known]
        levels = 0
        for occurring in left:
            levels |= occurring
        if left and (levels.bit_count() < item.levels_to_keep or len(left) < item.sums_to_keep):
            return False
    return True


def bits(number: int) -> list[int]:
    """The bits that are set, lowest first: 6 → 2, 4."""
    return [1 << place for place in range(number.bit_length()) if number >> place & 1]


def units(items: Sequence[Possible]) -> tuple[int, list[int]]:
    """A common number of answers, and the weight of one level in each item so that every item counts the same."""
    common = lcm(*(item.n for item in items))
    return common, [common // item.n for item in items]


def whole_points(key: int, common: int, questions: int) -> int:
    """Whole points, half up, of weighted sums over so many questions."""
    return (2 * POINTS_A_LEVEL * key + common * questions) // (2 * common * questions)


@dataclass(frozen=True, slots=True)
class HiddenScores:
    """Which scores (as shown) are withheld beside these item figures, and whether the section's word may stay."""

    points: frozenset[int]
    word_stays: bool


@lru_cache(maxsize=2048)
def hidden_scores(items: tuple[Possible, ...]) -> HiddenScores:
    """Steps 2 and 3 above, for one group's items that count in one section."""
    common, weights = units(items)
    reached = outcomes(items, weights, lambda key: 1 << shown_points(whole_points(key, common, len(items))))
    if reached is None:
        return HiddenScores(frozenset(range(101)), word_stays=False)
    possible = 0
    for leads_to in reached[0].values():
        possible |= leads_to
    scores = bits(possible)
    hidden = {score for score in scores if not keeps_limit(items, reached, score)}
    while hidden and len(hidden) < len(scores) and not keeps_limit(items, reached, sum(hidden)):
        hidden |= {scores[place] for place in range(len(scores)) if hidden & set(scores[max(place - 1, 0) : place + 2])}
    points = frozenset(score.bit_length() - 1 for score in hidden)
    by_word: dict[str, int] = {}
    for value in points:
        by_word[band(value)] = by_word.get(band(value), 0) | 1 << value
    return HiddenScores(points, all(keeps_limit(items, reached, alike) for alike in by_word.values()))
