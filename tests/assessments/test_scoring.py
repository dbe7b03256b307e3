"""The arithmetic of scoring.md §3.2 and §3.3, vector by vector."""

from __future__ import annotations

from fractions import Fraction

import pytest

from assessments.model import RaterGroup
from assessments.scoring import (
    Agreement,
    Band,
    GapWord,
    ItemTally,
    Mode,
    agreement,
    average_deviation,
    balanced_mean,
    band,
    enough_questions,
    gap_word,
    half_up,
    nearly_all,
    profile_mean,
    rater_section_score,
    section_tally,
    threshold,
    to_decimals,
)

PEER, STAFF, MGMT, COMMUNITY = RaterGroup


def counts(*answers: int) -> tuple[int, int, int, int, int]:
    return tuple(answers.count(level) for level in range(5))  # type: ignore[return-value]


def test_vector_s1_four_of_five_answered() -> None:
    rater = rater_section_score([3, 2, 4, 1], shown=6, not_applicable=1)
    assert (rater.applicable, rater.answered, rater.coverage, rater.score) == (5, 4, Fraction(4, 5), Fraction(125, 2))
    assert band(half_up(rater.score or Fraction(0))) is Band.BEGUN
    assert rater.not_applicable == 1


def test_vector_s2_has_no_score_and_a_share_of_cannot_tell() -> None:
    rater = rater_section_score([4, 4], shown=5, dk=2)
    assert (rater.applicable, rater.answered, rater.coverage) == (5, 2, Fraction(2, 5))
    assert rater.score is None
    assert rater.dk_share == Fraction(2, 5)


@pytest.mark.parametrize(
    ("levels", "shown", "not_applicable", "scored"),
    [
        ([1, 2, 3], 5, 0, True),  # exactly 60 % and three
        ([1, 2, 3], 6, 0, False),  # half
        ([1, 2], 2, 0, False),  # all, but fewer than three
        ([1, 2, 3], 6, 1, True),
        ([], 4, 4, False),
    ],
)
def test_a_rater_needs_three_answers_and_sixty_percent(
    levels: list[int], shown: int, not_applicable: int, scored: bool
) -> None:
    assert (rater_section_score(levels, shown, not_applicable).score is not None) is scored


def test_more_answers_than_items_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        rater_section_score([1, 2, 3], shown=4, not_applicable=1, dk=1)


def test_section_tally_keeps_number_mean_and_spread() -> None:
    tally = section_tally([Fraction(score) for score in (55, 60, 40, 70, 65, 50)])
    assert (tally.n, round(tally.mean or 0, 2), round(tally.s or 0, 1)) == (6, 56.67, 10.8)
    assert section_tally([Fraction(50)]).s is None
    assert section_tally([]).mean is None


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.49", 2), ("56.25", 56), ("62.5", 63), ("0", 0)]
)
def test_halves_go_up(value: str, rounded: int) -> None:
    assert half_up(Fraction(value)) == rounded


@pytest.mark.parametrize(("value", "shown"), [("1.25", 1.3), ("1.24", 1.2), ("0.05", 0.1)])
def test_decimals_are_rounded_half_up(value: str, shown: float) -> None:
    assert to_decimals(Fraction(value), 1) == shown


@pytest.mark.parametrize(
    ("points", "word"),
    [
        (0, Band.NOT_HERE_YET), (24, Band.NOT_HERE_YET), (25, Band.BY_CHANCE), (49, Band.BY_CHANCE),
        (50, Band.BEGUN), (74, Band.BEGUN), (75, Band.NORMAL), (89, Band.NORMAL), (90, Band.LIVING), (100, Band.LIVING),
    ],
)  # fmt: skip
def test_an_edge_belongs_to_the_upper_band(points: int, word: Band) -> None:
    assert band(points) is word


@pytest.mark.parametrize(
    ("points", "word"),
    [(0, GapWord.SAME), (9, GapWord.SAME), (10, GapWord.TALK), (24, GapWord.TALK), (25, GapWord.DIFFERENT)],
)
def test_gap_words(points: int, word: GapWord) -> None:
    assert gap_word(points) is word


@pytest.mark.parametrize(
    ("answers", "deviation", "word"),
    [
        ((1, 2, 2, 3, 4), Fraction(8, 10), Agreement.AGREE),  # vector G1: the edge agrees
        ((0, 0, 4, 4, 4), Fraction(16, 10), Agreement.DIFFER),
        ((3, 3, 3, 4, 3), Fraction(2, 10), Agreement.AGREE),
        ((0, 2, 2, 2, 3, 4), Fraction(5, 6), Agreement.DIFFER),  # 0.83 is over the edge
        ((1, 1, 3, 3), Fraction(1), Agreement.DIFFER),  # median between two levels
    ],
)
def test_vector_g1_agreement(answers: tuple[int, ...], deviation: Fraction, word: Agreement) -> None:
    assert average_deviation(counts(*answers)) == deviation
    assert agreement(counts(*answers)) is word


@pytest.mark.parametrize(
    ("levels", "level"),
    [((10, 0, 0, 0, 0), 0), ((0, 0, 1, 0, 9), 4), ((0, 0, 2, 0, 8), None), ((0, 0, 11, 1, 0), 2)],
)
def test_nearly_all_is_all_or_all_but_one(levels: tuple[int, ...], level: int | None) -> None:
    assert nearly_all(levels) == level


def test_vector_g2_gives_each_group_one_voice() -> None:
    mean = balanced_mean({MGMT: 85, STAFF: 70, PEER: 45})
    assert mean is not None and to_decimals(mean, 1) == 66.7
    assert to_decimals(Fraction(85 + 6 * 70 + 5 * 45, 12), 1) == 60.8  # what a head count would have said
    assert gap_word(85 - 45) is gap_word(70 - 45) is GapWord.DIFFERENT


def test_no_balanced_mean_without_peers_or_alone_or_with_people_we_reach() -> None:
    assert balanced_mean({MGMT: 85, STAFF: 70}) is None
    assert balanced_mean({PEER: 45}) is None
    assert balanced_mean({PEER: 45, COMMUNITY: 80}) is None
    assert balanced_mean({PEER: 40, STAFF: 60, COMMUNITY: 100}) == 50


def test_items_weigh_the_same_however_many_answered() -> None:
    few, many = ItemTally((0, 0, 0, 0, 5)), ItemTally((20, 0, 0, 0, 0))
    assert profile_mean([few, many]) == 2


@pytest.mark.parametrize(
    ("counted", "may_rate", "enough"), [(3, 5, True), (3, 6, False), (4, 6, True), (2, 2, False), (3, 3, True)]
)
def test_a_profile_needs_three_items_and_sixty_percent(counted: int, may_rate: int, enough: bool) -> None:
    assert enough_questions(counted, may_rate) is enough


@pytest.mark.parametrize(
    ("group", "mode", "k", "least"),
    [
        (PEER, Mode.INDIVIDUAL, 5, 5), (STAFF, Mode.INDIVIDUAL, 3, 3), (PEER, Mode.GROUP, 5, 1),
        (MGMT, Mode.STATEMENT, 7, 1), (MGMT, Mode.INDIVIDUAL, 7, 7), (COMMUNITY, Mode.INDIVIDUAL, 5, 10),
        (COMMUNITY, Mode.INDIVIDUAL, 12, 12),
    ],
)  # fmt: skip
def test_thresholds(group: RaterGroup, mode: Mode, k: int, least: int) -> None:
    assert threshold(group, mode, k) == least


def test_claims_without_evidence_stand_at_two_in_the_second_view() -> None:
    tally = ItemTally((0, 0, 4, 3, 3), evidence={(3, "none"): 1, (3, "told"): 2, (4, "none"): 2, (4, "document"): 1})
    assert (tally.claimed, tally.without_evidence) == (6, 3)
    assert tally.mean == Fraction(29, 10)
    assert tally.evidenced_mean == Fraction(24, 10)
