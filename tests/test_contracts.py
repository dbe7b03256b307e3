"""Who may import whom (pyproject.toml, [tool.importlinter])."""

import ast
import pathlib

import pytest
from importlinter.api import read_configuration
from importlinter.cli import lint_imports

PROJECT = pathlib.Path(__file__).parents[1]


def test_import_contracts_hold(monkeypatch):
    monkeypatch.chdir(PROJECT)
    assert len(read_configuration()["contracts_options"]) == 5
    assert lint_imports(no_cache=True) == 0


# What asks for a request or answers it; all other modules of a feature can be run from a command.
WEB = ("routes", "forms", "feature", "commands")
WEB_PACKAGES = {"flask_login", "flask_wtf", "wtforms", "werkzeug"}
DATABASE = {"peewee", "playhouse", "portal.db"}
MODULES = sorted(path for path in (PROJECT / "portal").glob("*/*.py") if (path.parent / "feature.py").exists())


def imported(path):
    """Names of modules, each with what is taken from it, that a file imports while it is read."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def belongs(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_module_with_views_or_forms_knows_no_database_and_no_other_one_a_form(path):
    """The contracts name ``routes``, ``forms`` and ``services``; features have more modules of each sort."""
    names = set(imported(path))
    if path.stem.endswith(("routes", "forms")):
        assert not [name for name in names if belongs(name, DATABASE)]
    elif not path.stem.endswith(WEB) and path.stem != "login":
        assert not [name for name in names if belongs(name, WEB_PACKAGES)]
