from __future__ import annotations

import pytest

from portal import db
from tests.support.modules import Modules


@pytest.fixture
def modules(app, tmp_path):
    """Six short modules, loaded."""
    modules = Modules(tmp_path / "content")
    with db.connection():
        modules.load()
    return modules


@pytest.fixture
def house(make):
    return make.organisation()


@pytest.fixture
def trainer(house, make):
    return make.member(house, "trainer", "Rowan")


@pytest.fixture
def amber(house, make):
    return make.member(house, "peer_worker", "Amber")


@pytest.fixture
def peers(house, make):
    return [make.member(house, "peer_worker", name) for name in ("Amber", "Birch", "Clover")]
