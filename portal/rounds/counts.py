"""What a closed round holds, as the input of ``assessments.disclosure``: nothing of it may be shown as it stands."""

from __future__ import annotations

from typing import Any

from assessments.answers import LEVELS
from assessments.model import Mode, RaterGroup
from assessments.scoring import GroupTally, ItemTally, SectionTally
from portal.rounds.models import Comment, Round, RoundCount, RoundGroup, RoundSection


def tallies_of(round_: Round) -> dict[RaterGroup, GroupTally]:
    """Counts of a closed round by rater group, peers first; a group that nobody answered for has no items."""
    items: dict[str, dict[str, ItemTally]] = {}
    for count in RoundCount.select().where(RoundCount.round == round_):
        items.setdefault(count.rater_group, {})[count.item] = _item_tally(count)
    groups = {group.rater_group: group for group in RoundGroup.select().where(RoundGroup.round == round_)}
    return {
        group: GroupTally(
            mode=Mode(groups[group.value].mode),
            sheets=groups[group.value].sheets or 0,
            places=groups[group.value].places,
            items=items.get(group.value, {}),
        )
        for group in RaterGroup
        if group.value in groups
    }


def _item_tally(count: RoundCount) -> ItemTally:
    by_code = [(*key.split(":"), number) for key, number in count.evidence.items()]
    first, second, third, fourth, fifth = (getattr(count, f"level_{level}") for level in LEVELS)
    return ItemTally(
        levels=(first, second, third, fourth, fifth),
        dk=count.dk,
        na=count.na,
        skip=count.skip,
        evidence={(int(value), code): number for value, code, number in by_code if value in LEVELS},
        evidence_only={code: number for value, code, number in by_code if value not in LEVELS},
    )


def section_tallies_of(round_: Round) -> dict[tuple[RaterGroup, str], SectionTally]:
    """The raters' own section scores by group and section, for change over time (scoring.md §3.7)."""
    rows = RoundSection.select().where(RoundSection.round == round_)
    return {(RaterGroup(row.rater_group), row.section): SectionTally(row.n, row.mean, row.s) for row in rows}


def differed_in(round_: Round) -> set[tuple[RaterGroup, str]]:
    """Group and item where an agreed answer says that people saw it differently."""
    rows: Any = (
        RoundCount.select(RoundCount.rater_group, RoundCount.item)
        .where(RoundCount.round == round_, RoundCount.differed > 0)
        .tuples()
    )
    return {(RaterGroup(group), item) for group, item in rows}


def comments_of(round_: Round) -> dict[tuple[RaterGroup, str], list[str]]:
    """Texts by group and item. Those of individuals may be shown only from ten answers to that item (§3.4.1)."""
    rows: Any = (
        Comment.select(Comment.rater_group, Comment.item, Comment.text)
        .where(Comment.round == round_)
        .order_by(Comment.rater_group, Comment.item, Comment.id)
        .tuples()
    )
    found: dict[tuple[RaterGroup, str], list[str]] = {}
    for group, item, text in rows:
        found.setdefault((RaterGroup(group), item), []).append(text)
    return found
