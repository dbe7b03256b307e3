"""A small content folder that is sound, for tests to break."""

from __future__ import annotations

from pathlib import Path

import pytest

HEADER = {
    "title": '"Equality"',
    "summary": '"On the same footing."',
    "in_short": '["Peers meet as equals."]',
    "order": "10",
    "written": "2026-11-22",
    "checked": "[]",
    "local_check": "[]",
    "topics": '["pay"]',
    "sources": '["R1"]',
    "related": "[]",
    "try_it": '["principles-1/EQ1"]',
}
SOURCE = """[R1]
author = "An author"
title = "A work"
publisher = "A house"
kind = "text"
note = "Read."
"""
GLOSSARY = """[peer-worker]
term = "peer worker"
text = "Somebody who does peer work. It is paid."
used = ["principles/equality"]
see = []
sources = ["R1"]
forms = ["peer workers"]
"""
RESOURCE = """[a-manual]
author = "An author"
title = "A manual"
publisher = "A house"
year = 2014
language = "en"
topics = ["pay"]
good_for = "Reading on."
url = "http://example.org/"
link_state = "not verified"
archive_note = "No copy kept here."
"""


class Folder:
    """A content folder in a temporary place."""

    def __init__(self, root: Path):
        self.root = root
        root.mkdir()
        self.write("sources.toml", SOURCE)
        self.write("en/topics.toml", '[pay]\ntitle = "Pay"\nsummary = "Money for work."\n')
        self.page("index", title='"The principles"', order="10")
        self.page("equality")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def page(self, slug, body="## First\n\nWords.\n", *, section="principles", language="en", **header) -> Path:
        """Write a page; header values as they stand in the file, None leaves a key out."""
        values = {**HEADER, **header}
        lines = [f"{key} = {value}" for key, value in values.items() if value is not None]
        text = "+++\n" + "\n".join(lines) + "\n+++\n\n" + body
        return self.write(f"{language}/guidance/{section}/{slug}.md", text)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")
