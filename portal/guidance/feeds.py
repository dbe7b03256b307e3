"""What programs that read the site are given: where the pages are, what changed, and where not to look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, url_for

from portal.config import setting
from portal.guidance.services import Line, list_dated
from portal.permissions import Label, access_of

NEWEST = 30
# Open to everybody, yet nothing to be listed: leaving quickly ends a sign-in, the other tells operators how it goes.
NOT_TO_LIST = frozenset({"accounts.leave_quickly", "operations.show_health"})
_WITH_LANGUAGE = "/<language>"


@dataclass(frozen=True)
class Place:
    """A public address in the languages it really exists in."""

    addresses: dict[str, str]  # by language
    changed: dict[str, dt.datetime]  # by language; empty where nobody keeps it


@dataclass(frozen=True)
class Change:
    line: Line
    address: str
    moment: dt.datetime


def absolute(path: str) -> str:
    """A path of this site with the address of the site before it: PORTAL_BASE_URL, never what a visitor's Host says."""
    return str(setting("BASE_URL")).rstrip("/") + path


def list_places() -> list[Place]:
    """Overview, glossary and resources, then sections and pages, each with its languages."""
    languages = setting("LANGUAGES")
    endpoints = ("guidance.list_sections", "guidance.list_terms", "guidance.list_resources")
    fixed = [
        Place({language: absolute(url_for(endpoint, language=language)) for language in languages}, {})
        for endpoint in endpoints
    ]
    pages: dict[tuple[str, str], Place] = {}
    for change in _pages(languages):
        place = pages.setdefault((change.line.section, change.line.slug), Place({}, {}))
        place.addresses[change.line.language] = change.address
        place.changed[change.line.language] = change.moment
    return [*fixed, *pages.values()]


def list_changes() -> list[Change]:
    """The pages that changed last, newest first, in every language of the site."""
    newest_first = sorted(_pages(setting("LANGUAGES")), key=lambda one: (-one.moment.timestamp(), one.address))
    return newest_first[:NEWEST]


def _pages(languages: Iterable[str]) -> list[Change]:
    """Every page in its own language; one statement for each language of the site."""
    return [
        Change(line, absolute(_path(line)), moment)
        for language in languages
        for line, moment in list_dated(language)
        if line.language == language
    ]


def _path(line: Line) -> str:
    if line.is_section:
        return url_for("guidance.show_section", language=line.language, section=line.section)
    return url_for("guidance.show_page", language=line.language, section=line.section, page=line.slug)


def not_to_list() -> list[str]:
    """The beginnings of every address that is somebody's own or takes a code, and of those that are no page."""
    prefixes = set()
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        personal = access_of(view) is not Label.PUBLIC or rule.endpoint in NOT_TO_LIST
        if rule.endpoint != "static" and personal and not rule.rule.startswith(_WITH_LANGUAGE):
            prefixes.add("/" + rule.rule.split("/")[1])
    return sorted(prefixes)
