"""Signals beside the SQLite file that the processes share: whether something was written, without asking the database.

Asking SQLite lets go of the interpreter's lock several times, which costs busy threads more than the question.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import threading
from typing import Any
from uuid import uuid4

SIZE = 16  # bytes of a signal
CHANGING = b"\xff" * SIZE  # somebody is writing, or nobody can tell
STEADY = b"\x00" * SIZE  # nothing was written yet
UNUSABLE = (OSError, ValueError)  # the file, or the memory it is seen through

_lock = threading.Lock()
_files: dict[str, Any] = {}  # what is open, by the path of the database: one file at a time


class Signal:
    """Sixteen bytes at this place of the file: others after each change that they stand for."""

    def __init__(self, place: int) -> None:
        self._from, self._to = place * SIZE, (place + 1) * SIZE

    def read(self, database: str) -> bytes:
        try:
            found: bytes = _shared(database)[self._from : self._to]
        except UNUSABLE:
            return CHANGING
        return found

    def begin(self, database: str) -> None:
        """A change comes: nobody trusts the signal until ``end`` or, if that never comes, the end of the next one."""
        self._write(database, CHANGING)

    def end(self, database: str) -> None:
        self._write(database, uuid4().bytes)

    def _write(self, database: str, value: bytes) -> None:
        with contextlib.suppress(*UNUSABLE):
            _shared(database)[self._from : self._to] = value


CONTENT = Signal(0)
ANYTHING = Signal(1)
_SIGNALS = 2


def _shared(database: str) -> Any:
    memory = _files.get(database)
    if memory is None:
        with _lock:
            memory = _files.get(database) or _open(database)
    return memory


def _open(database: str) -> Any:
    handle = os.open(f"{database}.signals", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # Space is taken now: writing to memory that a full disk has no room for would end the process.
        os.posix_fallocate(handle, 0, _SIGNALS * SIZE)
        memory = mmap.mmap(handle, _SIGNALS * SIZE)
    finally:
        os.close(handle)
    _files.clear()
    _files[database] = memory
    return memory
