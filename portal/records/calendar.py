"""A private calendar: its address, of which only the hash is kept, and what a calendar program gets there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from portal import audit, clock, db, keys
from portal.accounts.models import Person
from portal.config import setting
from portal.feature import CalendarEntry
from portal.records.models import CalendarAddress
from portal.training.models import LearnerChoice
from portal.views import day

REMIND_BEFORE = dt.timedelta(days=1)


@db.transaction
def make_address(person: UUID) -> str:
    """The token of a new private address, which cannot be shown again; the one before leads nowhere at once."""
    token = keys.new_token()
    values = {"token_hash": keys.token_hash(token), "made_on": clock.today()}
    CalendarAddress.insert(person=person, **values).on_conflict(
        conflict_target=[CalendarAddress.person], update=values
    ).execute()
    audit.record("records.make_calendar", CalendarAddress.get(CalendarAddress.person == person))
    return token


@db.transaction
def delete_address(person: UUID) -> None:
    row = CalendarAddress.get_or_none(CalendarAddress.person == person)
    if row is not None:
        audit.record("records.delete_calendar", row)
        row.delete_instance()


def made_on(person: UUID) -> dt.date | None:
    """The day the person's address was made; None where there is none."""
    row = CalendarAddress.get_or_none(CalendarAddress.person == person)
    return row.made_on if row else None


def find_person(token: str) -> Person | None:
    """Whose calendar this is; None for an address that was never made, or not any more."""
    return (
        Person.select()
        .join(CalendarAddress, on=(CalendarAddress.person == Person.id))
        .where(CalendarAddress.token_hash == keys.token_hash(token), ~Person.blocked)
        .first()
    )


def wants_reminders(person: UUID) -> bool:
    chosen = LearnerChoice.get_or_none(LearnerChoice.person == person)
    return bool(chosen and chosen.reminders)


def in_order(entries: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    """What comes first comes first."""
    return sorted(entries, key=lambda one: (_moment(one.begins), one.uid))


def when(entry: CalendarEntry) -> str:
    """Day, and time where the site is, in words."""
    if entry.all_day:
        return day(entry.begins)
    zone = ZoneInfo(setting("TIME_ZONE"))
    begins = _moment(entry.begins).astimezone(zone)
    ends = f"–{_moment(entry.ends).astimezone(zone):%H:%M}" if entry.ends else ""
    return f"{day(begins)}, {begins:%H:%M}{ends}"


def as_icalendar(name: str, entries: Iterable[CalendarEntry], *, reminders: bool) -> bytes:
    """A calendar for a program to fetch: ``name`` is what it shows. Moments are given in UTC."""
    found = Calendar()
    found.add("prodid", f"-//{name}//")
    found.add("version", "2.0")
    found.add("x-wr-calname", name)
    for entry in in_order(entries):
        found.add_component(_event(entry, reminders))
    return bytes(found.to_ical())


def _event(entry: CalendarEntry, reminders: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", clock.now().replace(microsecond=0))
    event.add("summary", entry.title)
    event.add("class", "PRIVATE")
    if entry.all_day:
        event.add("dtstart", _day(entry.begins))
        event.add("dtend", _day(entry.ends or entry.begins) + dt.timedelta(days=1))  # the first day after it
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", _moment(entry.begins))
        if entry.ends:
            event.add("dtend", _moment(entry.ends))
    if reminders:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -REMIND_BEFORE)
        event.add_component(alarm)
    return event


def _day(value: dt.date | dt.datetime) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _moment(value: dt.date | dt.datetime) -> dt.datetime:
    """In UTC; a day begins at midnight there."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    return dt.datetime.combine(value, dt.time(), dt.UTC)
