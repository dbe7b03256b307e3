"""Titles of pages of another kind, for those who link to them and know only their names."""

from __future__ import annotations

from typing import Any

from portal import generation
from portal.config import setting
from portal.guidance.models import Page, Revision
from portal.guidance.shelf import live_revision


@generation.kept
def of_kind(kind: str, language: str) -> dict[str, str]:
    """Slug to title of every page of a kind that a reader of the language can open; one statement."""
    rows: Any = (
        Page.select(Page.slug, Page.language, Page.withdrawn, Revision.title)
        .join(Revision, on=(Revision.id == live_revision()))
        .where(Page.kind == kind, Page.language.in_({language, setting("DEFAULT_LANGUAGE")}))
        .order_by(Page.position, Page.slug)
        .tuples()
    )
    # The reader's language last, so that it wins; what is withdrawn in it is not offered in another.
    chosen = {row[0]: row for row in sorted(rows, key=lambda row: row[1] == language)}
    return {slug: title for slug, _language, withdrawn, title in chosen.values() if not withdrawn}
