from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.feature import Feature
from portal.meetings import hours, questions
from portal.meetings.calendar import calendar_entries
from portal.meetings.routes import bp


def export_person(person: UUID) -> dict[str, Any]:
    """Everything of the person here: hours, what they lead, what they asked under their nickname."""
    return hours.export_own(person) | {"questions": questions.export_own(person)}


FEATURE = Feature(bp, calendar_entries=calendar_entries, export_person=export_person)
