"""The record in which a feature tells the rest of the portal about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import click
from flask import Blueprint


@dataclass(frozen=True)
class NavigationItem:
    """A line of the main menu. ``label`` is marked for translation where it is written."""

    label: Any
    endpoint: str
    order: int
    prefix: str = ""  # pages below this address belong to it


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
    problems: Callable[[], list[str]] | None = None  # what `portal doctor` should say
    export_person: Callable[[UUID], dict[str, Any]] | None = None
    keeps_person: Callable[[UUID], list[str]] | None = None  # why the account cannot be deleted yet, in words
    forget_person: Callable[[UUID], None] | None = None
