"""Opening rounds, and changing what may change while they run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID, uuid4

import peewee

from assessments.model import Mode, RaterGroup
from portal import audit, clock, db
from portal.config import setting
from portal.organisations.services import get_programme, raters_of
from portal.rounds.instruments import newest_wordings
from portal.rounds.models import Round, RoundGroup, RoundPlace, StoredInstrument
from portal.rounds.places import MOST_SLIPS, has_peer_contact, make_slips
from portal.rounds.refusals import (
    NobodyAsked,
    NoPlaces,
    OnePersonsAnswer,
    OneRoundAtATime,
    RoundClosed,
    RoundExists,
    SlipsByPeerContact,
    SlipsExist,
    ThresholdTooHigh,
    ThresholdTooLow,
    UnknownChange,
    UnknownProgramme,
    UnknownRound,
    UnsuitableClosingDay,
    UnsuitableInstrument,
    UnsuitableMode,
    UnsuitableSlips,
)

LONGEST_ROUND = dt.timedelta(days=120)
HIGHEST_THRESHOLD = 50
CHANGES = (
    "none",
    "few",
    "many",
)  # members who left or joined since the last round: none, fewer than five, five or more


def open_round(
    organisation: UUID,
    programme: UUID,
    *,
    instrument: str,
    modes: Mapping[RaterGroup, Mode],
    smallest_group: int,
    closes_on: dt.date,
    changed: str,
    slips: Mapping[RaterGroup, int],
    round_id: UUID | None = None,
) -> tuple[Round, dict[RaterGroup, list[str]]]:
    """Open a round and make its places; the round, and the codes of its slips by group, which are not kept.

    ``round_id`` comes from the form, so that a form sent twice opens one round. Raises a RoundRefused.
    """
    round_id = round_id or uuid4()
    if Round.select(Round.id).where(Round.id == round_id).exists():
        raise RoundExists
    _check_terms(smallest_group, closes_on, changed)
    stored = StoredInstrument.get_or_none(StoredInstrument.name == instrument)
    if stored is None or stored.released is None or not stored.structure["groups"]:
        raise UnsuitableInstrument
    if get_programme(organisation, programme) is None:
        raise UnknownProgramme
    _check_groups(organisation, programme, stored, modes, slips)
    try:
        return _write_round(
            organisation,
            programme,
            {
                "id": round_id,
                "instrument": stored.id,
                "wordings": newest_wordings(stored.id),
                "smallest_group": smallest_group,
                "opened_on": clock.today(),
                "closes_on": closes_on,
                "changed": changed,
            },
            modes,
            slips,
        )
    except peewee.IntegrityError:
        if Round.select(Round.id).where(Round.id == round_id).exists():
            raise RoundExists from None
        raise OneRoundAtATime from None


def _check_terms(smallest_group: int, closes_on: dt.date, changed: str) -> None:
    if smallest_group < setting("SMALLEST_GROUP"):
        raise ThresholdTooLow
    if smallest_group > HIGHEST_THRESHOLD:
        raise ThresholdTooHigh
    if not clock.today() < closes_on <= clock.today() + LONGEST_ROUND:
        raise UnsuitableClosingDay
    if changed not in CHANGES:
        raise UnknownChange


def _check_groups(
    organisation: UUID,
    programme: UUID,
    stored: StoredInstrument,
    modes: Mapping[RaterGroup, Mode],
    slips: Mapping[RaterGroup, int],
) -> None:
    if not modes:
        raise NobodyAsked
    for group, mode in modes.items():
        statement = mode is Mode.STATEMENT
        if group.value not in stored.structure["groups"] or statement is not (group is RaterGroup.MGMT):
            raise UnsuitableMode(group)
    for group, number in slips.items():
        most = {Mode.INDIVIDUAL: MOST_SLIPS, Mode.GROUP: 1}.get(modes[group], 0) if group in modes else 0
        if not 0 <= number <= most:
            raise UnsuitableSlips(group)
    if slips.get(RaterGroup.PEER) and has_peer_contact(organisation, programme):
        raise SlipsByPeerContact(RaterGroup.PEER)


@db.transaction
def _write_round(
    organisation: UUID,
    programme: UUID,
    values: dict[str, object],
    modes: Mapping[RaterGroup, Mode],
    slips: Mapping[RaterGroup, int],
) -> tuple[Round, dict[RaterGroup, list[str]]]:
    round_ = Round.create(organisation=organisation, programme=programme, **values)
    raters = raters_of(organisation, programme)
    codes = {}
    for group in (group for group in RaterGroup if group in modes):
        mode, asked = modes[group], slips.get(group, 0)
        members = [person for person, theirs in raters.items() if theirs == group.value]
        if not members and not asked:
            raise NoPlaces(group)
        if mode is Mode.GROUP and len(members) == 1 and not asked:  # a slip may stand for many without an account
            raise OnePersonsAnswer(group)
        if asked:
            codes[group] = make_slips(round_, group, asked)
        if mode is Mode.INDIVIDUAL:
            for person in members:
                RoundPlace.insert(round=round_, rater_group=group.value, person=person).execute()
        elif not asked:
            RoundPlace.insert(round=round_, rater_group=group.value).execute()
        places = len(members) + asked if mode is Mode.INDIVIDUAL else 1
        RoundGroup.create(round=round_, rater_group=group.value, mode=mode.value, places=places)
    audit.record("rounds.open", round_, organisation)
    return round_, codes


def add_slips(
    organisation: UUID, round_id: UUID, group: RaterGroup, how_many: int, *, first: UUID | None = None
) -> list[str]:
    """More places for people without an account in a group that answers one by one; their codes, shown once.

    ``first`` comes from the form, so that a form sent twice makes its slips once. Who may call this for peer workers
    is the caller's to decide (``places.has_peer_contact``). Raises a RoundRefused.
    """
    if not 1 <= how_many <= MOST_SLIPS:
        raise UnsuitableSlips(group)
    try:
        return _write_slips(organisation, round_id, group, how_many, first)
    except peewee.IntegrityError:
        raise SlipsExist(group) from None


@db.transaction
def _write_slips(organisation: UUID, round_id: UUID, group: RaterGroup, how_many: int, first: UUID | None) -> list[str]:
    round_ = _lock_open(organisation, round_id)
    widened = (
        RoundGroup.update(places=RoundGroup.places + how_many)
        .where(
            RoundGroup.round == round_id,
            RoundGroup.rater_group == group.value,
            RoundGroup.mode == Mode.INDIVIDUAL.value,
        )
        .execute()
    )
    if not widened:
        raise UnsuitableMode(group)
    audit.record("rounds.add_slips", round_, organisation)
    return make_slips(round_, group, how_many, first)


def _lock_open(organisation: UUID, round_id: UUID) -> Round:
    """The round, which nobody closes until this transaction ends. Raises UnknownRound, RoundClosed."""
    found = Round.select().where(Round.organisation == organisation, Round.id == round_id)
    round_: Round | None = (found if db.is_sqlite() else found.for_update()).first()
    if round_ is None:
        raise UnknownRound
    if round_.closed_at is not None:
        raise RoundClosed
    return round_


@db.transaction
def raise_smallest_group(organisation: UUID, round_id: UUID, smallest_group: int) -> None:
    """Ask for more answers before figures show, while the round is open; it never falls.

    Not after closing: whoever raises it step by step would see at which number the figures go, and so how many
    answered. Raises ThresholdTooLow, ThresholdTooHigh, RoundClosed, UnknownRound.
    """
    round_ = _lock_open(organisation, round_id)
    if smallest_group > HIGHEST_THRESHOLD:
        raise ThresholdTooHigh
    if smallest_group < round_.smallest_group:
        raise ThresholdTooLow
    Round.update(smallest_group=smallest_group).where(Round.id == round_id).execute()
    audit.record("rounds.raise_smallest_group", round_, organisation)
