"""What ships in content/: every page, and every row of the inventory."""

from __future__ import annotations

import functools

import pytest

from portal import paths
from portal.guidance import checks, markup
from tests.content.inventory_ids import IDS

ROOT = paths.resource_dir("content")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/guidance/*/*.md"))
PREPARE = (
    "selection", "involving-people-who-use-drugs", "recruitment", "agreements", "training", "confidentiality",
    "monitoring-and-evaluation",
)  # fmt: skip


@functools.cache
def checked():
    return checks.check_folder(ROOT)


@functools.cache
def anchors() -> dict[str, frozenset[str]]:
    content, _findings = checked()
    return {
        page.address: markup.anchors(markup.render(page.body)[0]) for page in content.pages if page.language == "en"
    }


@pytest.mark.parametrize(
    "name", [*PAGES, "sources.toml", "resources.toml", "en/topics.toml", "en/glossary.toml", "inventory.toml"]
)
def test_a_shipped_file_has_no_findings(name):
    assert [finding for finding in checked()[1] if finding.file == f"content/{name}"] == []


def test_nothing_else_is_wrong_with_the_content():
    assert checked()[1] == []


@pytest.mark.parametrize("row", IDS)
def test_a_row_of_the_inventory_is_on_a_page_or_names_its_tool(row):
    content, _findings = checked()
    reading, tools = content.inventory.tables["reading"], content.inventory.tables["tools"]
    assert row in reading or row in tools
    places = anchors()
    for place in reading.get(row, []):
        address, _, anchor = place.partition("#")
        assert address in places
        assert not anchor or anchor in places[address]


def test_the_inventory_names_no_row_twice_nor_one_that_nobody_knows():
    content, _findings = checked()
    named = [row for table in content.inventory.tables.values() for row in table]
    assert set(named) == set(IDS)
    # Read on a page, and looked up in the library or filled in with the builder.
    assert {row for row in named if named.count(row) > 1} == {"A43", "C52"}


def test_the_seven_principles_and_the_seven_steps_have_a_page_each():
    from portal.guidance.try_it import MARKS

    assert {f"principles/{slug}" for slug in MARKS} | {f"prepare/{slug}" for slug in PREPARE} <= set(anchors())
    assert {"principles", "principles/commitments", "prepare"} <= set(anchors())


def test_every_entry_point_leads_to_a_page_and_each_reader_has_four():
    from portal.guidance.entries import ENTRIES

    assert [len(wishes) for _reader, wishes in ENTRIES] == [4, 4, 4]
    assert {address for _reader, wishes in ENTRIES for _words, address in wishes} <= set(anchors())
