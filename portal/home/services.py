"""What one's own page shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from portal.permissions import Held
from portal.rounds.services import OpenRound, rounds_for_member


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


def open_rounds(person: UUID, held: Collection[Held]) -> tuple[OpenRound, ...]:
    """Rounds the person may still start or has started."""
    return tuple(rounds_for_member(person, held)) if held else ()
