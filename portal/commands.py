"""What every command shares: where the data is, and how it ends."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from flask import Flask

from portal import config, db
from portal.config import ConfigError

P = ParamSpec("P")
R = TypeVar("R")


class CannotStart(click.ClickException):
    """One clear sentence, and exit status 2."""

    exit_code = 2


def _remember_data(_context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    if value is not None:
        os.environ["PORTAL_DATA_DIR"] = str(value.absolute())


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    callback=_remember_data,
    expose_value=False,
    is_eager=True,
    help="The data folder (as PORTAL_DATA_DIR).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """The command runs inside the application, with an open and current database."""

    @data_option
    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with make_app(demo_as_marked=True).app_context(), db.connection():
            try:
                return command(*args, **kwargs)
            except ConfigError as error:
                raise CannotStart(str(error)) from error

    return call


def make_app(*, demo_as_marked: bool = False) -> Flask:
    """The application, made by the function that __main__ hands to every command. Raises CannotStart.

    What is not served may work on a demo as on the real thing: ``demo_as_marked`` takes the folder for what it is.
    """
    create_app: Callable[..., Flask] = click.get_current_context().find_root().obj
    try:
        return create_app(DEMO_AS_MARKED=demo_as_marked)
    except (ConfigError, db.DatabaseUnusable) as error:
        raise CannotStart(str(error)) from error
    except db.UNREACHABLE as error:
        raise CannotStart(f"The database cannot be opened: {str(error).splitlines()[0]}.") from error


def read_settings() -> dict[str, Any]:
    """The settings of this start. Raises CannotStart for one that cannot be used."""
    try:
        return config.load({})
    except ConfigError as error:
        raise CannotStart(str(error)) from error


def report(findings: Iterable[dict[str, Any]], as_json: bool, fine: str) -> NoReturn:
    """Print findings, one a line or as JSON; exit status 1 if there are any."""
    found = list(findings)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(": ".join(str(value) for value in finding.values() if value not in (None, "")))
        if not found:
            click.echo(fine)
    raise SystemExit(1 if found else 0)
