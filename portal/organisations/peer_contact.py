"""The peers' contact: a peer worker whom two others named, or one, if there is only one other (scoring.md §3.4.4).

The mark is always what the namings say now. Who named whom is told to nobody, the audit included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from portal import audit, db, forgetting
from portal.accounts.models import Person
from portal.organisations.models import Membership, PeerContactNaming


class NotAPeerWorker(Exception):
    """Only peer workers name the contact, only another peer worker of theirs can be it."""


def list_peer_workers(organisation: UUID) -> list[Membership]:
    """Memberships of peer workers with their persons, by nickname; who leads the organisation, too, is none of them."""
    here = Membership.organisation == organisation
    leads = Membership.alias()
    lead_it = leads.select(leads.person).where(leads.organisation == organisation, leads.role == "lead")
    return list(
        Membership.select(Membership, Person)
        .join(Person)
        .where(here, Membership.role == "peer_worker", Membership.person.not_in(lead_it))
        .order_by(Person.nickname_folded)
    )


def get_naming(organisation: UUID, named_by: UUID) -> UUID | None:
    """Whom this person named."""
    mine = (PeerContactNaming.organisation == organisation) & (PeerContactNaming.named_by == named_by)
    person: UUID | None = PeerContactNaming.select(PeerContactNaming.person).where(mine).scalar()
    return person


@db.transaction
def name_peer_contact(organisation: UUID, named_by: UUID, membership: UUID | None) -> None:
    """Name the peer worker who has this membership, in place of whoever was named before; None names nobody.

    Raises NotAPeerWorker, also for oneself.
    """
    # Before anything is read: on PostgreSQL the audit's lock lets one naming be counted at a time.
    audit.record("organisations.name_peer_contact", f"organisation/{organisation}", organisation, anonymous=True)
    persons = {peer.id: peer.person_id for peer in list_peer_workers(organisation)}
    chosen = persons.get(membership) if membership else None
    if named_by not in persons.values() or chosen == named_by or (membership and chosen is None):
        raise NotAPeerWorker
    _delete(organisation, PeerContactNaming.named_by == named_by)
    if chosen:
        PeerContactNaming.create(organisation=organisation, named_by=named_by, person=chosen)
    mark_contact(organisation)


@db.transaction
def forget_namings(organisation: UUID, person: UUID) -> None:
    """What the person named and who named them goes, when they are no peer worker there any more."""
    theirs = (PeerContactNaming.named_by == person) | (PeerContactNaming.person == person)
    _delete(organisation, theirs)
    mark_contact(organisation)


def _delete(organisation: UUID, which: Any) -> None:
    """Namings leave the files of the database, too."""
    PeerContactNaming.delete().where(PeerContactNaming.organisation == organisation, which).execute()
    db.after_commit(lambda: forgetting.forget_deleted(PeerContactNaming))


@db.transaction
def mark_contact(organisation: UUID) -> None:
    """Work out anew who is the contact. Among equals the one who is it stays."""
    peers = list_peer_workers(organisation)
    votes, enough = _votes(organisation, {peer.person_id for peer in peers})
    eligible = [peer for peer in peers if votes[peer.person_id] >= enough]
    contact = max(eligible, key=lambda peer: (votes[peer.person_id], peer.peer_contact), default=None)
    marked = (Membership.organisation == organisation) & Membership.peer_contact
    for membership in list(Membership.select(Membership.id).where(marked).order_by(Membership.id)):
        if contact is None or membership.id != contact.id:
            Membership.update(peer_contact=False).where(Membership.id == membership.id).execute()
    if contact is not None and not contact.peer_contact:
        Membership.update(peer_contact=True).where(Membership.id == contact.id).execute()


def is_named_by(organisation: UUID, person: UUID, voters: Collection[UUID]) -> bool:
    """Whether these people alone would have made the person the contact."""
    votes, enough = _votes(organisation, voters)
    return person in voters and votes[person] >= enough


def _votes(organisation: UUID, voters: Collection[UUID]) -> tuple[Counter[UUID], int]:
    """How many of these people named whom, and how many it takes."""
    here = PeerContactNaming.organisation == organisation
    named: Any = PeerContactNaming.select(PeerContactNaming.person, PeerContactNaming.named_by).where(here).tuples()
    return Counter(person for person, named_by in named if named_by in voters), 1 if len(voters) == 2 else 2
