"""A person's own plan: what they have to do, what they did, and how they want it named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal import audit, clock, db, forgetting
from portal.accounts.models import Person
from portal.feature import CalendarEntry
from portal.organisations.models import Membership, Organisation
from portal.permissions import Held
from portal.training import library, standing, words
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
    here: bool  # the person belongs to the organisation, and it is open
    own: bool  # nobody but the person asked for it
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
        return not self.done and self.due_on is not None and self.due_on < clock.today() and self.module is not None

    @property
    def refresh_due(self) -> bool:
        return self.refresh_on is not None and self.refresh_on <= clock.today()

    @property
    def deletable(self) -> bool:
        """Whether it concerns nobody else any more."""
        return self.own or not self.here


@dataclass
class Plan:
    known: dict[str, Module]  # every module by code, in order
    now: list[Line] = field(default_factory=list)  # assigned or accepted, what is due first comes first
    later: list[Line] = field(default_factory=list)
    declined: list[Line] = field(default_factory=list)
    done: list[Line] = field(default_factory=list)  # newest first, done anywhere
    left: list[Line] = field(default_factory=list)  # not done, where the person does not belong any more
    full_titles: bool = False
    reminders: bool = False

    @property
    def lines(self) -> list[Line]:
        """What the person has before them or has done."""
        return [*self.now, *self.later, *self.declined, *self.done]

    @property
    def titles(self) -> dict[str, str]:
        """Titles by code where the person chose them; else nothing, and codes stand alone."""
        return {code: module.title for code, module in self.known.items()} if self.full_titles else {}

    def before_solo(self, held: Collection[Held]) -> dict[UUID, list[str]]:
        """By organisation, the codes still open before the person works alone there; without those with none."""
        roles: dict[UUID, set[str]] = {}
        for one in held:
            roles.setdefault(one.organisation, set()).add(one.role)
        found = {
            organisation: standing.before_solo(names, self._lines_in(organisation), self.known)
            for organisation, names in roles.items()
        }
        return {organisation: codes for organisation, codes in found.items() if codes}

    def have(self, still_open: Mapping[UUID, Collection[str]]) -> set[str]:
        """Codes that nobody need suggest any more; ``still_open`` is what ``before_solo`` gives.

        What one organisation still asks for and only another one knows of is none of them.
        """
        wanting = {code for there, codes in still_open.items() for code in set(codes) - self._codes_in(there)}
        return {line.code for line in self.lines} - wanting

    def others(self, organisations: Collection[UUID]) -> list[str]:
        """Codes the person can take on for one of these organisations at least, in order."""
        there = [self._codes_in(organisation) for organisation in organisations]
        return [code for code in self.known if any(code not in codes for codes in there)]

    def line_in(self, organisation: UUID, code: str) -> Line | None:
        """The module as the person has it there."""
        return next((line for line in self._lines_in(organisation) if line.code == code), None)

    def _lines_in(self, organisation: UUID) -> list[Line]:
        return [line for line in self.lines if line.organisation_id == organisation]

    def _codes_in(self, organisation: UUID) -> set[str]:
        return {line.code for line in self._lines_in(organisation)}


def plan(person: UUID, language: str) -> Plan:
    """Everything a person has in open organisations they belong to, has done anywhere, or has left behind.

    Four statements at most, whatever the numbers.
    """
    found = Plan(library.modules_by_code(language))
    since = _since(person)
    rows = list(_rows(person).where(IS_THERE))
    changed = library.changed(frozenset((row.module, row.text_done) for row in rows if row.text_done))
    for row in rows:
        line = _line(row, found.known.get(row.module), since.get(row.organisation_id), changed)
        if line.done:
            found.done.append(line)
        elif not line.here:
            found.left.append(line)
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


def _since(person: UUID) -> dict[UUID, dt.date]:
    """The open organisations the person belongs to, with the day since which they do, in whatever role."""
    rows: Any = (
        Membership.select(Membership.organisation, Membership.joined_on)
        .join(Organisation)
        .where(Membership.person == person, Organisation.closed_on.is_null())
        .order_by(Membership.joined_on.desc())
        .tuples()
    )
    return dict(rows)  # of several roles in one organisation the earliest day stays


def _rows(person: UUID) -> Any:
    """With ``own``: whether nobody but the person asked for it."""
    return (
        Assignment.select(Assignment, Organisation, standing.TAKEN_ON_ALONE.alias("own"))
        .join(Organisation)
        .where(Assignment.person == person)
        .order_by(Assignment.module, Assignment.id)
    )


def _line(row: Any, module: Module | None, since: dt.date | None, changed: Collection[tuple[str, UUID]]) -> Line:
    state = State(row.state)
    days = [row.done_on, row.practised_on, row.refreshed_on]
    return Line(
        id=row.id,
        organisation=row.organisation.name,
        organisation_id=row.organisation_id,
        here=since is not None,
        own=bool(row.own),
        code=row.module,
        state=state,
        reason=row.reason,
        due_on=standing.due_for(row.due_on, row.assigned_on, since),
        done_on=row.done_on,
        way=row.way,
        practised_on=row.practised_on,
        refreshed_on=row.refreshed_on,
        refresh_on=refresh_on(days, module) if state in AFTER_DOING else None,
        module=module,
        has_changed=(row.module, row.text_done) in changed,
    )


def delete_line(person: UUID, assignment: UUID) -> bool:
    """One's own line goes, in whatever state, with all that was marked in it; False where it concerns others, too."""
    deleted = _delete_line(person, assignment)
    if deleted:
        forgetting.forget_deleted(Assignment)
    return deleted


@db.transaction
def _delete_line(person: UUID, assignment: UUID) -> bool:
    row = _rows(person).where(Assignment.id == assignment, IS_THERE).first()
    if row is None or not (row.own or row.organisation_id not in _since(person)):
        return False
    if row.state in AFTER_DOING:  # of the rest an entry would tell what others never saw
        audit.record("training.undo", row, row.organisation_id)
    row.delete_instance()
    return True


@db.transaction
def choose(person: UUID, *, full_titles: bool, reminders: bool) -> None:
    """How the person wants their training named, and whether they want to be reminded."""
    values = {"full_titles": full_titles, "reminders": reminders}
    LearnerChoice.insert(person=person, **values).on_conflict(
        conflict_target=[LearnerChoice.person], update=values
    ).execute()


def calendar_entries(person: UUID) -> list[CalendarEntry]:
    """The days on which open modules are due, and done ones to be refreshed, named as the person chose."""
    own = plan(person, Person.select(Person.language).where(Person.id == person).scalar() or "")
    due = [
        CalendarEntry(f"module-{line.id}", line.due_on, None, True, words.module_name(line.code, own.titles))
        for line in own.now
        if line.due_on and line.module
    ]
    return due + [
        CalendarEntry(f"refresh-{line.id}", line.refresh_on, None, True, words.refresher_name(line.code, own.titles))
        for line in own.done
        if line.refresh_on and line.here
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
                "assigned_on": day(row.assigned_on),
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
