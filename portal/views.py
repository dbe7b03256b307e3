"""What every template may use: dates, drawings' address, navigation, discreet mode."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from pathlib import Path

from babel import dates
from flask import Flask, current_app, g, get_flashed_messages, request, session, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from portal import clock, permissions, security
from portal.feature import Feature, NavigationItem
from portal.i18n import language

DISCREET_COOKIE = "discreet"


def init_app(app: Flask, features: tuple[Feature, ...]) -> None:
    items = sorted((item for feature in features for item in feature.navigation), key=lambda item: item.order)
    app.extensions["navigation"] = items
    app.jinja_env.globals.update(
        navigation=navigation,
        static_url=static_url,
        discreet=discreet,
        messages=messages,
        is_personal=security.is_personal,
        site_name=app.config["SITE_NAME"],
        Permission=permissions.Permission,
        neutral_name=neutral_name,
        get_locale=get_locale,
        now=clock.now,
        today=clock.today,
    )
    app.jinja_env.filters.update(day=day)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def navigation() -> list[tuple[NavigationItem, str, str]]:
    """The main menu: item, address, and what ``aria-current`` says of it ("page", "true" or "")."""
    return [(item, address := url_for(item.endpoint), _current(item, address)) for item in _items()]


def _items() -> list[NavigationItem]:
    items: list[NavigationItem] = current_app.extensions["navigation"]
    return items


def _current(item: NavigationItem, address: str) -> str:
    if request.path == address:
        return "page"
    below = item.prefix and item.prefix in request.path
    return "true" if below else ""


def day(value: dt.date | dt.datetime | None) -> str:
    """A date in the reader's language whose parts stay on one line: 14 November 2026."""
    locale = "en_GB" if language() == "en" else language()
    return dates.format_date(value, "long", locale=locale).replace(" ", "\u00a0") if value else ""


@functools.cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """The address of a file of ours; it changes with the content, so browsers may keep it for long."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_fingerprint(path))


def discreet() -> bool:
    """Whether titles stay neutral: the site's, the account's or this browser's choice."""
    if "discreet" not in g:
        own = current_user.is_authenticated and current_user.discreet
        g.discreet = bool(current_app.config["DISCREET"] or own or request.cookies.get(DISCREET_COOKIE))
    return bool(g.discreet)


def messages() -> list[str]:
    """What the last step has to say, once. Nobody without a cookie has anything waiting."""
    if "messages" not in g:
        g.messages = get_flashed_messages() if session else []
    return list(g.messages)


def neutral_name() -> str:
    """The name of the site in discreet mode."""
    return gettext("Notes")
