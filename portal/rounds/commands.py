"""Commands about instruments."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from assessments import checks, files
from portal.commands import json_option, report


def find_problems() -> list[checks.Finding]:
    """Everything wrong with the shipped files: structure, words, links, and released structures that changed."""
    digests = checks.released_digests()
    found = []
    for folder in files.shipped():
        found += checks.check_folder(folder) + checks.check_frozen(folder, digests)
        found += _check_kept(folder, digests)
    return found


def _check_kept(folder: Path, digests: dict[str, str]) -> list[checks.Finding]:
    try:
        released = files.load_instrument(folder).released
    except files.InstrumentFileError:
        return []  # check_folder has said so
    if released is None or folder.name in digests:
        return []
    line = f'{folder.name} = "{files.structure_digest(folder)}"'  # as it stands in the file
    message = f"this instrument is released; add {line}."
    return [checks.Finding("digests.toml", folder.name, message)]


@click.group()
def instruments() -> None:
    """Instruments: the questions that rounds and checklists ask."""


@instruments.command("check")
@json_option
def check_instruments(as_json: bool) -> None:
    """Check the files of all instruments. Opens no database."""
    findings = [asdict(finding) for finding in find_problems()]
    report(findings, as_json, "All instruments are in order.")
