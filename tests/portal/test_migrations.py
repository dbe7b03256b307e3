"""The migrated schema is the models' schema, on both engines; what models do not show is listed here."""

import re
import uuid

import pytest
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from portal import db, paths
from portal.accounts.models import Person
from portal.organisations.models import Membership, Organisation
from tests.conftest import NOW, admin, database_url
from tests.support.written import writing

TRIGGERS = {"instrument_frozen", "instrument_in_use", "wording_frozen", "wording_in_use"}


FTS_TABLES = {f"found_index{part}" for part in ("", "_config", "_data", "_docsize", "_idx")}
GENERATED = {("found_text", "vector", "s")}  # s: stored
GENERATED_INDEX = "found_text_vector"


def test_the_migrated_schema_is_the_models_schema(database):
    found = diff_models(database.obj, db.every_model())
    if not db.is_sqlite():  # what searching needs there: a column no model has, and the index on it
        assert found.drop_columns == [(table, column) for table, column, _kind in GENERATED]
        assert [index.name for index in found.drop_indexes] == [GENERATED_INDEX]
        found = found._replace(drop_columns=[], drop_indexes=[])
    assert not found


def test_every_table_has_a_model(database):
    tables = {model._meta.table_name for model in db.every_model()}
    assert set(database.get_tables()) == tables | {"schema_migration"} | (FTS_TABLES if db.is_sqlite() else set())


def test_the_index_for_searching_is_there(database):
    if db.is_sqlite():
        ((made,),) = database.execute_sql("SELECT sql FROM sqlite_master WHERE name = 'found_index'").fetchall()
        for part in ("fts5", "remove_diacritics 0", "prefix='2 3 4'", "content='found_text'"):
            assert part in made
        return
    generated = database.execute_sql(
        "SELECT c.relname, a.attname, a.attgenerated FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE a.attgenerated <> '' AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {tuple(one.decode() if isinstance(one, bytes) else one for one in row) for row in generated} == GENERATED
    ((made,),) = database.execute_sql(
        "SELECT indexdef FROM pg_indexes WHERE indexname = %s", (GENERATED_INDEX,)
    ).fetchall()
    assert "USING gin (vector)" in made


def test_triggers_are_there(database):
    if db.is_sqlite():
        rows = database.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    else:
        rows = database.execute_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    assert {name for (name,) in rows} == TRIGGERS


def test_nullable_columns_and_types_agree(database):
    """diff_models sees neither: compare what each engine says with the models."""
    for model in db.every_model():
        columns = {column.name: column for column in database.get_columns(model._meta.table_name)}
        for field in model._meta.sorted_fields:
            column = columns[field.column_name]
            if not field.primary_key and field.column_name not in ("sheet_id", "item"):
                assert column.null == field.null, f"{model.__name__}.{field.name}"


def test_numbers_are_unique_and_no_migration_imports_the_portal():
    files = sorted(paths.MIGRATIONS.glob("[0-9]*.py"))
    numbers = [file.name[:4] for file in files]
    assert len(numbers) == len(set(numbers))
    for file in files:
        assert not re.search(r"^\s*(from|import) (portal|assessments)", file.read_text(), re.M), file.name


def test_a_database_of_a_newer_release_is_refused_in_one_sentence(app, database):
    with writing():
        Runner(database.obj, str(paths.MIGRATIONS)).History.create(name="9999_from_the_future")
    with pytest.raises(db.DatabaseUnusable, match="newer release"):
        db.check_schema()
    with pytest.raises(db.DatabaseUnusable, match="newer release"):
        db.migrate()


def test_an_older_database_is_refused_until_it_is_migrated(app, database):
    history = Runner(database.obj, str(paths.MIGRATIONS)).History
    with writing():
        history.delete().where(history.name.startswith("0009")).execute()
    with pytest.raises(db.DatabaseUnusable, match="portal migrate"):
        db.check_schema()


def test_later_migrations_run_beside_rows(engine, tmp_path, request):
    """People and organisations are there before everything that came after them; all of it arrives, and they stay."""
    if engine == "sqlite":
        url = db.sqlite_url(tmp_path)
    else:
        server, name = request.getfixturevalue("postgres"), f"filled_{uuid.uuid4().hex[:12]}"
        admin(server, f"CREATE DATABASE {name}")
        url = database_url(server, name)
    db.connect(url)
    with db.connection():
        Runner(db.database.obj, str(paths.MIGRATIONS)).up("0003_organisations")
        with writing():
            person = Person.create(nickname="Heron", nickname_folded="heron", key_words_hash="x", made_on=NOW.date())
            house = Organisation.create(name="Harbour House", made_on=NOW.date())
            Membership.create(person=person, organisation=house, role="lead", joined_on=NOW.date())
    assert len(db.migrate()) >= 6
    assert db.migrate() == []
    with db.connection():
        assert {model._meta.table_name for model in db.every_model()} <= set(db.database.get_tables())
        assert Membership.get().person.nickname == "Heron"


def test_three_starting_at_once_migrate_once(tmp_path):
    import threading

    url = db.sqlite_url(tmp_path)
    results, threads = [], []

    db.connect(url)

    def start():
        try:
            results.append(db.migrate())
        except Exception as error:
            results.append(error)

    for _ in range(3):
        threads.append(threading.Thread(target=start))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert sorted(len(result) for result in results)[:2] == [0, 0]
