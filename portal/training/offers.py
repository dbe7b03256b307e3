"""What waits for an answer: modules somebody was given and has not yet taken on, put off or said no to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from portal import db
from portal.permissions import Held
from portal.training import library
from portal.training.models import State

_OFFERED = """
SELECT a.module FROM assignment a JOIN organisation o ON o.id = a.organisation_id
WHERE a.person_id = ? AND a.state = ? AND o.closed_on IS NULL AND a.organisation_id IN ({organisations})
"""


def count_offered(person: UUID, held: Collection[Held]) -> int:
    """How many modules wait for the person's answer where they belong now; one statement."""
    organisations = list({one.organisation for one in held})
    if not organisations:
        return 0
    sql = _OFFERED.format(organisations=", ".join("?" * len(organisations)))
    known = {module.code for module in library.list_modules("")}
    return sum(module in known for (module,) in db.fetch(sql, person, State.ASSIGNED.value, *organisations))
