from __future__ import annotations

import pytest

from portal import audit, db, generation
from portal.guidance.models import Page
from tests.support.modules import Modules


@pytest.fixture(autouse=True)
def nobody_acts():
    yield
    audit.acting_as(None)


@pytest.fixture
def modules(app, tmp_path):
    """Six short modules, loaded; ``modules.take_away("K1")`` withdraws one."""
    modules = Modules(tmp_path / "content")
    modules.take_away = take_away
    with db.connection():
        modules.load()
    return modules


def take_away(code):
    @db.transaction
    def withdraw():
        Page.update(withdrawn=True).where(Page.slug == code).execute()
        generation.raise_it()

    with db.connection():
        withdraw()


@pytest.fixture
def house(make):
    return make.organisation()


@pytest.fixture
def trainer(make, house):
    return make.member(house, "trainer", "Maple")


@pytest.fixture
def wren(make, house):
    return make.member(house, "peer_worker", "Wren")


@pytest.fixture
def heron(make, house):
    return make.member(house, "peer_worker", "Heron")
