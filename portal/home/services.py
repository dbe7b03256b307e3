"""What one's own page shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from portal.organisations import services as organisations
from portal.organisations.models import Organisation
from portal.permissions import Held
from portal.rounds.services import OpenRound, rounds_for_member


@dataclass(frozen=True)
class Belonging:
    organisation: Organisation
    roles: tuple[str, ...]


def organisations_of(held: Collection[Held]) -> list[Belonging]:
    """The organisations a person belongs to, by name, each with the roles held there."""
    roles: dict[UUID, list[str]] = {}
    for one in held:
        roles.setdefault(one.organisation, []).append(one.role)
    found = organisations.organisations_by_id(roles) if roles else []
    return [Belonging(organisation, tuple(roles[organisation.id])) for organisation in found]


def open_rounds(person: UUID, held: Collection[Held]) -> list[OpenRound]:
    """Rounds the person may still start or has started."""
    return rounds_for_member(person, held) if held else []
