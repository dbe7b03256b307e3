"""Who was at a meeting, and the minutes that are paid: noted for a day, changed by saving again, never doubled."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import clock, db
from portal.accounts.models import Person
from portal.accounts.words import fold
from portal.meetings import people, services
from portal.meetings.models import About, Attendance, Meeting, MeetingMove, Part
from portal.meetings.people import Leader
from portal.meetings.services import ChangedMeanwhile
from portal.training import services as training
from portal.training.models import Way

MOST_MINUTES = 720


class NotYet(Exception):
    """Nobody was there on a day that has not come."""


class OtherDay(Exception):
    """The meeting was never to be on that day."""


class NotedMeanwhile(Exception):
    """Somebody else noted attendance for this day since the page was opened; ``now`` is what is there."""

    def __init__(self, now: Noted) -> None:
        super().__init__("noted meanwhile")
        self.now = now


@dataclass
class Noted:
    """What is noted of a meeting for one day, in minutes."""

    there: dict[UUID, int] = field(default_factory=dict)
    guests: dict[str, int] = field(default_factory=dict)  # by nickname
    led: dict[Leader, int] = field(default_factory=dict)
    prepared: dict[Leader, int] = field(default_factory=dict)

    @property
    def usual(self) -> int | None:
        """The minutes most of those who came have; None where nobody came."""
        counted = Counter([*self.there.values(), *self.guests.values()])
        return max(counted, key=lambda minutes: (counted[minutes], minutes)) if counted else None

    @property
    def is_empty(self) -> bool:
        return not (self.there or self.guests or self.led or self.prepared)


@dataclass(frozen=True)
class Sheet:
    """A page on which attendance is noted."""

    meeting: Meeting
    day: dt.date
    people: dict[UUID, str]  # who may have come, by nickname; not those who led
    leaders: list[Leader]
    noted: Noted
    other_days: list[dt.date]  # for which something was noted, or the meeting was planned
    as_of: str  # what a form brings back, so that a change in between shows


def length(meeting: Meeting) -> int:
    """Minutes from start to end."""
    start, end = (dt.datetime.combine(meeting.day, moment) for moment in (meeting.starts, meeting.ends))
    return int((end - start).total_seconds()) // 60


def open_sheet(organisation: UUID, reach: Collection[UUID], meeting: Meeting, day: dt.date | None = None) -> Sheet:
    """The sheet for a day, by default the meeting's own; as many statements for 300 people as for three.

    Raises OtherDay.
    """
    rows = _rows(meeting.id)
    days = _days(meeting, rows)
    day = day or meeting.day
    if day not in days:
        raise OtherDay
    here = [row for row in rows if row.day == day]
    planned = people.leaders_of(meeting.id)
    before = {row.person: row.nickname for row in here if row.person} | people.named(planned)
    offered = people.offer(organisation, reach, About(meeting.about), before)
    noted = _noted(here, offered.people)
    in_reach = [leader for leader in planned if leader.person is None or leader.person in offered.people]
    leaders = sorted({*in_reach, *noted.led, *noted.prepared}, key=lambda leader: fold(leader.nickname))
    leading = {leader.person for leader in leaders}
    return Sheet(
        meeting=meeting,
        day=day,
        people={person: nickname for person, nickname in offered.people.items() if person not in leading},
        leaders=leaders,
        noted=noted,
        other_days=[one for one in days if one != day],
        as_of=f"{meeting.version}-{_digest(noted)}",
    )


@dataclass(frozen=True)
class _Row:
    day: dt.date
    part: Part
    minutes: int
    person: UUID | None
    nickname: str


def _rows(meeting: UUID) -> list[_Row]:
    found: Any = (
        Attendance.select(
            Attendance.day, Attendance.part, Attendance.minutes, Attendance.person, Attendance.guest, Person.nickname
        )
        .join(Person, peewee.JOIN.LEFT_OUTER)
        .where(Attendance.meeting == meeting)
        .order_by(Attendance.day, Attendance.id)
        .tuples()
    )
    return [
        _Row(day, Part(part), minutes, person, guest if person is None else nickname)
        for day, part, minutes, person, guest, nickname in found
    ]


def _days(meeting: Meeting, rows: Iterable[_Row]) -> list[dt.date]:
    moves = MeetingMove.select(MeetingMove.day).where(MeetingMove.meeting == meeting.id).order_by(MeetingMove.version)
    return sorted({meeting.day, *(row.day for row in rows), *(move.day for move in moves)})


def _noted(rows: Iterable[_Row], in_sight: Collection[UUID]) -> Noted:
    """What of it this reader may see: people in reach, and guests."""
    noted = Noted()
    for row in rows:
        if row.person is not None and row.person not in in_sight:
            continue
        leader = Leader(row.nickname, row.person)
        if row.part is Part.LED:
            noted.led[leader] = row.minutes
        elif row.part is Part.PREPARED:
            noted.prepared[leader] = row.minutes
        elif row.person is None:
            noted.guests[row.nickname] = row.minutes
        else:
            noted.there[row.person] = row.minutes
    return noted


def _digest(noted: Noted) -> str:
    lines = sorted(f"{part}/{leader}/{minutes}" for part, leader, minutes in _lines(noted))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _lines(noted: Noted) -> Iterable[tuple[Part, Leader, int]]:
    yield from ((Part.ATTENDED, Leader("", person), minutes) for person, minutes in noted.there.items())
    yield from ((Part.ATTENDED, Leader(guest), minutes) for guest, minutes in noted.guests.items())
    yield from ((Part.LED, leader, minutes) for leader, minutes in noted.led.items())
    yield from ((Part.PREPARED, leader, minutes) for leader, minutes in noted.prepared.items())


@db.transaction
def note(
    organisation: UUID,
    reach: Collection[UUID],
    meeting_id: UUID,
    day: dt.date,
    as_of: str,
    noted: Noted,
    *,
    by: UUID,
    module_done: bool = False,
) -> int:
    """Note attendance for a day in place of what was noted for it; for how many the module is newly marked as done.

    Whoever is out of reach keeps what was noted for them.
    Raises LookupError, OtherDay, ChangedMeanwhile, NotedMeanwhile, NotYet, LeftMeanwhile.
    """
    meeting = services.lock(organisation, meeting_id)
    sheet = open_sheet(organisation, reach, meeting, day)
    version, _hyphen, digest = as_of.partition("-")
    if version != str(meeting.version):
        raise ChangedMeanwhile(meeting)
    if day > clock.today():
        raise NotYet
    if left := noted.there.keys() - sheet.people.keys():
        raise training.LeftMeanwhile(set(left))
    sound = _sound(noted, sheet)
    if digest != _digest(sheet.noted) and sound != sheet.noted:
        raise NotedMeanwhile(sheet.noted)
    _write(sheet, sound)
    services.record("meetings.note_attendance", meeting)
    if module_done and meeting.module and sound.there:
        return training.finish_many(organisation, set(sound.there), meeting.module, day, Way.MEETING, by)
    return 0


def _sound(noted: Noted, sheet: Sheet) -> Noted:
    """Nobody twice: a guest with a member's nickname is that member, and whoever led did not attend as well.

    Of mutual support nothing is kept but paid minutes.
    """
    members = {fold(nickname): person for person, nickname in sheet.people.items()}
    seen = {fold(leader.nickname) for leader in sheet.leaders}
    found = Noted(there=dict(noted.there))
    for typed, minutes in noted.guests.items():
        guest, person = " ".join(typed.split()), members.get(fold(typed))
        if person is not None:
            found.there.setdefault(person, minutes)
        elif guest and fold(guest) not in seen:
            found.guests[guest] = minutes
            seen.add(fold(guest))
    found.led = {leader: minutes for leader, minutes in noted.led.items() if minutes and leader in sheet.leaders}
    found.prepared = {one: minutes for one, minutes in noted.prepared.items() if minutes and one in sheet.leaders}
    if sheet.meeting.about == About.SUPPORT:
        found.there = {person: minutes for person, minutes in found.there.items() if minutes}
        found.guests = {guest: minutes for guest, minutes in found.guests.items() if minutes}
    return found


def _write(sheet: Sheet, noted: Noted) -> None:
    shown = [*sheet.people, *people.named(sheet.leaders)]
    Attendance.delete().where(
        Attendance.meeting == sheet.meeting.id,
        Attendance.day == sheet.day,
        Attendance.person.is_null() | Attendance.person.in_(shown),
    ).execute()
    rows = [
        {
            "id": uuid4(),
            "meeting": sheet.meeting.id,
            "person": leader.person,
            "guest": None if leader.person else leader.nickname,
            "part": part.value,
            "day": sheet.day,
            "minutes": minutes,
        }
        for part, leader, minutes in _lines(noted)
    ]
    if rows:
        Attendance.insert_many(rows).execute()
