"""The README's steps for bringing back a backup, done as they stand there."""

import os
import pathlib
import re
import sqlite3
import subprocess
import sys

from tests.conftest import copy_data

README = pathlib.Path(__file__).parents[3] / "README.md"

# Ends without closing anything, as a machine that loses its power: the write-ahead log stays beside the database.
CHANGES_AND_A_HARD_END = """
import os
from portal import create_app, db
from portal.accounts import portal_people
with create_app().app_context():
    db.database.connect()
    for _ in range(3):
        portal_people.make_setup_link()
    os._exit(0)
"""


def run(*command, data):
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**os.environ, "PORTAL_DATA_DIR": str(data)}
    )


def steps(data, safe) -> list[str]:
    """The commands below "Restore", for these folders and without the service."""
    lines = README.read_text().partition("**Restore**")[2].splitlines()
    commands = [line.strip() for line in lines if line.startswith("    ")]
    ours = commands[: commands.index("systemctl start peerwork")]
    portal = pathlib.Path(sys.executable).with_name("portal")
    places = {
        "sudo -u peerwork ": "",
        "/var/lib/peerwork": str(data),
        "/safe": str(safe),
        "/opt/peerwork/.venv/bin/portal": str(portal),
    }
    pattern = "|".join(map(re.escape, places))
    return [re.sub(pattern, lambda found: places[found[0]], one) for one in ours if not one.startswith("systemctl")]


def count(path) -> int:
    connection = sqlite3.connect(path)
    (found,) = connection.execute("SELECT count(*) FROM audit_row").fetchone()
    connection.close()
    return found


def test_a_backup_comes_back_as_it_was_and_the_record_says_what_is_missing(seed_folder, tmp_path):
    data, safe = tmp_path / "data", tmp_path / "safe"
    copy_data(seed_folder, data)
    safe.mkdir()
    backup = sqlite3.connect(safe / "portal.sqlite3")
    source = sqlite3.connect(data / "portal.sqlite3")
    source.backup(backup)
    source.close()
    backup.close()
    made = run(sys.executable, "-c", CHANGES_AND_A_HARD_END, data=data)
    assert made.returncode == 0, made.stderr
    assert (data / "portal.sqlite3-wal").stat().st_size, "changes wait in the log"
    before = count(safe / "portal.sqlite3")
    *commands, verify = steps(data, safe)
    for command in commands:
        assert run("sh", "-c", command, data=data).returncode == 0, command
    assert count(data / "portal.sqlite3") == before, "nothing of the old log was played over it"
    told = run("sh", "-c", verify, data=data)
    assert (told.returncode, told.stdout.strip()) == (1, "0: rows 1 to 3 were cut off")
    (data / "audit.head").unlink()
    assert run("sh", "-c", verify, data=data).returncode == 0
