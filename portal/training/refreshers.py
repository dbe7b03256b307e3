"""When what somebody learned is due to be refreshed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from portal.training.library import Module


def refresh_on(days: Iterable[dt.date | None], module: Module | None) -> dt.date | None:
    """Counted from the day it was done or refreshed last; practising does not stand for it."""
    done, _practised, refreshed = days
    since = refreshed or done
    if module is None or not module.refresh_months or since is None:
        return None
    return add_months(since, module.refresh_months)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    first = dt.date(day.year + years, month + 1, 1)
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
