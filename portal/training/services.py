"""Assigning modules and how far people are with them. Trainers see ``Seen``, people their own ``State``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from portal import audit, clock, db
from portal.training import library
from portal.training.models import Assignment, State
from portal.training.people import Learner, list_people
from portal.training.standing import TAKEN_ON_ALONE, UNSEEN

_AT_ONCE = 2000  # rows in one statement: SQLite takes 32,766 values

NOT_DONE = (State.ASSIGNED, State.ACCEPTED, State.LATER, State.DECLINED)
AFTER_DOING = (State.DONE, State.PRACTISED, State.REFRESHED)
IS_THERE = Assignment.state != State.TAKEN_BACK.value


class Seen(StrEnum):
    """What others see of a state. That somebody said *later* or *no thanks* is nobody's business."""

    OPEN = "not taken yet"
    ACCEPTED = "accepted"
    DONE = "done"
    PRACTISED = "practised"
    REFRESHED = "refreshed"


class LeftMeanwhile(Exception):
    """Some of those who were chosen are members no more; ``people`` holds their ids. Nothing was assigned."""

    def __init__(self, people: set[UUID]) -> None:
        super().__init__(f"{len(people)} left")
        self.people = people


class ModulesGone(Exception):
    """Some of the chosen modules were taken away meanwhile; ``codes`` names them. Nothing was assigned."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class TakenOnAlone(Exception):
    """The person took this module on by themselves: whether they do it is theirs to say."""


def seen(state: str) -> Seen:
    return Seen.OPEN if state in (State.ASSIGNED, State.LATER, State.DECLINED) else Seen(state)


# --- assigning ---


@db.transaction
def assign(
    organisation: UUID,
    reach: Collection[UUID],
    people: Collection[UUID],
    modules: Collection[str],
    by: UUID,
    *,
    due_on: dt.date | None = None,
    reason: str = "",
) -> int:
    """Assign modules to people; how many assignments are new. What somebody has already stays as it is;
    what was taken back from them is assigned anew, and so is what they took on alone and keep for later: else the
    number would tell trainers of it.

    Raises LeftMeanwhile, ModulesGone.
    """
    members = {learner.id for learner in list_people(organisation, reach)}
    if left := set(people) - members:
        raise LeftMeanwhile(left)
    refuse_gone(modules)
    dues = {(person, code): due_on for person in people for code in modules}
    Assignment.delete().where(
        Assignment.organisation == organisation,
        Assignment.person.in_(list(people)),
        Assignment.module.in_(list(modules)),
        ~IS_THERE | (TAKEN_ON_ALONE & Assignment.state.in_(UNSEEN)),
    ).execute()
    return add(organisation, dues, by, reason=reason)


def refuse_gone(codes: Collection[str]) -> None:
    """Raises ModulesGone for codes nobody can open."""
    known = {module.code for module in library.list_modules("")}
    if gone := [code for code in codes if code not in known]:
        raise ModulesGone(gone)


@db.transaction
def add(
    organisation: UUID,
    dues: Mapping[tuple[UUID, str], dt.date | None],
    by: UUID | None,
    *,
    reason: str = "",
    rule: UUID | None = None,
) -> int:
    """New assignments by person and code, with the day each is due; how many there were not before."""
    had = _pairs(organisation, {person for person, _code in dues})
    rows = [
        {
            "id": uuid4(),
            "organisation": organisation,
            "person": person,
            "module": code,
            "state": State.ASSIGNED.value,
            "reason": reason,
            "due_on": due,
            "rule": rule,
            "assigned_by": by,
            "assigned_on": clock.today(),
        }
        for (person, code), due in dues.items()
        if (person, code) not in had
    ]
    for start in range(0, len(rows), _AT_ONCE):
        Assignment.insert_many(rows[start : start + _AT_ONCE]).on_conflict_ignore().execute()
    if rows:
        audit.record("training.assign", "training", organisation)
    return len(rows)


def _pairs(organisation: UUID, people: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Who has which module already; one statement."""
    rows: Any = (
        Assignment.select(Assignment.person, Assignment.module)
        .where(Assignment.organisation == organisation, *_among(people))
        .order_by(Assignment.id)
        .tuples()
    )
    return set(rows)


def _among(people: Collection[UUID]) -> list[Any]:
    """A condition for few people; for many, reading all of the organisation is cheaper than naming them."""
    return [Assignment.person.in_(list(people))] if len(people) <= 100 else []


@db.transaction
def take_back(organisation: UUID, assignment: UUID) -> None:
    """An assignment nobody has done yet goes away; what was done stays with the person.

    What is left of it keeps rules from giving it again, and says no more. Raises TakenOnAlone.
    """
    own = Assignment.select().where(
        Assignment.organisation == organisation,
        Assignment.id == assignment,
        Assignment.state.in_(NOT_DONE),
        TAKEN_ON_ALONE,
    )
    if own.exists():
        raise TakenOnAlone
    gone = Assignment.update(state=State.TAKEN_BACK.value, reason="", due_on=None, rule=None).where(
        Assignment.organisation == organisation, Assignment.id == assignment, Assignment.state.in_(NOT_DONE)
    )
    if gone.execute():
        audit.record("training.take_back", f"assignment/{assignment}", organisation)


def get_assignment(organisation: UUID, assignment: UUID) -> Assignment | None:
    return Assignment.get_or_none(Assignment.organisation == organisation, Assignment.id == assignment, IS_THERE)


def taken_on_alone(organisation: UUID, person: UUID) -> set[UUID]:
    """Which of a member's assignments nobody gave them."""
    rows: Any = Assignment.select(Assignment.id).where(
        Assignment.organisation == organisation, Assignment.person == person, IS_THERE, TAKEN_ON_ALONE
    )
    return {row.id for row in rows.order_by(Assignment.id)}


def get_own(person: UUID, assignment: UUID) -> Assignment | None:
    return Assignment.get_or_none(Assignment.person == person, Assignment.id == assignment, IS_THERE)


# --- the person's own answer ---


@db.transaction
def respond(person: UUID, assignment: UUID, answer: State) -> None:
    """Accept, put off or decline, and change one's mind at any time until it is done.

    Not in the audit: a row there would tell what ``Seen`` hides.
    """
    if answer not in (State.ACCEPTED, State.LATER, State.DECLINED):
        raise ValueError(answer)
    Assignment.update(state=answer.value).where(
        Assignment.person == person, Assignment.id == assignment, Assignment.state.in_(NOT_DONE)
    ).execute()


@db.transaction
def take_on(person: UUID, organisation: UUID, code: str) -> None:
    """Somebody takes a module on by themselves: accepted from the start. Raises ModulesGone."""
    refuse_gone([code])
    # Who gave what was taken back since has nothing to do with what the person takes on now.
    Assignment.delete().where(
        Assignment.organisation == organisation, Assignment.person == person, Assignment.module == code, ~IS_THERE
    ).execute()
    Assignment.insert(
        organisation=organisation, person=person, module=code, state=State.ACCEPTED.value, assigned_on=clock.today()
    ).on_conflict(
        conflict_target=[Assignment.organisation, Assignment.person, Assignment.module],
        update={Assignment.state: State.ACCEPTED.value},
        where=Assignment.state.in_(NOT_DONE),
    ).execute()


def of_module(organisation: UUID, people: Collection[UUID], code: str) -> Any:
    """The condition for one module of several people."""
    here = Assignment.organisation == organisation
    return here & Assignment.person.in_(list(people)) & (Assignment.module == code)


def learners_by_id(organisation: UUID, reach: Collection[UUID]) -> dict[UUID, Learner]:
    return {learner.id: learner for learner in list_people(organisation, reach)}
