"""What the gate shows, by the rules of scoring.md §3.3 and §3.4. That it keeps the limit: test_disclosure_limit.py."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assessments.disclosure import publish
from assessments.model import Instrument, Item, Judges, Mode, RaterGroup, Section
from assessments.published import (
    CannotTell,
    ItemFigure,
    Published,
    Reason,
    Stop,
    TalkRule,
    ToTalkAbout,
    strengths,
    talk_about,
    widest_first,
)
from assessments.scoring import Agreement, Band, GapWord, GroupTally, ItemTally

PEER, STAFF, MGMT, COMMUNITY = RaterGroup
EVERYBODY = frozenset(RaterGroup)
Levels = tuple[int, int, int, int, int]


def counts(*answers: int) -> Levels:
    return tuple(answers.count(level) for level in range(5))  # type: ignore[return-value]


def spread(total: int, n: int) -> Levels:
    """n answers with this sum, as alike as can be."""
    low, more = divmod(total, n)
    return counts(*[low + 1] * more, *[low] * (n - more))


def questions(
    number: int,
    raters: Sequence[RaterGroup] = (PEER, STAFF, MGMT),
    critical: str = "",
    section: str = "EQ",
) -> tuple[Item, ...]:
    codes = [f"{section}{place}" for place in range(1, number + 1)]
    return tuple(Item(code, section, dict.fromkeys(raters, Judges.CAN), code == critical) for code in codes)


def instrument(*items: Item) -> Instrument:
    sections = dict.fromkeys(item.section for item in items)
    return Instrument("principles-1", None, (PEER, STAFF, MGMT), tuple(Section(code, "") for code in sections), items)


def single(*tallies: Levels, section: str = "EQ", dk: Sequence[int] = (), sheets: int = 0) -> GroupTally:
    """A group that answers one by one; ``tallies`` in the order of the section's items."""
    can_not = [*dk, *[0] * len(tallies)]
    items = {
        f"{section}{place}": ItemTally(levels, dk=unsure)
        for place, (levels, unsure) in enumerate(zip(tallies, can_not, strict=False), 1)
    }
    sheets = sheets or max(item.n + item.dk for item in items.values())
    return GroupTally(Mode.INDIVIDUAL, sheets, sheets + 2, items)


def agreed(*levels: int, section: str = "EQ", mode: Mode = Mode.STATEMENT) -> GroupTally:
    items = {f"{section}{place}": ItemTally(counts(level)) for place, level in enumerate(levels, 1)}
    return GroupTally(mode, 1, 1, items)


def points(published: Published, group: RaterGroup, section: str = "EQ") -> int | None:
    return published.section(section).groups[group].points


FIVE = single(*[counts(1, 2, 2, 3, 4)] * 5)


def test_vector_g0_rests_on_the_items_with_enough_answers() -> None:
    # The vector has a mean of 2.5 from five answers, which whole levels cannot give; six answers stand in.
    peers = single(spread(12, 6), spread(15, 5), spread(7, 4), spread(9, 6), spread(15, 6))
    shown = publish(instrument(*questions(5)), {PEER: peers}, 5, EVERYBODY)
    figure = shown.section("EQ").groups[PEER]
    assert (figure.points, figure.questions, figure.of, figure.band) == (56, 4, 5, Band.BEGUN)
    assert shown.item("EQ3").groups[PEER] == ItemFigure(reason=Reason.BELOW_THRESHOLD)
    assert shown.item("EQ1").groups[PEER].level == 2


def test_fewer_than_three_items_or_sixty_percent_give_no_score() -> None:
    enough, few = counts(2, 2, 2, 1, 3), counts(2, 2, 2)
    two_of_three = publish(instrument(*questions(3)), {PEER: single(enough, enough, few)}, 5, EVERYBODY)
    three_of_six = publish(instrument(*questions(6)), {PEER: single(*[enough] * 3, *[few] * 3)}, 5, EVERYBODY)
    for shown in (two_of_three, three_of_six):
        assert shown.section("EQ").groups[PEER].reason is Reason.NOT_ENOUGH_ANSWERS
        assert points(shown, PEER) is None
    assert three_of_six.item("EQ1").groups[PEER].level == 2


def test_vector_s3_a_critical_item_holds_the_word_back_while_it_is_shown() -> None:
    paper = instrument(*questions(4, critical="EQ4"))
    peers = single(*[counts(3, 3, 3, 2, 4, 3)] * 3, counts(1, 1, 1, 0, 2, 1))
    management = publish(paper, {PEER: peers, MGMT: agreed(4, 4, 4, 4)}, 5, EVERYBODY).section("EQ").groups[MGMT]
    assert (management.points, management.band, management.critical) == (100, Band.NORMAL, "EQ4")
    four = single(*[counts(3, 3, 2, 4)] * 3, counts(1, 1, 0, 2))
    for tallies, visible in (({PEER: four}, EVERYBODY), ({PEER: peers}, frozenset({MGMT, STAFF}))):
        management = publish(paper, {**tallies, MGMT: agreed(4, 4, 4, 4)}, 5, visible).section("EQ").groups[MGMT]
        assert (management.points, management.band, management.critical) == (100, Band.LIVING, None)


def test_the_balanced_mean_too_is_not_called_living_practice() -> None:
    paper = instrument(*questions(10, critical="EQ10"))
    peers = agreed(*[4] * 9, 1, mode=Mode.GROUP)
    balanced = publish(paper, {PEER: peers, MGMT: agreed(*[4] * 10)}, 5, EVERYBODY).section("EQ").balanced
    assert balanced is not None
    assert (balanced.points, balanced.band, balanced.critical) == (97, Band.NORMAL, "EQ10")


def test_a_hidden_group_is_in_no_combined_figure() -> None:
    # Complementary suppression: from management 85, staff 70 and a total of ten, four peers could be worked out.
    tallies = {MGMT: agreed(3, 4, 3, 4), STAFF: single(*[spread(17, 6)] * 4), PEER: single(*[counts(1, 2, 2, 3)] * 4)}
    section = publish(instrument(*questions(4)), tallies, 5, EVERYBODY).section("EQ")
    assert section.groups[PEER].reason is Reason.BELOW_THRESHOLD
    assert section.balanced is None and section.gaps == ()
    assert all(item.gaps == () for item in section.items)
    assert section.groups[STAFF].points == 71


def test_vector_g2_through_the_gate() -> None:
    peers = [spread(total, 5) for total in (9, 9, 9, 9, 9)]
    staff = [spread(total, 6) for total in (17, 17, 17, 17, 16)]
    tallies = {PEER: single(*peers), STAFF: single(*staff), MGMT: agreed(4, 3, 3, 4, 3)}
    section = publish(instrument(*questions(5)), tallies, 5, EVERYBODY).section("EQ")
    assert [section.groups[group].points for group in (MGMT, STAFF, PEER)] == [85, 70, 45]
    assert section.balanced is not None and section.balanced.points == 67
    assert {(gap.group, gap.word, gap.higher, gap.points, gap.questions) for gap in section.gaps} == {
        (MGMT, GapWord.DIFFERENT, MGMT, None, 5),
        (STAFF, GapWord.DIFFERENT, STAFF, None, 5),
    }


def test_five_to_nine_answers_are_shown_in_words_only() -> None:
    shown = publish(instrument(*questions(5)), {PEER: FIVE}, 5, EVERYBODY).item("EQ1").groups[PEER]
    assert shown == ItemFigure(level=2, agreement=Agreement.AGREE)
    half = single(*[counts(2, 2, 2, 3, 3, 3)] * 5)
    assert publish(instrument(*questions(5)), {PEER: half}, 5, EVERYBODY).item("EQ1").groups[PEER].level == 3


def test_three_and_four_answers_show_nothing_per_item_but_count_in_the_score() -> None:
    shown = publish(instrument(*questions(5)), {PEER: single(*[counts(1, 2, 3)] * 5)}, 3, EVERYBODY)
    assert points(shown, PEER) == 50
    assert shown.item("EQ1").groups[PEER] == ItemFigure(reason=Reason.NOT_ENOUGH_ANSWERS)


def test_ten_answers_show_mean_spread_distribution_and_evidence() -> None:
    tally = ItemTally(
        (1, 2, 3, 2, 3), evidence={(3, "none"): 1, (3, "told"): 1, (4, "none"): 1, (4, "document"): 2}
    )  # mean 26/11
    group = GroupTally(Mode.INDIVIDUAL, 11, 11, {f"EQ{place}": tally for place in range(1, 5)})
    shown = publish(instrument(*questions(4)), {PEER: group}, 5, EVERYBODY)
    figure = shown.item("EQ1").groups[PEER]
    assert (figure.level, figure.mean, figure.deviation, figure.distribution) == (2, 2.4, 1.09, (1, 2, 3, 2, 3))
    assert figure.agreement is Agreement.DIFFER
    assert figure.evidence is not None
    assert (figure.evidence.claimed, figure.evidence.without) == (5, 2)
    assert figure.evidence.by_code == {"none": 2, "told": 1, "document": 2}
    assert figure.evidenced_mean == 2.1  # (26 − 1 − 2) / 11
    section = shown.section("EQ").groups[PEER]
    assert (section.points, section.evidenced_points) == (59, 52)


@pytest.mark.parametrize("levels", [(0, 0, 0, 0, 12), (0, 0, 0, 1, 11), (1, 0, 0, 0, 11)])
def test_nearly_all_hides_mean_spread_distribution_and_evidence(levels: Levels) -> None:
    tally = ItemTally(levels, evidence={(4, "none"): levels[4]})
    others = ItemTally((2, 3, 3, 2, 2))
    items = {"EQ1": tally, **{f"EQ{place}": others for place in range(2, 7)}}
    shown = publish(instrument(*questions(6)), {PEER: GroupTally(Mode.INDIVIDUAL, 12, 12, items)}, 5, EVERYBODY)
    assert shown.item("EQ1").groups[PEER] == ItemFigure(level=4, nearly_all=True, cannot_tell=CannotTell(False, 0))


@pytest.mark.parametrize(
    ("levels", "shown_as"),
    [((0, 0, 0, 0, 5), (97, Stop.OR_MORE, Band.LIVING)), ((5, 0, 0, 0, 0), (3, Stop.OR_LESS, Band.NOT_HERE_YET))],
)
def test_scores_stop_at_both_ends(levels: Levels, shown_as: tuple[int, Stop, Band]) -> None:
    figure = publish(instrument(*questions(5)), {PEER: single(*[levels] * 5)}, 5, EVERYBODY).section("EQ").groups[PEER]
    assert (figure.points, figure.stop, figure.band) == shown_as


def test_agreed_answers_are_exempt_and_exact() -> None:
    paper = instrument(*questions(4))
    tallies = {PEER: agreed(4, 4, 4, 4, mode=Mode.GROUP), MGMT: agreed(3, 4, 2, 4)}
    shown = publish(paper, tallies, 5, EVERYBODY)
    section = shown.section("EQ")
    assert (section.groups[PEER].points, section.groups[PEER].stop) == (100, None)
    (gap,) = section.gaps
    assert (gap.points, gap.word, gap.higher) == (19, GapWord.TALK, PEER)  # 18.75, half up
    figure = shown.item("EQ3").groups[MGMT]
    assert (figure.level, figure.agreed, figure.evidence is not None) == (2, True, True)
    assert shown.item("EQ3").gaps[0].levels == 2
    assert shown.answered[PEER].band == "agreed"


def test_an_agreed_answer_is_capped_without_evidence_in_the_second_view() -> None:
    items = {f"EQ{place}": ItemTally(counts(4), evidence={(4, "none"): 1}) for place in (1, 2, 3)}
    items["EQ4"] = ItemTally(counts(4), evidence={(4, "confirmed"): 1})
    management = GroupTally(Mode.STATEMENT, 1, 1, items)
    figure = publish(instrument(*questions(4)), {MGMT: management}, 5, EVERYBODY).section("EQ").groups[MGMT]
    assert (figure.points, figure.evidenced_points) == (100, 63)


@pytest.mark.parametrize(
    ("tally", "reason"),
    [
        (ItemTally(dk=1), Reason.CANNOT_TELL),
        (ItemTally(na=1), Reason.NOT_APPLICABLE),
        (ItemTally(skip=1), Reason.NOT_ENOUGH_ANSWERS),
    ],
)
def test_agreed_answers_without_a_level_say_why(tally: ItemTally, reason: Reason) -> None:
    management = GroupTally(Mode.STATEMENT, 1, 1, {"EQ1": tally})
    shown = publish(instrument(*questions(4)), {MGMT: management}, 5, EVERYBODY)
    assert shown.item("EQ1").groups[MGMT] == ItemFigure(agreed=True, reason=reason)


def test_too_few_questions_for_a_group_is_said() -> None:
    paper = instrument(*questions(2), *[Item(f"EQ{n}", "EQ", {PEER: Judges.BEST}) for n in (3, 4)])
    shown = publish(paper, {PEER: FIVE, MGMT: agreed(3, 4)}, 5, EVERYBODY)
    assert shown.section("EQ").groups[MGMT].reason is Reason.TOO_FEW_QUESTIONS
    assert shown.item("EQ2").groups[MGMT].level == 4
    assert shown.item("EQ2").gaps[0].talk


def test_gaps_rest_on_shared_questions_only() -> None:
    shared = questions(3)
    paper = instrument(*shared, Item("EQ4", "EQ", {PEER: Judges.BEST}), Item("EQ5", "EQ", {PEER: Judges.BEST}))
    peers = agreed(2, 2, 2, 4, 4, mode=Mode.GROUP)
    (gap,) = publish(paper, {PEER: peers, MGMT: agreed(3, 3, 3)}, 5, EVERYBODY).section("EQ").gaps
    assert (gap.points, gap.questions, gap.higher) == (25, 3, MGMT)  # and not 75 − 70


def test_gap_points_need_ten_answers_on_every_shared_item() -> None:
    mixed = [(2, 3, 3, 2, 2), (1, 3, 4, 2, 2), (2, 2, 4, 2, 2), (3, 3, 2, 2, 2)]
    (gap,) = publish(
        instrument(*questions(4)), {PEER: single(*mixed), MGMT: agreed(3, 3, 3, 3)}, 5, EVERYBODY
    ).section("EQ").gaps  # fmt: skip
    assert gap.points == 27
    (gap,) = publish(
        instrument(*questions(5)), {PEER: single(*mixed, (1, 2, 3, 2, 1)), MGMT: agreed(3, 3, 3, 3, 3)}, 5, EVERYBODY
    ).section("EQ").gaps  # fmt: skip
    assert (gap.points, gap.word) == (None, GapWord.DIFFERENT)


def test_instruments_compared_item_by_item_have_no_section_gap() -> None:
    tallies = {PEER: agreed(0, 0, 0, mode=Mode.GROUP), MGMT: agreed(3, 3, 3)}
    shown = publish(instrument(*questions(3)), tallies, 5, EVERYBODY, section_gaps=False)
    assert shown.section("EQ").gaps == ()
    assert all(item.gaps[0].size == 3 for item in shown.section("EQ").items)


@pytest.mark.parametrize(
    ("dk", "answered", "shown"),
    [
        (1, 4, None),  # one in five
        (2, 4, CannotTell(True)),
        (3, 7, CannotTell(True, 30)),
        (2, 8, CannotTell(False, 20)),
        (10, 0, CannotTell(True, 90)),  # that everybody said so is never told
        (10, 1, CannotTell(True, 90)),
        (2, 2, None),  # fewer than five asked
        (1, 9, CannotTell(False, 10)),
    ],
)
def test_cannot_tell_shares(dk: int, answered: int, shown: CannotTell | None) -> None:
    levels = counts(*[place % 3 + 1 for place in range(answered)])
    peers = GroupTally(Mode.INDIVIDUAL, dk + answered, 12, {"EQ1": ItemTally(levels, dk=dk)})
    figure = publish(instrument(*questions(5)), {PEER: peers}, 5, EVERYBODY).item("EQ1").groups[PEER]
    assert figure.cannot_tell == shown


def test_does_not_apply_leaves_the_share_and_marks_the_section() -> None:
    tally = ItemTally(counts(1, 2, 3, 2, 2), dk=2, na=3)  # two of seven asked
    peers = GroupTally(Mode.INDIVIDUAL, 10, 10, {f"EQ{place}": tally for place in range(1, 6)})
    shown = publish(instrument(*questions(5)), {PEER: peers}, 5, EVERYBODY)
    assert shown.item("EQ1").groups[PEER].cannot_tell is None
    assert shown.section("EQ").groups[PEER].partly_applicable
    assert (
        not publish(instrument(*questions(5)), {PEER: FIVE}, 5, EVERYBODY).section("EQ").groups[PEER].partly_applicable
    )


def test_evidence_only_answers_give_no_level() -> None:
    paper = instrument(
        *questions(4), Item("EQ5", "EQ", dict.fromkeys((MGMT, STAFF), Judges.EVIDENCE) | {PEER: Judges.BEST})
    )
    said = ItemTally(evidence_only={"none": 4, "told": 5})
    ten = ItemTally(evidence_only={"none": 5, "told": 5})
    for tally, group, mode, shown in (
        (said, STAFF, Mode.INDIVIDUAL, None),
        (ten, STAFF, Mode.INDIVIDUAL, {"none": 5, "told": 5}),
        (ItemTally(evidence_only={"document": 1}), MGMT, Mode.STATEMENT, {"document": 1}),
    ):
        tallies = {PEER: FIVE, group: GroupTally(mode, 10, 10, {"EQ5": tally})}
        item = publish(paper, tallies, 5, EVERYBODY).item("EQ5")
        assert item.groups[group].evidence_only == shown
        assert item.groups[group].level is None and item.gaps == ()


def test_management_waits_for_peers_and_staff_is_shown_at_once() -> None:
    tallies = {PEER: FIVE, STAFF: single(*[spread(15, 5)] * 5), MGMT: agreed(3, 3, 3, 3, 3)}
    section = publish(instrument(*questions(5)), tallies, 5, frozenset({STAFF, MGMT})).section("EQ")
    assert section.groups[PEER].reason is Reason.WAITING and section.groups[PEER].points is None
    assert all(item.groups[PEER] == ItemFigure(reason=Reason.WAITING) for item in section.items)
    assert (section.groups[STAFF].points, section.gaps, section.balanced) == (75, (), None)
    assert all(item.gaps == () for item in section.items)


def test_peers_may_release_some_sections() -> None:
    paper = instrument(*questions(5), *questions(5, section="SD"))
    items = {f"{section}{n}": ItemTally(counts(1, 2, 2, 3, 4)) for section in ("EQ", "SD") for n in range(1, 6)}
    tallies = {PEER: GroupTally(Mode.INDIVIDUAL, 5, 5, items)}
    shown = publish(paper, tallies, 5, EVERYBODY, released_sections=frozenset({"SD"}))
    assert shown.section("EQ").groups[PEER].reason is Reason.WAITING
    assert points(shown, PEER, "SD") == 60
    assert strengths(shown) == ("SD",)


@pytest.mark.parametrize(("k", "shown"), [(3, 60), (5, 60), (6, None), (7, None)])
def test_the_threshold_of_the_round_decides(k: int, shown: int | None) -> None:
    published = publish(instrument(*questions(5)), {PEER: FIVE}, k, EVERYBODY)
    assert points(published, PEER) == shown
    assert (published.item("EQ1").groups[PEER].level is None) is (shown is None)


def test_a_threshold_is_three_or_more() -> None:
    with pytest.raises(ValueError, match="3 or more"):
        publish(instrument(*questions(5)), {PEER: FIVE}, 2, EVERYBODY)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="more answers"):
        publish(instrument(*questions(5)), {PEER: single(*[counts(1, 2, 2, 3, 4)] * 5, sheets=4)}, 5, EVERYBODY)
    with pytest.raises(ValueError, match="more answers"):
        publish(
            instrument(*questions(1)),
            {MGMT: GroupTally(Mode.STATEMENT, 2, 2, {"EQ1": ItemTally(counts(3, 4))})},
            5,
            EVERYBODY,
        )


@pytest.mark.parametrize(
    ("sheets", "band"), [(4, "below"), (5, "k-9"), (9, "k-9"), (10, "10-19"), (19, "10-19"), (20, "20+")]
)
def test_numbers_of_answers_are_bands_and_exact_for_peers_about_peers(sheets: int, band: str) -> None:
    group = GroupTally(Mode.INDIVIDUAL, sheets, 30, {})
    paper = instrument(*questions(5))
    for_others = publish(paper, {PEER: group, STAFF: group}, 5, EVERYBODY).answered
    assert {(entry.band, entry.exact) for entry in for_others.values()} == {(band, None)}
    for_peers = publish(paper, {PEER: group, STAFF: group}, 5, EVERYBODY, exact_for_peers=True).answered
    assert (for_peers[PEER].exact, for_peers[PEER].places, for_peers[STAFF].exact) == (sheets, 30, None)


def test_people_we_reach_need_ten_forms() -> None:
    paper = instrument(*questions(4, raters=(COMMUNITY,)))
    for forms, shown in ((9, None), (12, 50)):
        levels = spread(2 * forms, forms) if forms < 10 else (3, 2, 2, 2, 3)
        published = publish(paper, {COMMUNITY: single(*[levels] * 4)}, 5, EVERYBODY)
        assert points(published, COMMUNITY) == shown


def test_sections_with_the_widest_gap_come_first_then_the_order_of_the_instrument() -> None:
    paper = instrument(
        *questions(3), *questions(3, section="SD"), *questions(3, section="GI"), *questions(3, section="BS")
    )
    codes = [item.code for item in paper.items]
    peers = dict(zip(codes, [2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2], strict=True))
    management = dict(zip(codes, [2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 2], strict=True))
    tallies = {
        group: GroupTally(mode, 1, 1, {code: ItemTally(counts(level)) for code, level in levels.items()})
        for group, mode, levels in ((PEER, Mode.GROUP, peers), (MGMT, Mode.STATEMENT, management))
    }
    shown = publish(paper, tallies, 5, EVERYBODY)
    assert [section.code for section in widest_first(shown)] == ["GI", "SD", "BS", "EQ"]
    assert strengths(shown) == ("EQ", "SD", "BS", "GI")
    widest = shown.section("GI").widest
    assert widest is not None and (widest.group, widest.points) == (MGMT, 50)


def test_talk_about_takes_turns_between_the_rules() -> None:
    paper = instrument(*questions(6, critical="EQ2"))
    tallies = {
        PEER: single(*[counts(1, 2, 2, 3, 1)] * 2, *[counts(3, 3, 3, 4, 2)] * 4, dk=(0, 0, 0, 3)),
        MGMT: agreed(3, 1, 3, 3, 0, 3),
    }
    peers = dict(tallies[PEER].items) | {"EQ2": ItemTally(counts(1, 1, 1, 0, 2))}
    tallies[PEER] = GroupTally(Mode.INDIVIDUAL, 8, 8, peers)
    shown = publish(paper, tallies, 5, EVERYBODY)
    assert talk_about(shown) == (
        ToTalkAbout("EQ5", TalkRule.GAP, MGMT),
        ToTalkAbout("EQ2", TalkRule.CRITICAL, PEER),
        ToTalkAbout("EQ4", TalkRule.CANNOT_TELL, PEER),
    )
    assert [entry.item for entry in talk_about(shown, limit=5)] == ["EQ5", "EQ2", "EQ4", "EQ1"]
