"""Finding rounds, and what each of them asks a member to do. Opening is in opening.py, closing in closing.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import peewee

from assessments.model import Mode, RaterGroup
from portal.organisations.models import Programme
from portal.organisations.services import RATER_GROUP_OF_ROLE
from portal.permissions import Held
from portal.rounds.models import Round, RoundGroup, RoundPlace, StoredInstrument
from portal.rounds.places import places_open_to, takes_answers


class Start(StrEnum):
    """What a member can do about a round."""

    YOURS = "yours"  # a place of one's own waits
    GROUP = "group"  # any member of the group may begin its one sheet
    STARTED = "started"  # begun: the return key brings them back
    NOTHING = "nothing"  # no place was made for this person


@dataclass(frozen=True)
class OpenRound:
    """An open round as one member sees it."""

    round: Round
    group: RaterGroup
    mode: Mode
    start: Start


_ORDER = {group.value: place for place, group in enumerate(RaterGroup)}


def _rounds() -> peewee.ModelSelect[Round]:
    """Rounds with programme and the name of their instrument, open ones first, then the newest."""
    return (
        Round.select(Round, Programme, StoredInstrument.id, StoredInstrument.name)
        .join(Programme)
        .switch(Round)
        .join(StoredInstrument)
        .order_by(Round.closed_at.is_null(False), Round.closes_on.desc(), Round.id)
    )


def _with_groups(rounds: Iterable[Round]) -> list[Round]:
    """The rounds, each with ``groups``: its RoundGroup rows, peers first."""
    found = {round_.id: round_ for round_ in rounds}
    for round_ in found.values():
        round_.groups = []
    if found:
        for group in RoundGroup.select().where(RoundGroup.round.in_(list(found))):
            found[group.round_id].groups.append(group)
    for round_ in found.values():
        round_.groups.sort(key=lambda group: _ORDER[group.rater_group])
    return list(found.values())


def list_rounds(organisation: UUID) -> list[Round]:
    """Open rounds first, then by last day, newest first; each with programme, instrument and ``groups``."""
    return _with_groups(_rounds().where(Round.organisation == organisation))


def get_round(organisation: UUID, round_id: UUID) -> Round | None:
    """The organisation's round with programme, instrument and ``groups``."""
    return next(iter(_with_groups(_rounds().where(Round.organisation == organisation, Round.id == round_id))), None)


def group_of(held: Iterable[Held], organisation: UUID, programme: UUID) -> RaterGroup | None:
    """The rater group somebody with these roles answers in; the same rule as organisations.services.raters_of."""
    roles = {one.role for one in held if one.organisation == organisation and one.covers(programme)}
    return next((RaterGroup(group) for role, group in RATER_GROUP_OF_ROLE.items() if role in roles), None)


def rounds_for_member(person: UUID, held: Iterable[Held], *, round_id: UUID | None = None) -> list[OpenRound]:
    """Open rounds of the programmes that the person's roles cover, the one that ends first first."""
    held = [one for one in held if one.role in RATER_GROUP_OF_ROLE]
    chosen = Round.organisation.in_([one.organisation for one in held])
    if round_id is not None:
        chosen &= Round.id == round_id
    open_ = _with_groups(_rounds().where(chosen, takes_answers()))
    places = list(places_open_to(person).where(RoundPlace.round.in_([round_.id for round_ in open_])))
    found = []
    for round_ in open_:
        group = group_of(held, round_.organisation_id, round_.programme_id)
        if group is not None:
            here = [place for place in places if place.round_id == round_.id]
            found += _as_member(round_, group, here, person)
    return sorted(found, key=lambda one: (one.round.closes_on, str(one.round.id)))


def _as_member(round_: Round, group: RaterGroup, places: list[RoundPlace], person: UUID) -> list[OpenRound]:
    own = next((place for place in places if place.person_id == person), None)
    if own is not None:
        start = Start.STARTED if own.taken else Start.YOURS
        return [OpenRound(round_, RaterGroup(own.rater_group), Mode.INDIVIDUAL, start)]
    asked = next((one for one in round_.groups if one.rater_group == group.value), None)
    if asked is None:
        return []
    shared = next((place for place in places if place.rater_group == group.value), None)
    if shared is None:
        return [OpenRound(round_, group, Mode(asked.mode), Start.NOTHING)]
    return [OpenRound(round_, group, Mode(asked.mode), Start.STARTED if shared.taken else Start.GROUP)]
