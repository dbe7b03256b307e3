"""Whoever changes what readers see, or where it stands, waits for whoever is doing so already."""

from __future__ import annotations

from portal import db


def wait_for_others() -> None:
    """Until the transaction ends nobody else publishes, loads, moves or withdraws pages, or makes new ones.

    What was read before this call may have changed since.
    """
    if not db.is_sqlite():  # its writers queue by themselves
        db.database.execute_sql("SELECT pg_advisory_xact_lock(7065657279)")
