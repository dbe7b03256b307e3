"""What nearly every page asks of the database, kept in memory until anything is written."""

from __future__ import annotations

import functools
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from portal import db, signals

P = ParamSpec("P")
R = TypeVar("R")

MOST_KEPT = 1000  # answers in each thread

_thread = threading.local()


@dataclass(slots=True)
class _Kept:
    """Answers, and what tells that nothing was written since."""

    signal: bytes  # by anybody who says so
    here: tuple[Any, int]  # by this connection, in rows
    version: int  # by anybody, as SQLite knows
    second: int  # when it was asked
    answers: dict[Any, Any] = field(default_factory=dict)


def until_written(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a question to the database: its answer is kept for the same arguments until anything at all is written.

    Callers share the answer. What this program writes, in whatever process, is seen at once; what other programs
    write to the file within a second. Inside a transaction it is asked each time, and so it is on PostgreSQL, where a
    process does not hear at once of what another writes.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        answers = _answers()
        if answers is None:
            return function(*args, **kwargs)
        key = (function, args, *kwargs.items())
        if key not in answers:
            if len(answers) >= MOST_KEPT:
                answers.clear()
            answers[key] = function(*args, **kwargs)
        found: R = answers[key]
        return found

    return call


def _answers() -> dict[Any, Any] | None:
    """What this thread knows and what is still so; None while somebody is writing, or where nobody can tell."""
    database = db.database.obj
    if not db.is_sqlite() or database.in_transaction():
        return None
    signal = signals.ANYTHING.read(database.database)
    if signal == signals.CHANGING:
        return None
    try:
        return _still_so(database.connection(), signal)
    except sqlite3.Error:  # a broken connection, as the question itself will say
        return None


def _still_so(connection: Any, signal: bytes) -> dict[Any, Any]:
    here, second = (connection, connection.total_changes), int(time.monotonic())
    known: _Kept | None = getattr(_thread, "known", None)
    if known is not None and known.signal == signal and known.here == here:
        if known.second == second:
            return known.answers
        # Once a second SQLite is asked, too: somebody may write to the file without this program.
        if known.version == _version(connection):
            known.second = second
            return known.answers
    _thread.known = known = _Kept(signal, here, _version(connection), second)
    return known.answers


def _version(connection: Any) -> int:
    # No query: one number in the memory that all connections share.
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
