"""Taking back what several people got at a meeting at which they were not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from portal import audit, db
from portal.training.models import Assignment, State, Way
from portal.training.services import AFTER_DOING, of_module


@dataclass(frozen=True)
class Undone:
    """What became of a module for people who were not at its meeting after all."""

    open_again: frozenset[UUID] = frozenset()
    still: frozenset[UUID] = frozenset()  # marked for that day; whether by mistake, somebody has to look


@db.transaction
def undo_meeting(
    organisation: UUID, people: Collection[UUID], code: str, on: dt.date, *, keep: Collection[UUID] = ()
) -> Undone:
    """Take back what a meeting on that day had marked done for these people; two statements.

    What was marked again since or refreshed stays, since nothing tells what was there before; so does all of ``keep``.
    """
    rows = list(Assignment.select().where(of_module(organisation, people, code), Assignment.state.in_(AFTER_DOING)))
    done = {row.person_id: row for row in rows if row.way == Way.MEETING and row.done_on == on}
    again = {person for person, row in done.items() if row.state == State.DONE and person not in keep}
    if again:
        Assignment.update(state=State.ASSIGNED.value, done_on=None, way=None, text_done=None).where(
            of_module(organisation, again, code)
        ).execute()
        audit.record("training.undo", "training", organisation)
    refreshed = {row.person_id for row in rows if row.refreshed_on == on}
    return Undone(frozenset(again), frozenset((done.keys() | refreshed) - again))
