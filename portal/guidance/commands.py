"""``portal content``: check the files, load them, write them back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from portal import config, paths
from portal.commands import CannotStart, json_option, report, with_database
from portal.feature import content_changed
from portal.guidance import checks, exporting, loading

_FINE = "Nothing to put right."


@click.group()
def content() -> None:
    """What people read: files in content/."""


@content.command()
@json_option
def check(as_json: bool) -> None:
    """Name every mistake in the content files, with file, line and remedy. Opens no database."""
    try:
        config.load({})  # which languages the site has
    except config.ConfigError as error:
        raise CannotStart(str(error)) from error
    _content, findings = checks.check_folder(paths.resource_dir("content"))
    report((dataclasses.asdict(finding) for finding in findings), as_json, _FINE)


@content.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@with_database
def export(folder: Path) -> None:
    """Write what is published into DIR, a new or empty folder: pages, sources, topics, glossary, resources."""
    try:
        click.echo(f"Files written: {exporting.export(folder)}.")
    except exporting.FolderInUse:
        raise CannotStart(f"{folder} is not empty. Name a folder that is empty or does not exist.") from None
    except OSError as error:
        raise CannotStart(f"{folder} cannot be written: {error.strerror}.") from error


@content.command()
@json_option
@with_database
def load(as_json: bool) -> None:
    """Add what is missing and publish what changed. Pages that were edited or withdrawn here stay as they are."""
    loaded = loading.load(paths.resource_dir("content"))
    if not loaded.findings and not loaded.is_empty:
        content_changed()
    report((dataclasses.asdict(finding) for finding in loaded.findings), as_json, _summary(loaded))


def _summary(loaded: loading.Loading) -> str:
    gone = [
        f"{page.language}/{page.section}/{page.slug}: its file is gone, the page is still shown."
        for page in loaded.gone
    ]
    return "\n".join([*gone, _numbers(loaded)])


def _numbers(loaded: loading.Loading) -> str:
    if loaded.is_empty:
        return "Nothing new."
    tables = loaded.tables
    return (
        f"Pages added: {len(loaded.added)}, changed: {len(loaded.changed)}, moved: {len(loaded.moved)}, "
        f"rendered again: {len(loaded.outdated)}. "
        f"Sources: {len(tables.sources) + len(tables.gone_sources)}. "
        f"Topics: {len(tables.topics) + len(tables.gone_topics)}. "
        f"Terms: {len(tables.terms) + len(tables.gone_terms)}. "
        f"Resources: {len(tables.resources) + len(tables.gone_resources)}."
    )


def prepare() -> None:
    """Load before serving. A broken set is named, and what was there goes on being served."""
    loaded = loading.load(paths.resource_dir("content"))
    for finding in loaded.findings:
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        click.echo(f"{place}: {finding.message}", err=True)
    if loaded.findings:
        click.echo("Nothing was loaded. The pages stay as they were.", err=True)
