"""Who may import whom (pyproject.toml, [tool.importlinter])."""

import pathlib

from importlinter.api import read_configuration
from importlinter.cli import lint_imports

PROJECT = pathlib.Path(__file__).parents[1]


def test_import_contracts_hold(monkeypatch):
    monkeypatch.chdir(PROJECT)
    assert len(read_configuration()["contracts_options"]) == 5
    assert lint_imports(no_cache=True) == 0
