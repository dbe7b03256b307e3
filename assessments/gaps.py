"""Which section gaps between peers and another group may be shown: step 4 of ``bounds``.

A gap ties two groups together, so all gaps of a section are asked about at once, for every group in them. Decided from
the item figures and scores shown: one outcome that would betray somebody is enough to show the gap less finely,
whether or not it is the one that came out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from itertools import product

from assessments.bounds import (
    MOST_COMBINATIONS,
    Possible,
    bits,
    keeps_limit,
    outcomes,
    shown_points,
    units,
    whole_points,
)
from assessments.scoring import LEVELS, GapWord, gap_word

Seen = tuple[GapWord, int]  # the word; and the signed points, or only the direction as 1, 0, -1


class Form(IntEnum):
    """How finely a section gap is shown."""

    POINTS = 0
    WORD = 1
    NOTHING = 2


@dataclass(frozen=True, slots=True)
class Side:
    """One group in a gap: its items that count, its score as shown (None: agreed answers, nothing to protect)."""

    items: tuple[Possible, ...]
    score: int | None


@dataclass(frozen=True, slots=True)
class Partner:
    """A group beside peers. ``shared``: the questions both have, by place among peers' items and among its own."""

    side: Side
    shared: tuple[tuple[int, int], ...]
    finest: Form  # what its numbers of answers allow


@dataclass(frozen=True, slots=True)
class _Walk:
    """How to go through a side's combinations. ``read``: a key's shared sums, None where the score rules it out."""

    items: tuple[Possible, ...]
    common: int
    steps: list[int]
    read: Callable[[int], tuple[int, ...] | None]
    sums: frozenset[tuple[int, ...]]


def gap_points(theirs: int, their_common: int, peers: int, peers_common: int, questions: int) -> int:
    """Their mean minus peers' over the shared questions, in whole points; the size is rounded half up, then signed.

    ``theirs`` and ``peers`` are weighted sums as ``units`` makes them.
    """
    difference = theirs * peers_common - peers * their_common
    size = whole_points(abs(difference), their_common * peers_common, questions)
    return size if difference >= 0 else -size


def as_seen(points: int, form: Form) -> Seen:
    """What a reader sees of a gap of so many signed points; *much the same* has no direction in words."""
    word = gap_word(abs(points))
    if form is Form.POINTS:
        return word, points
    return word, 0 if word is GapWord.SAME else (1 if points > 0 else -1)


@lru_cache(maxsize=2048)
def gap_forms(peers: Side, partners: tuple[Partner, ...]) -> tuple[Form, ...]:
    """Per partner the finest form of its gap to peers of which every outcome keeps the limit (as many as possible)."""
    choices = product(*([form for form in Form if form >= partner.finest] for partner in partners))
    for forms in sorted(choices, key=lambda forms: (forms.count(Form.NOTHING), sum(forms), forms)):
        told = [(partner, form) for partner, form in zip(partners, forms, strict=True) if form is not Form.NOTHING]
        if not told or _every_outcome_keeps_limit(peers, told):
            return forms
    raise AssertionError("showing nothing is among the choices")


def _walk(side: Side, shared: Sequence[Sequence[int]]) -> _Walk | None:
    """Prepare a side. A key packs the weighted sum of all items and of each list of shared places, as digits."""
    common, weights = units(side.items)
    base = common * max(LEVELS) * len(side.items) + 1
    steps = [
        weight * (1 + sum(base ** (digit + 1) for digit, places in enumerate(shared) if place in places))
        for place, weight in enumerate(weights)
    ]

    def read(key: int) -> tuple[int, ...] | None:
        score = shown_points(whole_points(key % base, common, len(side.items)))
        if side.score is not None and score != side.score:
            return None
        return tuple(key // base ** (digit + 1) % base for digit in range(len(shared)))

    keys = {0}
    for item, step in zip(side.items, steps, strict=True):
        keys = {key + total * step for key in keys for total, _ in item.sums}
        if len(keys) > MOST_COMBINATIONS:
            return None
    return _Walk(side.items, common, steps, read, frozenset(sums for sums in map(read, keys) if sums is not None))


def _every_outcome_keeps_limit(peers: Side, told: Sequence[tuple[Partner, Form]]) -> bool:
    ours = _walk(peers, [[mine for mine, _ in partner.shared] for partner, _ in told])
    walks = [_walk(partner.side, [[other for _, other in partner.shared]]) for partner, _ in told]
    theirs = [walk for walk in walks if walk is not None]
    if ours is None or len(theirs) < len(told):
        return False
    if any(len(ours.sums) * len(walk.sums) > MOST_COMBINATIONS for walk in theirs):
        return False
    numbers: dict[tuple[Seen, ...], int] = {}

    @cache
    def seen(which: int, their_sum: int, our_sum: int) -> Seen:
        partner, form = told[which]
        points = gap_points(their_sum, theirs[which].common, our_sum, ours.common, len(partner.shared))
        return as_seen(points, form)

    @cache
    def seen_from_peers(which: int, our_sum: int) -> frozenset[Seen]:
        return frozenset(seen(which, their_sum, our_sum) for (their_sum,) in theirs[which].sums)

    def numbered(gaps: Sequence[frozenset[Seen]]) -> int:
        result = 0
        for outcome in product(*gaps):
            result |= 1 << numbers.setdefault(outcome, len(numbers))
        return result

    @cache
    def from_peers(our_sums: tuple[int, ...]) -> int:
        return numbered([seen_from_peers(which, our_sum) for which, our_sum in enumerate(our_sums)])

    @cache
    def from_partner(which: int, their_sum: int) -> int:
        result = 0
        for our_sums in ours.sums:
            gaps = [seen_from_peers(place, our_sum) for place, our_sum in enumerate(our_sums)]
            gaps[which] = frozenset([seen(which, their_sum, our_sums[which])])
            result |= numbered(gaps)
        return result

    def holds(walk: _Walk, of_sums: Callable[[tuple[int, ...]], int]) -> bool:
        def of_key(key: int) -> int:
            sums = walk.read(key)
            return 0 if sums is None else of_sums(sums)

        reached = outcomes(walk.items, walk.steps, of_key)
        if reached is None:
            return False
        return all(keeps_limit(walk.items, reached, outcome) for outcome in bits((1 << len(numbers)) - 1))

    def partner_holds(which: int) -> bool:
        return holds(theirs[which], lambda sums: from_partner(which, sums[0]))

    return holds(ours, from_peers) and all(partner_holds(which) for which in range(len(told)))
