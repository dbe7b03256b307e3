"""The people a trainer or lead has before them: members of the organisation, for the programmes in reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal import db
from portal.permissions import Held, Permission

_MEMBERS = """
SELECT p.id, p.nickname, m.role, m.joined_on, mp.programme_id
FROM membership m JOIN person p ON p.id = m.person_id
LEFT JOIN membership_programme mp ON mp.membership_id = m.id
WHERE m.organisation_id = ?
ORDER BY p.nickname_folded, m.role
"""


@dataclass
class Learner:
    id: UUID
    nickname: str
    since: dt.date  # in any role, also one out of reach
    roles: dict[str, dt.date] = field(default_factory=dict)  # with the day each was taken up


def list_people(organisation: UUID, reach: Collection[UUID]) -> list[Learner]:
    """Members by nickname, in one statement; ``reach`` empty means all programmes.

    Somebody limited to programmes out of reach is not among them.
    """
    programmes: dict[tuple[Any, str], set[UUID]] = {}
    since: dict[Any, dt.date] = {}
    rows = [(*row[:3], _day(row[3]), row[4]) for row in db.fetch(_MEMBERS, organisation)]
    for person, _nickname, role, joined, programme in rows:
        since[person] = min(joined, since.get(person, joined))
        known = programmes.setdefault((person, role), set())
        if programme is not None:
            known.add(db.uuid_of(programme))
    found: dict[Any, Learner] = {}
    for person, nickname, role, joined, _programme in rows:
        named = programmes[person, role]
        if reach and named and not named & set(reach):
            continue
        learner = found.setdefault(person, Learner(db.uuid_of(person), nickname, since[person]))
        learner.roles[role] = joined
    return list(found.values())


def _day(stored: Any) -> dt.date:
    """SQLite gives text."""
    return stored if isinstance(stored, dt.date) else dt.date.fromisoformat(stored)


def reach_of(held: Collection[Held], organisation: UUID, permission: Permission) -> frozenset[UUID]:
    """The programmes for which somebody with these roles has the permission; empty for all of them."""
    here = [one for one in held if one.organisation == organisation and permission in one.permissions]
    if any(not one.programmes for one in here):
        return frozenset()
    return frozenset().union(*(one.programmes for one in here))
