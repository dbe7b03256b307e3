"""The generation of the content, on both engines."""

from __future__ import annotations

import pytest

from portal import db, generation
from tests.support.written import elsewhere


@db.transaction
def raise_and(error: Exception | None = None) -> None:
    generation.raise_it()
    if error:
        raise error


def test_it_stays_until_it_is_raised_and_is_never_the_same_again(database):
    seen = [generation.current()]
    assert generation.current() == seen[0]
    for _ in range(3):
        raise_and()
        seen.append(generation.current())
        assert generation.current() == seen[-1]
    assert len(set(seen)) == 4
    assert generation.ContentGeneration.select().count() == 1


def test_what_is_rolled_back_raises_nothing(database):
    raise_and()
    before = generation.current()
    with pytest.raises(ValueError, match="no"):
        raise_and(ValueError("no"))
    assert generation.current() == before


def test_a_change_on_another_connection_of_this_process_is_seen_at_once(database):
    for _ in range(3):
        before = generation.current()
        elsewhere(raise_and)
        assert generation.current() != before


def test_a_change_of_another_process_is_seen(database, monkeypatch):
    """At once on SQLite; on PostgreSQL as soon as the second is over."""
    monkeypatch.setattr(generation, "_look_again", lambda: None)  # what another process cannot call here
    monkeypatch.setattr(generation.time, "monotonic", lambda: 1000.0)
    raise_and()
    before = generation.current()
    elsewhere(raise_and)
    if not db.is_sqlite():
        assert generation.current() == before
        monkeypatch.setattr(generation.time, "monotonic", lambda: 1001.0)
    assert generation.current() != before


def test_other_changes_raise_nothing_and_cost_no_statement_but_one(database, make):
    before = generation.current()
    elsewhere(lambda: make.organisation())
    counted = []
    db.database.query_hooks.append(lambda event: counted.append(event.sql))
    assert [generation.current() for _ in range(5)] == [before] * 5
    db.database.query_hooks.pop()
    assert len(counted) <= 1


def test_a_database_that_is_away_has_no_generation(database, monkeypatch):
    import peewee

    def refuse(*_arguments, **_options):
        raise peewee.OperationalError("gone")

    assert generation.current() is not None
    db.database.close()
    with monkeypatch.context() as patch:
        patch.setattr(db.database.obj, "_connect", refuse)
        assert generation.current() is None
    assert generation.current() is not None
