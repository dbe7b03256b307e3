"""Where somebody stands with a module: what their own plan and the trainers' board must never tell differently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol

from portal.training.library import Module
from portal.training.models import Assignment, State

# Who works with people on their own: for these roles the modules marked so come before that.
WORK_ALONE = frozenset({"peer_worker"})
# Nobody else asked for it. A rule for a wish leaves no trace, and an account that goes takes its name along, so what
# cannot be told apart from one's own counts as such: else its going would tell who said *later* or *no thanks*.
TAKEN_ON_ALONE = (
    Assignment.assigned_by.is_null()
    & Assignment.rule.is_null()
    & Assignment.due_on.is_null()
    & (Assignment.reason == "")
)


# In these states it stays out of trainers' sight.
UNSEEN = (State.ASSIGNED, State.LATER, State.DECLINED)


class Line(Protocol):
    """A person's module in one organisation, on a plan or a board."""

    @property
    def code(self) -> str: ...
    @property
    def done(self) -> bool: ...
    @property
    def refresh_due(self) -> bool: ...


def before_solo(roles: Iterable[str], lines: Iterable[Line], known: Mapping[str, Module]) -> list[str]:
    """Codes that still stand between somebody of these roles and working alone, in order; none for roles that do not.

    ``lines`` are those of one organisation: it answers for whom it sends out alone.
    """
    if not WORK_ALONE & set(roles):
        return []
    done = {line.code for line in lines if line.done and not line.refresh_due}
    return [code for code, module in known.items() if module.before_solo_work and code not in done]


def due_for(due_on: dt.date | None, assigned_on: dt.date, since: dt.date | None) -> dt.date | None:
    """The day by which something is due for somebody who has been there ``since``; None where it was over before.

    Whoever left and came back begins anew.
    """
    return None if due_on and since and due_on < since and assigned_on < since else due_on
