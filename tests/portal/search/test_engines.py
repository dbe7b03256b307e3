"""Both engines give the same top five for what people look for in the content that ships."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from portal import create_app, db
from portal.search import services
from tests.conftest import admin, copy_data, database_url, load_library

QUERIES = (Path(__file__).parent / "queries.txt").read_text().splitlines()


@pytest.fixture
def top_five(tmp_path, seed_folder):
    """``top_five(url)``: what is found for each query in a database with the shipped content."""
    data = tmp_path / "data"
    copy_data(seed_folder, data)

    def find(url):
        app = create_app(
            TESTING=True, DATABASE_URL=url, DATA_DIR=str(data), SECRET_KEY="for tests only, and long enough for it"
        )
        load_library(app)
        with app.app_context(), db.connection():
            found = [services.find("en", typed, 5).hits for typed in QUERIES]
        return [[(hit.kind, hit.title, hit.address) for hit in hits] for hits in found]

    return find


def test_the_same_top_five_on_both_engines(top_five, postgres, postgres_seed, tmp_path):
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin(postgres, f"CREATE DATABASE {name} TEMPLATE {postgres_seed}")
    try:
        on_postgres = top_five(database_url(postgres, name))
    finally:
        admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")
    on_sqlite = top_five(db.sqlite_url(tmp_path / "data"))
    differ = [typed for typed, a, b in zip(QUERIES, on_sqlite, on_postgres, strict=True) if a != b]
    assert len(QUERIES) >= 60
    assert len(differ) <= len(QUERIES) * 0.1, differ
