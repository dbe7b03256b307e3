from __future__ import annotations

import pytest

from portal.feature import SearchText
from portal.search import services


def made(key: str, title: str, text: str = "", **values) -> SearchText:
    fields = {"kind": "page", "language": "en", "address": f"/en/guidance/{key}", **values}
    return SearchText(key=key, title=title, text=text, **fields)


@pytest.fixture
def index(database):
    """``index(*texts)`` makes the index of these texts."""
    return lambda *texts: services.rebuild(texts)
