"""Writing past the services: what tests arrange, and what makes the portal ask anew what it has kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from portal import db


@contextmanager
def writing() -> Iterator[None]:
    """A transaction as ``db.transaction`` makes one, around the lines of a test."""
    with db._queue(), db.database.atomic():
        yield


def write_something() -> None:
    """As if somebody had saved something, somewhere."""
    with db.connection(), writing():
        pass
