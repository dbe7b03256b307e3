"""What has left the files of a database."""

from __future__ import annotations

import time

from portal import db, forgetting


def size_on_disk(model) -> int:
    """Bytes of a table's file on PostgreSQL, dead rows included."""
    (size,) = db.database.execute_sql(f"SELECT pg_relation_size('{model._meta.table_name}')").fetchone()
    return size


def is_forgotten(model, data, rows: int = 0) -> bool:
    """Whether nothing that was deleted is left, the table having a page at most for so many rows.

    PostgreSQL's own cleaner may be reading just then: what was forgotten with care is tried again, as the tick does.
    """
    if db.is_sqlite():
        return (data / "portal.sqlite3-wal").stat().st_size == 0
    for _ in range(50):
        if size_on_disk(model) == (8192 if rows else 0):
            return True
        forgetting.forget_rest()
        time.sleep(0.1)
    return False
