"""Marking what was done: by people themselves, and by trainers for several at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from portal import audit, clock, db
from portal.training import library
from portal.training.models import Assignment, State, Way
from portal.training.services import AFTER_DOING, NOT_DONE, add, of_module
from portal.training.texts import text_on


class NotThatDay(Exception):
    """Nothing was done on a day that has not come yet, or before what it builds on."""


class WrongOrder(Exception):
    """Practising and refreshing come after doing."""


@db.transaction
def finish(row: Assignment, on: dt.date, way: Way) -> None:
    """Done on that day; only the day and the way are kept, never an answer. Raises NotThatDay."""
    if on > clock.today():
        raise NotThatDay
    if row.state in AFTER_DOING and row.done_on != on:
        row.practised_on = row.refreshed_on = None
    row.state, row.done_on, row.way = State.DONE.value, on, way.value
    row.text_done = text_on(row.module, on)
    row.save()
    audit.record("training.finish", row, row.organisation_id)


@db.transaction
def practise(row: Assignment, on: dt.date) -> None:
    """Practised with a mentor on that day. Raises NotThatDay, WrongOrder."""
    _refuse_early(row, on)
    row.state, row.practised_on = State.PRACTISED.value, on
    row.save()
    audit.record("training.practise", row, row.organisation_id)


@db.transaction
def refresh(row: Assignment, on: dt.date) -> None:
    """Refreshed on that day: the next refresher counts from here. Raises NotThatDay, WrongOrder."""
    _refuse_early(row, on)
    row.state, row.refreshed_on = State.REFRESHED.value, on
    row.text_done = text_on(row.module, on) or row.text_done
    row.save()
    audit.record("training.refresh", row, row.organisation_id)


def _refuse_early(row: Assignment, on: dt.date) -> None:
    if row.state not in AFTER_DOING or row.done_on is None:
        raise WrongOrder
    if on > clock.today() or on < row.done_on:
        raise NotThatDay


@db.transaction
def undo(row: Assignment, *, by_trainer: bool = False) -> None:
    """It was marked by mistake: back to accepted. By a trainer: back to assigned, since only people accept."""
    row.state = (State.ASSIGNED if by_trainer else State.ACCEPTED).value
    row.done_on = row.way = row.text_done = row.practised_on = row.refreshed_on = None
    row.save()
    audit.record("training.undo", row, row.organisation_id)


@dataclass(frozen=True)
class Marked:
    """For how many a module is newly done, and for how many who had done it before it is refreshed."""

    new: int = 0
    refreshed: int = 0


@db.transaction
def finish_many(
    organisation: UUID, people: Collection[UUID], code: str, on: dt.date, way: Way, by: UUID | None
) -> Marked:
    """Mark a module done for several members on one day, in a constant number of statements.

    Who has it done already keeps their day; where it is to be refreshed and nothing was marked since, it is refreshed.
    Who was never assigned it gets it as done. Raises NotThatDay.
    """
    if on > clock.today():
        raise NotThatDay
    module, text = library.modules_by_code("").get(code), text_on(code, on)
    add(organisation, {(person, code): None for person in people}, by)
    here = of_module(organisation, people, code)
    refreshed = 0
    if module and module.refresh_months:
        days = (Assignment.practised_on, Assignment.refreshed_on)
        refreshed = (
            Assignment.update(state=State.REFRESHED.value, refreshed_on=on, text_done=text)
            .where(here, Assignment.state.in_(AFTER_DOING), Assignment.done_on < on)
            .where(*(day.is_null() | (day < on) for day in days))
            .execute()
        )
    new = (
        Assignment.update(state=State.DONE.value, done_on=on, way=way.value, text_done=text)
        .where(here, Assignment.state.in_((*NOT_DONE, State.TAKEN_BACK)))
        .execute()
    )
    audit.record("training.finish", "training", organisation)
    return Marked(int(new), int(refreshed))
