"""What programs that read the site are given: where the pages are, what changed, and where not to look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import current_app, url_for

from portal.config import setting
from portal.feature import PublishedPage
from portal.guidance.services import list_dated
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


def absolute(path: str) -> str:
    """A path of this site with the address of the site before it: PORTAL_BASE_URL, never what a visitor's Host says."""
    return str(setting("BASE_URL")).rstrip("/") + path


def list_places() -> list[Place]:
    """What every feature lists, then all published pages, each with its languages."""
    languages = setting("LANGUAGES")
    fixed = [
        Place({language: absolute(url_for(endpoint, language=language)) for language in languages}, {})
        for feature in current_app.extensions["features"]
        for endpoint in feature.listed
    ]
    places: dict[str, Place] = {}
    for page in _every_page(languages):
        place = places.setdefault(page.key, Place({}, {}))
        place.addresses[page.language] = absolute(page.address)
        place.changed[page.language] = page.moment
    return [*fixed, *places.values()]


def list_changes() -> list[PublishedPage]:
    """The pages that changed last, newest first, in every language of the site."""
    newest_first = sorted(_every_page(setting("LANGUAGES")), key=lambda one: (-one.moment.timestamp(), one.address))
    return newest_first[:NEWEST]


def _every_page(languages: Iterable[str]) -> Iterator[PublishedPage]:
    """What all features have published, in each language of the site."""
    for feature in current_app.extensions["features"]:
        if feature.published:
            for language in languages:
                yield from feature.published(language)


def published(language: str) -> Iterator[PublishedPage]:
    """Every section and page of guidance written in this language, in one statement."""
    for line, moment in list_dated(language):
        if line.language == language:
            yield PublishedPage(
                key=f"guidance/{line.section}/{line.slug}",
                language=language,
                revision=line.revision,
                title=line.title,
                summary=line.summary,
                address=f"/{language}/guidance/{line.address}",
                moment=moment,
            )


def not_to_list() -> list[str]:
    """The beginnings of every address that is somebody's own or takes a code, and of those that are no page."""
    prefixes = set()
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        personal = access_of(view) is not Label.PUBLIC or rule.endpoint in NOT_TO_LIST
        if rule.endpoint != "static" and personal and not rule.rule.startswith(_WITH_LANGUAGE):
            prefixes.add("/" + rule.rule.split("/")[1])
    return sorted(prefixes)
