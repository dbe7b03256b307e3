"""Organisations, programmes and memberships: who belongs where, and as what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import audit, clock, db
from portal.accounts.models import Person
from portal.organisations import peer_contact
from portal.organisations.models import Membership, MembershipProgramme, Organisation, Programme
from portal.permissions import ORGANISATION_ROLES, Held

ROLES = tuple(ORGANISATION_ROLES)  # in the order lists have
EVERYWHERE: frozenset[UUID] = frozenset()  # as in a membership: no programme named means all of them


class LastLead(Exception):
    """An organisation is never without a lead, until it is closed: another one has to be named first."""


class AlreadyMade(Exception):
    """The same form was sent before; what it asked for is there."""


@dataclass(frozen=True)
class OrganisationCount:
    """What an administrator sees of an organisation."""

    id: UUID
    name: str
    closed_on: date | None
    programmes: int
    leads: int  # for the whole organisation, and able to sign in


def in_reach(programmes: Collection[UUID], reach: Collection[UUID]) -> bool:
    """Whether a lead for ``reach`` decides about what belongs to ``programmes``; empty means all, for both."""
    return not reach or (bool(programmes) and set(programmes) <= set(reach))


_ROLES_OF = """
SELECT m.id, m.organisation_id, m.role, m.peer_contact, m.page_editor, o.name, mp.programme_id
FROM membership m JOIN organisation o ON o.id = m.organisation_id
LEFT JOIN membership_programme mp ON mp.membership_id = m.id
WHERE m.person_id = ? AND o.closed_on IS NULL
ORDER BY m.organisation_id, m.role
"""


def roles_of(person: UUID) -> tuple[Held, ...]:
    """Every role the person holds in an open organisation, in one statement."""
    return held_from(db.fetch(_ROLES_OF, person))


def held_from(rows: Iterable[tuple[Any, ...]]) -> tuple[Held, ...]:
    """Roles from rows of membership id, organisation, role, two marks, the organisation's name, a programme or none."""
    programmes: dict[Any, set[UUID]] = {}
    memberships: dict[Any, tuple[Any, ...]] = {}
    for row in rows:
        memberships[row[0]] = row
        named = programmes.setdefault(row[0], set())
        if row[6]:
            named.add(db.uuid_of(row[6]))
    return tuple(
        Held(
            db.uuid_of(organisation),
            role,
            frozenset(programmes[membership]),
            frozenset(mark for mark, on in (("peer_contact", contact), ("page_editor", editor)) if on),
            name,
        )
        for membership, organisation, role, contact, editor, name, _programme in memberships.values()
    )


# --- organisations and programmes ---


@db.transaction
def create_organisation(name: str, programme: str, organisation_id: UUID | None = None) -> Organisation:
    """A new organisation with its first programme. Raises AlreadyMade when there is one with this id."""
    try:
        with db.database.atomic():
            organisation: Organisation = Organisation.create(
                id=organisation_id or uuid4(), name=name.strip(), made_on=clock.today()
            )
    except peewee.IntegrityError:
        raise AlreadyMade from None
    audit.record("organisations.create", organisation, organisation.id)
    create_programme(organisation.id, programme)
    return organisation


def get_organisation(organisation: UUID) -> Organisation | None:
    return Organisation.get_or_none(Organisation.id == organisation)


def list_organisations() -> list[Organisation]:
    return list(Organisation.select().order_by(Organisation.name, Organisation.id))


def count_organisations() -> list[OrganisationCount]:
    """Every organisation with the number of its programmes and leads, by name, closed ones last."""
    programmes = Programme.select(peewee.fn.COUNT(peewee.SQL("1"))).where(Programme.organisation == Organisation.id)
    leads = Membership.select(peewee.fn.COUNT(peewee.SQL("1"))).where(
        Membership.organisation == Organisation.id, Membership.id.in_(_full_leads())
    )
    rows: Any = (
        Organisation.select(
            Organisation.id,
            Organisation.name,
            Organisation.closed_on,
            programmes.alias("programmes"),
            leads.alias("leads"),
        )
        .order_by(Organisation.closed_on.is_null(False), Organisation.name, Organisation.id)
        .tuples()
    )
    return [OrganisationCount(*row) for row in rows]


def organisations_by_id(ids: Collection[UUID]) -> list[Organisation]:
    return list(Organisation.select().where(Organisation.id.in_(list(ids))).order_by(Organisation.name))


@db.transaction
def close_organisation(organisation: UUID) -> None:
    """Nobody gets in any more; nothing is deleted."""
    still_open = (Organisation.id == organisation) & Organisation.closed_on.is_null()
    if Organisation.update(closed_on=clock.today()).where(still_open).execute():
        audit.record("organisations.close", f"organisation/{organisation}", organisation)


@db.transaction
def create_programme(organisation: UUID, name: str, about: str = "", programme_id: UUID | None = None) -> Programme:
    """A new programme. Raises AlreadyMade when there is one with this id."""
    try:
        with db.database.atomic():
            programme: Programme = Programme.create(
                id=programme_id or uuid4(), organisation=organisation, name=name.strip(), about=about.strip()
            )
    except peewee.IntegrityError:
        raise AlreadyMade from None
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
    get_or_create: Any = Membership.get_or_create
    membership, made = get_or_create(
        organisation=organisation, person=person, role=role, defaults={"joined_on": clock.today()}
    )
    had = MembershipProgramme.select(MembershipProgramme.id).where(MembershipProgramme.membership == membership)
    if not programmes:
        MembershipProgramme.delete().where(MembershipProgramme.membership == membership).execute()
    elif made or had.exists():
        for programme in programmes:
            MembershipProgramme.insert(membership=membership, programme=programme).on_conflict_ignore().execute()
    audit.record("organisations.join", membership, organisation)
    if made and role in ("peer_worker", "lead"):
        peer_contact.mark_contact(organisation)
    return membership  # type: ignore[no-any-return]


def list_members(organisation: UUID, reach: Collection[UUID] = EVERYWHERE) -> list[Membership]:
    """Memberships with their persons, by role and nickname; for a lead of some programmes, those that touch them.

    Each has ``programme_names`` and ``programme_ids``, empty for all of them.
    """
    members = list(
        Membership.select(Membership, Person)
        .join(Person)
        .where(Membership.organisation == organisation)
        .order_by(Person.nickname_folded)
    )
    members.sort(key=lambda member: ROLES.index(member.role))
    named: Any = (
        MembershipProgramme.select(MembershipProgramme.membership, Programme.id, Programme.name)
        .join(Programme)
        .where(Programme.organisation == organisation)
        .order_by(Programme.name, Programme.id)
        .tuples()
    )
    found: dict[UUID, dict[UUID, str]] = {}
    for membership, programme, name in named:
        found.setdefault(membership, {})[programme] = name
    for member in members:
        programmes = found.get(member.id, {})
        member.programme_ids, member.programme_names = set(programmes), list(programmes.values())
    return [m for m in members if not reach or not m.programme_ids or m.programme_ids & set(reach)]


def get_member(organisation: UUID, membership: UUID, reach: Collection[UUID] = EVERYWHERE) -> Membership | None:
    """A membership with its person that a lead for ``reach`` may end."""
    found = (member for member in list_members(organisation, reach) if member.id == membership)
    return next((member for member in found if in_reach(member.programme_ids, reach)), None)


@db.transaction
def end_membership(organisation: UUID, membership: UUID, *, person: UUID | None = None) -> None:
    """End a membership (``person`` given: only if it is theirs). Raises LastLead."""
    chosen = Membership.get_or_none(Membership.organisation == organisation, Membership.id == membership)
    if chosen is None or (person is not None and chosen.person_id != person):
        return
    # Before leads are counted: on PostgreSQL the audit's lock keeps two leads from going at once.
    audit.record("organisations.leave", chosen, organisation)
    if chosen.role == "lead" and not chosen.organisation.closed_on and _full_leads_of(organisation) == [chosen.id]:
        raise LastLead
    _end(chosen)


@db.transaction
def leave(organisation: UUID, person: UUID) -> None:
    """End every membership the person has in the organisation. Raises LastLead, and then none ends."""
    here = (Membership.organisation == organisation) & (Membership.person == person)
    for membership in list(Membership.select().where(here).order_by(Membership.role)):
        end_membership(organisation, membership.id)


def closed_organisations_of(person: UUID) -> list[Organisation]:
    """Closed organisations the person still belongs to, by name."""
    own = Membership.select(Membership.organisation).where(Membership.person == person)
    closed = Organisation.id.in_(own) & Organisation.closed_on.is_null(False)
    return list(Organisation.select().where(closed).order_by(Organisation.name, Organisation.id))


@db.transaction
def forget_person(person: UUID) -> None:
    """Before an account goes: its memberships end, and who was named by it is counted anew."""
    for membership in list(Membership.select().where(Membership.person == person).order_by(Membership.organisation)):
        audit.record("organisations.leave", membership, membership.organisation_id)
        _end(membership)


def _end(membership: Membership) -> None:
    membership.delete_instance()
    if membership.role == "peer_worker":
        peer_contact.forget_namings(membership.organisation_id, membership.person_id)
    elif membership.role == "lead":
        same = (Membership.organisation == membership.organisation_id) & (Membership.person == membership.person_id)
        Membership.update(led_until=clock.today()).where(same).execute()
        peer_contact.mark_contact(membership.organisation_id)


def _full_leads() -> Any:
    """Ids of the memberships that can lead a whole organisation: for all its programmes, and not blocked."""
    limited = MembershipProgramme.select(MembershipProgramme.membership)
    blocked = Person.select(Person.id).where(Person.blocked)
    lead = Membership.alias()
    return lead.select(lead.id).where(lead.role == "lead", lead.id.not_in(limited), lead.person.not_in(blocked))


def _full_leads_of(organisation: UUID) -> list[UUID]:
    here = (Membership.organisation == organisation) & Membership.id.in_(_full_leads())
    return [row.id for row in Membership.select(Membership.id).where(here).order_by(Membership.id)]


def has_lead(organisation: UUID) -> bool:
    """Whether anybody can lead the whole organisation."""
    return bool(_full_leads_of(organisation))


def sole_lead_of(person: UUID) -> list[Organisation]:
    """Open organisations that would have no lead without this person, by name."""
    leads = Membership.id.in_(_full_leads())
    others = Membership.select(Membership.organisation).where(Membership.person != person, leads)
    own = Membership.select(Membership.organisation).where(Membership.person == person, leads)
    alone = Organisation.id.in_(own) & Organisation.id.not_in(others) & Organisation.closed_on.is_null()
    return list(Organisation.select().where(alone).order_by(Organisation.name, Organisation.id))


# For a round the first role that fits decides which rater group a member answers in.
RATER_GROUP_OF_ROLE = {"lead": "mgmt", "peer_worker": "peer", "staff": "staff"}


def raters_of(organisation: UUID, programme: UUID) -> dict[UUID, str]:
    """Person to rater group (mgmt, peer, staff) for everybody who may answer a round of this programme."""
    here: Any = (
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
