"""The page's order and choice, from figures that went through the gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assessments.disclosure import publish
from assessments.files import INSTRUMENTS, load_links, load_words
from assessments.model import Mode, RaterGroup
from assessments.published import Reason, SectionFigure
from assessments.scoring import Band, GapWord, GroupTally, ItemTally
from portal.results.view import build, dots
from tests.portal.results.conftest import MANAGEMENT, PEERS, PRINCIPLES, STAFF, TABLE

WORDS = load_words(INSTRUMENTS / "principles-1", "en")
LINKS = load_links(INSTRUMENTS / "principles-1")
PEER, STAFF_GROUP, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT
EVERYBODY = frozenset(RaterGroup)


def counted(*levels):
    return tuple(levels.count(level) for level in range(5))


def individuals(group, answers, people=6, **dk):
    """A group in which everybody answered as ``answers`` says; ``dk`` can't-tell answers by item."""
    items = {
        item.code: ItemTally(counted(*[answers[item.section][n % 6] for n in range(people)]), dk=dk.get(item.code, 0))
        for item in PRINCIPLES.items_for(group)
        if item.gives_level(group)
    }
    return GroupTally(Mode.INDIVIDUAL, people + max(dk.values(), default=0), people, items)


def agreed(answers):
    items = {
        item.code: ItemTally(counted(answers[item.section]), evidence={(answers[item.section], "none"): 1})
        for item in PRINCIPLES.items_for(MGMT)
        if item.gives_level(MGMT)
    }
    return GroupTally(Mode.STATEMENT, 1, 1, items)


ALL = {
    PEER: individuals(PEER, PEERS),
    STAFF_GROUP: individuals(STAFF_GROUP, STAFF),
    MGMT: agreed(MANAGEMENT),
}


def result(tallies=None, visible=EVERYBODY, k=5):
    return build(publish(PRINCIPLES, tallies or ALL, k, visible), PRINCIPLES, WORDS, LINKS)


def test_sections_stand_in_the_order_of_their_gaps_with_the_figures_worked_out_by_hand():
    rows = result().rows
    assert [row.code for row in rows] == list(TABLE)
    for row in rows:
        *points, _gap = TABLE[row.code]
        assert [row.groups[group].points for group in (PEER, STAFF_GROUP, MGMT)] == points


def test_dots_are_there_for_shown_figures_only_and_peers_lie_on_top():
    rows = {row.code: row for row in result().rows}
    assert [(dot.group, dot.points) for dot in rows["EQ"].dots] == [(MGMT, 100), (STAFF_GROUP, 75), (PEER, 25)]
    assert rows["EQ"].reach == (25, 100)
    assert [dot.group for dot in rows["MW"].dots] == [STAFF_GROUP, PEER] and rows["MW"].reach is None


def test_a_hidden_group_has_no_dot_and_a_reason():
    few = {**ALL, STAFF_GROUP: individuals(STAFF_GROUP, STAFF, people=4)}
    page = result(few)
    assert all(dot.group is not STAFF_GROUP for row in page.rows for dot in row.dots)
    hidden = {one.reason: one for one in page.hidden if STAFF_GROUP in one.groups}
    assert hidden[Reason.BELOW_THRESHOLD].sections == tuple(WORDS.sections[code].name for code in page.order)


@pytest.mark.parametrize(
    ("points", "heights"),
    [
        ({PEER: 45, STAFF_GROUP: 70, MGMT: 85}, {PEER: 50, STAFF_GROUP: 50, MGMT: 50}),
        ({PEER: 86, STAFF_GROUP: 85}, {PEER: 50, STAFF_GROUP: 74}),
        ({PEER: 74, STAFF_GROUP: 78}, {PEER: 50, STAFF_GROUP: 74}),
        ({PEER: 74, STAFF_GROUP: 79}, {PEER: 50, STAFF_GROUP: 50}),
        ({PEER: 20, STAFF_GROUP: 70, MGMT: 73}, {PEER: 50, STAFF_GROUP: 74, MGMT: 26}),
        ({PEER: 70, STAFF_GROUP: 71, MGMT: 72}, {PEER: 50, STAFF_GROUP: 74, MGMT: 26}),
        ({PEER: 50, MGMT: None}, {PEER: 50}),
    ],
)
def test_dots_that_would_meet_move_apart(points, heights):
    drawn = dots({group: SectionFigure(4, 4, points=value) for group, value in points.items()})
    assert {dot.group: dot.height for dot in drawn} == heights
    assert drawn[-1].group is PEER


def test_peers_view_leads_and_strengths_come_from_it():
    page = result()
    assert page.leading is PEER
    assert [row.code for row in page.strengths] == ["MR", "MW", "SD"]
    assert [(band, [row.code for row in rows]) for band, rows in page.bands] == [
        (Band.NORMAL, ["MW", "MR"]),
        (Band.BEGUN, ["SD", "GI", "BS", "CD"]),
        (Band.BY_CHANCE, ["EQ"]),
    ]


@pytest.mark.parametrize(
    ("visible", "leading"), [({PEER}, PEER), ({STAFF_GROUP}, STAFF_GROUP), ({STAFF_GROUP, MGMT}, STAFF_GROUP)]
)
def test_until_release_the_first_view_that_is_shown_leads(visible, leading):
    page = result(visible=frozenset(visible))
    assert page.leading is leading and not page.has_gaps
    shown = {dot.group for row in page.rows for dot in row.dots}
    assert shown == visible


def test_each_of_the_ten_largest_gaps_has_a_question_and_a_page_to_read():
    page = result()
    lines = {line.code: line for row in page.rows for line in row.items}
    widest = sorted(lines.values(), key=lambda line: -max((gap.size for gap in line.gaps), default=0))[:10]
    assert all(line.talk.endswith("?") and line.pages for line in widest)
    assert all(not line.talk for line in lines.values() if not any(gap.size for gap in line.gaps))


def test_what_to_talk_about_says_which_rule_chose_it():
    page = result()
    assert len(page.talk) == 3 and all(line.question.endswith("?") for line in page.talk)
    assert [line.why.item for line in page.talk] == ["EQ1", "EQ4", "EQ2"]
    assert [line.why.rule.value for line in page.talk] == ["widest_gap", "critical_low", "widest_gap"]


def test_where_peers_cannot_tell_people_have_to_be_told():
    unsure = {**ALL, PEER: individuals(PEER, PEERS, GI2=3, MW1=3)}
    assert [(line.item, line.group, line.tell) for line in result(unsure).unsure] == [
        ("GI2", PEER, True),
        ("MW1", PEER, False),
    ]


def test_a_critical_item_that_peers_put_low_keeps_living_practice_back():
    row = next(row for row in result().rows if row.code == "EQ")
    assert (row.groups[MGMT].points, row.groups[MGMT].band, row.groups[MGMT].critical) == (100, Band.NORMAL, "EQ4")
    own = next(row for row in result(visible=frozenset({MGMT})).rows if row.code == "EQ")
    assert own.groups[MGMT].band is Band.LIVING


def test_an_agreed_answer_that_never_came_is_named():
    silent = {**ALL, MGMT: GroupTally(Mode.STATEMENT, 0, 1, {})}
    assert result(silent).silent == {MGMT} and result().silent == frozenset()


def test_groups_with_the_same_reason_are_named_together():
    waiting = [one for one in result(visible=frozenset({PEER})).hidden if one.reason is Reason.WAITING]
    assert [one.groups for one in waiting] == [(STAFF_GROUP, MGMT)]


def test_the_widest_gap_of_each_section_is_the_one_worked_out_by_hand():
    words = {
        GapWord.DIFFERENT: "seeing different things",
        GapWord.TALK: "worth talking about",
        GapWord.SAME: "much the same",
    }
    for row in result().rows:
        assert words[row.section.widest.word] == TABLE[row.code][-1]


def test_a_page_without_any_figure_has_no_view_to_lead():
    page = result({PEER: replace(ALL[PEER], sheets=0, items={})})
    assert page.leading is None and page.strengths == () and page.bands == () and page.talk == ()
