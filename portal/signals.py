"""Signs beside the SQLite file that the processes share: whether something was written, without asking the database.

Asking SQLite lets go of the interpreter's lock several times, which costs busy threads more than the question.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import threading
from typing import Any
from uuid import uuid4

SIZE = 16  # bytes of a sign
CHANGING = b"\xff" * SIZE  # somebody is writing, or nobody can tell
STEADY = b"\x00" * SIZE  # nothing was written yet

_lock = threading.Lock()
_files: dict[str, Any] = {}  # what is open, by the path of the database: one file at a time


class Signal:
    """One sign of those in the file, at this place. Another one after each change that it stands for."""

    def __init__(self, place: int) -> None:
        self._from, self._to = place * SIZE, (place + 1) * SIZE

    def read(self, database: str) -> bytes:
        try:
            found: bytes = _shared(database)[self._from : self._to]
        except OSError:
            return CHANGING
        return found

    def begin(self, database: str) -> None:
        """A change comes: nobody trusts the sign until ``end`` or, if that is never called, the end of the next one."""
        self._write(database, CHANGING)

    def end(self, database: str) -> None:
        self._write(database, uuid4().bytes)

    def _write(self, database: str, sign: bytes) -> None:
        with contextlib.suppress(OSError):
            _shared(database)[self._from : self._to] = sign


CONTENT = Signal(0)
ANYTHING = Signal(1)
_SIGNS = 2


def _shared(database: str) -> Any:
    memory = _files.get(database)
    if memory is None:
        with _lock:
            memory = _files.get(database) or _open(database)
    return memory


def _open(database: str) -> Any:
    handle = os.open(f"{database}.generation", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(handle, _SIGNS * SIZE)
        memory = mmap.mmap(handle, _SIGNS * SIZE)
    finally:
        os.close(handle)
    _files.clear()
    _files[database] = memory
    return memory
