"""`portal serve` as somebody starts it: a process of its own, asked over the network, ended by a signal."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.conftest import copy_data

PORTAL = [str(pathlib.Path(sys.executable).with_name("portal"))]


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {**kept, **more}


def run(*arguments, cwd=None, **more):
    return subprocess.run(
        [*PORTAL, *arguments], capture_output=True, text=True, timeout=120, cwd=cwd, env=environment(**more)
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def served(*arguments, port=None):
    port = port or free_port()
    process = subprocess.Popen(
        [*PORTAL, "serve", "--port", str(port), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/-/health", timeout=2).close()
                break
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.1)
        process.address = f"http://127.0.0.1:{port}"
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.said, _ = process.communicate(timeout=30)


def get(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def test_the_first_start_makes_everything_and_a_signal_ends_it_cleanly(tmp_path):
    data = tmp_path / "data"
    with served("--data", str(data)) as portal:
        health = json.loads(get(f"{portal.address}/-/health"))
        assert (health["status"], health["database"]) == ("ok", "ok")
        assert re.fullmatch(r"\d+\.\d+\.\d+", health["version"])
        assert "Equality" in get(f"{portal.address}/en/guidance/principles/equality")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(f"{portal.address}/en/demo")
    assert portal.returncode == 0
    token = re.search(r"/set-up/(\S+)", portal.said).group(1)
    assert token
    assert "127.0.0.1 " not in portal.said, "no address of a visitor is logged"
    for name in ("secret.key", "text.key", "audit.key"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    key = (data / "secret.key").read_text()
    with served("--data", str(data)) as portal:
        pass
    assert (data / "secret.key").read_text() == key, "kept at the second start"


def test_a_demo_is_marked_and_neither_is_served_as_the_other(tmp_path):
    demo, real = tmp_path / "demo", tmp_path / "real"
    with served("--demo", "--data", str(demo)) as portal:
        page = get(f"{portal.address}/en/demo")
        for one in json.loads(run("demo", "accounts", "--json").stdout):
            assert one["nickname"] in page
            assert one["key_words"] in page
    answer = run("serve", "--data", str(demo), "--port", str(free_port()))
    assert answer.returncode == 2
    assert "holds a demo" in answer.stderr
    run("migrate", "--data", str(real))
    with sqlite3.connect(real / "portal.sqlite3") as connection:
        connection.execute(
            "INSERT INTO person (id, nickname, nickname_folded, key_words_hash, language, discreet, portal_roles, "
            "totp_last, blocked, made_on) VALUES ('a', 'A', 'a', 'x', 'en', 0, '', 0, 0, '2026-11-22')"
        )
    connection.close()
    answer = run("serve", "--demo", "--data", str(real), "--port", str(free_port()))
    assert answer.returncode == 2
    assert "real portal" in answer.stderr
    for command in (["audit", "verify"], ["tick"], ["setup-link"], ["content", "load"], ["migrate"]):
        answer = run(*command, "--data", str(demo))
        assert answer.returncode == 0, answer.stderr
    answer = run("doctor", "--data", str(demo))
    assert "Traceback" not in answer.stderr and "holds a demo" not in answer.stderr
    answer = run("serve", "--data", str(real), "--port", str(free_port()), PORTAL_DEMO="true")
    assert "real portal" in answer.stderr


def test_demo_accounts_open_no_database(tmp_path):
    people = json.loads(run("demo", "accounts", "--json", cwd=tmp_path).stdout)
    assert list(tmp_path.iterdir()) == []
    roles = {one["role"] for one in people}
    assert roles == {
        "lead", "staff", "peer_worker", "trainer", "candidate", "administrator", "editor", "author", "reviewer"
    }  # fmt: skip
    for one in people:
        assert {"role", "nickname", "key_words", "organisation"} <= set(one)
        portal_role = one["role"] in ("administrator", "editor", "author", "reviewer")
        assert (one["organisation"] is None) == portal_role
        assert ("totp" in one) == (portal_role or one["role"] in ("lead", "trainer"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_a_demo_answers_this_machine_only(tmp_path, host):
    for flag, more in ((["--demo"], {}), ([], {"PORTAL_DEMO": "true"})):
        answer = run("serve", *flag, "--host", host, "--data", str(tmp_path), **more)
        assert answer.returncode == 2
        assert "--host must be 127.0.0.1" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_used_port_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = run("serve", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path / "data"))
    assert answer.returncode == 2
    assert "Choose another port with --port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_unwritable_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    answer = run("serve", "--port", str(free_port()), "--data", str(tmp_path / "file" / "data"))
    assert answer.returncode == 2
    assert "cannot be written" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_takes_no_writing_is_one_sentence(tmp_path):
    """Whoever runs the tests: with a format for writing that SQLite does not know, it only reads the file."""
    assert run("migrate", "--data", str(tmp_path)).returncode == 0
    database = tmp_path / "portal.sqlite3"
    with database.open("r+b") as file:
        file.seek(18)
        file.write(b"\x03")
    for command in (["serve", "--port", str(free_port())], ["migrate"]):
        answer = run(*command, "--data", str(tmp_path))
        assert answer.returncode == 2
        assert f"{database} cannot be written: attempt to write a readonly database." in answer.stderr
        assert "Give the account that runs the portal the right" in answer.stderr
        assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("name", ["portal.sqlite3.lock", "portal.sqlite3.migrating"])
def test_a_file_beside_the_database_that_cannot_be_opened_is_one_sentence(tmp_path, name):
    """A folder in its place, since root may open everything else."""
    (tmp_path / name).mkdir()
    answer = run("serve", "--port", str(free_port()), "--data", str(tmp_path))
    assert answer.returncode == 2
    assert f"{tmp_path / name} cannot be written: Is a directory." in answer.stderr
    assert "Give the account that runs the portal the right" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_of_a_newer_release_is_one_sentence(tmp_path):
    assert run("migrate", "--data", str(tmp_path)).returncode == 0
    with sqlite3.connect(tmp_path / "portal.sqlite3") as connection:
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')")
    connection.close()
    for command in (["serve", "--port", str(free_port())], ["migrate"], ["doctor"]):
        answer = run(*command, "--data", str(tmp_path))
        assert answer.returncode == 2
        assert "newer release" in answer.stderr
        assert "Traceback" not in answer.stderr


def test_something_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / "portal.sqlite3").write_text("this is a letter, not a database, and long enough to be read as one")
    answer = run("migrate", "--data", str(tmp_path))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_a_host_name_an_empty_key_and_a_lost_database_are_one_sentence_each(tmp_path):
    data = ["--data", str(tmp_path)]
    assert run("migrate", *data).returncode == 0
    assert run("setup-link", *data).returncode == 0  # a row of the audit, so that its key is needed
    answers = [run("serve", "--host", "example.org", "--port", str(free_port()), *data)]
    (tmp_path / "audit.key").rename(tmp_path / "kept")
    answers.append(run("migrate", *data))
    answers.append(run("audit", "verify", *data))
    (tmp_path / "kept").rename(tmp_path / "audit.key")
    key = (tmp_path / "secret.key").read_text()
    (tmp_path / "secret.key").write_text("")
    answers += [run("doctor", *data), run("migrate", *data)]
    (tmp_path / "secret.key").write_text(key)
    answers.append(run("doctor", *data, PORTAL_DATABASE_URL="sqlite:////nowhere/at/all.sqlite3"))
    answers.append(run("serve", *data, PORTAL_DATABASE_URL="postgresql://portal@127.0.0.1:port/x"))
    for answer, words in zip(
        answers,
        (
            "must be an address",
            "audit.key is missing",
            "audit.key is missing",
            "holds no key",
            "holds no key",
            "cannot be opened",
            "PORTAL_DATABASE_URL is no address",
        ),
        strict=True,
    ):
        assert answer.returncode == 2
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr


def test_an_unknown_setting_is_named(tmp_path):
    answer = run("migrate", "--data", str(tmp_path), PORTAL_SMALEST_GROUP="5")
    assert answer.returncode == 2
    assert "PORTAL_SMALEST_GROUP is not a setting" in answer.stderr


def test_commands_say_fine_with_nought_and_findings_with_one(tmp_path):
    data = ["--data", str(tmp_path)]
    assert run("migrate", *data).returncode == 0
    assert run("audit", "verify", *data).returncode == 0
    assert run("tick", *data).returncode == 0
    assert "/set-up/" in run("setup-link", *data).stdout
    found = json.loads(run("doctor", "--json", *data).stdout)
    assert any("PORTAL_BASE_URL" in one["problem"] for one in found)
    assert run("doctor", *data).returncode == 1
    (tmp_path / "secret.key").chmod(0o644)
    assert "chmod 600" in run("doctor", *data).stdout
    assert run("content", "check").returncode == 0
    assert run("instruments", "check").returncode == 0
    assert run("nonsense").returncode == 2


def test_the_doctor_finds_a_healthy_portal_healthy(tmp_path):
    data = ["--data", str(tmp_path)]
    run("migrate", *data)
    with sqlite3.connect(tmp_path / "portal.sqlite3") as connection:
        connection.execute(
            "INSERT INTO person (id, nickname, nickname_folded, key_words_hash, language, discreet, portal_roles, "
            "totp_last, blocked, made_on) VALUES ('a', 'A', 'a', 'x', 'en', 0, 'administrator', 0, 0, '2026-11-22')"
        )
    connection.close()
    tmp_path.chmod(0o750)
    settings = {"PORTAL_BASE_URL": "https://peerwork.example", "PORTAL_TRUSTED_HOSTS": '["peerwork.example"]'}
    answer = run("doctor", *data, **settings)
    assert answer.stdout == "All is well.\n"
    assert answer.returncode == 0
    with sqlite3.connect(tmp_path / "portal.sqlite3") as connection:
        connection.execute("DELETE FROM audit_row")
    connection.close()
    answer = run("doctor", *data, **settings)
    assert answer.returncode == 1
    assert "were cut off" in answer.stdout


def test_waitress_serves_the_same_through_wsgi(tmp_path):
    run("migrate", "--data", str(tmp_path))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import wsgi, waitress;"
        "server = waitress.create_server(wsgi.app, host='127.0.0.1', port=0);"
        "print(server.effective_port, flush=True); server.run()"
    )
    project = str(pathlib.Path(__file__).parents[3])
    process = subprocess.Popen(
        [sys.executable, "-c", code, project],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(PORTAL_DATA_DIR=str(tmp_path)),
    )
    try:
        port = int(process.stdout.readline())
        assert "Good peer work" in get(f"http://127.0.0.1:{port}/en/")
    finally:
        process.kill()
        process.communicate()


def test_a_released_instrument_whose_file_changed_stops_the_start_with_a_sentence(seed_folder, tmp_path):
    copy_data(seed_folder, tmp_path / "data")
    connection = sqlite3.connect(tmp_path / "data" / "portal.sqlite3")
    row = ("0" * 32, "principles-1", "2026-11-22", "0" * 64, "{}")
    connection.execute(
        "INSERT INTO stored_instrument (id, name, released, digest, structure) VALUES (?, ?, ?, ?, ?)", row
    )
    connection.commit()
    connection.close()
    ended = run("migrate", "--data", str(tmp_path / "data"))
    assert ended.returncode == 2
    assert "principles-1/instrument.toml differs from what was released on 2026-11-22" in ended.stderr
    assert "Traceback" not in ended.stderr
