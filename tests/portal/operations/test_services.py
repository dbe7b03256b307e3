"""What is due, the mark of a demo, keys and health: on both engines."""

import peewee
import pytest
from flask import Flask
from playhouse.migrations import Runner

from portal import audit, config, create_app, db, keys, paths, throttle
from portal.commands import CannotStart
from portal.demo import services as demo
from portal.feature import Feature
from portal.operations import serve, services
from tests.support.written import writing


def test_a_demo_takes_an_empty_database_only(database, make):
    services.check_mark(True)
    make.person()
    with pytest.raises(db.DatabaseUnusable, match="real portal"):
        services.check_mark(True)


def test_the_wrong_folder_is_refused_before_anything_is_written_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    db.connect(db.sqlite_url(tmp_path))
    with db.connection():
        Runner(db.database.obj, str(paths.MIGRATIONS)).up("0003_organisations")
        db.database.execute_sql("INSERT INTO throttle VALUES ('x', 'y', 1, 1, 1)")
        before = db.database.get_tables()
    with pytest.raises(CannotStart, match="real portal"):
        serve.bring_up_to_date(True)
    with db.connection():
        assert db.database.get_tables() == before
    assert sorted(path.name for path in tmp_path.glob("*.key")) == []


def test_after_a_lost_connection_the_next_request_opens_another(url, tmp_path):
    app = create_app(
        DATABASE_URL=url, DATA_DIR=str(tmp_path / "data"), SECRET_KEY="for tests only, and long enough for it"
    )
    client = app.test_client()
    for address, lost in (("/-/health", 503), ("/en/sign-up", 500)):
        assert client.get(address).status_code == 200
        db.database.connection().close()  # as a server that is started again leaves it
        assert client.get(address).status_code == lost
        assert client.get(address).status_code == 200
    db.database.close()


def test_any_row_of_ours_makes_a_database_a_real_one(database):
    throttle.allow("test", "somebody", limit=1, seconds=900)
    with pytest.raises(db.DatabaseUnusable, match="real portal"):
        services.check_mark(True)


def test_a_marked_one_is_a_demo_and_nothing_else(database, make):
    services.mark_as_demo()
    make.person()
    services.check_mark(True)
    with pytest.raises(db.DatabaseUnusable, match="holds a demo"):
        services.check_mark(False)


def test_an_unmarked_database_is_never_filled(database):
    config.remember(DEMO=True)
    with pytest.raises(db.DatabaseUnusable, match="marked"):
        demo.prepare()
    assert not services.is_in_use()


def test_keys_are_made_for_a_new_portal(database, tmp_path):
    for name in keys.NAMES:
        (tmp_path / "data" / name).unlink()
    serve.make_keys(tmp_path / "data")
    assert len(keys.read_key("text.key")) == 32


@pytest.mark.parametrize("name", keys.LASTING)
def test_a_lost_key_is_not_made_anew(database, make, tmp_path, name):
    make.person()
    (tmp_path / "data" / name).unlink()
    with pytest.raises(CannotStart, match=f"{name} is missing.*Put back the copy"):
        serve.make_keys(tmp_path / "data")
    assert not (tmp_path / "data" / name).exists()
    assert any(name in problem for problem in services.problems())


def test_another_key_for_sign_ins_may_be_made(database, make, tmp_path):
    make.person()
    (tmp_path / "data" / "secret.key").unlink()
    serve.make_keys(tmp_path / "data")
    assert len(keys.read_key("secret.key")) == 32


@pytest.mark.parametrize("content", ["", "nonsense", "abcd"])
def test_a_file_that_holds_no_key_is_named(database, tmp_path, content):
    path = tmp_path / "data" / "audit.key"
    path.write_text(content)
    with pytest.raises(config.ConfigError, match=r"audit\.key holds no key"):
        keys.read_key("audit.key")
    assert [problem for problem in services.problems() if "audit.key" in problem] == [
        f"{path} holds no key. Put back the copy you keep apart from the backups."
    ]


def test_a_failure_is_counted_and_stops_neither_the_others_nor_the_thread(app):
    done = []

    def fail():
        raise RuntimeError("on purpose")

    features = (Feature(tick=fail), Feature(tick=lambda: done.append(1)))
    assert serve.tick(features) == 1
    assert done == [1]


def test_a_tick_that_fails_as_a_whole_is_logged_and_over(app, caplog):
    def away():
        raise peewee.OperationalError("the database is away")
        yield

    serve.tick_whatever_happens(away())
    assert "the database is away" in caplog.text


def test_what_is_due_keeps_the_chain_whole(database, make):
    make.person()
    services.do_what_is_due()
    assert audit.verify() == []


def test_health_means_that_our_tables_can_be_read(database, browser):
    assert browser.client.get("/-/health").status_code == 200
    with writing():
        database.execute_sql("DROP TABLE site_fact")
    answer = browser.client.get("/-/health")
    assert answer.status_code == 503
    assert answer.json["database"] == "unreachable"


@pytest.mark.parametrize(("host", "address"), [("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "::1")])
def test_an_address_to_listen_on(host, address):
    assert serve.address_of(host) == address


def test_a_name_is_no_address_to_listen_on():
    with pytest.raises(CannotStart, match="must be an address"):
        serve.address_of("peerwork.example")


def test_the_first_words_name_the_address_of_the_site(database, app: Flask, capsys):
    app.config["BASE_URL"] = "https://peerwork.example/"
    serve.greet(app, "127.0.0.1", 8000)
    said = capsys.readouterr().out
    assert "https://peerwork.example/set-up/" in said
    assert "127.0.0.1" not in said
