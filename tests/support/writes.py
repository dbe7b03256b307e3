"""Two guards that run in every test: no write outside a transaction, no write on GET."""

from __future__ import annotations

import re
from contextlib import contextmanager

from flask import has_request_context, request

from portal import db, signals

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)

# Endpoints that write on GET, each with its reason.
WRITE_ON_GET = {
    "accounts.leave_quickly": "a person in danger must not need a form; ending a sign-in is harmless",
    "candidates.show_shared_copy": "the line in the owner's access list is written before the page is sent",
}


@contextmanager
def watch_writes(app):
    found = []

    def watch(event):
        if not WRITES.match(event.sql):
            return
        if not db.database.in_transaction():
            found.append(f"outside a transaction: {event.sql}")
        elif db.is_sqlite() and signals.ANYTHING.read(db.database.obj.database) != signals.CHANGING:
            found.append(f"without telling others (db.transaction does): {event.sql}")
        if has_request_context() and request.method in ("GET", "HEAD") and request.endpoint not in WRITE_ON_GET:
            found.append(f"on GET {request.path}: {event.sql}")

    hooks = db.database.query_hooks  # of this database: a test may connect to another
    hooks.append(watch)
    yield
    hooks.remove(watch)
    assert not found, "\n".join(found)
