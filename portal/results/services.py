"""Reading a closed round through the gate, and choosing when others may."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from assessments.disclosure import publish
from assessments.model import RaterGroup
from assessments.published import ItemFigure, Published
from portal import audit, clock, db, forgetting
from portal.config import setting
from portal.organisations.models import Membership
from portal.organisations.peer_contact import is_named_by
from portal.organisations.services import raters_of
from portal.results.models import ReleaseAgreement, ReleaseChoice
from portal.results.release import Choice, Chosen, Release, Standing, release_state, visible_groups
from portal.rounds.counts import comments_of, differed_in, tallies_of
from portal.rounds.instruments import instrument_of
from portal.rounds.models import Round, RoundGroup

Texts = dict[tuple[RaterGroup, str], list[str]]

_ACTIONS = {
    Choice.ALL: "results.release_all",
    Choice.TALK: "results.talk_first",
    Choice.BACK: "results.take_back",
}


class NothingToRelease(Exception):
    """No such closed round in this organisation."""


class NotTheirs(Exception):
    """Only the peers' contact chooses or, without one, peer workers of the programme, and who was there then."""


class NotOffered(Exception):
    """This cannot be chosen any more, or not yet; the page says what can."""


@dataclass(frozen=True)
class Reading:
    """A closed round as one reader may see it."""

    published: Published
    release: Release
    closed_on: dt.date
    texts: Texts  # what was written about items, where it may be shown
    differed: frozenset[tuple[RaterGroup, str]]  # agreed answers that say people saw it differently


@dataclass(frozen=True)
class Say:
    """How one peer worker takes part in the choice."""

    theirs: bool  # whether they choose at all
    contact: bool  # whether there is a contact, who chooses alone
    own: Choice | None  # what they would choose, while a second one has not agreed


def read_results(round_: Round, reader: RaterGroup, *, newcomer: bool = False) -> Reading:
    """What somebody of this rater group may see of a closed round today.

    ``newcomer``: a peer worker who was not there (``is_newcomer``), and sees nothing before the release.
    """
    closed_on = _closed_on(round_)
    release = release_of(round_)
    visible = frozenset() if newcomer and not release.released else visible_groups(reader, release)
    published = publish(
        instrument_of(round_),
        tallies_of(round_),
        round_.smallest_group,
        visible,
        exact_for_peers=RaterGroup.PEER in visible and reader is RaterGroup.PEER,
    )
    shown = {key for key, figure in _figures(published).items() if shows_texts(figure)}
    texts = {key: written for key, written in comments_of(round_).items() if key in shown}
    agreed = {key for key in differed_in(round_) if key in shown}
    return Reading(published, release, closed_on, texts, frozenset(agreed))


def release_of(round_: Round) -> Release:
    """Where the release stands today; a round that asked no peer workers has nothing to wait for."""
    closed_on = _closed_on(round_)
    if not RoundGroup.select().where(RoundGroup.round == round_.id, RoundGroup.rater_group == RaterGroup.PEER).exists():
        return Release(Standing.RELEASED, closed_on, closed_on)
    return release_state(closed_on, get_choice(round_), clock.today())


def shows_texts(figure: ItemFigure) -> bool:
    """Whether texts about the item may be read: agreed answers always, others from ten answers (scoring.md §3.4.5).

    Told from what the gate shows, so that release and thresholds hold for texts as they do for figures.
    """
    return figure.agreed or figure.nearly_all or figure.distribution is not None or figure.evidence_only is not None


def _figures(published: Published) -> dict[tuple[RaterGroup, str], ItemFigure]:
    return {
        (group, item.code): figure
        for section in published.sections
        for item in section.items
        for group, figure in item.groups.items()
    }


def _closed_on(round_: Round) -> dt.date:
    moment: dt.datetime = round_.closed_at
    return moment.astimezone(ZoneInfo(setting("TIME_ZONE"))).date()


# --- the peers' choice ---


def get_choice(round_: Round) -> Chosen | None:
    """The choice that stands."""
    row = ReleaseChoice.get_or_none(ReleaseChoice.round == round_.id)
    return Chosen(Choice(row.choice), row.chosen_on) if row else None


def say_of(round_: Round, person: UUID) -> Say:
    """How this person takes part in the choice. Never says what others would choose."""
    peers, contact = _peers(round_)
    own = (
        ReleaseAgreement.select(ReleaseAgreement.choice)
        .where(ReleaseAgreement.round == round_.id, ReleaseAgreement.person == person)
        .scalar()
    )
    return Say(_decides(person, peers, contact), contact is not None, Choice(own) if own else None)


def is_newcomer(round_: Round, person: UUID) -> bool:
    """Whether a peer worker of the programme joined too late for the round."""
    return person not in _peers(round_)[0]


def _peers(round_: Round) -> tuple[set[UUID], UUID | None]:
    """Who is a peer worker of the round's programme and was so while it was open; which of them is the contact.

    Whoever joined afterwards does not count, nor whom they name: else a lead could invite the voices that open the
    figures. Nor does whoever led the organisation since it was opened, and would read them as one of its management.
    """
    raters = raters_of(round_.organisation_id, round_.programme_id)
    there = (Membership.joined_on < _closed_on(round_)) | (Membership.joined_on <= round_.opened_on)
    led_no_more = Membership.led_until.is_null() | (Membership.led_until < round_.opened_on)
    rows: Any = (
        Membership.select(Membership.person, Membership.peer_contact)
        .where(Membership.organisation == round_.organisation_id, Membership.role == "peer_worker", there, led_no_more)
        .tuples()
    )
    marks = {person: mark for person, mark in rows if raters.get(person) == RaterGroup.PEER}
    marked = next((person for person, mark in marks.items() if mark), None)
    if marked is not None and not is_named_by(round_.organisation_id, marked, marks.keys()):
        marked = None
    return set(marks), marked


def _decides(person: UUID, peers: set[UUID], contact: UUID | None) -> bool:
    return person == contact if contact else person in peers


@db.transaction
def choose(organisation: UUID, round_id: UUID, person: UUID, choice: Choice) -> bool:
    """Say what should happen with the peers' figures; whether that stands now, or waits for a second peer worker.

    Raises NothingToRelease, NotTheirs, NotOffered. The audit row names the choice and nobody.
    """
    round_ = _lock_closed(organisation, round_id)
    peers, contact = _peers(round_)
    if not _decides(person, peers, contact):
        raise NotTheirs
    chosen = get_choice(round_)
    stands = chosen.choice if chosen else Choice.BACK
    if choice is stands:
        return True  # the same form was sent twice
    if choice not in release_state(_closed_on(round_), chosen, clock.today()).offers:
        raise NotOffered
    db.after_commit(lambda: forgetting.forget_deleted(ReleaseAgreement))  # who would have chosen what
    if contact is None and not _second_agrees(round_, person, choice, peers):
        return False
    ReleaseChoice.delete().where(ReleaseChoice.round == round_.id).execute()
    if choice is not Choice.BACK:
        ReleaseChoice.create(round=round_, choice=choice.value, chosen_on=clock.today())
    ReleaseAgreement.delete().where(ReleaseAgreement.round == round_.id).execute()
    audit.record(_ACTIONS[choice], round_, organisation, anonymous=True)
    return True


def _second_agrees(round_: Round, person: UUID, choice: Choice, peers: set[UUID]) -> bool:
    """Note what this person would choose; whether another peer worker would choose the same."""
    mine = (ReleaseAgreement.round == round_.id) & (ReleaseAgreement.person == person)
    ReleaseAgreement.delete().where(mine).execute()
    ReleaseAgreement.insert(round=round_.id, person=person, choice=choice.value).execute()
    same: Any = ReleaseAgreement.select(ReleaseAgreement.person).where(
        ReleaseAgreement.round == round_.id, ReleaseAgreement.choice == choice.value
    )
    return len({who for (who,) in same.tuples()} & peers) >= 2


def _lock_closed(organisation: UUID, round_id: UUID) -> Round:
    """The closed round; two who choose at once come one after the other."""
    found = Round.select().where(
        Round.organisation == organisation, Round.id == round_id, Round.closed_at.is_null(False)
    )
    round_ = (found if db.is_sqlite() else found.for_update()).first()
    if round_ is None:
        raise NothingToRelease
    return round_  # type: ignore[no-any-return]
