"""The one gate between counts and readers (scoring.md §3.4): ``publish`` returns what may be shown, and only that.

Two steps, kept apart on purpose:

1. *Decide*, for the round as a whole and as if everything were shown to one reader, what may be shown at all
   (``decisions``; ``bounds`` and ``gaps`` say why). The decision never looks at who is reading, so what management sees
   before peers release their figures and what it sees afterwards cannot be played against each other.
2. *Leave out* what this reader may not see yet (§3.4.4). Leaving out adds nothing to what a reader knows, since the
   release is no secret.

No figure here blends the answers of two groups by head count (§3.4.2.1); nothing is shown of an open round (§3.4.2.2):
the caller passes counts of closed rounds. Raters' own section scores (``SectionTally``) never come here.

A section score that cannot be shown takes the section's gaps and its place in the balanced mean along; the items stay.
That is stricter than withholding two items, and the reason is in ``bounds``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assessments.decisions import BESIDE_PEERS, Decided, Tallies, decide
from assessments.model import Instrument, Item, RaterGroup, Scale
from assessments.published import (
    Answered,
    Balanced,
    ItemFigure,
    ItemGap,
    Published,
    PublishedItem,
    PublishedSection,
    Reason,
    SectionFigure,
    low_critical_value,
)
from assessments.scoring import (
    Band,
    GroupTally,
    balanced_mean,
    band,
    half_up,
    threshold,
)

LOWEST_THRESHOLD = 3


def publish(
    instrument: Instrument,
    tallies: Tallies,
    k: int,
    visible: frozenset[RaterGroup],
    *,
    released_sections: frozenset[str] | None = None,
    exact_for_peers: bool = False,
    section_gaps: bool = True,
) -> Published:
    """Everything a reader may see of a closed round.

    ``k``: the threshold at closing (3 or more), which nothing changes afterwards. ``visible``: groups whose figures
    this reader may see; of peers only ``released_sections`` (None: all). ``exact_for_peers``: the reader is a peer
    worker of the programme. ``section_gaps=False`` for instruments compared item by item. Raises ValueError on
    impossible counts.
    """
    if k < LOWEST_THRESHOLD:
        raise ValueError(f"a threshold of {k}: it is {LOWEST_THRESHOLD} or more")
    _check(tallies)
    tallies = {group: tallies[group] for group in RaterGroup if group in tallies}
    sections = []
    for section in instrument.sections:
        if section.scale is Scale.LEVELS:
            items = instrument.items_of(section.code)
            decided = decide(items, tallies, k, section_gaps)
            seen = visible
            if released_sections is not None and section.code not in released_sections:
                seen = visible - {RaterGroup.PEER}
            sections.append(_leave_out(section.code, items, decided, seen))
    answered = {group: _answered(group, tally, k, exact_for_peers) for group, tally in tallies.items()}
    return Published(instrument.name, k, tuple(sections), answered)


def _check(tallies: Tallies) -> None:
    for group, tally in tallies.items():
        for code, item in tally.items.items():
            most = 1 if tally.mode.exempt else tally.sheets
            if item.n + item.dk + item.na + item.skip > most:
                raise ValueError(f"{code} has more answers of {group} than there are sheets")


def _leave_out(code: str, items: Sequence[Item], decided: Decided, seen: frozenset[RaterGroup]) -> PublishedSection:
    figures = {
        item.code: {
            group: figure if group in seen else ItemFigure(reason=Reason.WAITING)
            for group, figure in decided.items[item.code].items()
        }
        for item in items
    }
    published = tuple(
        PublishedItem(item.code, item.critical, figures[item.code], _item_gaps(figures[item.code])) for item in items
    )
    critical = next((item.code for item in published if low_critical_value(item) is not None), None)
    groups = {
        group: _hold_back_word(figure, critical)
        if group in seen
        else SectionFigure(0, figure.of, reason=Reason.WAITING)
        for group, figure in decided.groups.items()
    }
    with_points = {group for group, figure in groups.items() if figure.points is not None}
    gaps = tuple(gap for group, gap in decided.gaps.items() if {group, RaterGroup.PEER} <= with_points)
    return PublishedSection(code, groups, published, gaps, _balanced(groups, critical))


def _hold_back_word(figure: SectionFigure, critical: str | None) -> SectionFigure:
    """*Living practice* is not said while peers put a critical item at 1 or lower; the number stays (§3.2)."""
    if critical is None or figure.band is not Band.LIVING:
        return figure
    return replace(figure, band=Band.NORMAL, critical=critical)


def _balanced(groups: Mapping[RaterGroup, SectionFigure], critical: str | None) -> Balanced | None:
    points = {group: figure.points for group, figure in groups.items() if figure.points is not None}
    points.pop(RaterGroup.COMMUNITY, None)
    exact = balanced_mean(points)
    if exact is None:
        return None
    whole = half_up(exact)
    held_back = critical is not None and band(whole) is Band.LIVING
    word = Band.NORMAL if held_back else band(whole)
    return Balanced(whole, word, tuple(points), critical if held_back else None)


def _item_gaps(figures: Mapping[RaterGroup, ItemFigure]) -> tuple[ItemGap, ...]:
    """Management and staff beside peers, from the figures shown alone: nothing new is told (§3.3)."""
    peers = figures.get(RaterGroup.PEER)
    gaps = []
    for group in BESIDE_PEERS:
        theirs = figures.get(group)
        if peers is None or theirs is None or peers.value is None or theirs.value is None:
            continue
        size = round(abs(theirs.value - peers.value), 1)
        higher = None if not size else group if theirs.value > peers.value else RaterGroup.PEER
        exact = all(figure.agreed or figure.mean is not None for figure in (peers, theirs))
        gaps.append(ItemGap(group, size, size >= 1, higher, size if exact else None))
    return tuple(gaps)


def _answered(group: RaterGroup, tally: GroupTally, k: int, exact_for_peers: bool) -> Answered:
    """Numbers of answers as bands (§3.4.2.4)."""
    exact = tally.sheets if exact_for_peers and group is RaterGroup.PEER else None
    if tally.mode.exempt:
        return Answered("agreed", tally.places)
    if tally.sheets < threshold(group, tally.mode, k):
        return Answered("below", tally.places, exact)
    return Answered("k-9" if tally.sheets < 10 else "10-19" if tally.sheets < 20 else "20+", tally.places, exact)
