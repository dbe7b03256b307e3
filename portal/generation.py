"""The generation of the content: what is kept of published pages belongs to one, and is good no longer than that.

Whoever changes what readers see calls ``raise_it`` in the transaction that changes it. Whoever keeps something made
from it asks ``current`` before each use: in every worker the answer is another one once that call is over
(PostgreSQL: at once in the worker that made it, within a second in the others).
"""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

import peewee

from portal import db, signals

P = ParamSpec("P")
R = TypeVar("R")

MOST_KEPT = 5000  # things made by functions marked with ``kept``
UNANSWERED = (peewee.PeeweeException, sqlite3.Error)

_ROW = _BEFORE_ANY = UUID(int=0)


class ContentGeneration(db.Model):
    """One row, or none before the first content. Its stamp is random: no two states of the content ever share one."""

    stamp = peewee.UUIDField()


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at the row, and what tells that the row may have changed since."""

    here: tuple[Any, object]  # connection, and the last change by this process
    now: tuple[int, bytes]  # second and signal
    version: int
    stamp: UUID


_raised_here = object()  # another one after each change made by this process
_thread = threading.local()


@db.transaction
def raise_it() -> None:
    """What readers see changes in the transaction around this call."""
    ContentGeneration.insert(id=_ROW, stamp=uuid4()).on_conflict(
        conflict_target=[ContentGeneration.id], preserve=[ContentGeneration.stamp]
    ).execute()
    db.announce(signals.CONTENT)
    db.after_commit(_look_again)


def _look_again() -> None:
    global _raised_here
    _raised_here = object()


def current() -> UUID | None:
    """The generation of what is saved now; None while the database does not answer. Costs a few microseconds."""
    database = db.database.obj
    try:
        if database.is_closed():
            database.connect(reuse_if_open=True)
        connection, second, signal = database.connection(), int(time.monotonic()), _signal()
        # Version numbers of one connection say nothing about another.
        here, now = (connection, _raised_here), (second, signal)
        known: _Look | None = getattr(_thread, "known", None)
        if known is None or known.here != here:
            known = _Look(here, now, _version(connection, second), _read())
        elif known.now != now or signal == signals.CHANGING:
            version = _version(connection, second)
            known = _Look(here, now, version, known.stamp if known.version == version else _read())
        _thread.known = known
        return known.stamp
    except UNANSWERED:
        with contextlib.suppress(*UNANSWERED):
            database.close()
        return None


def _signal() -> bytes:
    return signals.CONTENT.read(db.database.obj.database) if db.is_sqlite() else signals.STEADY


def _version(connection: Any, second: int) -> int:
    """Another number whenever another connection may have changed the row."""
    if not db.is_sqlite():
        return second
    # No query: one number in the memory that all connections share, changed by every commit but this connection's own.
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


def _read() -> UUID:
    rows = db.fetch("SELECT stamp FROM content_generation")
    return db.uuid_of(rows[0][0]) if rows else _BEFORE_ANY


def kept(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function of the content: what it makes is kept for the same arguments until the content changes.

    Callers share what they get. Inside a transaction it is made anew, since that may be changing the content.
    """
    things: dict[Any, Any] = {}
    belong_to: Any = None

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal things, belong_to
        stamp = None if db.database.in_transaction() else current()
        if stamp is None:
            return function(*args, **kwargs)
        now = (db.database.obj, stamp)
        if belong_to != now or len(things) >= MOST_KEPT:
            things, belong_to = {}, now
        mine, key = things, (args, *kwargs.items())
        if key not in mine:
            mine[key] = function(*args, **kwargs)
        found: R = mine[key]
        return found

    return call
