"""`portal serve`: from an empty folder to a portal that answers."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
import time
from pathlib import Path

import click
from flask import Flask

from portal import config, db, keys
from portal.accounts import portal_people
from portal.commands import CannotStart
from portal.feature import Feature
from portal.operations import services
from portal.rounds.instruments import InstrumentsUnusable

TICK_SECONDS = 60


def address_of(host: str) -> str:
    """The address to listen on. Raises CannotStart for a name: what it means is another machine's to say."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise CannotStart(
            f"--host must be an address such as 127.0.0.1, 0.0.0.0 or ::1, or localhost, but is {host!r}."
        ) from None


def is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback


def make_data_dir(path: Path) -> None:
    """The data folder, closed to other accounts of the machine. Raises CannotStart."""
    try:
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def make_keys(path: Path) -> None:
    """The keys that are missing. Raises CannotStart when what is stored needs the one that is missing."""
    gone = [path / name for name in keys.LASTING if not (path / name).exists()]
    with db.connection():
        needed = gone and services.holds_people()
    if needed:
        raise CannotStart(
            f"{gone[0]} is missing, and what is stored cannot be used without it. "
            "Put back the copy you keep apart from the backups."
        )
    try:
        keys.make_keys(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    for name in keys.NAMES:
        keys.read_key(name)


def _unwritable(path: Path, error: OSError) -> CannotStart:
    return CannotStart(f"The data folder {path} cannot be written: {error.strerror}. Choose one with --data.")


def check_port(host: str, port: int) -> None:
    """Raises CannotStart when somebody listens there: the server itself would share the port without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Nothing can listen on {host}:{port}: {error.strerror}. Choose another port with --port."
            ) from error


def bring_up_to_date(demo: bool | None) -> None:
    """Keys and database as this release has them; ``demo`` None: whatever the folder is. Raises CannotStart."""
    try:
        values = config.load({})
        make_data_dir(values["DATA_DIR"])
        url = values["DATABASE_URL"] or db.sqlite_url(values["DATA_DIR"])
        db.connect(url)
        check_database(url)
        if demo is not None:
            with db.connection():
                services.check_mark(demo)  # before anything is written: the wrong folder stays as it is
        make_keys(values["DATA_DIR"])
        migrate()
        with db.connection():
            demo = services.is_demo() if demo is None else demo
            services.check_mark(demo)
            if demo:
                services.mark_as_demo()
    except (config.ConfigError, db.DatabaseUnusable) as error:
        raise CannotStart(str(error)) from error


def migrate() -> None:
    """Bring the database up to date. Raises CannotStart where it, or a lock beside it, cannot be written."""
    try:
        check_writing()
        db.migrate()
    except OSError as error:
        raise _not_ours(error.filename, error.strerror) from error


def check_writing() -> None:
    """Somebody else's database may well be read: that nothing can be changed would show at the first change."""
    try:
        db.try_to_write()
    except db.UNREACHABLE as error:
        raise _not_ours(db.database.database, str(error).splitlines()[0]) from error


def _not_ours(path: str, why: str | None) -> CannotStart:
    return CannotStart(
        f"{path} cannot be written: {why}. "
        "Give the account that runs the portal the right to write it and the files beside it."
    )


def check_database(url: str) -> None:
    """Raises CannotStart when nothing answers at this address, or something that is no database."""
    try:
        with db.connection():
            db.database.get_tables()
    except db.UNREACHABLE as error:
        where = url.rpartition("@")[2]  # never the password
        raise CannotStart(f"The database at {where} cannot be opened: {str(error).splitlines()[0]}.") from error


def prepare(app: Flask) -> None:
    """Let every feature load what belongs to this release. Raises CannotStart."""
    with app.app_context(), db.connection():
        for feature in app.extensions["features"]:
            if feature.prepare:
                try:
                    feature.prepare()
                except InstrumentsUnusable as error:
                    raise CannotStart(str(error)) from error


def greet(app: Flask, host: str, port: int) -> None:
    local = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    address = app.config["BASE_URL"].rstrip("/") or local
    click.echo(f"{app.config['SITE_NAME']} is at {address}/")
    with app.app_context(), db.connection():
        if app.config["DEMO"]:
            click.echo(f"Everybody in the demo, with a button to sign in as: {address}/en/demo")
        elif not portal_people.has_administrator():
            token = portal_people.make_setup_link()
            click.echo(f"Make the first administrator here, once, within seven days: {address}/set-up/{token}")


def tick(features: tuple[Feature, ...]) -> int:
    """Do what is due, feature by feature; how many failed. A failure of one does not stop the others."""
    failed = 0
    with db.connection():
        for feature in features:
            if feature.tick:
                try:
                    feature.tick()
                except Exception:
                    failed += 1
                    logging.getLogger("portal").exception("what was due could not be done: %s", feature)
    return failed


def tick_whatever_happens(features: tuple[Feature, ...]) -> None:
    """A database that is away for a minute must not end the thread that does what is due."""
    try:
        tick(features)
    except Exception:
        logging.getLogger("portal").exception("what was due could not be done")


def start_ticking(features: tuple[Feature, ...]) -> None:
    def run() -> None:
        while True:
            time.sleep(TICK_SECONDS)
            tick_whatever_happens(features)

    threading.Thread(target=run, daemon=True, name="tick").start()


def run_server(host: str, port: int, workers: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "portal:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=2,
        workers_kill_timeout=10,  # seconds: a worker that is told to stop while it starts may not hear it
        log_access=False,  # access lines hold addresses
        websockets=False,
        respawn_failed_workers=True,
    )
    server.serve()
