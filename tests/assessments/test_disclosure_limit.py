"""The limit of scoring.md §3.4.2.3: from all that is shown, three levels stay possible for every answer (two from 10).

Three kinds of proof, none of which uses the gate's own reasoning:

- *every combination*: all data of a small group go through the gate and are sorted by what comes out. Whoever knows the
  rules knows exactly the pile their page lies in, so each pile must keep the limit. This counts withholding in: a pile
  of pages with a missing score is a pile like any other.
- *solver*: for random rounds, all data that the shown figures allow are counted out through the rules of ``scoring``.
- *the tried figure*: five raters, five items, against the interval rule as the document states it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.disclosure import publish
from assessments.model import Instrument, Item, Judges, RaterGroup, Section
from assessments.published import ItemFigure, PublishedSection, Reason, SectionFigure, SectionGap
from assessments.scoring import (
    Agreement,
    Band,
    GroupTally,
    ItemTally,
    Mode,
    agreement,
    band,
    gap_word,
    half_up,
    nearly_all,
)

PEER, STAFF, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT
EVERYBODY = frozenset(RaterGroup)
Levels = tuple[int, ...]


def paper(raters: Sequence[Sequence[RaterGroup]]) -> Instrument:
    items = [Item(f"EQ{n}", "EQ", dict.fromkeys(groups, Judges.CAN)) for n, groups in enumerate(raters, 1)]
    return Instrument("small", None, (PEER, STAFF, MGMT), (Section("EQ", ""),), tuple(items))


def group(levels: Mapping[str, Levels], mode: Mode = Mode.INDIVIDUAL) -> GroupTally:
    most = 1 if mode.exempt else max(map(sum, levels.values()))
    return GroupTally(mode, most, most, {code: ItemTally(tally) for code, tally in levels.items()})  # type: ignore[arg-type]


@cache
def tallies_of(n: int) -> tuple[Levels, ...]:
    return tuple(
        tuple(answers.count(level) for level in range(5)) for answers in combinations_with_replacement(range(5), n)
    )


def total(levels: Levels) -> int:
    return sum(level * count for level, count in enumerate(levels))


def occurring(tallies: Iterable[Levels]) -> set[int]:
    return {level for tally in tallies for level in range(5) if tally[level]}


# --- every combination ----------------------------------------------------------------------------------------------


Data = dict[str, tuple[int, str]]  # by item: sum and agreement word of peers' answers


@cache
def states(n: int) -> dict[tuple[int, str], list[Levels]]:
    """Tallies of n answers that no figure below ten tells apart: by sum and agreement word (five answers and more)."""
    alike: dict[tuple[int, str], list[Levels]] = defaultdict(list)
    for tally in tallies_of(n):
        alike[total(tally), agreement(tally) if n >= 5 else ""].append(tally)
    return dict(alike)


def page(instrument: Instrument, data: Data, n: int, management: Mapping[str, int], k: int) -> PublishedSection:
    tallies = {PEER: group({code: states(n)[state][0] for code, state in data.items()})}
    if management:
        said = {code: tuple(int(level == here) for here in range(5)) for code, level in management.items()}
        tallies[MGMT] = group(said, Mode.STATEMENT)
    return publish(instrument, tallies, k, EVERYBODY).section("EQ")


@pytest.mark.parametrize(
    ("n", "items", "k", "withheld"),
    [(5, 3, 5, True), (6, 3, 5, True), (3, 3, 3, True), (3, 5, 3, False), (4, 3, 3, True)],
)
def test_every_page_of_a_small_group_keeps_the_limit(n: int, items: int, k: int, withheld: bool) -> None:
    instrument = paper([[PEER]] * items)
    codes = [f"EQ{place}" for place in range(1, items + 1)]
    # The items are interchangeable, so one order of data stands for all, and a pile is named by the figures on its
    # pages in any order: an item with a given figure may be any of those that show it.
    piles: dict[object, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    reasons = set()
    for pick in combinations_with_replacement(states(n), items):
        data = dict(zip(codes, pick, strict=True))
        section = page(instrument, data, n, {}, k)
        figures = {item.code: repr(item.groups[PEER]) for item in section.items}
        pile = piles[repr(section.groups), tuple(sorted(figures.values()))]
        for code, figure in figures.items():
            pile[figure] |= occurring(states(n)[data[code]])
        reasons.add(section.groups[PEER].reason)
    for name, pile in piles.items():
        for figure, levels in pile.items():
            assert len(levels) >= 3, (name, figure, levels)
    assert (Reason.WITHHELD in reasons) is withheld


@pytest.mark.parametrize("management", [(4, 4, 4), (2, 3, 2)])
def test_every_page_with_a_gap_on_two_of_three_questions_keeps_the_limit(management: tuple[int, ...]) -> None:
    instrument = paper([[PEER], [PEER, MGMT], [PEER, MGMT], [MGMT]])
    said = dict(zip(("EQ2", "EQ3", "EQ4"), management, strict=True))
    # Agreement words stand on the page, so data of one word are piles of their own.
    agreeing = [state for state in states(5) if state[1] == Agreement.AGREE]
    piles: dict[str, list[Data]] = defaultdict(list)
    gaps = set()
    gaps_beside: dict[str, set[tuple[RaterGroup, ...]]] = defaultdict(set)
    for pick in product(agreeing, repeat=3):
        data = dict(zip(("EQ1", "EQ2", "EQ3"), pick, strict=True))
        section = page(instrument, data, 5, said, 5)
        piles[repr(section)].append(data)
        gaps_beside[repr((section.groups, section.items))].add(tuple(gap.group for gap in section.gaps))
        gaps.add((section.balanced is not None, tuple(gap.word for gap in section.gaps)))
    for name, pile in piles.items():
        for code in ("EQ1", "EQ2", "EQ3"):
            assert len(occurring(tally for data in pile for tally in states(5)[data[code]])) >= 3, (name, code)
    # Whether a gap is shown follows from the other figures, so that a missing gap tells nothing.
    assert {len(choices) for choices in gaps_beside.values()} == {1}
    assert {(True, ()), (False, ())} < gaps  # gaps shown, gaps withheld beside a score, scores withheld: all were met


@pytest.mark.parametrize("n", [5, 6, 7, 8, 9, 10, 11])
def test_item_figures_alone_keep_the_limit(n: int) -> None:
    piles: dict[str, list[Levels]] = defaultdict(list)
    for tally in tallies_of(n):
        figure = publish(paper([[PEER]]), {PEER: group({"EQ1": tally})}, 5, EVERYBODY).item("EQ1").groups[PEER]
        piles[repr(figure)].append(tally)
    for name, pile in piles.items():
        assert len(occurring(pile)) >= (3 if n < 10 else 2), name


# --- solver ---------------------------------------------------------------------------------------------------------


def fits_item(tally: Levels, figure: ItemFigure) -> bool:
    """Whether these answers would be shown as this."""
    if figure.level is None:
        return True
    if figure.nearly_all:
        return nearly_all(tally) == figure.level
    if figure.distribution is not None:
        return tally == figure.distribution
    mean = Fraction(total(tally), sum(tally))
    return half_up(mean) == figure.level and (figure.agreed or agreement(tally) is figure.agreement)


def fits_section(means: Iterable[Fraction], figure: SectionFigure) -> bool:
    """Whether a section of these item means would be shown as this."""
    each = list(means)
    points = half_up(25 * sum(each, Fraction(0)) / len(each))
    if figure.stop is not None:
        points = min(max(points, 3), 97)
    if figure.points is not None:
        return points == figure.points
    return figure.band is None or band(points) is figure.band


def fits_gap(theirs: Fraction, peers: Fraction, gap: SectionGap) -> bool:
    size = half_up(25 * abs(theirs - peers))
    higher = gap.group if theirs > peers else PEER
    if gap.points is not None and size != gap.points:
        return False
    return gap_word(size) is gap.word and (gap.higher is None or gap.higher is higher)


class Solver:
    """All that is possible behind one published section, by trying out every combination of item sums."""

    def __init__(self, section: PublishedSection, tallies: Mapping[RaterGroup, GroupTally], k: int) -> None:
        self.section, self.numbers = section, {}
        for who, tally in tallies.items():
            least = 1 if tally.mode.exempt else k
            self.numbers[who] = {code: item.n for code, item in tally.items.items() if item.n >= least}
        self.figures = {item.code: item.groups for item in section.items}
        self.combinations = {who: self.possible_means(who) for who in tallies}

    def tallies(self, who: RaterGroup, code: str) -> dict[int, list[Levels]]:
        figure = self.figures[code][who]
        n = self.numbers[who][code]
        by_sum: dict[int, list[Levels]] = defaultdict(list)
        candidates = [figure.distribution] if figure.distribution is not None else tallies_of(n)
        for tally in candidates:
            if fits_item(tally, figure):
                by_sum[total(tally)].append(tally)
        return by_sum

    def possible_means(self, who: RaterGroup) -> list[dict[str, Fraction]]:
        numbers = self.numbers[who]
        sums = [list(self.tallies(who, code)) for code in numbers]
        found = []
        for pick in product(*sums):
            means = {code: Fraction(value, n) for (code, n), value in zip(numbers.items(), pick, strict=True)}
            if fits_section(means.values(), self.section.groups[who]):
                found.append(means)
        return found

    def shared(self, who: RaterGroup, other: RaterGroup, means: Mapping[str, Fraction]) -> Fraction:
        codes = [code for code in self.numbers[PEER] if code in self.numbers[other]]
        return sum((means[code] for code in codes), Fraction(0)) / len(codes)

    def possible(self) -> Iterator[tuple[RaterGroup, str, int, set[int], int]]:
        """(group, item, its n, levels still possible for each answer, sums still possible)."""
        gaps = self.section.gaps
        theirs = {
            gap.group: {self.shared(gap.group, gap.group, m) for m in self.combinations[gap.group]} for gap in gaps
        }

        def peers_fit(means: Mapping[str, Fraction], fixed: Mapping[RaterGroup, Fraction]) -> bool:
            for gap in gaps:
                values = [fixed[gap.group]] if gap.group in fixed else theirs[gap.group]
                ours = self.shared(PEER, gap.group, means)
                if not any(fits_gap(value, ours, gap) for value in values):
                    return False
            return True

        for who, numbers in self.numbers.items():
            if who is PEER:
                left = [means for means in self.combinations[who] if peers_fit(means, {})]
            elif who in theirs:
                allowed = {
                    value for value in theirs[who] if any(peers_fit(m, {who: value}) for m in self.combinations[PEER])
                }
                left = [means for means in self.combinations[who] if self.shared(who, who, means) in allowed]
            else:
                left = self.combinations[who]
            for code, n in numbers.items():
                sums = {int(means[code] * n) for means in left}
                by_sum = self.tallies(who, code)
                yield who, code, n, occurring(tally for value in sums for tally in by_sum[value]), len(sums)


def answers(draw: st.DrawFn, n: int, middle: int) -> Levels:
    """n answers around a level; ends are drawn often, since that is where figures betray."""
    levels = [min(4, max(0, middle + draw(st.sampled_from((-1, 0, 0, 0, 1))))) for _ in range(n)]
    return tuple(levels.count(level) for level in range(5))


@st.composite
def rounds(draw: st.DrawFn, smallest: int, largest: int) -> tuple[Instrument, dict[RaterGroup, GroupTally], int]:
    items = draw(st.integers(3, 4))
    raters = [[PEER, *draw(st.sampled_from(([], [STAFF], [STAFF], [STAFF, MGMT], [MGMT])))] for _ in range(items)]
    sheets = draw(st.integers(smallest, largest))
    k = draw(st.sampled_from((3, 5)))
    peers: dict[str, Levels] = {}
    staff: dict[str, Levels] = {}
    said: dict[str, Levels] = {}
    for place, groups in enumerate(raters, 1):
        skipped = draw(st.sampled_from((0, 0, 0, 1)))
        middle = draw(st.sampled_from((0, 0, 1, 2, 3, 4, 4)))
        peers[f"EQ{place}"] = answers(draw, max(3, sheets - skipped), middle)
        if STAFF in groups:
            staff[f"EQ{place}"] = answers(draw, 5, draw(st.integers(0, 4)))
        if MGMT in groups:
            said[f"EQ{place}"] = answers(draw, 1, draw(st.integers(0, 4)))
    tallies = {PEER: group(peers)}
    if staff:
        tallies[STAFF] = group(staff)
    if said:
        tallies[MGMT] = group(said, Mode.STATEMENT)
    return paper(raters), tallies, k


def assert_limit(instrument: Instrument, tallies: Mapping[RaterGroup, GroupTally], k: int) -> None:
    section = publish(instrument, tallies, k, EVERYBODY).section("EQ")
    for who, code, n, levels, sums in Solver(section, tallies, k).possible():
        if tallies[who].mode.exempt:
            continue
        assert levels >= occurring([tallies[who].items[code].levels])  # the solver has not lost the truth
        assert len(levels) >= (3 if n < 10 else 2), (who, code, levels, section)
        if n >= 10 and section_item(section, code)[who].nearly_all:
            assert sums >= 2, (who, code, section)


def section_item(section: PublishedSection, code: str) -> Mapping[RaterGroup, ItemFigure]:
    return next(item.groups for item in section.items if item.code == code)


quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@quick
@given(rounds(5, 8))
def test_a_solver_finds_three_levels_below_ten(made: tuple[Instrument, dict[RaterGroup, GroupTally], int]) -> None:
    assert_limit(*made)


@quick
@given(rounds(10, 13))
def test_a_solver_finds_two_levels_from_ten_on(made: tuple[Instrument, dict[RaterGroup, GroupTally], int]) -> None:
    assert_limit(*made)


def test_a_score_that_would_tell_the_one_other_answer_is_withheld() -> None:
    # Ten answers, three questions: two are shown in full, so each sum of the third has a score of its own.
    tallies = {PEER: group({"EQ1": (0, 0, 1, 0, 9), "EQ2": (2, 2, 2, 2, 2), "EQ3": (1, 3, 3, 2, 1)})}
    section = publish(paper([[PEER]] * 3), tallies, 5, EVERYBODY).section("EQ")
    assert section.groups[PEER].reason is Reason.WITHHELD
    assert section_item(section, "EQ1")[PEER].nearly_all
    assert section_item(section, "EQ2")[PEER].mean == 2


# --- the tried figure -----------------------------------------------------------------------------------------------

RATERS = 5
TOP = 4 * RATERS


def span_of_word(value: int) -> tuple[int, int]:
    """The sums of five answers that have the same nearest level."""
    word = (2 * value + RATERS) // (2 * RATERS)
    same = [other for other in range(TOP + 1) if (2 * other + RATERS) // (2 * RATERS) == word]
    return same[0], same[-1]


def betrayed(sums: Sequence[int], spans: Sequence[tuple[int, int]]) -> list[int]:
    """Places the interval rule of §3.4.2.3 finds with fewer than three levels, beside the score with its two stops."""
    items = len(sums)

    def shown(value: int) -> int:
        return min(97, max(3, half_up(Fraction(100 * value, TOP * items))))

    same = [value for value in range(sum(sums) - items, sum(sums) + items + 1) if shown(value) == shown(sum(sums))]
    lowest, highest = min(same), max(same)
    if shown(sum(sums)) == 97:
        highest = TOP * items
    if shown(sum(sums)) == 3:
        lowest = 0
    at_least, at_most = sum(low for low, _ in spans), sum(high for _, high in spans)
    found = []
    for place, (low, high) in enumerate(spans):
        low, high = max(low, lowest - at_most + high), min(high, highest - at_least + low)
        if min(4, high) - max(0, low - 4 * (RATERS - 1)) + 1 < 3:
            found.append(place)
    return found


def as_answers(value: int) -> Levels:
    """Five answers with this sum, as alike as can be."""
    low, more = divmod(value, RATERS)
    each = [low + 1] * more + [low] * (RATERS - more)
    return tuple(each.count(level) for level in range(5))


def of_five_items(tallies: Sequence[Levels]) -> PublishedSection:
    levels = {f"EQ{place}": tally for place, tally in enumerate(tallies, 1)}
    return publish(paper([[PEER]] * 5), {PEER: group(levels)}, 5, EVERYBODY).section("EQ")


def test_five_raters_and_five_items_against_the_interval_rule() -> None:
    """The document's rule withholds in 556 of 53,130 combinations; the gate in all of these and 466 more.

    The 466 lie next to the 556 (one step nearer to the middle under the same words). Without them a missing score would
    say that everything else stands at the end of its word. In exchange all item figures stay, always.
    """
    by_rule = withheld = combinations = 0
    pages: dict[tuple[object, ...], PublishedSection] = {}
    for sums in combinations_with_replacement(range(TOP + 1), 5):
        combinations += 1
        spans = [span_of_word(value) for value in sums]
        like = (*spans, sum(sums))  # as alike as can be, they all agree: the same words and sum give the same page
        if like not in pages:
            pages[like] = of_five_items([as_answers(value) for value in sums])
        score = pages[like].groups[PEER]
        rule = bool(betrayed(sums, spans))
        assert not (rule and score.points is not None), sums
        by_rule += rule
        withheld += score.reason is Reason.WITHHELD
    assert (combinations, by_rule, withheld) == (53_130, 556, 1_022)
    assert all(item.groups[PEER].level is not None for section in pages.values() for item in section.items)


def test_typical_teams_see_their_figures() -> None:
    """3,000 teams of five: questions differ, people lean one way or the other, answers wobble.

    The interval rule withholds in none; the gate one score, next to those that would betray, and its word stays.
    """
    drawn = random.Random(2026)
    by_rule, words = 0, []
    for _ in range(3_000):
        leaning = [drawn.gauss(0, 0.5) for _ in range(RATERS)]
        tallies = []
        for _ in range(5):
            middle = drawn.gauss(2.2, 0.5)
            levels = [min(4, max(0, round(middle + lean + drawn.gauss(0, 0.7)))) for lean in leaning]
            tallies.append(tuple(levels.count(level) for level in range(5)))
        sums = [total(tally) for tally in tallies]
        by_rule += bool(betrayed(sums, [span_of_word(value) for value in sums]))
        score = of_five_items(tallies).groups[PEER]
        if score.points is None:
            words.append(score.band)
    assert by_rule == 0
    assert words == [Band.NORMAL]


def test_withholding_two_items_would_tell_what_it_hides() -> None:
    """Why the gate is stricter than §3.4.2.3: under that rule a missing figure betrays whoever knows the rule.

    Three items, five answers each. Where the interval rule finds somebody betrayed, that item and the next are left
    out (then again, until it is content) and the score stays. Sorted by what is then shown, some piles leave one or
    two levels for an answer.
    """
    piles: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for sums in product(range(TOP + 1), repeat=3):
        spans: list[tuple[int, int]] = [span_of_word(value) for value in sums]
        while (found := betrayed(sums, spans)) and (shown := [p for p in range(3) if spans[p] != (0, TOP)]):
            first = found[0] if found[0] in shown else shown[0]
            following = [place for place in (*range(first + 1, 3), *range(first)) if place in shown]
            for place in (first, *following[:1]):
                spans[place] = (0, TOP)
        score = min(97, max(3, half_up(Fraction(100 * sum(sums), TOP * 3))))
        piles[tuple(spans), score].append(sums)
    betraying = [
        pile
        for pile in piles.values()
        if any(
            len(occurring(tally for sums in pile for tally in tallies_of(RATERS) if total(tally) == sums[place])) < 3
            for place in range(3)
        )
    ]
    assert betraying
