"""Paid time: what payroll gets of an organisation's month, and what a person has of their own."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import peewee

from portal import clock
from portal.accounts.models import Person
from portal.accounts.words import fold
from portal.meetings import words
from portal.meetings.models import Attendance, Meeting, MeetingLeader, Part
from portal.organisations.models import Organisation
from portal.results.exports import FORMULA_STARTS
from portal.training.people import list_people

COLUMNS = ("day", "nickname", "minutes", "for", "meeting")
_MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
_PARTS = list(Part)


@dataclass(frozen=True)
class Line:
    """Minutes to be paid, without a word about what was learned or said."""

    day: dt.date
    nickname: str
    minutes: int
    part: Part
    meeting: str  # its neutral name


def month_of(text: str) -> dt.date | None:
    """The first day of a month written as 2026-11; None for anything else."""
    return dt.date.fromisoformat(f"{text}-01") if _MONTH.fullmatch(text) else None


def this_month() -> dt.date:
    return clock.today().replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def month_before(month: dt.date) -> dt.date:
    return (month - dt.timedelta(days=1)).replace(day=1)


def list_lines(organisation: UUID, reach: Collection[UUID], month: dt.date) -> list[Line]:
    """Paid minutes of a month, by day and nickname: of members in reach, and of guests.

    For all programmes also those of people who have left since.
    """
    rows: Any = (
        Attendance.select(
            Attendance.person, Attendance.day, Attendance.guest, Person.nickname, Attendance.minutes, Attendance.part,
            Meeting.about, Meeting.module,
        )
        .join(Person, peewee.JOIN.LEFT_OUTER)
        .switch(Attendance)
        .join(Meeting)
        .where(
            Meeting.organisation == organisation,
            Attendance.minutes > 0,
            Attendance.day >= month,
            Attendance.day < next_month(month),
        )
        .tuples()
    )  # fmt: skip
    known = {one.id for one in list_people(organisation, reach)} if reach else None
    return _in_order(
        Line(day, guest if person is None else nickname, minutes, Part(part), words.neutral_meeting(about, module))
        for person, day, guest, nickname, minutes, part, about, module in rows
        if person is None or known is None or person in known
    )


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.day, fold(line.nickname), line.meeting, _PARTS.index(line.part)))


def together(lines: Iterable[Line]) -> dict[str, int]:
    """Minutes of each nickname, by nickname."""
    found: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: fold(line.nickname)):
        found[line.nickname] = found.get(line.nickname, 0) + line.minutes
    return found


def to_csv(lines: Iterable[Line]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such; no nickname can become a formula."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for line in lines:
        table.writerow([line.day, _guarded(line.nickname), line.minutes, line.part.value, _guarded(line.meeting)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# --- the person's own ---


@dataclass(frozen=True)
class OwnLine:
    day: dt.date
    organisation: str
    minutes: int
    part: Part
    meeting: str


def list_own(person: UUID) -> list[OwnLine]:
    """Everything noted of the person anywhere, newest first; one statement."""
    rows: Any = (
        Attendance.select(
            Attendance.day, Organisation.name, Attendance.minutes, Attendance.part, Meeting.about, Meeting.module
        )
        .join(Meeting)
        .join(Organisation)
        .where(Attendance.person == person)
        .order_by(Attendance.day.desc(), Organisation.name, Attendance.id)
        .tuples()
    )
    return [
        OwnLine(day, organisation, minutes, Part(part), words.neutral_meeting(about, module))
        for day, organisation, minutes, part, about, module in rows
    ]


def export_own(person: UUID) -> dict[str, Any]:
    """Where the person was or leads, readable."""
    leading: Any = (
        MeetingLeader.select(Meeting.day, Organisation.name, Meeting.about, Meeting.module)
        .join(Meeting)
        .join(Organisation)
        .where(MeetingLeader.person == person)
        .order_by(Meeting.day, Meeting.id)
        .tuples()
    )
    return {
        "hours": [
            {
                "day": line.day.isoformat(),
                "organisation": line.organisation,
                "minutes": line.minutes,
                "for": line.part.value,
                "meeting": line.meeting,
            }
            for line in list_own(person)
        ],
        "leads": [
            {"day": day.isoformat(), "organisation": name, "meeting": words.neutral_meeting(about, module)}
            for day, name, about, module in leading
        ],
    }
