"""Finding rounds, and what each of them asks a member to do. Opening is in opening.py, closing in closing.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import peewee

from assessments.model import Mode, RaterGroup
from portal import clock, db
from portal.organisations.models import Programme
from portal.organisations.services import RATER_GROUP_OF_ROLE
from portal.permissions import Held
from portal.rounds.models import Round, RoundGroup, StoredInstrument


class Start(StrEnum):
    """What a member can do about a round."""

    YOURS = "yours"  # a place of one's own waits
    GROUP = "group"  # any member of the group may begin its one sheet
    STARTED = "started"  # begun: the return key brings them back
    NOTHING = "nothing"  # no place was made for this person


class AskedRound(NamedTuple):
    """What somebody who is asked needs to know of a round."""

    id: UUID
    organisation_id: UUID
    programme_id: UUID
    programme_name: str
    closes_on: dt.date


class _Asked(NamedTuple):
    """A group that is asked in a round, with a place for the person where there is one."""

    rater_group: str
    mode: str
    person: object  # whose place it is; None for nobody's, and where there is none
    taken: object  # None where there is no place


@dataclass(frozen=True)
class OpenRound:
    """An open round as one member sees it."""

    round: AskedRound
    group: RaterGroup
    mode: Mode
    start: Start

    @property
    def can_start(self) -> bool:
        return self.start in (Start.YOURS, Start.GROUP)


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


# One statement, written out: everybody's own page asks it. For each group that is asked in an open round: the places
# that are the person's own, or the one of a group that answers together.
_FOR_MEMBER = """
SELECT r.id, r.organisation_id, r.programme_id, p.name, r.closes_on, g.rater_group, g.mode, place.person_id, place.taken
FROM "round" r
JOIN programme p ON p.id = r.programme_id
JOIN round_group g ON g.round_id = r.id
LEFT JOIN round_place place ON place.round_id = r.id AND place.rater_group = g.rater_group
    AND (place.person_id = ? OR (place.person_id IS NULL AND g.mode <> ?))
WHERE r.closed_at IS NULL AND r.closes_on >= ? AND r.organisation_id IN ({organisations})
ORDER BY r.closes_on, r.id
"""


def rounds_for_member(person: UUID, held: Iterable[Held], *, round_id: UUID | None = None) -> list[OpenRound]:
    """Open rounds of the programmes that the person's roles cover, the one that ends first first."""
    held = [one for one in held if one.role in RATER_GROUP_OF_ROLE]
    organisations = list({one.organisation for one in held})
    if not organisations:
        return []
    sql = _FOR_MEMBER.format(organisations=", ".join("?" * len(organisations)))
    rows: dict[AskedRound, list[_Asked]] = {}
    for round_, organisation, programme, name, closes_on, *asked in db.fetch(
        sql, person, Mode.INDIVIDUAL.value, clock.today(), *organisations
    ):
        open_ = AskedRound(
            db.uuid_of(round_), db.uuid_of(organisation), db.uuid_of(programme), name, db.date_of(closes_on)
        )
        rows.setdefault(open_, []).append(_Asked(*asked))
    found = []
    for open_, groups in rows.items():
        group = group_of(held, open_.organisation_id, open_.programme_id)
        if group is not None and round_id in (None, open_.id):
            found += _as_member(open_, group, groups)
    return found


def _as_member(round_: AskedRound, group: RaterGroup, asked: list[_Asked]) -> list[OpenRound]:
    own = next((one for one in asked if one.person is not None), None)
    if own is not None:
        start = Start.STARTED if own.taken else Start.YOURS
        return [OpenRound(round_, RaterGroup(own.rater_group), Mode.INDIVIDUAL, start)]
    mine = next((one for one in asked if one.rater_group == group.value), None)
    if mine is None:
        return []
    if mine.taken is None:
        return [OpenRound(round_, group, Mode(mine.mode), Start.NOTHING)]
    return [OpenRound(round_, group, Mode(mine.mode), Start.STARTED if mine.taken else Start.GROUP)]
