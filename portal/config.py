"""Every setting with its default. The environment overrides it as PORTAL_<NAME>; README.md has the same table."""

from __future__ import annotations

import json
import os
import re
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

DEFAULTS: dict[str, Any] = {
    "SITE_NAME": "Peerwork",  # shown in the masthead and in titles
    "DATA_DIR": "./instance",  # database, keys and compiled wordings
    "DATABASE_URL": "",  # empty: SQLite in the data folder; else postgresql://…
    "SECRET_KEY": "",  # empty: secret.key in the data folder
    "SECRET_KEY_FALLBACKS": [],  # earlier keys, still accepted
    "BASE_URL": "",  # address of the site, for absolute links; https:// turns on HSTS and secure cookies
    "TRUSTED_HOSTS": [],  # host names answered to; empty: any
    "TRUSTED_PROXIES": 0,  # how many reverse proxies stand in front
    "MAIL_URL": "",  # empty: no mail, everything still works
    "EXIT_URL": "https://www.wikipedia.org/",  # where "Leave quickly" leads
    "LANGUAGES": ["en"],  # languages of pages and interface
    "DEFAULT_LANGUAGE": "en",
    "TIME_ZONE": "Europe/Amsterdam",  # of dates on pages and of closing days
    "REGISTRATION": "administrator",  # who may register an organisation: open | administrator
    "SMALLEST_GROUP": 5,  # answers needed before a group's figures show; 3 is the lowest that starts
    "IDLE_MINUTES": 60,  # a sign-in unused for so long ends
    "DISCREET": False,  # neutral titles for everybody, not only for those who choose it
    "MAX_UPLOAD_MB": 10,
    "DEMO": False,  # set by `portal serve --demo`
}

# The last configuration made: services read it, since they know no web application.
_current: dict[str, Any] = dict(DEFAULTS)


class ConfigError(Exception):
    """A setting that the portal cannot start with; the text names the variable and the remedy."""


def setting(name: str) -> Any:
    return _current[name]


def remember(**values: Any) -> None:
    """Settings that only the application could complete."""
    _current.update(values)


def load(overrides: dict[str, Any]) -> dict[str, Any]:
    """Defaults, then PORTAL_* variables, then what a caller passes. Raises ConfigError for what cannot be used."""
    values: dict[str, Any] = {
        name: list(value) if isinstance(value, list) else value for name, value in DEFAULTS.items()
    }
    for variable, text in os.environ.items():
        if variable.startswith("PORTAL_"):
            name = _known(variable)
            values[name] = _read(name, text)
    values |= {name: value for name, value in overrides.items() if name in DEFAULTS}
    values["DATA_DIR"] = Path(values["DATA_DIR"]).absolute()
    _check(values)
    _current.clear()
    _current.update(values)
    return values


def _known(variable: str) -> str:
    name = variable.removeprefix("PORTAL_")
    if name not in DEFAULTS:
        raise ConfigError(f"{variable} is not a setting. The table in README.md lists them all.")
    return name


def _read(name: str, text: str) -> Any:
    default = DEFAULTS[name]
    if isinstance(default, str):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if type(value) is not type(default):
        kind = {bool: "true or false", int: "a whole number", list: 'a JSON list such as ["en", "fr"]'}[type(default)]
        raise ConfigError(f"PORTAL_{name} must be {kind}, but is {text!r}.")
    return value


def _check(values: dict[str, Any]) -> None:
    for name, is_usable, needed in _USABLE:
        if not is_usable(values[name]):
            shown = "" if name in _SECRETS else f", but is {values[name]!r}"
            raise ConfigError(f"PORTAL_{name} must {needed}{shown}.")
    if values["DEFAULT_LANGUAGE"] not in values["LANGUAGES"]:
        raise ConfigError(
            f"PORTAL_DEFAULT_LANGUAGE must be one of PORTAL_LANGUAGES, but is {values['DEFAULT_LANGUAGE']!r}."
        )


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) and value.strip() for value in values)


def _are_languages(codes: list[Any]) -> bool:
    return bool(codes) and _are_texts(codes) and all(_LANGUAGE.fullmatch(code) and _is_known(code) for code in codes)


def _is_known(language: str) -> bool:
    try:
        return bool(Locale.parse(language))
    except (UnknownLocaleError, ValueError):
        return False


def _is_time_zone(name: str) -> bool:
    try:
        return bool(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as Europe
        return False


def _is_address(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        return False


def _is_database(text: str) -> bool:
    return text.startswith("postgresql://") or (text.startswith("sqlite:///") and text != "sqlite:///")


def _is_hard_to_guess(key: str) -> bool:
    return len(key) >= SHORTEST_KEY


SHORTEST_KEY = 32  # characters of a secret key
_LANGUAGE = re.compile("[a-z]{2,3}")  # as addresses have it
_SECRETS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL")  # nobody reads them in a log
# What each setting must be; where the default is empty, empty is fine.
_USABLE: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("SMALLEST_GROUP", lambda number: number >= 3, "be 3 or more"),
    ("REGISTRATION", lambda who: who in ("open", "administrator"), 'be "open" or "administrator"'),
    ("IDLE_MINUTES", lambda number: number >= 1, "be 1 or more"),
    ("MAX_UPLOAD_MB", lambda number: number >= 1, "be 1 or more"),
    ("TRUSTED_PROXIES", lambda number: number >= 0, "be 0 or more"),
    ("TRUSTED_HOSTS", _are_texts, 'list host names such as "peerwork.example"'),
    ("SECRET_KEY", lambda key: not key or _is_hard_to_guess(key), f"have {SHORTEST_KEY} characters or more"),
    (
        "SECRET_KEY_FALLBACKS",
        lambda keys: _are_texts(keys) and all(map(_is_hard_to_guess, keys)),
        f"list keys of {SHORTEST_KEY} characters or more",
    ),
    ("LANGUAGES", _are_languages, 'list at least one language code of two or three letters such as "en"'),
    ("TIME_ZONE", _is_time_zone, "name a time zone such as Europe/Amsterdam"),
    (
        "BASE_URL",
        lambda address: not address or _is_address(address, "http", "https"),
        "begin with http:// or https:// and name a host",
    ),
    ("EXIT_URL", lambda address: _is_address(address, "https"), "begin with https:// and name a host"),
    (
        "DATABASE_URL",
        lambda address: not address or _is_database(address),
        "begin with sqlite:/// or postgresql:// and name a database",
    ),
)
