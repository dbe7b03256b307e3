"""A closed round whose figures were worked out by hand (``TABLE``), with people of every role to read it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assessments.files import INSTRUMENTS, load_instrument
from assessments.model import RaterGroup
from portal import db
from portal.rounds import closing, services
from tests.support.rounds import INDIVIDUAL, fill_round, open_round

PRINCIPLES = load_instrument(INSTRUMENTS / "principles-1")

# What each of six people answered to every item of a section. Means of one item, and so of the section, in levels:
LOW = (0, 1, 1, 1, 2, 1)  # 1.0
MIDDLE = (1, 2, 2, 3, 1, 3)  # 2.0
HIGH = (2, 3, 3, 4, 2, 4)  # 3.0
TOP = (3, 4, 3, 4, 3, 4)  # 3.5
PEERS = {"EQ": LOW, "SD": MIDDLE, "GI": MIDDLE, "BS": MIDDLE, "CD": MIDDLE, "MW": HIGH, "MR": TOP}
STAFF = {"EQ": HIGH, "SD": MIDDLE, "GI": HIGH, "BS": MIDDLE, "CD": LOW, "MW": HIGH, "MR": TOP}
MANAGEMENT = {"EQ": 4, "SD": 3, "GI": 3, "BS": 3, "CD": 2, "MW": 4, "MR": 4}

# Points = 25 × the mean level; gaps to peers from the same means (every item of a section has the same one).
# Management rates fewer than three items in BS, MW and MR. In the order of the page: by the word of the widest gap.
TABLE = {  # section: peers, staff, management, widest gap
    "EQ": (25, 75, 100, "seeing different things"),
    "SD": (50, 50, 75, "seeing different things"),
    "GI": (50, 75, 75, "seeing different things"),
    "CD": (50, 25, 50, "seeing different things"),
    "BS": (50, 50, None, "much the same"),
    "MW": (75, 75, None, "much the same"),
    "MR": (88, 88, None, "much the same"),
}


def sheets(group: str, answers: dict, *, people: int = 6, skip=()):
    """One sheet a person, with an answer to each item that the group rates."""
    items = PRINCIPLES.items_for(RaterGroup(group))
    return [
        (
            group,
            {
                item.code: str(answers[item.section][number % 6])
                for item in items
                if item.code not in skip and item.gives_level(RaterGroup(group))
            },
        )
        for number in range(people)
    ]


def statement(answers: dict):
    return [
        (
            "mgmt",
            {
                item.code: {"value": str(answers[item.section]), "evidence": "document", "text": ""}
                if item.gives_level(RaterGroup.MGMT)
                else {"value": "evidence", "evidence": "told"}
                for item in PRINCIPLES.items_for(RaterGroup.MGMT)
            },
        )
    ]


@pytest.fixture
def house(make):
    """An organisation with two programmes' worth of people."""
    organisation = make.organisation()
    return SimpleNamespace(
        organisation=organisation,
        lead=make.member(organisation, "lead", "Lena"),
        staff=make.member(organisation, "staff", "Sam"),
        peer=make.member(organisation, "peer_worker", "Pat"),
        second=make.member(organisation, "peer_worker", "Quin"),
        third=make.member(organisation, "peer_worker", "Robin"),
    )


@pytest.fixture
def close(make):
    """``close(house, sheets)`` opens a round, fills it and closes it."""

    def opened_and_closed(house, filled, **terms):
        terms = {"modes": INDIVIDUAL, "slips": {RaterGroup.PEER: 6, RaterGroup.STAFF: 6}} | terms
        round_, _codes = open_round(house.organisation, **terms)
        fill_round(make, round_, filled)
        with db.connection():
            closing.close_round(house.organisation.id, round_.id)
            return services.get_round(house.organisation.id, round_.id)

    return opened_and_closed


@pytest.fixture
def empty(house, close):
    """A closed round that nobody answered, for tests of the choice alone."""
    return close(house, [])


@pytest.fixture
def round_(house, close):
    return close(house, sheets("peer", PEERS) + sheets("staff", STAFF) + statement(MANAGEMENT))
