"""Who was at a meeting, and the minutes that are paid: noted for a day, changed by saving again, never doubled."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import peewee

from portal import clock, db
from portal.accounts.models import Person
from portal.accounts.words import fold
from portal.meetings import people, services
from portal.meetings.models import About, Attendance, Meeting, MeetingMove, Part
from portal.meetings.people import Leader
from portal.meetings.services import ChangedMeanwhile
from portal.training import corrections, marking
from portal.training.models import Way
from portal.training.services import LeftMeanwhile

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


class AsOf(NamedTuple):
    """What a page had shown when it was opened: which version of the meeting, which day, and what was noted for it."""

    version: str
    day: str
    digest: str

    @classmethod
    def read(cls, text: str) -> AsOf:
        version, _slash, rest = text.partition("/")
        day, _slash, digest = rest.partition("/")
        return cls(version, day, digest)

    def __str__(self) -> str:
        return "/".join(self)


@dataclass(frozen=True)
class Outcome:
    """What noting did to the meeting's module: for how many it is newly done, refreshed, or open again."""

    new: int = 0
    refreshed: int = 0
    open_again: int = 0
    still: dict[UUID, str] = field(default_factory=dict)  # taken out and marked all the same, by nickname


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
        as_of=str(AsOf(str(meeting.version), day.isoformat(), _digest(noted))),
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
) -> Outcome:
    """Note attendance for a day in place of what was noted for it; what this did to the module.

    Whoever is out of reach keeps what was noted for them. For whoever is taken out the module is open again.
    Raises LookupError, OtherDay, ChangedMeanwhile, NotedMeanwhile, NotYet, LeftMeanwhile.
    """
    meeting = services.lock(organisation, meeting_id)
    sheet = open_sheet(organisation, reach, meeting, day)
    seen = AsOf.read(as_of)
    if seen.version != str(meeting.version):
        raise ChangedMeanwhile(meeting)
    if day > clock.today():
        raise NotYet
    if left := noted.there.keys() - sheet.people.keys():
        raise LeftMeanwhile(set(left))
    kept = sound(noted, sheet)
    if not _was_shown(seen, sheet) and kept != sheet.noted:
        raise NotedMeanwhile(sheet.noted)
    _write(sheet, kept)
    services.record("meetings.note_attendance", meeting)
    if not meeting.module:
        return Outcome()
    taken_out = (sheet.noted.there.keys() & sheet.people.keys()) - kept.there.keys()
    undone = _undo(meeting, day, taken_out) if taken_out else corrections.Undone()
    done = marking.Marked()
    if module_done and kept.there:
        done = marking.finish_many(organisation, set(kept.there), meeting.module, day, Way.MEETING, by)
    still = {person: nickname for person, nickname in sheet.people.items() if person in undone.still}
    return Outcome(done.new, done.refreshed, len(undone.open_again), still)


def _was_shown(seen: AsOf, sheet: Sheet) -> bool:
    """Whether whoever saves had what is noted now before their eyes. Their page may have been about another day."""
    if seen.day != sheet.day.isoformat():
        return sheet.noted.is_empty
    return seen.digest == _digest(sheet.noted)


def _undo(meeting: Meeting, day: dt.date, taken_out: Collection[UUID]) -> corrections.Undone:
    """Whoever was at another meeting about the module on that day may have it from there."""
    elsewhere: Any = (
        Attendance.select(Attendance.person)
        .join(Meeting)
        .where(
            Meeting.organisation == meeting.organisation_id,
            Meeting.module == meeting.module,
            Meeting.id != meeting.id,
            Attendance.day == day,
            Attendance.person.in_(list(taken_out)),
        )
        .order_by(Attendance.id)
        .tuples()
    )
    keep = {person for (person,) in elsewhere}
    return corrections.undo_meeting(meeting.organisation_id, taken_out, str(meeting.module), day, keep=keep)


def sound(noted: Noted, sheet: Sheet) -> Noted:
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
