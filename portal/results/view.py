"""What the results page shows, made of ``Published`` and the instrument's words, and of nothing else (scoring.md §3.4).

Order and choice only: no figure is computed here. Page, CSV and JSON are written from the same ``Result``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.model import AnswerWords, Instrument, Item, Links, RaterGroup, Scale, Words
from assessments.published import (
    Answered,
    CannotTell,
    ItemFigure,
    ItemGap,
    Published,
    PublishedItem,
    PublishedSection,
    Reason,
    SectionFigure,
    ToTalkAbout,
    low_critical_value,
    talk_about,
    widest_first,
)
from assessments.scoring import Band

Texts = Mapping[tuple[RaterGroup, str], Sequence[str]]

NEAR = 4  # points from which on two dots would cover each other
LOW = 1  # level up to which peers' figure sends a reader to the guidance
LARGEST_GAPS = 10
# What it concerns everybody to know: where peers can't tell, people have to be told (scoring.md §3.2).
TELL_PEOPLE = frozenset({"GI2", "MR2"})
# From the back to the front: peers' dot lies on top.
DRAWN = (RaterGroup.COMMUNITY, RaterGroup.MGMT, RaterGroup.STAFF, RaterGroup.PEER)
MOVED_TO = {RaterGroup.MGMT: 26, RaterGroup.STAFF: 74}


@dataclass(frozen=True)
class Dot:
    """One group's place in the chart, in points (= percent) from the left and percent from the top."""

    group: RaterGroup
    points: int
    height: int


@dataclass(frozen=True)
class Row:
    """One section: in the chart, in the table and below."""

    code: str
    name: str
    mark: str
    groups: Mapping[RaterGroup, SectionFigure]
    section: PublishedSection
    dots: tuple[Dot, ...]
    items: tuple[ItemLine, ...]

    @property
    def reach(self) -> tuple[int, int] | None:
        """The line between the outer dots."""
        points = [dot.points for dot in self.dots]
        return (min(points), max(points)) if len(points) > 1 and min(points) < max(points) else None


@dataclass(frozen=True)
class ItemLine:
    """One question with every group's figure; None for a group that is not asked it."""

    code: str
    short: str
    statement: str
    figures: Mapping[RaterGroup, ItemFigure | None]
    evidence_only: frozenset[RaterGroup]
    gaps: tuple[ItemGap, ...]
    talk: str  # the question to talk about, where there is something to talk about
    pages: tuple[str, ...]  # addresses of guidance, likewise
    modules: tuple[str, ...]  # codes of training modules, likewise
    texts: Mapping[RaterGroup, Sequence[str]]
    differed: frozenset[RaterGroup]


@dataclass(frozen=True)
class TalkLine:
    short: str
    question: str
    why: ToTalkAbout
    pages: tuple[str, ...]
    modules: tuple[str, ...]


@dataclass(frozen=True)
class UnsureLine:
    """An item that many of a group can't tell."""

    item: str
    short: str
    group: RaterGroup
    share: CannotTell
    tell: bool


@dataclass(frozen=True)
class Hidden:
    """Whose figures are not shown, where and why."""

    groups: tuple[RaterGroup, ...]
    reason: Reason
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    threshold: int
    groups: tuple[RaterGroup, ...]  # asked in this round, peers first
    answered: Mapping[RaterGroup, Answered]
    silent: frozenset[RaterGroup]  # asked for one agreed answer that did not come
    levels: tuple[str, ...]  # the five levels in words
    order: tuple[str, ...]  # of the sections in the instrument
    rows: tuple[Row, ...]  # widest gap first
    leading: RaterGroup | None  # whose view is told first: peers', else the first that is shown
    strengths: tuple[Row, ...]
    talk: tuple[TalkLine, ...]
    unsure: tuple[UnsureLine, ...]
    hidden: tuple[Hidden, ...]

    def short(self, item: str) -> str:
        """The short name of a question."""
        return next(line.short for row in self.rows for line in row.items if line.code == item)

    @property
    def in_order(self) -> tuple[Row, ...]:
        """Sections as the instrument has them."""
        return tuple(sorted(self.rows, key=lambda row: self.order.index(row.code)))

    @property
    def has_gaps(self) -> bool:
        return any(row.section.gaps for row in self.rows)

    @property
    def bands(self) -> tuple[tuple[Band, tuple[Row, ...]], ...]:
        """The leading group's sections by word, the highest first."""
        words = {
            row.code: figure.band for row in self.rows for group, figure in row.groups.items() if group is self.leading
        }
        by_band = [(band, tuple(row for row in self.in_order if words.get(row.code) is band)) for band in Band]
        return tuple((band, rows) for band, rows in reversed(by_band) if rows)


def build(
    published: Published,
    instrument: Instrument,
    words: Words,
    links: Mapping[str, Links],
    texts: Texts | None = None,
    differed: frozenset[tuple[RaterGroup, str]] = frozenset(),
) -> Result:
    """The page. ``texts`` and ``differed`` hold only what may be read."""
    groups = tuple(published.answered)
    asked = {item.code: item for item in instrument.items}
    look_at = _worth_a_look(published)

    def line(item: PublishedItem) -> ItemLine:
        worded = words.items[item.code]
        look = item.code in look_at
        return ItemLine(
            item.code,
            worded.short,
            worded.statement,
            {group: item.groups.get(group) for group in groups},
            frozenset(group for group in groups if _evidence_only(asked[item.code], group)),
            item.gaps,
            worded.talk if look else "",
            links.get(item.code, Links()).pages if look else (),
            links.get(item.code, Links()).modules if look else (),
            {group: (texts or {}).get((group, item.code), ()) for group in groups},
            frozenset(group for group in groups if (group, item.code) in differed),
        )

    rows = tuple(
        Row(
            section.code,
            words.sections[section.code].name,
            instrument.section(section.code).mark,
            section.groups,
            section,
            dots(section.groups),
            tuple(line(item) for item in section.items),
        )
        for section in widest_first(published)
    )
    leading = next((group for group in RaterGroup if any(_points(row, group) is not None for row in rows)), None)
    order = tuple(section.code for section in published.sections)
    return Result(
        published.threshold,
        groups,
        published.answered,
        frozenset(group for group in groups if _is_silent(published, group)),
        tuple(answer.label for answer in _levels(words)),
        order,
        rows,
        leading,
        _strengths(rows, leading, order),
        tuple(_talk_line(chosen, words, links) for chosen in talk_about(published)),
        _unsure(published, words),
        _hidden(published, groups, words),
    )


def _levels(words: Words) -> list[AnswerWords]:
    return [answer for _, answer in sorted(words.scales[Scale.LEVELS].items())]


def dots(groups: Mapping[RaterGroup, SectionFigure]) -> tuple[Dot, ...]:
    """Dots for the figures that are shown, peers last; management moves up and staff down where dots would meet."""
    points = {group: groups[group].points for group in DRAWN if group in groups}
    shown = {group: value for group, value in points.items() if value is not None}

    def height(group: RaterGroup) -> int:
        near = any(abs(value - shown[group]) <= NEAR for other, value in shown.items() if other is not group)
        return MOVED_TO.get(group, 50) if near else 50

    return tuple(Dot(group, value, height(group)) for group, value in shown.items())


def _points(row: Row, group: RaterGroup) -> int | None:
    figure = row.groups.get(group)
    return figure.points if figure else None


def _strengths(rows: Sequence[Row], leading: RaterGroup | None, order: Sequence[str]) -> tuple[Row, ...]:
    """The three sections the leading group puts highest."""
    if leading is None:
        return ()
    shown = sorted((row for row in rows if _points(row, leading) is not None), key=lambda row: order.index(row.code))
    return tuple(sorted(shown, key=lambda row: -(_points(row, leading) or 0))[:3])


def _evidence_only(item: Item, group: RaterGroup) -> bool:
    return group in item.raters and not item.gives_level(group)


def _talk_line(chosen: ToTalkAbout, words: Words, links: Mapping[str, Links]) -> TalkLine:
    worded, leads_to = words.items[chosen.item], links.get(chosen.item, Links())
    return TalkLine(worded.short, worded.talk, chosen, leads_to.pages, leads_to.modules)


def _worth_a_look(published: Published) -> frozenset[str]:
    """Items with a question and guidance beside them: far apart, among the ten largest gaps, low, or can't tell."""
    items = [item for section in published.sections for item in section.items]
    widest = {item.code: max((gap.size for gap in item.gaps), default=0.0) for item in items}
    largest = sorted((code for code in widest if widest[code]), key=lambda code: -widest[code])[:LARGEST_GAPS]
    found = {item.code for item in items if any(gap.talk for gap in item.gaps) or _is_low(item) or _is_unsure(item)}
    return frozenset(found.union(largest))


def _is_low(item: PublishedItem) -> bool:
    peers = item.groups.get(RaterGroup.PEER)
    low = peers is not None and peers.value is not None and peers.value <= LOW
    return low or low_critical_value(item) is not None


def _is_unsure(item: PublishedItem) -> bool:
    return any(figure.cannot_tell and figure.cannot_tell.three_in_ten for figure in item.groups.values())


def _unsure(published: Published, words: Words) -> tuple[UnsureLine, ...]:
    return tuple(
        UnsureLine(
            item.code,
            words.items[item.code].short,
            group,
            figure.cannot_tell,
            group is RaterGroup.PEER and item.code in TELL_PEOPLE,
        )
        for section in published.sections
        for item in section.items
        for group, figure in item.groups.items()
        if figure.cannot_tell is not None and figure.cannot_tell.three_in_ten
    )


def _is_silent(published: Published, group: RaterGroup) -> bool:
    figures = [item.groups[group] for section in published.sections for item in section.items if group in item.groups]
    nothing = [figure.reason is Reason.NOT_ENOUGH_ANSWERS or figure.evidence_only == {} for figure in figures]
    return all(nothing) and any(figure.agreed for figure in figures)


def _hidden(published: Published, groups: Sequence[RaterGroup], words: Words) -> tuple[Hidden, ...]:
    """Sections without a figure by reason, groups with the same ones together."""
    found: dict[tuple[RaterGroup, Reason], list[str]] = {}
    for group in groups:
        for section in published.sections:
            reason = section.groups[group].reason
            if reason is not None:
                found.setdefault((group, reason), []).append(words.sections[section.code].name)
    alike: dict[tuple[Reason, tuple[str, ...]], list[RaterGroup]] = {}
    for (group, reason), names in found.items():
        alike.setdefault((reason, tuple(names)), []).append(group)
    return tuple(Hidden(tuple(who), reason, names) for (reason, names), who in alike.items())
