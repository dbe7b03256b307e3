"""Modules as one person has them: the text of the day they did it, and the titles they chose."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.accounts.models import Person
from portal.config import setting
from portal.guidance.models import Page, Revision
from portal.training import content, library
from portal.training.models import LearnerChoice


def text_on(code: str, day: dt.date) -> UUID | None:
    """The revision of a module that was live at the end of that day, in the site's own language.

    The oldest where there was none yet, None where there never was one. One statement.
    """
    rows: Any = (
        Revision.select(Revision.id, Revision.published_at)
        .join(Page)
        .where(
            Page.kind == content.NAME,
            Page.language == setting("DEFAULT_LANGUAGE"),
            Page.slug == code,
            Revision.published_at.is_null(False),
        )
        .order_by(Revision.published_at, Revision.made_at, Revision.id.desc())
        .tuples()
    )
    known: list[tuple[UUID, dt.datetime]] = list(rows)
    if not known:
        return None
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(setting("TIME_ZONE")))
    by_then = [revision for revision, published_at in known if published_at < end]
    return by_then[-1] if by_then else known[0][0]


def chosen_titles(person: UUID) -> dict[str, str]:
    """Titles by code for somebody who chose them; else nothing, and codes stand alone."""
    language: Any = (
        LearnerChoice.select(Person.language)
        .join(Person)
        .where(LearnerChoice.person == person, LearnerChoice.full_titles)
        .scalar()
    )
    return {} if language is None else {module.code: module.title for module in library.list_modules(language)}
