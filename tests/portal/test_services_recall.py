"""What is kept until something is written: asked again after every kind of change, on both engines."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from uuid import uuid4

import pytest

from portal import db, recall, signals
from portal.accounts.models import Person
from tests.support.written import elsewhere

asked = []


@recall.until_written
def nickname(person):
    asked.append(person)
    return Person.select(Person.nickname).where(Person.id == person).scalar()


@db.transaction
def rename(person, name, error=None):
    Person.update(nickname=name).where(Person.id == person).execute()
    if error:
        raise error


@pytest.fixture
def person(database, make):
    asked.clear()
    return make.person("First Name").id


def test_it_is_asked_once_until_something_is_written(person):
    assert [nickname(person) for _ in range(5)] == ["First Name"] * 5
    assert len(asked) == (1 if db.is_sqlite() else 5), "on PostgreSQL nobody hears at once what another writes"


@pytest.mark.parametrize("where", [lambda action: action(), elsewhere])
def test_what_was_written_shows_at_once(person, where):
    for name in ("Second Name", "Third Name", "Fourth Name"):
        nickname(person)
        where(lambda name=name: rename(person, name))
        assert nickname(person) == name


def test_what_is_rolled_back_shows_nowhere(person):
    nickname(person)
    with pytest.raises(ValueError, match="no"):
        rename(person, "Never", ValueError("no"))
    assert nickname(person) == "First Name"


def test_a_transaction_sees_what_it_writes(person):
    nickname(person)

    @db.transaction
    def look():
        Person.update(nickname="Inside").where(Person.id == person).execute()
        return nickname(person)

    assert look() == nickname(person) == "Inside"


def test_while_somebody_writes_everybody_asks(person):
    if not db.is_sqlite():
        pytest.skip("nothing is kept on PostgreSQL")
    nickname(person)
    signals.ANYTHING.begin(db.database.obj.database)  # and was killed
    asked.clear()
    assert [nickname(person), nickname(person)] == ["First Name"] * 2
    assert len(asked) == 2
    rename(person, "After")
    assert [nickname(person), nickname(person)] == ["After"] * 2
    assert len(asked) == 3


def test_another_process_is_heard_at_once(person, app):
    nickname(person)
    script = (
        "import sys\nfrom uuid import UUID\nfrom portal import config, db\nfrom portal.accounts.models import Person\n"
        "config.load({'DATABASE_URL': sys.argv[1]})\ndb.connect(sys.argv[1])\n"
        "renamed = Person.update(nickname='Elsewhere').where(Person.id == UUID(sys.argv[2]))\n"
        "with db.connection():\n    assert db.transaction(renamed.execute)() == 1\n"
    )
    subprocess.run([sys.executable, "-c", script, app.config["DATABASE_URL"], str(person)], check=True)
    assert nickname(person) == "Elsewhere"


def test_a_change_by_another_program_shows_within_a_second(person, monkeypatch):
    if not db.is_sqlite():
        pytest.skip("nothing is kept on PostgreSQL")
    second = 1000.0
    monkeypatch.setattr(recall.time, "monotonic", lambda: second)
    nickname(person)
    with sqlite3.connect(db.database.obj.database) as other:
        other.execute("UPDATE person SET nickname = 'By hand'")
    other.close()
    second += 1
    assert nickname(person) == "By hand"


def test_what_this_connection_writes_without_saying_so_shows_at_once(person):
    nickname(person)
    db.database.connection().execute("UPDATE person SET nickname = 'Unannounced'")
    assert nickname(person) == "Unannounced"


def test_what_is_kept_has_an_end(person, monkeypatch):
    monkeypatch.setattr(recall, "MOST_KEPT", 2)
    for one in (person, *(uuid4() for _ in range(4))):
        nickname(one)
    assert nickname(person) == "First Name"
    if db.is_sqlite():
        assert len(recall._answers()) <= 2


def test_a_broken_connection_costs_one_answer_and_no_more(app, browser, login, make):
    """As after a damaged file was put right, or a server was started again."""
    login(make.person())
    browser.get("/me")
    app.testing = False  # as on a server: errors become pages
    db.database.connection().close()
    assert browser.get("/me", status=500).heading == "Something of ours broke"
    assert browser.get("/me").heading.startswith("Hello")
