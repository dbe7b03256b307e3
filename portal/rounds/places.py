"""Places: the right to begin one sheet. scoring.md §3.4.5 binds every call here.

Nothing in this file writes who took a place anywhere but into the place itself, and closing deletes the places.
"""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import peewee

from assessments.model import Mode, RaterGroup
from portal import clock, db, forgetting, keys
from portal.organisations.codes import in_groups, new_code, plain_code
from portal.organisations.models import Membership, MembershipProgramme, Organisation
from portal.rounds.models import Answer, Round, RoundGroup, RoundPlace, Sheet

MOST_SLIPS = 500

_shuffled = random.SystemRandom()


def make_slips(round_: Round, group: RaterGroup, how_many: int, first: UUID | None = None) -> list[str]:
    """Places for people without an account; their codes, which nobody can read again. Inside a transaction.

    ``first`` becomes the first place's id: making the same slips twice then raises IntegrityError.
    """
    codes = [new_code() for _ in range(how_many)]
    for number, code in enumerate(codes):
        chosen = {"id": first} if first and number == 0 else {}
        token_hash = keys.token_hash(code)
        RoundPlace.insert(round=round_, rater_group=group.value, token_hash=token_hash, **chosen).execute()
    return [in_groups(code) for code in codes]


def takes_answers() -> peewee.Expression:
    """Whether a round is open today, also when nothing has closed it yet on the day after its last.

    None is in a closed organisation: nobody could ever read the answers.
    """
    open_ones = Organisation.select(Organisation.id).where(Organisation.closed_on.is_null())
    return Round.closed_at.is_null() & (Round.closes_on >= clock.today()) & Round.organisation.in_(open_ones)


def find_place_by_code(code: str) -> RoundPlace | None:
    """The place that a slip or link opens, with its round as ``.round``; None when unknown or closed.

    A spent one is found like any other: whoever made the slips must not learn by looking which are used.
    """
    place: RoundPlace | None = (
        RoundPlace.select(RoundPlace, Round)
        .join(Round)
        .where(RoundPlace.token_hash == keys.token_hash(plain_code(code)), takes_answers())
        .first()
    )
    return place


def find_place_for_member(round_: Round, person: UUID, group: RaterGroup) -> RoundPlace | None:
    """The place this member may take now: their own, else the one place of a group that answers together.

    The caller has checked that the person belongs to the group. Whoever has a place of their own has no other.
    """
    places = list(places_open_to(person).where(RoundPlace.round == round_.id))
    own = next((place for place in places if place.person_id == person), None)
    place = own or next((place for place in places if place.rater_group == group.value), None)
    open_ = round_.closed_at is None and round_.closes_on >= clock.today()
    return place if place is not None and not place.taken and open_ else None


def places_open_to(person: UUID) -> peewee.ModelSelect[RoundPlace]:
    """The person's own places, and those of groups that answer together (the caller chooses rounds and group)."""
    group = (RoundGroup.round == RoundPlace.round) & (RoundGroup.rater_group == RoundPlace.rater_group)
    together = RoundPlace.person.is_null() & (RoundGroup.mode != Mode.INDIVIDUAL.value)
    return RoundPlace.select().join(RoundGroup, on=group).where((RoundPlace.person == person) | together)


def take(place_id: UUID) -> bool:
    """Spend the place, inside the caller's transaction; False when it was spent before, or the round has closed.

    The caller makes the sheet in the same transaction and calls ``rewrite_places`` after it.
    """
    still_open = Round.select(Round.id).where(Round.id == RoundPlace.round, takes_answers())
    spent: int = (
        RoundPlace.update(taken=True)
        .where(RoundPlace.id == place_id, ~RoundPlace.taken, peewee.fn.EXISTS(still_open))
        .execute()
    )
    return spent == 1


def rewrite_places(round_id: UUID, group: RaterGroup) -> None:
    """Write all places and all sheets of the group anew, after a place was taken: transactions of their own.

    PostgreSQL keeps the number of the writing transaction on each row, and the order rows were written in. Afterwards
    the places share one number, the sheets another: neither tells which place or which sign-in a sheet came after,
    and their order says nothing. SQLite's log is emptied for the same reason.
    """
    if db.is_sqlite():
        _empty_log()
        return
    _rewrite_places(round_id, group)
    rewrite_sheets(round_id, group)


@db.transaction
def _empty_log() -> None:
    db.after_commit(forgetting.forget_deleted)


@db.transaction
def _rewrite_places(round_id: UUID, group: RaterGroup) -> None:
    for place in lock_places(round_id, group):
        RoundPlace.update(taken=RoundPlace.taken).where(RoundPlace.id == place).execute()


@db.transaction
def rewrite_sheets(round_id: UUID, group: RaterGroup, *, answers: bool = False) -> None:
    """Write the group's sheets, and with ``answers`` theirs, anew in random order; on PostgreSQL only."""
    if db.is_sqlite() or not lock_places(round_id, group):  # one at a time, and none once the round has closed
        return
    rows: Any = (
        Sheet.select(Sheet.id).where(Sheet.round == round_id, Sheet.rater_group == group.value).order_by(Sheet.id)
    ).tuples()
    sheets = [sheet for (sheet,) in rows]
    _shuffled.shuffle(sheets)
    for sheet in sheets:
        Sheet.update(mode=Sheet.mode).where(Sheet.id == sheet).execute()
    if answers:
        _shuffled.shuffle(sheets)
        for sheet in sheets:
            Answer.update(value=Answer.value).where(Answer.sheet == sheet).execute()


def lock_places(round_id: UUID, group: RaterGroup | None = None) -> list[UUID]:
    """Ids of the places in random order; nobody else takes or rewrites them until this transaction ends."""
    places = RoundPlace.select(RoundPlace.id).where(RoundPlace.round == round_id).order_by(RoundPlace.id)
    if group is not None:
        places = places.where(RoundPlace.rater_group == group.value)
    if not db.is_sqlite():
        places = places.for_update()  # in the order of ids: two that wait for each other would never end
    rows: Any = places.tuples()
    ids: list[UUID] = [place for (place,) in rows]
    _shuffled.shuffle(ids)
    return ids


def has_peer_contact(organisation: UUID, programme: UUID) -> bool:
    """Whether the programme's peer workers have a contact, who then hands out their slips (scoring.md §3.4.5)."""
    covers = MembershipProgramme.id.is_null() | (MembershipProgramme.programme == programme)
    return bool(
        Membership.select(Membership.id)
        .left_outer_join(MembershipProgramme, on=(MembershipProgramme.membership == Membership.id))
        .where(Membership.organisation == organisation, Membership.peer_contact, covers)
        .exists()
    )
