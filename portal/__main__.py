"""The ``portal`` command."""

from __future__ import annotations

import click

from portal.app import FEATURES, create_app


@click.group()
@click.version_option(package_name="peerwork-portal")
@click.pass_context
def main(context: click.Context) -> None:
    """Peerwork: guidance and tools about peer work in harm reduction."""
    context.obj = create_app


for _feature in FEATURES:
    for _command in _feature.commands:
        main.add_command(_command)


if __name__ == "__main__":
    main()
