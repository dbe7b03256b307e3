"""The trainers' board: what it counts, what it leaves out, and what stands on paper."""

from __future__ import annotations

import pytest

from portal import db
from portal.training import marking, rules, services
from portal.training.models import Way
from tests.conftest import NOW

TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("modules")


@pytest.fixture
def board(login, browser, house, trainer):
    login(trainer)
    return lambda **values: browser.get("training.show_board", organisation_id=house.id, **values)


def nicknames(page):
    return [link.text for link in page.root.findall(".//tbody/tr/th/a")]


def test_the_sentence_counts_what_it_names(board, house, make):
    make.member(house, "peer_worker", "Amber")
    assert "1 person here still has something open before they work alone." in board().text
    for number in range(60):
        make.member(house, "peer_worker", f"Peer {number:02}")
    assert "50 people on this page still have something open before they work alone." in board().text
    assert "11 people on this page still have something open" in board(page=2).text


def test_only_what_is_open_leaves_out_people_with_nothing_open(board, house, trainer, make):
    free, waits = make.member(house, "candidate", "Free"), make.member(house, "candidate", "Waits")
    gap = make.member(house, "peer_worker", "Gap")
    with db.connection():
        marking.finish_many(house.id, [free.id, gap.id], "C1", TODAY, Way.MEETING, trainer.id)
        services.assign(house.id, (), [waits.id], ["C1"], trainer.id)
    assert nicknames(board()) == ["Free", "Gap", "Rowan", "Waits"]
    assert nicknames(board(show="open")) == ["Gap", "Waits"]


def test_where_nothing_is_open_a_sentence_says_so(board, house, trainer):
    page = board(show="open")
    assert nicknames(page) == []
    assert "Nobody on this page has anything open." in page.text


def test_paper_says_whom_it_shows_and_when(board, house, make):
    people = [make.member(house, "peer_worker", f"Peer {number:02}") for number in range(60)]
    with db.connection():
        group = rules.save_group(house.id, "December", [people[0].id])

    def line(page):
        found = page.root.find(".//*[@id='shown']")
        return " ".join("".join(found.itertext()).replace("\u00a0", " ").split())

    assert line(board(page=2)) == "Everybody · Page 2 of 2 · 22 November 2026"
    assert line(board(group=group.id)) == "December · Page 1 of 1 · 22 November 2026"
    assert line(board(group=group.id, show="open")) == "December · Only what is open · Page 1 of 1 · 22 November 2026"
