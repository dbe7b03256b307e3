"""Commands that run the portal."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import current_app

from portal import audit as audit_log
from portal import db
from portal.accounts import portal_people
from portal.commands import CannotStart, data_option, json_option, make_app, read_settings, report, with_database
from portal.config import setting
from portal.operations import serve as server
from portal.operations import services


@click.command()
@click.option("--demo", is_flag=True, help="A complete made-up organisation to look round in; on this machine only.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 32))
@click.option("--no-tick", is_flag=True, help="Do not do what is due every minute; something else calls `portal tick`.")
@data_option
def serve(demo: bool, host: str, port: int, workers: int, no_tick: bool) -> None:
    """Make what is missing, bring everything up to date, and serve."""
    demo = demo or read_settings()["DEMO"]
    host = server.address_of(host)
    if demo and not server.is_loopback(host):
        raise CannotStart("A demo opens for everybody who can reach it: with --demo, --host must be 127.0.0.1 or ::1.")
    if demo:
        os.environ["PORTAL_DEMO"] = "true"
        os.environ.setdefault("PORTAL_DATA_DIR", str(Path("instance/demo").absolute()))
    server.check_port(host, port)
    server.bring_up_to_date(demo)
    app = make_app()
    server.prepare(app)
    server.greet(app, host, port)
    if not no_tick:
        server.start_ticking(app.extensions["features"])
    server.run_server(host, port, workers)


@click.command()
@click.option("--new", "words", help="Write a draft of a new migration instead, named after these words.")
@data_option
def migrate(words: str | None) -> None:
    """Bring database, instruments and content up to date."""
    server.bring_up_to_date(demo=read_settings()["DEMO"] or None)
    if words:
        with db.connection():
            click.echo(f"Read and correct it: {db.draft_migration(words)}")
        return
    server.prepare(make_app(demo_as_marked=True))
    click.echo("The database is up to date.")


@click.command("setup-link")
@with_database
def setup_link() -> None:
    """Print a fresh one-time link that makes an administrator. Earlier links stop working."""
    base = setting("BASE_URL") or "http://127.0.0.1:8000"
    click.echo(f"{base.rstrip('/')}/set-up/{portal_people.make_setup_link()}")


@click.command()
@with_database
def tick() -> None:
    """Do what is due once; exit status 1 when some of it could not be done."""
    failed = server.tick(current_app.extensions["features"])
    raise SystemExit(1 if failed else 0)


@click.command()
@json_option
@with_database
def doctor(as_json: bool) -> None:
    """Say what should be put right; exit status 1 if anything should."""
    found = services.problems()
    for feature in current_app.extensions["features"]:
        found += feature.problems() if feature.problems else []
    report([{"problem": problem} for problem in found], as_json, "All is well.")


@click.group()
def audit() -> None:
    """The record of changes."""


@audit.command()
@json_option
@with_database
def verify(as_json: bool) -> None:
    """Find a row that was changed, taken out or cut off; exit status 1 if there is one."""
    problems = [{"row": problem.number, "problem": problem.message} for problem in audit_log.verify()]
    report(problems, as_json, "The chain holds.")


COMMANDS = (serve, migrate, setup_link, tick, doctor, audit)
