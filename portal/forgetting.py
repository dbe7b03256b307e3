"""What was deleted leaves the files of the database, too."""

from __future__ import annotations

from pathlib import Path

from portal import db

CHECKPOINT_PATIENCE = 100  # milliseconds


def forget_deleted(*models: type[db.Model]) -> None:
    """After a purge: what was deleted leaves the files, too (write-ahead log, dead rows of PostgreSQL).

    What somebody is reading meanwhile stays; ``forget_rest`` tries again.
    """
    if db.is_sqlite():
        checkpoint()
        return
    for model in models:
        db.database.execute_sql(f'VACUUM "{model._meta.table_name}"')


def forget_rest() -> None:
    """Once more for what stayed because somebody was reading; PostgreSQL knows what it was told to forget."""
    if db.is_sqlite():
        checkpoint()
        return
    owed = db.database.execute_sql("SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0 AND n_dead_tup > 0")
    for (table,) in owed.fetchall():
        db.database.execute_sql(f'VACUUM "{table}"')


def checkpoint() -> bool:
    """Empty SQLite's write-ahead log, which keeps what was deleted; False while somebody reads: `tick` tries again.

    Nobody waits for readers here. What is owed is the log itself: whoever finds it filled tries to empty it.
    """
    if not db.is_sqlite() or not _log_is_filled():
        return True
    if db.database.in_transaction():
        return False
    (patience,) = db.database.execute_sql("PRAGMA busy_timeout").fetchone()
    db.database.execute_sql(f"PRAGMA busy_timeout = {CHECKPOINT_PATIENCE}")
    try:
        busy, _frames, _moved = db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.database.execute_sql(f"PRAGMA busy_timeout = {patience}")
    return not busy


def _log_is_filled() -> bool:
    log = Path(f"{db.database.obj.database}-wal")
    return log.exists() and log.stat().st_size > 0
