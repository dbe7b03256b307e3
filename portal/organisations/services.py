"""Organisations, programmes and memberships: who belongs where, and as what."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from portal import audit, clock, db
from portal.accounts.models import Person
from portal.organisations.models import Membership, MembershipProgramme, Organisation, Programme
from portal.permissions import Held


class LastLead(Exception):
    """An organisation is never without a lead: another one has to be named first."""


def roles_of(person: UUID) -> tuple[Held, ...]:
    """Every role the person holds in an open organisation, in one statement."""
    rows = (
        Membership.select(
            Membership.id,
            Membership.organisation,
            Membership.role,
            Membership.peer_contact,
            Membership.page_editor,
            MembershipProgramme.programme,
        )
        .join(Organisation)
        .switch(Membership)
        .left_outer_join(MembershipProgramme, on=(MembershipProgramme.membership == Membership.id))
        .where(Membership.person == person, Organisation.closed_on.is_null())
        .order_by(Membership.organisation, Membership.role)
        .tuples()
    )
    found: dict[UUID, Held] = {}
    for membership, organisation, role, peer_contact, page_editor, programme in rows:
        marks = {"peer_contact": peer_contact, "page_editor": page_editor}
        held = found.get(membership) or Held(
            organisation, role, marks=frozenset(m for m, set_ in marks.items() if set_)
        )
        programmes = held.programmes | ({programme} if programme else set())
        found[membership] = Held(organisation, role, programmes, held.marks)
    return tuple(found.values())


# --- organisations and programmes ---


@db.transaction
def create_organisation(name: str, programme: str) -> Organisation:
    """A new organisation with its first programme."""
    organisation: Organisation = Organisation.create(name=name.strip(), made_on=clock.today())
    audit.record("organisations.create", organisation, organisation.id)
    create_programme(organisation.id, programme)
    return organisation


def get_organisation(organisation: UUID) -> Organisation | None:
    return Organisation.get_or_none(Organisation.id == organisation)


def list_organisations() -> list[Organisation]:
    return list(Organisation.select().order_by(Organisation.name, Organisation.id))


def organisations_by_id(ids: Collection[UUID]) -> list[Organisation]:
    return list(Organisation.select().where(Organisation.id.in_(list(ids))).order_by(Organisation.name))


@db.transaction
def close_organisation(organisation: UUID) -> None:
    """Nobody gets in any more; nothing is deleted."""
    Organisation.update(closed_on=clock.today()).where(Organisation.id == organisation).execute()
    audit.record("organisations.close", f"organisation/{organisation}", organisation)


@db.transaction
def create_programme(organisation: UUID, name: str, about: str = "") -> Programme:
    programme: Programme = Programme.create(organisation=organisation, name=name.strip(), about=about.strip())
    audit.record("organisations.create_programme", programme, organisation)
    return programme


def get_programme(organisation: UUID, programme: UUID) -> Programme | None:
    return Programme.get_or_none(Programme.organisation == organisation, Programme.id == programme)


def list_programmes(organisation: UUID) -> list[Programme]:
    return list(Programme.select().where(Programme.organisation == organisation).order_by(Programme.name, Programme.id))


@db.transaction
def save_programme(organisation: UUID, programme: UUID, name: str, about: str) -> None:
    Programme.update(name=name.strip(), about=about.strip()).where(
        Programme.organisation == organisation, Programme.id == programme
    ).execute()
    audit.record("organisations.save_programme", f"programme/{programme}", organisation)


# --- memberships ---


@db.transaction
def add_member(organisation: UUID, person: UUID, role: str, programmes: Collection[UUID] = ()) -> Membership:
    """Make the person a member in this role; where they hold it already, programmes are added to theirs."""
    membership, made = Membership.get_or_create(
        organisation=organisation, person=person, role=role, defaults={"joined_on": clock.today()}
    )
    had = MembershipProgramme.select(MembershipProgramme.id).where(MembershipProgramme.membership == membership)
    if not programmes:
        MembershipProgramme.delete().where(MembershipProgramme.membership == membership).execute()
    elif made or had.exists():
        for programme in programmes:
            MembershipProgramme.insert(membership=membership, programme=programme).on_conflict_ignore().execute()
    audit.record("organisations.join", membership, organisation)
    return membership  # type: ignore[no-any-return]


def list_members(organisation: UUID) -> list[Membership]:
    """Memberships with their persons, by role and nickname; each has ``programme_names``, empty for all."""
    members = list(
        Membership.select(Membership, Person)
        .join(Person)
        .where(Membership.organisation == organisation)
        .order_by(Membership.role, Person.nickname_folded)
    )
    named = (
        MembershipProgramme.select(MembershipProgramme.membership, Programme.name)
        .join(Programme)
        .where(Programme.organisation == organisation)
        .order_by(Programme.name)
        .tuples()
    )
    names: dict[UUID, list[str]] = {}
    for membership, name in named:
        names.setdefault(membership, []).append(name)
    for member in members:
        member.programme_names = names.get(member.id, [])
    return members


@db.transaction
def end_membership(organisation: UUID, membership: UUID, *, person: UUID | None = None) -> None:
    """End a membership (``person`` given: only if it is theirs). Raises LastLead."""
    chosen = Membership.get_or_none(Membership.organisation == organisation, Membership.id == membership)
    if chosen is None or (person is not None and chosen.person_id != person):
        return
    if chosen.role == "lead" and _leads(organisation) == 1:
        raise LastLead
    audit.record("organisations.leave", chosen, organisation)
    chosen.delete_instance()


def _leads(organisation: UUID) -> int:
    count: int = Membership.select().where(Membership.organisation == organisation, Membership.role == "lead").count()
    return count


def sole_lead_of(person: UUID) -> list[Organisation]:
    """Open organisations that would have no lead without this person."""
    own = Membership.select(Membership.organisation).where(Membership.person == person, Membership.role == "lead")
    mine = Organisation.select().where(Organisation.id.in_(own), Organisation.closed_on.is_null())
    return [organisation for organisation in mine.order_by(Organisation.name) if _leads(organisation.id) == 1]


# For a round the first role that fits decides which rater group a member answers in.
RATER_GROUP_OF_ROLE = {"lead": "mgmt", "peer_worker": "peer", "staff": "staff"}


def raters_of(organisation: UUID, programme: UUID) -> dict[UUID, str]:
    """Person to rater group (mgmt, peer, staff) for everybody who may answer a round of this programme."""
    here = (
        Membership.select(Membership.person, Membership.role)
        .left_outer_join(MembershipProgramme, on=(MembershipProgramme.membership == Membership.id))
        .where(
            Membership.organisation == organisation,
            Membership.role.in_(list(RATER_GROUP_OF_ROLE)),
            MembershipProgramme.id.is_null() | (MembershipProgramme.programme == programme),
        )
        .tuples()
    )
    order = list(RATER_GROUP_OF_ROLE)
    roles: dict[UUID, str] = {}
    for person, role in here:
        roles[person] = min(role, roles.get(person, role), key=order.index)
    return {person: RATER_GROUP_OF_ROLE[role] for person, role in roles.items()}
