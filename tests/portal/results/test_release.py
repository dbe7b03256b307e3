"""When others see the peers' figures: the state alone, by dates."""

import datetime as dt

import pytest

from assessments.model import RaterGroup
from portal.results.release import Choice, Chosen, Standing, release_state, visible_groups

CLOSED = dt.date(2026, 10, 30)
ALL, TALK, BACK = Choice.ALL, Choice.TALK, Choice.BACK
PEER, STAFF, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT


def day(number: int) -> dt.date:
    return CLOSED + dt.timedelta(days=number)


CASES = [  # choice, chosen on day, today is day, standing, opens on day, offers
    (None, None, 0, Standing.WAITING, 14, (ALL, TALK)),
    (None, None, 29, Standing.WAITING, 29, (ALL, TALK)),
    (None, None, 30, Standing.SEALED, 30, (ALL,)),
    (None, None, 400, Standing.SEALED, 400, (ALL,)),
    (ALL, 0, 0, Standing.CHOSEN, 14, (BACK,)),
    (ALL, 3, 13, Standing.CHOSEN, 14, (BACK,)),
    (ALL, 3, 14, Standing.RELEASED, 14, ()),
    (ALL, 14, 14, Standing.RELEASED, 14, ()),
    (ALL, 20, 20, Standing.RELEASED, 20, ()),
    (ALL, 3, 30, Standing.RELEASED, 14, ()),
    (ALL, 95, 96, Standing.RELEASED, 95, ()),
    (TALK, 2, 13, Standing.TALKING, 14, (ALL,)),
    (TALK, 2, 29, Standing.TALKING, 29, (ALL,)),
    (TALK, 2, 30, Standing.SEALED, 30, (ALL,)),
]


@pytest.mark.parametrize(("choice", "chosen", "today", "standing", "opens", "offers"), CASES)
def test_where_the_release_stands(choice, chosen, today, standing, opens, offers):
    release = release_state(CLOSED, choice and Chosen(choice, day(chosen)), day(today))
    assert (release.standing, release.opens_on, release.offers) == (standing, day(opens), offers)
    assert release.seals_on == day(30)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("reader", "own"), [(PEER, {PEER}), (STAFF, {STAFF}), (MGMT, {MGMT, STAFF})], ids=["peer", "staff", "mgmt"]
)
def test_only_a_release_that_has_taken_effect_shows_more(case, reader, own):
    choice, chosen, today, standing, *_rest = case
    release = release_state(CLOSED, choice and Chosen(choice, day(chosen)), day(today))
    everything = standing is Standing.RELEASED
    assert visible_groups(reader, release) == (set(RaterGroup) if everything else own)
