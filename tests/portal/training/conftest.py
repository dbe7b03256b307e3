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
