"""Writing past the services: what tests arrange, and what makes the portal ask anew what it has kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
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


def elsewhere(action: Callable[[], object]) -> None:
    """Do it on a connection of its own."""

    def run() -> None:
        with db.connection():
            action()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
