"""The record in which a feature tells the rest of the portal about itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import click
from flask import Blueprint, current_app


@dataclass(frozen=True)
class NavigationItem:
    """A line of the main menu. ``label`` is marked for translation where it is written."""

    label: Any
    endpoint: str
    order: int
    prefix: str = ""  # pages below this address belong to it


@dataclass(frozen=True)
class SearchText:
    """Something published that can be found, for readers of one language. Never anything personal."""

    kind: str  # "page", "term", "resource", "question" or "module"
    key: str  # with kind and language it is the text's own
    language: str  # of the readers it is offered to
    title: str
    text: str  # plain words, no markup
    address: str  # path and anchor, from the root of the site
    weight: int = 1  # 0: the title counts no more than the text
    place: str = ""  # where it stands, in words: the title of its section
    written_in: str = ""  # another language than the readers'


@dataclass(frozen=True)
class PublishedPage:
    """A page of content that everybody may read, in the language it is written in."""

    key: str  # the same in every language
    language: str
    revision: UUID
    title: str
    summary: str
    address: str  # path from the root of the site
    moment: dt.datetime  # when its text was published


@dataclass(frozen=True)
class CalendarEntry:
    """A line of a person's own calendar, with a title that others may see."""

    uid: str  # the same each time, and no other entry's
    begins: dt.date | dt.datetime  # a day, or an aware moment
    ends: dt.date | dt.datetime | None  # the last day, or the moment it is over; None: that day, or no length
    all_day: bool
    title: str


@dataclass(frozen=True)
class Feature:
    """What app.py, the commands and operations need to know, and nothing by magic."""

    blueprint: Blueprint | None = None
    without_csrf: tuple[str, ...] = ()  # views that change nothing on the server, each with its reason in routes.py
    commands: tuple[click.Command, ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()  # name and path of cookies of its own: leaving quickly deletes them
    navigation: tuple[NavigationItem, ...] = ()
    tick: Callable[[], None] | None = None  # what is due: called every minute, must be safe to repeat
    prepare: Callable[[], None] | None = None  # called by `serve` once the database is up to date
    content_kind: Any = None  # a guidance.kinds.Kind: pages of its own in guidance's store
    searchable: Callable[[], Iterable[SearchText]] | None = None  # every text that may be found, in every language
    published: Callable[[str], Iterable[PublishedPage]] | None = None  # every page written in this language
    listed: tuple[str, ...] = ()  # its public pages that belong in the site map, besides those: endpoints
    content_changed: Callable[[], None] | None = None  # called after published content changed while being served
    calendar_entries: Callable[[UUID], Iterable[CalendarEntry]] | None = None  # what a person has before them
    problems: Callable[[], list[str]] | None = None  # what `portal doctor` should say
    export_person: Callable[[UUID], dict[str, Any]] | None = None
    keeps_person: Callable[[UUID], list[str]] | None = None  # why the account cannot be deleted yet, in words
    forget_person: Callable[[UUID], None] | None = None


def content_changed() -> None:
    """Tell every feature that published content has changed. Called once that is saved."""
    for feature in current_app.extensions["features"]:
        if feature.content_changed:
            feature.content_changed()
