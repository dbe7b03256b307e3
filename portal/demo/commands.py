from __future__ import annotations

import json

import click

from portal.commands import data_option, json_option
from portal.demo import people


@click.group()
def demo() -> None:
    """The made-up organisation of `portal serve --demo`."""


@demo.command()
@json_option
@data_option
def accounts(as_json: bool) -> None:
    """Everybody in the demo, with their key words. Opens no database."""
    everybody = people.as_json()
    if as_json:
        click.echo(json.dumps(everybody, ensure_ascii=False, indent=2))
        return
    for one in everybody:
        code = f"  (TOTP {one['totp']})" if "totp" in one else ""
        click.echo(f"{one['role']:14} {one['nickname']:14} {one['key_words']}{code}")
