"""What may be shown of one section to anybody, ever: step 1 of ``disclosure`` (scoring.md §3.3, §3.4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from assessments import bounds
from assessments.gaps import Form, Partner, Side, as_seen, gap_forms
from assessments.model import Item, RaterGroup
from assessments.published import (
    CannotTell,
    EvidenceFigure,
    ItemFigure,
    Reason,
    SectionFigure,
    SectionGap,
    Stop,
)
from assessments.scoring import (
    ENOUGH_QUESTIONS,
    MANY_CANNOT_TELL,
    PARTLY_APPLICABLE,
    POINTS_A_LEVEL,
    GroupTally,
    ItemTally,
    agreement,
    average_deviation,
    band,
    enough_questions,
    half_up,
    nearly_all,
    profile_mean,
    threshold,
    to_decimals,
)

ITEM_IN_WORDS, ITEM_IN_FULL = 5, 10  # answers an item needs, whatever the threshold (§3.4.2.3)
MOST_CANNOT_TELL = 90  # percent; from here on "90 or more", so that "all of them" is never said
BESIDE_PEERS = (RaterGroup.MGMT, RaterGroup.STAFF)

Tallies = Mapping[RaterGroup, GroupTally]


@dataclass(frozen=True, slots=True)
class Decided:
    """What step 1 settles for one section: figures for everybody, and what each group's score and gaps rest on."""

    groups: Mapping[RaterGroup, SectionFigure]
    items: Mapping[str, Mapping[RaterGroup, ItemFigure]]
    gaps: Mapping[RaterGroup, SectionGap]


def decide(items: Sequence[Item], tallies: Tallies, k: int, section_gaps: bool) -> Decided:
    figures = {
        item.code: {
            group: _item_figure(item, group, tally, k) for group, tally in tallies.items() if group in item.raters
        }
        for item in items
    }
    counted = {
        group: [
            item.code
            for item in items
            if item.gives_level(group) and answers_to(item.code, tally).n >= threshold(group, tally.mode, k)
        ]
        for group, tally in tallies.items()
    }
    groups = {}
    for group, tally in tallies.items():
        shown_items = {code: figures[code][group] for code in counted[group]}
        groups[group] = _section_figure(items, group, tally, k, shown_items)
    gaps = _section_gaps(tallies, counted, figures, groups) if section_gaps else {}
    return Decided(groups, figures, gaps)


def answers_to(code: str, group: GroupTally) -> ItemTally:
    """The group's tally of one item; an empty one if nobody got that far."""
    return group.items.get(code, ItemTally())


def _item_figure(item: Item, group: RaterGroup, tally: GroupTally, k: int) -> ItemFigure:
    """One group's figure for one item, by the number of answers (§3.4.2.3)."""
    answers = answers_to(item.code, tally)
    if not item.gives_level(group):
        return _evidence_only(group, tally, answers, k)
    if tally.mode.exempt:
        return _agreed_figure(answers)
    cannot_tell = _cannot_tell(group, tally, answers, k)
    if answers.n < threshold(group, tally.mode, k):
        return ItemFigure(cannot_tell=cannot_tell, reason=Reason.BELOW_THRESHOLD)
    if answers.n < ITEM_IN_WORDS:
        return ItemFigure(cannot_tell=cannot_tell, reason=Reason.NOT_ENOUGH_ANSWERS)
    if answers.n < ITEM_IN_FULL:
        level = bounds.nearest_level(answers.total, answers.n)
        return ItemFigure(level=level, agreement=agreement(answers.levels), cannot_tell=cannot_tell)
    alike = nearly_all(answers.levels)
    if alike is not None:
        # No evidence counts either: how many claimed a level 3 or 4 would say what the one other answer was.
        return ItemFigure(level=alike, nearly_all=True, cannot_tell=cannot_tell)
    mean = to_decimals(answers.mean, 1)
    return ItemFigure(
        level=half_up(Fraction(half_up(answers.mean * 10), 10)),
        agreement=agreement(answers.levels),
        mean=mean,
        deviation=to_decimals(average_deviation(answers.levels), 2),
        distribution=answers.levels,
        evidence=_evidence(answers),
        evidenced_mean=to_decimals(answers.evidenced_mean, 1),
        cannot_tell=cannot_tell,
    )


def _agreed_figure(answers: ItemTally) -> ItemFigure:
    if not answers.n:
        reason = Reason.NOT_ENOUGH_ANSWERS
        if answers.dk or answers.na:
            reason = Reason.CANNOT_TELL if answers.dk else Reason.NOT_APPLICABLE
        return ItemFigure(agreed=True, reason=reason)
    return ItemFigure(
        level=answers.total, agreed=True, evidence=_evidence(answers), evidenced_mean=float(answers.evidenced_mean)
    )


def _evidence(answers: ItemTally) -> EvidenceFigure:
    by_code: dict[str, int] = {}
    for (_, code), count in answers.evidence.items():
        by_code[code] = by_code.get(code, 0) + count
    return EvidenceFigure(answers.claimed, answers.without_evidence, by_code)


def _evidence_only(group: RaterGroup, tally: GroupTally, answers: ItemTally, k: int) -> ItemFigure:
    """Raters who say how they know and give no level (SD5)."""
    given = sum(answers.evidence_only.values())
    if tally.mode.exempt or given >= max(ITEM_IN_FULL, threshold(group, tally.mode, k)):
        return ItemFigure(agreed=tally.mode.exempt, evidence_only=dict(answers.evidence_only))
    return ItemFigure(reason=Reason.BELOW_THRESHOLD)


def _cannot_tell(group: RaterGroup, tally: GroupTally, answers: ItemTally, k: int) -> CannotTell | None:
    """The can't-tell share over applicable answers, from k asked; in words only below ten (§3.3, §3.4.2.3)."""
    asked = tally.sheets - answers.na
    if asked < threshold(group, tally.mode, k):
        return None
    share = Fraction(answers.dk, asked)
    if asked < ITEM_IN_FULL:
        return CannotTell(True) if share >= MANY_CANNOT_TELL else None
    return CannotTell(share >= MANY_CANNOT_TELL, min(half_up(share * 100), MOST_CANNOT_TELL))


def _known(tally: GroupTally, code: str, figure: ItemFigure) -> bounds.Possible:
    """What the item's figure lets a reader know."""
    answers = answers_to(code, tally)
    if tally.mode.exempt:
        return bounds.agreed(answers.total)
    if figure.distribution is not None:
        return bounds.in_full(figure.distribution)
    if figure.level is not None and figure.nearly_all:
        return bounds.in_nearly_all(answers.n, figure.level)
    if figure.level is not None and figure.agreement is not None:
        return bounds.in_words(answers.n, figure.level, figure.agreement)
    return bounds.unseen(answers.n)


def _section_figure(
    items: Sequence[Item], group: RaterGroup, tally: GroupTally, k: int, counted: Mapping[str, ItemFigure]
) -> SectionFigure:
    """The profile score of one group, or why there is none (§3.3)."""
    may_rate = [item.code for item in items if item.gives_level(group)]
    figure = SectionFigure(len(counted), len(may_rate))
    if len(may_rate) < ENOUGH_QUESTIONS:
        return replace(figure, reason=Reason.TOO_FEW_QUESTIONS)
    if not tally.mode.exempt and tally.sheets < threshold(group, tally.mode, k):
        return replace(figure, reason=Reason.BELOW_THRESHOLD)
    figure = replace(figure, partly_applicable=_partly_applicable([answers_to(code, tally) for code in may_rate]))
    if not enough_questions(len(counted), len(may_rate)):
        return replace(figure, reason=Reason.NOT_ENOUGH_ANSWERS)
    points = half_up(POINTS_A_LEVEL * profile_mean([answers_to(code, tally) for code in counted]))
    if not tally.mode.exempt:
        points = bounds.shown_points(points)
        hidden = bounds.hidden_scores(tuple(_known(tally, code, figure) for code, figure in counted.items()))
        if points in hidden.points:
            word = band(points) if hidden.word_stays else None
            return replace(figure, band=word, reason=Reason.WITHHELD)
        stops = {bounds.LOWEST_SHOWN: Stop.OR_LESS, bounds.HIGHEST_SHOWN: Stop.OR_MORE}
        figure = replace(figure, stop=stops.get(points))
    if all(item.evidenced_mean is not None for item in counted.values()):
        evidenced = [answers_to(code, tally).evidenced_mean for code in counted]
        capped = half_up(POINTS_A_LEVEL * sum(evidenced, Fraction(0)) / len(evidenced))
        figure = replace(figure, evidenced_points=capped if tally.mode.exempt else bounds.shown_points(capped))
    return replace(figure, points=points, band=band(points))


def _partly_applicable(answers: Sequence[ItemTally]) -> bool:
    """Whether more than a quarter of the answers say *does not apply* (§3.2)."""
    given = sum(item.n + item.dk + item.na + item.skip for item in answers)
    return sum(item.na for item in answers) > PARTLY_APPLICABLE * given


def _section_gaps(
    tallies: Tallies,
    counted: Mapping[RaterGroup, Sequence[str]],
    figures: Mapping[str, Mapping[RaterGroup, ItemFigure]],
    groups: Mapping[RaterGroup, SectionFigure],
) -> dict[RaterGroup, SectionGap]:
    """Management's and staff's gaps to peers, where both have a score shown, on the questions both have (§3.3)."""
    peers = RaterGroup.PEER
    beside = {
        group: [code for code in counted[peers] if code in counted[group]]
        for group in BESIDE_PEERS
        if peers in groups and group in groups and groups[peers].points is not None and groups[group].points is not None
    }
    beside = {group: shared for group, shared in beside.items() if shared}
    if not beside:
        return {}

    def side(group: RaterGroup) -> Side:
        known = tuple(_known(tallies[group], code, figures[code][group]) for code in counted[group])
        return Side(known, None if tallies[group].mode.exempt else groups[group].points)

    def finest(group: RaterGroup, shared: Sequence[str]) -> Form:
        exact = all(
            tallies[one].mode.exempt or answers_to(code, tallies[one]).n >= ITEM_IN_FULL
            for one in (group, peers)
            for code in shared
        )
        return Form.POINTS if exact else Form.WORD

    partners = tuple(
        Partner(
            side(group),
            tuple((counted[peers].index(code), counted[group].index(code)) for code in shared),
            finest(group, shared),
        )
        for group, shared in beside.items()
    )
    gaps = {}
    for (group, shared), form in zip(beside.items(), gap_forms(side(peers), partners), strict=True):
        if form is not Form.NOTHING:
            gaps[group] = _section_gap(group, shared, tallies, form)
    return gaps


def _section_gap(group: RaterGroup, shared: Sequence[str], tallies: Tallies, form: Form) -> SectionGap:
    theirs, peers = (
        profile_mean([answers_to(code, tallies[one]) for code in shared]) for one in (group, RaterGroup.PEER)
    )
    size = half_up(POINTS_A_LEVEL * abs(theirs - peers))
    word, direction = as_seen(size if theirs > peers else -size, form)
    higher = (group if direction > 0 else RaterGroup.PEER) if direction else None
    return SectionGap(group, word, higher, size if form is Form.POINTS else None, len(shared))
