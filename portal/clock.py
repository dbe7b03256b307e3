"""The only source of time. Tests stop it with ``stop`` and move it on."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from portal.config import setting

_stopped: dt.datetime | None = None


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return _stopped or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The date where the site is (PORTAL_TIME_ZONE)."""
    return now().astimezone(ZoneInfo(setting("TIME_ZONE"))).date()


def stop(moment: dt.datetime | None) -> None:
    """From now on ``now()`` answers this moment; None lets the clock run again."""
    global _stopped
    _stopped = moment
