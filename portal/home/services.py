"""What one's own page shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from portal.permissions import Held
from portal.recall import until_written
from portal.rounds.services import OpenRound, rounds_for_member
from portal.training.offers import count_offered


@dataclass(frozen=True)
class Belonging:
    organisation: UUID
    name: str
    roles: tuple[str, ...]


def organisations_of(held: Collection[Held]) -> tuple[Belonging, ...]:
    """The organisations a person belongs to, by name, each with the roles held there."""
    roles: dict[UUID, list[str]] = {}
    for one in held:
        roles.setdefault(one.organisation, []).append(one.role)
    names = {one.organisation: one.organisation_name for one in held}
    in_order = sorted(names, key=lambda organisation: (names[organisation].casefold(), organisation))
    return tuple(Belonging(organisation, names[organisation], tuple(roles[organisation])) for organisation in in_order)


@until_written
def waiting_for(person: UUID, held: tuple[Held, ...], _today: dt.date) -> tuple[tuple[OpenRound, ...], int]:
    """Rounds the person may start or has started, and how many modules wait for an answer; kept for the day at most."""
    return tuple(rounds_for_member(person, held)) if held else (), count_offered(person, held)
