"""What every template may use: dates, addresses of files, messages, discreet mode."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from flask import Flask, current_app, get_flashed_messages, request, session, url_for
from flask.templating import Environment
from flask_babel import get_locale, gettext

from portal import clock, here
from portal.i18n import language
from portal.text import slug

DISCREET_COOKIE = "discreet"


class TemplateEnvironment(Environment):
    """Jinja looks through layers of globals at every import of a macro. Ours are all there before the first page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    app.extensions["static addresses"] = {}
    app.extensions["fixed addresses"] = {}
    app.jinja_env.globals.update(
        static_url=static_url,
        fixed_url=fixed_url,
        discreet=discreet,
        messages=messages,
        get_locale=get_locale,
        site_name=app.config["SITE_NAME"],
        neutral_name=neutral_name,
        now=clock.now,
        today=clock.today,
    )
    app.jinja_env.filters.update(day=day)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def day(value: dt.date | dt.datetime | None) -> str:
    """A date in the reader's language whose parts stay on one line: 14 November 2026."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):  # a moment is on the day it is where the site is
        value = value.astimezone(ZoneInfo(current_app.config["TIME_ZONE"])).date()
    return _day(value, language())


@functools.lru_cache(maxsize=1000)
def _day(value: dt.date, language: str) -> str:
    locale = "en_GB" if language == "en" else language
    return dates.format_date(value, "long", locale=locale).replace(" ", "\u00a0")


def static_url(name: str) -> str:
    """The address of a file of ours; it changes with the content, so browsers may keep it for long."""
    known: dict[str, str] = current_app.extensions["static addresses"]
    if name not in known:
        content = (Path(current_app.static_folder or "") / name).read_bytes()
        known[name] = f"{current_app.static_url_path}/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"
    return request.script_root + known[name]


def fixed_url(endpoint: str) -> str:
    """``url_for`` where nothing but the language is to be put in: worked out once, for pages with many links."""
    known: dict[tuple[str, str, str], str] = here.app().extensions["fixed addresses"]
    key = (endpoint, language(), here.asked().script_root)
    if key not in known:
        known[key] = url_for(endpoint)
    return known[key]


def discreet() -> bool:
    """Whether titles stay neutral: the site's, the account's or this browser's choice."""
    noted = here.noted()
    found: bool | None = noted.get("discreet")
    if found is None:
        person = here.person()
        own = person.is_authenticated and person.discreet
        found = bool(here.app().config["DISCREET"] or own or here.asked().cookies.get(DISCREET_COOKIE))
        noted.discreet = found
    return found


def messages() -> list[str]:
    """What the last step has to say, once. Nobody without a cookie has anything waiting."""
    noted = here.noted()
    if "messages" not in noted:
        noted.messages = get_flashed_messages() if session else []
    return list(noted.messages)


def neutral_name() -> str:
    """The name of the site in discreet mode."""
    return gettext("Notes")


def window_title(title: str) -> str:
    """What a window or a viewer says of a document with this title."""
    return neutral_name() if discreet() else title


def file_name(name: str) -> str:
    """What a download of this name is called, in the visitor's list of files."""
    return f"{slug(neutral_name())}{Path(name).suffix}" if discreet() else name
