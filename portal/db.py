"""The database: one connection a request, one transaction a writing call, migrations at the start."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import functools
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import peewee
from flask import Flask, abort, g, request
from playhouse import db_url
from playhouse.migrations import Runner

from portal import paths, signals
from portal.config import ConfigError

P = ParamSpec("P")
R = TypeVar("R")

database = peewee.DatabaseProxy()
_thread = threading.local()


UNREACHABLE = (peewee.DatabaseError, peewee.InterfaceError)


class DatabaseUnusable(Exception):
    """The database cannot be used by this release; the text says why and what to do."""


class UTCDateTimeField(peewee.DateTimeField):
    """A moment: stored as naive UTC, returned aware. Refuses naive input, which would mean two things."""

    def db_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            if value.tzinfo is None:
                raise ValueError("a moment without a time zone")
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return super().db_value(value)

    def python_value(self, value: Any) -> Any:
        value = super().python_value(value)
        return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) else value


class Model(peewee.Model):
    """Every table: a random id, names with underscores."""

    id: Any = peewee.UUIDField(primary_key=True, default=uuid.uuid4)

    class Meta:
        database = database
        legacy_table_names = False


def connect(url: str) -> None:
    """Point the portal at a database. Nothing is opened yet. Raises ConfigError for an address that names none."""
    try:
        _connect(url)
    except peewee.ImproperlyConfigured as error:
        raise ConfigError(f"{error} PostgreSQL needs it: pip install 'peerwork-portal[postgres]'.") from error
    except (ValueError, RuntimeError) as error:
        raise ConfigError(
            "PORTAL_DATABASE_URL is no address of a database. It looks like postgresql://name:password@host:5432/portal."
        ) from error


def _connect(url: str) -> None:
    if url.startswith("sqlite"):
        pragmas = {
            "journal_mode": "wal",
            "foreign_keys": 1,
            "busy_timeout": 5000,
            "synchronous": "full",  # what is shown as saved survives a power cut
            "secure_delete": 1,  # what is deleted is gone
        }
        database.initialize(db_url.connect(url, lock_type="IMMEDIATE", autoconnect=False, pragmas=pragmas))
    else:
        options = {"unquote_user": True, "unquote_password": True, "prefer_psycopg3": True}
        database.initialize(db_url.connect(url, autoconnect=False, **options))


def is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


def init_app(app: Flask) -> None:
    connect(app.config["DATABASE_URL"])

    @app.teardown_request
    def drop_broken_connection(error: BaseException | None) -> None:
        """The next request of this thread opens another: a server that was started again has forgotten this one."""
        broken = isinstance(error, UNREACHABLE) or g.get("database_unreachable")
        if broken and not database.is_closed():
            database.close()


def open_for_request() -> None:
    """Each thread opens a connection at its first request and keeps it: opening costs more than most pages."""
    if not database.is_closed():
        return
    try:
        database.connect(reuse_if_open=True)
    except peewee.PeeweeException:
        g.database_unreachable = True  # the error page must not ask it who is there
        if request.endpoint not in WORKS_WITHOUT_DATABASE:
            abort(503)


WORKS_WITHOUT_DATABASE = ("operations.show_health", "accounts.leave_quickly")


def fetch(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement written out, with ``?`` for values: for the few that the most visited pages need."""
    text = sql if is_sqlite() else sql.replace("?", "%s")
    return list(database.execute_sql(text, [database_value(value) for value in values]).fetchall())


def database_value(value: Any) -> Any:
    """A value as the engine's driver takes it."""
    if isinstance(value, uuid.UUID):
        return value.hex if is_sqlite() else value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    if isinstance(value, dt.date):
        return value.isoformat() if is_sqlite() else value
    return value


def date_of(value: Any) -> dt.date:
    """A day as ``fetch`` gives it."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def moment_of(value: Any) -> dt.datetime:
    """A moment as ``fetch`` gives it, aware."""
    found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return found.replace(tzinfo=dt.UTC)


def uuid_of(value: Any) -> uuid.UUID:
    """An id as ``fetch`` gives it."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


@contextlib.contextmanager
def connection() -> Iterator[None]:
    """An open connection for commands and jobs, closed afterwards if it was opened here."""
    opened = database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            database.close()


def transaction(function: Callable[P, R]) -> Callable[P, R]:
    """All of the call is saved or nothing. Calls nest; what waits for the commit runs after the outermost one."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if database.in_transaction():
            with database.atomic():
                return function(*args, **kwargs)
        waiting: list[Callable[[], None]] = []
        _thread.after_commit = waiting
        with _queue(), database.atomic():
            result = function(*args, **kwargs)
        for action in waiting:
            action()
        return result

    return call


def after_commit(action: Callable[[], None]) -> None:
    """Run this once what is being written is saved; never, if it is rolled back."""
    _thread.after_commit.append(action)


def announce(signal: signals.Signal) -> None:
    """What is being written is something that others look out for; they are told when it is over, saved or not."""
    if is_sqlite():
        _thread.announced.append(signal)
        signal.begin(database.obj.database)


@contextlib.contextmanager
def _queue() -> Iterator[None]:
    """Writers to SQLite wait in a line on a file lock: without it, four writers starve each other for seconds."""
    if not is_sqlite():
        yield
        return
    path, announced = database.obj.database, []  # type: str, list[signals.Signal]
    # A handle of its own for each transaction: two threads that shared one would not wait for each other.
    handle = os.open(f"{path}.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _thread.announced = announced
        announce(signals.ANYTHING)
        try:
            yield
        finally:
            for signal in announced:
                signal.end(path)
    finally:
        os.close(handle)  # gives the lock back, too


def try_to_write() -> None:
    """Change something and take it back. Raises OSError for the files beside SQLite, one of UNREACHABLE for its own."""
    # A mere beginning would not do: where the file cannot be written, SQLite takes it for the beginning of a reading.
    if is_sqlite():
        with connection(), _queue(), database.atomic() as change:
            database.execute_sql("CREATE TABLE trial (id)")
            change.rollback()


def migrate() -> list[str]:
    """Bring the database up to date; the names of what was applied. Raises DatabaseUnusable when it is newer."""
    with connection(), _migration_lock():
        runner = Runner(database.obj, str(paths.MIGRATIONS))
        _refuse_newer(runner)
        return list(runner.up())


def check_schema() -> None:
    """Raises DatabaseUnusable unless the database has exactly the migrations of this release."""
    with connection():
        runner = Runner(database.obj, str(paths.MIGRATIONS))
        _refuse_newer(runner)
        if any(migration.applied is None for migration in runner.status()):
            raise DatabaseUnusable("The database is older than this release. Run: portal migrate")


def _refuse_newer(runner: Runner) -> None:
    unknown = [migration.name for migration in runner.status() if migration.path is None]
    if unknown:
        raise DatabaseUnusable(
            f"The database was written by a newer release ({unknown[-1]}). Install that release, or restore a backup."
        )


@contextlib.contextmanager
def _migration_lock() -> Iterator[None]:
    """One process migrates at a time: the plan is made before its transaction begins."""
    if is_sqlite():
        with open(f"{database.obj.database}.migrating", "a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        return
    database.execute_sql("SELECT pg_advisory_lock(7065657277)")
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(7065657277)")


def draft_migration(words: str) -> str:
    """Write a draft from the difference between database and models; its path. It is a starting point to be read."""
    from playhouse.migrations import template
    from playhouse.schema_diff import diff_models

    runner = Runner(database.obj, str(paths.MIGRATIONS))
    return str(runner.create(words, template(diff_models(database.obj, every_model()))))


def every_model() -> list[type[peewee.Model]]:
    """Every table of the portal that has been imported, in a stated order."""
    found: list[type[peewee.Model]] = []
    waiting = [model for model in peewee.Model.__subclasses__() if model.__module__.startswith("portal.")]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if model is not Model:
            found.append(model)
    return sorted(found, key=lambda model: model._meta.table_name)


def sqlite_url(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'portal.sqlite3'}"
