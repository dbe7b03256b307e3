"""The people of a meeting: who leads it, and whom somebody may name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal.accounts.models import Person
from portal.accounts.words import fold
from portal.meetings.models import About, MeetingLeader
from portal.training.people import list_people
from portal.training.services import LeftMeanwhile

LONGEST_NICKNAME = 80  # of somebody without an account


@dataclass(frozen=True)
class Leader:
    """Who leads a meeting. Without an account there is a nickname alone."""

    nickname: str
    person: UUID | None = None


@dataclass(frozen=True)
class Offered:
    """Whom somebody may name at a meeting."""

    people: dict[UUID, str]  # nicknames, in their order
    kept: frozenset[UUID]  # named before, and out of this person's reach: they stay as they are


def leaders_of(meeting_id: UUID) -> list[Leader]:
    """Who leads it, by nickname."""
    return leaders_by_meeting([meeting_id]).get(meeting_id, [])


def leaders_by_meeting(meetings: list[UUID]) -> dict[UUID, list[Leader]]:
    rows: Any = (
        MeetingLeader.select(MeetingLeader.meeting, MeetingLeader.person, MeetingLeader.guest, Person.nickname)
        .join(Person, peewee.JOIN.LEFT_OUTER)
        .where(MeetingLeader.meeting.in_(meetings))
        .tuples()
    )
    found: dict[UUID, list[Leader]] = {}
    for meeting, person, guest, nickname in rows:
        found.setdefault(meeting, []).append(Leader(guest if person is None else nickname, person))
    return {meeting: sorted(some, key=lambda one: fold(one.nickname)) for meeting, some in found.items()}


def named(leaders: Iterable[Leader]) -> dict[UUID, str]:
    """Those of them who have an account."""
    return {leader.person: leader.nickname for leader in leaders if leader.person}


def offer(
    organisation: UUID, reach: Collection[UUID], about: About, before: Mapping[UUID, str] | None = None
) -> Offered:
    """Members in reach, for mutual support only peer workers; of those named ``before`` also whoever left since."""
    before = before or {}
    here = _members(organisation, reach, about)
    members = _members(organisation, (), about) if reach else here
    left = {person: nickname for person, nickname in before.items() if person not in members}
    people = sorted({**here, **left}.items(), key=lambda one: fold(one[1]))
    return Offered(dict(people), frozenset(before.keys() & members.keys() - here.keys()))


def _members(organisation: UUID, reach: Collection[UUID], about: About) -> dict[UUID, str]:
    people = list_people(organisation, reach)
    return {one.id: one.nickname for one in people if about is not About.SUPPORT or "peer_worker" in one.roles}


def refuse_others(people: Collection[UUID], offered: Offered) -> None:
    """Raises LeftMeanwhile for people who cannot be named."""
    if others := set(people) - offered.people.keys():
        raise LeftMeanwhile(others)


def save_leaders(meeting: UUID, leaders: Collection[UUID], guests: Collection[str]) -> None:
    """These lead it, in place of those before."""
    MeetingLeader.delete().where(MeetingLeader.meeting == meeting).execute()
    rows: list[dict[str, Any]] = [{"meeting": meeting, "person": person, "guest": None} for person in leaders]
    rows += [{"meeting": meeting, "person": None, "guest": guest} for guest in tidy_nicknames(guests)]
    if rows:
        MeetingLeader.insert_many([{"id": uuid4(), **row} for row in rows]).execute()


def tidy_nicknames(typed: Iterable[str]) -> list[str]:
    """Each nickname once, in the order typed, whatever its case and spaces."""
    found: dict[str, str] = {}
    for nickname in typed:
        plain = " ".join(nickname.split())
        if plain:
            found.setdefault(fold(plain), plain)
    return list(found.values())
