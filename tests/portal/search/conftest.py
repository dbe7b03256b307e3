from __future__ import annotations

import pytest

from portal import db, paths
from portal.feature import SearchText
from portal.guidance import loading
from portal.search import feature as search
from portal.search import services


def made(key: str, title: str, text: str = "", **values) -> SearchText:
    fields = {"kind": "page", "language": "en", "address": f"/en/guidance/{key}", **values}
    return SearchText(key=key, title=title, text=text, **fields)


@pytest.fixture
def index(database):
    """``index(*texts)`` makes the index of these texts."""
    return lambda *texts: services.rebuild(texts)


def load_and_index():
    with db.connection():
        loading.load(paths.resource_dir("content"))
        search.bring_up_to_date()


@pytest.fixture
def shipped(app):
    """The content that ships, loaded and indexed."""
    with app.app_context():
        load_and_index()
