import pytest

from assessments.model import RaterGroup
from tests.support.rounds import open_round


@pytest.fixture
def organisation(make):
    return make.organisation()


@pytest.fixture
def slips(organisation):
    """``slips()`` opens a round with twelve slips for peer workers: the round and their codes."""

    def open_with_slips(number=12, **terms):
        round_, codes = open_round(organisation, slips={RaterGroup.PEER: number}, **terms)
        return round_, codes[RaterGroup.PEER]

    return open_with_slips
