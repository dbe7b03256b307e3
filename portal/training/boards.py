"""Where everybody is, as trainers see it: a page of people and their modules, or one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import clock
from portal.training import library, services, standing
from portal.training.library import Module
from portal.training.models import Assignment, GroupMember, TrainingGroup
from portal.training.people import Learner, list_people
from portal.training.refreshers import refresh_on
from portal.training.services import AFTER_DOING, Seen

PAGE = 50


@dataclass(frozen=True)
class Cell:
    """One person and one module, as trainers see it."""

    assignment: UUID
    code: str
    seen: Seen
    due_on: dt.date | None
    on: dt.date | None  # the newest of done, practised, refreshed
    overdue: bool
    refresh_on: dt.date | None  # when the next refresher is due; None where there is none

    @property
    def done(self) -> bool:
        return self.seen not in (Seen.OPEN, Seen.ACCEPTED)

    @property
    def refresh_due(self) -> bool:
        return self.refresh_on is not None and self.refresh_on <= clock.today()


@dataclass(frozen=True)
class Row:
    learner: Learner
    cells: dict[str, Cell]
    before_solo: list[str]  # codes still open before somebody of this role works alone

    @property
    def overdue(self) -> int:
        return sum(cell.overdue for cell in self.cells.values())

    @property
    def open(self) -> bool:
        """Whether anything is: a module not done yet, or something before working alone."""
        return bool(self.before_solo) or not all(cell.done for cell in self.cells.values())


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    modules: list[Module]  # the columns: what anybody on this page has or still needs
    groups: list[tuple[UUID, str]]
    group: str  # name of the one shown; empty for everybody
    on: dt.date  # the day on which it stood so
    page: int
    pages: int
    people: int


def board(
    organisation: UUID, reach: Collection[UUID], language: str, *, group: UUID | None = None, page: int = 1
) -> Board:
    """A page of 50 people with all their modules; three statements, whatever the numbers."""
    groups = _groups(organisation)
    name, chosen = groups.get(group, ("", set[UUID]())) if group else ("", None)
    people = [one for one in list_people(organisation, reach) if chosen is None or one.id in chosen]
    pages = max(1, -(-len(people) // PAGE))
    page = min(max(1, page), pages)
    shown = people[(page - 1) * PAGE : page * PAGE]
    known = library.modules_by_code(language)
    rows = _rows(organisation, shown, known)
    used = {code for row in rows for code in (*row.cells, *row.before_solo)}
    return Board(
        rows=rows,
        modules=[module for code, module in known.items() if code in used],
        groups=[(id_, named) for id_, (named, _members) in groups.items()],
        group=name,
        on=clock.today(),
        page=page,
        pages=pages,
        people=len(people),
    )


def person_row(organisation: UUID, reach: Collection[UUID], person: UUID, language: str) -> Row | None:
    """One member as trainers see them; None for anybody else."""
    learner = services.learners_by_id(organisation, reach).get(person)
    if learner is None:
        return None
    return _rows(organisation, [learner], library.modules_by_code(language))[0]


def _groups(organisation: UUID) -> dict[UUID, tuple[str, set[UUID]]]:
    """Name and members of each group, by name; one statement."""
    rows: Any = (
        TrainingGroup.select(TrainingGroup.id, TrainingGroup.name, GroupMember.person)
        .join(GroupMember, "LEFT JOIN")
        .where(TrainingGroup.organisation == organisation)
        .order_by(TrainingGroup.name, TrainingGroup.id)
        .tuples()
    )
    found: dict[UUID, tuple[str, set[UUID]]] = {}
    for group, name, person in rows:
        members = found.setdefault(group, (name, set()))[1]
        if person is not None:
            members.add(person)
    return found


def _rows(organisation: UUID, people: list[Learner], known: dict[str, Module]) -> list[Row]:
    """Of what only the person asked for, what is not accepted or done is left out: it would tell of a refusal."""
    rows: Any = (
        Assignment.select(
            Assignment.id, Assignment.person, Assignment.module, Assignment.state, Assignment.due_on,
            Assignment.assigned_on, Assignment.done_on, Assignment.practised_on, Assignment.refreshed_on,
        )
        .where(
            Assignment.organisation == organisation,
            Assignment.person.in_([learner.id for learner in people]),
            services.IS_THERE,
            ~(standing.TAKEN_ON_ALONE & Assignment.state.in_(standing.UNSEEN)),
        )
        .order_by(Assignment.module)
        .tuples()
    )  # fmt: skip
    places = {code: place for place, code in enumerate(known)}  # the order of the list; what was taken away comes last
    since = {learner.id: learner.since for learner in people}
    found: dict[UUID, dict[str, Cell]] = {learner.id: {} for learner in people}
    rows = sorted(rows, key=lambda row: places.get(row[2], len(places)))
    for assignment, person, code, state, due, assigned_on, *days in rows:
        due = standing.due_for(due, assigned_on, since[person])
        found[person][code] = _cell(assignment, code, state, due, days, known.get(code))
    return [
        Row(learner, cells, standing.before_solo(learner.roles, cells.values(), known))
        for learner, cells in zip(people, found.values(), strict=True)
    ]


def _cell(
    assignment: UUID, code: str, state: str, due: dt.date | None, days: list[dt.date | None], module: Module | None
) -> Cell:
    done = state in AFTER_DOING
    on = max((day for day in days if day is not None), default=None) if done else None
    overdue = not done and due is not None and due < clock.today() and module is not None
    return Cell(assignment, code, services.seen(state), due, on, overdue, refresh_on(days, module) if done else None)
