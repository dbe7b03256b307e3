"""Beginning a sheet, by a code or as a member. Nothing here knows a person, but for their own place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from assessments.model import Mode, RaterGroup
from portal import db
from portal.answering import return_key
from portal.answering.services import is_open
from portal.organisations.services import raters_of
from portal.permissions import Held
from portal.rounds import places
from portal.rounds.models import Round, RoundGroup, RoundPlace, Sheet


class Refusal(StrEnum):
    """Why somebody cannot start; the page puts it into words."""

    STARTED = "started"  # their own place is taken
    GROUP_STARTED = "group started"  # somebody of their group has taken the one place
    NO_PLACE = "no place"
    CLOSED = "closed"


@dataclass(frozen=True)
class Beginning:
    """What a start page says, and the place that Start takes; ``refusal`` says why there is none."""

    round: Round
    group: RaterGroup
    mode: Mode
    place: UUID | None
    refusal: Refusal | None = None


def find_by_code(code: str) -> Beginning | None:
    """What a link or slip begins, used or not; None where the code is wrong, or of a round that is over."""
    place = places.find_place_by_code(code)
    if place is None or not is_open(place.round.closes_on, place.round.closed_at):
        return None
    return _beginning(place.round, RaterGroup(place.rater_group), place, None)


def find_for_member(person: UUID, held: Collection[Held], round_id: UUID) -> Beginning | None:
    """What a member may begin in this round; None for everybody it does not ask."""
    round_ = Round.get_or_none(Round.id == round_id)
    if round_ is None or not any(
        role.organisation == round_.organisation_id and role.covers(round_.programme_id) for role in held
    ):
        return None
    group = raters_of(round_.organisation_id, round_.programme_id).get(person)
    if group is None:
        return None
    if not is_open(round_.closes_on, round_.closed_at):
        return _beginning(round_, RaterGroup(group), None, Refusal.CLOSED)
    place = places.find_place_for_member(round_, person, RaterGroup(group))
    if place is None:
        return _beginning(round_, RaterGroup(group), None, _refusal(round_, person, group))
    # A place keeps the group it was made for, also where the person's role has changed since.
    return _beginning(round_, RaterGroup(place.rater_group), place, None)


def _beginning(round_: Round, group: RaterGroup, place: RoundPlace | None, refusal: Refusal | None) -> Beginning | None:
    asked = RoundGroup.get_or_none(RoundGroup.round == round_.id, RoundGroup.rater_group == group.value)
    if asked is None:
        return None
    return Beginning(round_, group, Mode(asked.mode), place.id if place else None, refusal)


def _refusal(round_: Round, person: UUID, group: str) -> Refusal:
    own = RoundPlace.get_or_none(RoundPlace.round == round_.id, RoundPlace.person == person)
    if own is not None and own.taken:
        return Refusal.STARTED
    shared = RoundGroup.get_or_none(RoundGroup.round == round_.id, RoundGroup.rater_group == group)
    if shared is not None and shared.mode != Mode.INDIVIDUAL:
        return Refusal.GROUP_STARTED
    return Refusal.NO_PLACE


def start(beginning: Beginning, key: str) -> bool:
    """Take the place and make the sheet that this key opens; False where somebody was faster.

    The second transaction gives all places of the group one transaction number, so that none tells which sheet was
    made with it.
    """
    if beginning.place is None or not _begin(beginning, beginning.place, return_key.hash_of(key)):
        return False
    places.rewrite_places(beginning.round.id, beginning.group)
    return True


@db.transaction
def _begin(beginning: Beginning, place: UUID, key_hash: str) -> bool:
    if not places.take(place):
        return False
    Sheet.create(
        round=beginning.round.id, rater_group=beginning.group.value, mode=beginning.mode.value, key_hash=key_hash
    )
    return True
