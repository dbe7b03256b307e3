"""Invitations: how people become members. What is stored of the secret is its hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import audit, clock, db, keys, throttle
from portal.organisations import codes, services
from portal.organisations.models import (
    Invitation,
    InvitationProgramme,
    Membership,
    MembershipProgramme,
    Organisation,
    Programme,
    State,
)
from portal.organisations.services import EVERYWHERE, AlreadyMade, in_reach
from portal.permissions import ORGANISATION_ROLES

ONE_USE = frozenset({"lead", "trainer"})  # whoever may read about others is invited in person
MOST_USES = 500
LONGEST = dt.timedelta(days=365)
USUAL = dt.timedelta(days=28)

QUARTER = 900  # seconds
TRIES_PER_NETWORK = 150  # many people share one address at a drop-in


class UsesUnsuitable(Exception):
    """Not 1 to 500, or more than one for a lead or a trainer."""


class DayUnsuitable(Exception):
    """The last day is over, or more than a year away."""


class ProgrammeUnsuitable(Exception):
    """A programme of another organisation, or one the inviting lead is not a lead of."""


class HasLead(Exception):
    """Who leads the organisation invites further leads; it is not the administrator's to do."""


class NoInvitation(Exception):
    """Wrong, used up, ended or revoked: nobody is told which."""


class TooManyTries(Exception):
    pass


# --- making and revoking ---


@db.transaction
def invite(
    organisation: UUID,
    role: str,
    *,
    ends_on: dt.date,
    uses: int = 1,
    programmes: Collection[UUID] = EVERYWHERE,
    reach: Collection[UUID] = EVERYWHERE,
    invitation_id: UUID | None = None,
) -> str:
    """Make an invitation and return its code, which cannot be shown again.

    A lead for some programmes (``reach``) who names none invites for all of theirs.
    Raises UsesUnsuitable, DayUnsuitable, ProgrammeUnsuitable, AlreadyMade.
    """
    if role not in ORGANISATION_ROLES:
        raise ValueError(f"{role} is not a role in an organisation")
    if not 1 <= uses <= (1 if role in ONE_USE else MOST_USES):
        raise UsesUnsuitable
    if not clock.today() <= ends_on <= clock.today() + LONGEST:
        raise DayUnsuitable
    chosen = set(programmes) or set(reach)
    known = {programme.id for programme in services.list_programmes(organisation)}
    if not chosen <= known or not in_reach(chosen, reach):
        raise ProgrammeUnsuitable
    code = codes.new_code()
    try:
        with db.database.atomic():
            invitation = Invitation.create(
                id=invitation_id or uuid4(),
                organisation=organisation,
                token_hash=keys.token_hash(code),
                role=role,
                uses_left=uses,
                made_on=clock.today(),
                ends_on=ends_on,
            )
    except peewee.IntegrityError:
        raise AlreadyMade from None
    for programme in chosen:
        InvitationProgramme.create(invitation=invitation, programme=programme)
    audit.record("organisations.invite", invitation, organisation)
    return code


@db.transaction
def create_with_invitation(name: str, programme: str, organisation_id: UUID) -> str:
    """A new organisation nobody belongs to yet, and the code that makes its first lead. Raises AlreadyMade."""
    organisation = services.create_organisation(name, programme, organisation_id)
    return invite(organisation.id, "lead", ends_on=clock.today() + USUAL)


@db.transaction
def invite_lead(organisation: UUID, invitation_id: UUID) -> str:
    """The code of a new lead invitation for an organisation that nobody can lead; earlier ones work no more.

    Raises HasLead, also for a closed organisation; AlreadyMade.
    """
    found = services.get_organisation(organisation)
    if found is None or found.closed_on or services.has_lead(organisation):
        raise HasLead
    code = invite(organisation, "lead", ends_on=clock.today() + USUAL, invitation_id=invitation_id)
    limited = InvitationProgramme.select(InvitationProgramme.invitation)
    earlier = (Invitation.organisation == organisation) & (Invitation.role == "lead") & Invitation.id.not_in(limited)
    Invitation.update(revoked=True).where(earlier, Invitation.id != invitation_id).execute()
    return code


@db.transaction
def create_with_lead(name: str, programme: str, organisation_id: UUID, person: UUID) -> Organisation:
    """A new organisation whose lead the person is. Raises AlreadyMade."""
    organisation = services.create_organisation(name, programme, organisation_id)
    services.add_member(organisation.id, person, "lead")
    return organisation


def list_invitations(organisation: UUID, reach: Collection[UUID] = EVERYWHERE) -> list[Invitation]:
    """Invitations a lead for ``reach`` may revoke, the open ones first, newest first.

    Each has its ``state`` and ``programme_names``, empty for all of them.
    """
    rows = Invitation.select().where(Invitation.organisation == organisation)
    named: Any = (
        InvitationProgramme.select(InvitationProgramme.invitation, Programme.id, Programme.name)
        .join(Programme)
        .where(Programme.organisation == organisation)
        .order_by(Programme.name, Programme.id)
        .tuples()
    )
    found: dict[UUID, dict[UUID, str]] = {}
    for invitation, programme, name in named:
        found.setdefault(invitation, {})[programme] = name
    invitations = [row for row in rows if in_reach(found.get(row.id, {}), reach)]
    for invitation in invitations:
        invitation.programme_names = list(found.get(invitation.id, {}).values())
        invitation.state = state_of(invitation)
    newest_first = sorted(invitations, key=lambda one: (one.made_on, one.ends_on, one.id), reverse=True)
    return sorted(newest_first, key=lambda one: one.state is not State.OPEN)


def state_of(invitation: Invitation) -> State:
    if invitation.revoked:
        return State.REVOKED
    if invitation.uses_left < 1:
        return State.USED_UP
    return State.OPEN if clock.today() <= invitation.ends_on else State.ENDED


@db.transaction
def revoke(organisation: UUID, invitation: UUID, reach: Collection[UUID] = EVERYWHERE) -> bool:
    """Make it work no more; whoever joined by it stays. False where a lead for ``reach`` has no such invitation."""
    if all(one.id != invitation for one in list_invitations(organisation, reach)):
        return False
    if Invitation.update(revoked=True).where(Invitation.id == invitation, ~Invitation.revoked).execute():
        audit.record("organisations.revoke_invitation", f"invitation/{invitation}", organisation)
    return True


# --- joining ---


def is_invitation(typed: str) -> bool:
    """Whether the code was ever an invitation's. Not counted: a whole team may type the codes of its slips here."""
    hashed = keys.token_hash(codes.plain_code(typed))
    return bool(Invitation.select(Invitation.id).where(Invitation.token_hash == hashed).exists())


def count_wrong_code(network: str) -> None:
    """Raises TooManyTries when too many came from this network in a quarter of an hour."""
    if not throttle.allow("join", network, limit=TRIES_PER_NETWORK, seconds=QUARTER):
        raise TooManyTries


def find_invitation(code: str) -> Invitation | None:
    """The invitation that still works, with its organisation and, in two statements, ``programme_names``."""
    found: Invitation | None = (
        Invitation.select(Invitation, Organisation)
        .join(Organisation)
        .where(Invitation.token_hash == keys.token_hash(code), _works())
        .first()
    )
    if found is not None:
        programmes = (
            Programme.select(Programme.id, Programme.name)
            .join(InvitationProgramme)
            .where(InvitationProgramme.invitation == found.id)
            .order_by(Programme.name, Programme.id)
        )
        found.programme_ids = {programme.id for programme in programmes}
        found.programme_names = [programme.name for programme in programmes]
    return found


def _works() -> Any:
    living = (Invitation.uses_left > 0) & (Invitation.ends_on >= clock.today()) & ~Invitation.revoked
    open_ones = Organisation.select(Organisation.id).where(Organisation.closed_on.is_null())
    return living & Invitation.organisation.in_(open_ones)


def organisation_joined(code: str, person: UUID) -> UUID | None:
    """The open organisation of this code, if the person has all it offers already; also when it works no more."""
    invitation = (
        Invitation.select(Invitation)
        .join(Organisation)
        .where(Invitation.token_hash == keys.token_hash(code), Organisation.closed_on.is_null())
        .first()
    )
    if invitation is None or not _has_joined(invitation, person):
        return None
    organisation: UUID = invitation.organisation_id
    return organisation


@db.transaction
def join(code: str, person: UUID) -> UUID:
    """Become a member; the organisation's id. A use is counted only if it gives the person anything.

    Raises NoInvitation.
    """
    joined = organisation_joined(code, person)
    if joined:
        return joined
    invitation = find_invitation(code)
    if invitation is None:
        raise NoInvitation
    counted = Invitation.update(uses_left=Invitation.uses_left - 1).where(Invitation.id == invitation.id, _works())
    if not counted.execute():
        raise NoInvitation  # somebody else took the last use a moment ago
    if _has_joined(invitation, person):  # the same form, sent twice at once
        Invitation.update(uses_left=Invitation.uses_left + 1).where(Invitation.id == invitation.id).execute()
    else:
        services.add_member(invitation.organisation_id, person, invitation.role, invitation.programme_ids)
    organisation: UUID = invitation.organisation_id
    return organisation


def _has_joined(invitation: Invitation, person: UUID) -> bool:
    """Whether the person holds the role there, for every programme that the invitation names."""
    membership = Membership.get_or_none(
        Membership.organisation == invitation.organisation_id,
        Membership.person == person,
        Membership.role == invitation.role,
    )
    if membership is None:
        return False
    of_membership = MembershipProgramme.membership == membership
    of_invitation = InvitationProgramme.invitation == invitation.id
    own: Any = MembershipProgramme.select(MembershipProgramme.programme).where(of_membership).tuples()
    offered: Any = InvitationProgramme.select(InvitationProgramme.programme).where(of_invitation).tuples()
    return in_reach({programme for (programme,) in offered}, {programme for (programme,) in own})
