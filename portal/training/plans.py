"""A person's own plan: what they have to do, what they did, and how they want it named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal import clock, db
from portal.accounts.models import Person
from portal.feature import CalendarEntry
from portal.organisations.models import Membership, Organisation
from portal.training import library, words
from portal.training.library import Module
from portal.training.models import Assignment, GroupMember, LearnerChoice, State, TrainingGroup
from portal.training.refreshers import refresh_on
from portal.training.services import AFTER_DOING, IS_THERE


@dataclass(frozen=True)
class Line:
    """A module of one's own."""

    id: UUID
    organisation: str
    organisation_id: UUID
    code: str
    state: State
    reason: str
    due_on: dt.date | None
    done_on: dt.date | None
    way: str | None
    practised_on: dt.date | None
    refreshed_on: dt.date | None
    refresh_on: dt.date | None
    module: Module | None  # None where it was taken away meanwhile
    has_changed: bool  # the text is another one than when it was done

    @property
    def done(self) -> bool:
        return self.state in AFTER_DOING

    @property
    def overdue(self) -> bool:
        return not self.done and self.due_on is not None and self.due_on < clock.today()

    @property
    def refresh_due(self) -> bool:
        return self.refresh_on is not None and self.refresh_on <= clock.today()


@dataclass
class Plan:
    now: list[Line] = field(default_factory=list)  # assigned or accepted, what is due first comes first
    later: list[Line] = field(default_factory=list)
    declined: list[Line] = field(default_factory=list)
    done: list[Line] = field(default_factory=list)  # newest first
    full_titles: bool = False
    reminders: bool = False

    @property
    def lines(self) -> list[Line]:
        return [*self.now, *self.later, *self.declined, *self.done]

    @property
    def titles(self) -> dict[str, str]:
        """Titles by code where the person chose them; else nothing, and codes stand alone."""
        return {one.code: one.module.title for one in self.lines if one.module} if self.full_titles else {}


def plan(person: UUID, language: str) -> Plan:
    """Everything a person has in open organisations they belong to, or has done anywhere; two statements."""
    known, texts = library.modules_by_code(language), library.modules_by_code("")
    belongs = Membership.select(Membership.organisation).where(Membership.person == person)
    there = Organisation.closed_on.is_null() & Assignment.organisation.in_(belongs)
    rows = _rows(person).where(IS_THERE, there | Assignment.state.in_(AFTER_DOING))
    found = Plan()
    for row in rows:
        line = _line(row, known.get(row.module), texts.get(row.module))
        if line.done:
            found.done.append(line)
        elif line.state == State.LATER:
            found.later.append(line)
        elif line.state == State.DECLINED:
            found.declined.append(line)
        else:
            found.now.append(line)
    found.now.sort(key=lambda line: (line.due_on is None, line.due_on or dt.date.max, line.code))
    found.done.sort(key=lambda line: (line.refreshed_on or line.done_on or dt.date.min, line.code), reverse=True)
    choice = LearnerChoice.get_or_none(LearnerChoice.person == person)
    if choice is not None:
        found.full_titles, found.reminders = choice.full_titles, choice.reminders
    return found


def _rows(person: UUID) -> Any:
    return (
        Assignment.select(Assignment, Organisation)
        .join(Organisation)
        .where(Assignment.person == person)
        .order_by(Assignment.module, Assignment.id)
    )


def _line(row: Assignment, module: Module | None, text: Module | None) -> Line:
    """``module`` as the person reads it, ``text`` in the site's own language."""
    organisation: Any = row.organisation
    state = State(row.state)
    days = [row.done_on, row.practised_on, row.refreshed_on]
    return Line(
        id=row.id,
        organisation=organisation.name,
        organisation_id=row.organisation_id,
        code=row.module,
        state=state,
        reason=row.reason,
        due_on=row.due_on,
        done_on=row.done_on,
        way=row.way,
        practised_on=row.practised_on,
        refreshed_on=row.refreshed_on,
        refresh_on=refresh_on(days, module) if state in AFTER_DOING else None,
        module=module,
        has_changed=bool(text and row.text_done and row.text_done != text.revision),
    )


@db.transaction
def choose(person: UUID, *, full_titles: bool, reminders: bool) -> None:
    """How the person wants their training named, and whether they want to be reminded."""
    values = {"full_titles": full_titles, "reminders": reminders}
    LearnerChoice.insert(person=person, **values).on_conflict(
        conflict_target=[LearnerChoice.person], update=values
    ).execute()


def calendar_entries(person: UUID) -> list[CalendarEntry]:
    """The days on which open modules are due, named as the person chose."""
    own = plan(person, Person.select(Person.language).where(Person.id == person).scalar() or "")
    return [
        CalendarEntry(f"module-{line.id}", line.due_on, None, True, words.module_name(line.code, own.titles))
        for line in own.now
        if line.due_on and line.module
    ]


def export_person(person: UUID) -> dict[str, Any]:
    """Everything of the person here, readable, also what is open where they have left."""
    choice = LearnerChoice.get_or_none(LearnerChoice.person == person)

    def day(value: dt.date | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "modules": [
            {
                "module": row.module,
                "organisation": row.organisation.name,
                "state": row.state,
                "reason": row.reason,
                "due_on": day(row.due_on),
                "done_on": day(row.done_on),
                "way": row.way,
                "practised_on": day(row.practised_on),
                "refreshed_on": day(row.refreshed_on),
            }
            for row in _rows(person)
        ],
        "groups": [
            {"group": name, "organisation": organisation, "joined_on": day(joined_on)}
            for name, organisation, joined_on in _groups(person)
        ],
        "full_titles": bool(choice and choice.full_titles),
        "reminders": bool(choice and choice.reminders),
    }


def _groups(person: UUID) -> Any:
    return (
        GroupMember.select(TrainingGroup.name, Organisation.name, GroupMember.joined_on)
        .join(TrainingGroup)
        .join(Organisation)
        .where(GroupMember.person == person)
        .order_by(Organisation.name, TrainingGroup.name)
        .tuples()
    )
