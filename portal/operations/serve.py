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
from portal.accounts import services as accounts
from portal.commands import CannotStart
from portal.feature import Feature
from portal.operations import services

TICK_SECONDS = 60


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_data_dir(path: Path) -> None:
    """The data folder with its keys, closed to other accounts of the machine. Raises CannotStart."""
    try:
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
        keys.make_keys(path)
    except OSError as error:
        raise CannotStart(
            f"The data folder {path} cannot be written: {error.strerror}. Choose one with --data."
        ) from error


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


def bring_up_to_date(demo: bool) -> None:
    """Keys, database, instruments and content as this release has them. Raises CannotStart."""
    try:
        values = config.load({})
        make_data_dir(values["DATA_DIR"])
        url = values["DATABASE_URL"] or db.sqlite_url(values["DATA_DIR"])
        db.connect(url)
        check_database(url)
        try:
            db.migrate()
        except OSError as error:
            raise CannotStart(f"The database at {url} cannot be written: {error.strerror}.") from error
        with db.connection():
            services.check_mark(demo)
            if demo:
                services.mark_as_demo()
    except (config.ConfigError, db.DatabaseUnusable) as error:
        raise CannotStart(str(error)) from error


def check_database(url: str) -> None:
    """Raises CannotStart when nothing answers at this address, or something that is no database."""
    try:
        with db.connection():
            db.database.get_tables()
    except db.UNREACHABLE as error:
        where = url.rpartition("@")[2]  # never the password
        raise CannotStart(f"The database at {where} cannot be opened: {str(error).splitlines()[0]}.") from error


def prepare(app: Flask) -> None:
    """Let every feature load what belongs to this release."""
    with app.app_context(), db.connection():
        for feature in app.extensions["features"]:
            if feature.prepare:
                feature.prepare()


def greet(app: Flask, host: str, port: int) -> None:
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"{app.config['SITE_NAME']} is at {address}/")
    with app.app_context(), db.connection():
        if app.config["DEMO"]:
            click.echo(f"Everybody in the demo, with a button to sign in as: {address}/en/demo")
        elif not accounts.has_administrator():
            token = accounts.make_setup_link()
            click.echo(f"Make the first administrator here, once, within seven days: {address}/set-up/{token}")


def tick(features: tuple[Feature, ...]) -> None:
    """Do what is due, feature by feature; a failure of one does not stop the others."""
    with db.connection():
        for feature in features:
            if feature.tick:
                try:
                    feature.tick()
                except Exception:
                    logging.getLogger("portal").exception("what was due could not be done: %s", feature)


def start_ticking(features: tuple[Feature, ...]) -> None:
    def run() -> None:
        while True:
            time.sleep(TICK_SECONDS)
            tick(features)

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
        log_access=False,  # access lines hold addresses
        websockets=False,
        respawn_failed_workers=True,
    )
    server.serve()
