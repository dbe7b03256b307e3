"""Addresses that pages have left."""

from __future__ import annotations

from portal.config import setting
from portal.guidance import exporting, kinds
from portal.guidance.models import Redirect


def is_left(kind: str, language: str, section: str, slug: str) -> bool:
    """Whether a page has left this address, so that no file may bring it back there."""
    here = (Redirect.kind == kind, Redirect.language == language, Redirect.section == section, Redirect.slug == slug)
    return bool(Redirect.select().where(*here).exists())


def led_to(kind: str, language: str, section: str, slug: str) -> str | None:
    """Where readers of an address that a page has left find what they look for, from the root of the site."""
    languages = (language, setting("DEFAULT_LANGUAGE"))
    found = {
        one.language: one.target
        for one in Redirect.select().where(
            Redirect.kind == kind,
            Redirect.language.in_(languages),
            Redirect.section == section,
            Redirect.slug == slug,
        )
    }
    target = found.get(language) or found.get(setting("DEFAULT_LANGUAGE"))
    return exporting.path(kinds.of(kind), language, target) if target else None
