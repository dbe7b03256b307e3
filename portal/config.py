"""Every setting with its default. The environment overrides it as PORTAL_<NAME>; README.md has the same table."""

from __future__ import annotations

import json
import os
import zoneinfo
from pathlib import Path
from typing import Any

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
    def refuse(name: str, why: str) -> None:
        raise ConfigError(f"PORTAL_{name} {why}, but is {values[name]!r}.")

    if values["SMALLEST_GROUP"] < 3:
        refuse("SMALLEST_GROUP", "must be 3 or more")
    if values["REGISTRATION"] not in ("open", "administrator"):
        refuse("REGISTRATION", 'must be "open" or "administrator"')
    if values["IDLE_MINUTES"] < 1:
        refuse("IDLE_MINUTES", "must be 1 or more")
    if values["TRUSTED_PROXIES"] < 0:
        refuse("TRUSTED_PROXIES", "must be 0 or more")
    if not values["LANGUAGES"] or not all(isinstance(code, str) for code in values["LANGUAGES"]):
        refuse("LANGUAGES", "must list at least one language code")
    if values["DEFAULT_LANGUAGE"] not in values["LANGUAGES"]:
        refuse("DEFAULT_LANGUAGE", "must be one of PORTAL_LANGUAGES")
    if not _is_time_zone(values["TIME_ZONE"]):
        refuse("TIME_ZONE", "must name a time zone such as Europe/Amsterdam")
    if values["BASE_URL"] and not values["BASE_URL"].startswith(("http://", "https://")):
        refuse("BASE_URL", "must begin with http:// or https://")
    if not values["EXIT_URL"].startswith("https://"):
        refuse("EXIT_URL", "must begin with https://")
    if values["DATABASE_URL"] and not values["DATABASE_URL"].startswith(("sqlite:///", "postgresql://")):
        refuse("DATABASE_URL", "must begin with sqlite:/// or postgresql://")


def _is_time_zone(name: str) -> bool:
    try:
        return bool(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as Europe
        return False
