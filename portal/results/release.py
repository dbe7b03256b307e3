"""When peer workers' figures are seen by others, and what each group sees until then (scoring.md §3.4.4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from assessments.model import RaterGroup

EARLIEST = dt.timedelta(days=14)  # after closing: peers can talk first
SEALED_AFTER = dt.timedelta(days=30)


class Choice(StrEnum):
    """What peer workers may say about their figures."""

    ALL = "all"  # everybody who may read results sees everything
    TALK = "talk"  # the others are told that peers talk first
    BACK = "back"  # take back a release that has not taken effect


class Standing(StrEnum):
    WAITING = "waiting"  # nothing is chosen yet
    TALKING = "talking"  # peers talk first
    CHOSEN = "chosen"  # released, from a day to come; can be taken back until then
    RELEASED = "released"
    SEALED = "sealed"  # day 30 has passed; peers can still open it


@dataclass(frozen=True)
class Chosen:
    """The choice that stands, and since when."""

    choice: Choice
    on: dt.date


@dataclass(frozen=True)
class Release:
    """``opens_on``: the day everything is (or would at the earliest be) seen; ``seals_on``: day 30."""

    standing: Standing
    opens_on: dt.date
    seals_on: dt.date

    @property
    def released(self) -> bool:
        return self.standing is Standing.RELEASED

    @property
    def offers(self) -> tuple[Choice, ...]:
        """What peer workers can choose now."""
        return {
            Standing.WAITING: (Choice.ALL, Choice.TALK),
            Standing.TALKING: (Choice.ALL,),
            Standing.CHOSEN: (Choice.BACK,),
            Standing.RELEASED: (),
            Standing.SEALED: (Choice.ALL,),
        }[self.standing]


def release_state(closed_on: dt.date, chosen: Chosen | None, today: dt.date) -> Release:
    """Where the release of a round stands today. The day of closing is day 0."""
    seals_on = closed_on + SEALED_AFTER
    if chosen is not None and chosen.choice is Choice.ALL:
        opens_on = max(closed_on + EARLIEST, chosen.on)
        return Release(Standing.RELEASED if today >= opens_on else Standing.CHOSEN, opens_on, seals_on)
    opens_on = max(closed_on + EARLIEST, today)
    if today >= seals_on:
        return Release(Standing.SEALED, opens_on, seals_on)
    return Release(Standing.WAITING if chosen is None else Standing.TALKING, opens_on, seals_on)


def visible_groups(reader: RaterGroup, release: Release) -> frozenset[RaterGroup]:
    """Whose figures somebody of this group may see."""
    if release.released:
        return frozenset(RaterGroup)
    if reader is RaterGroup.MGMT:
        return frozenset({RaterGroup.MGMT, RaterGroup.STAFF})
    return frozenset({reader})
