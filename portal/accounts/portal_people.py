"""Roles of the portal itself: the link that makes the first administrator, giving roles, blocking accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from portal import audit, clock, db, keys
from portal.accounts import services
from portal.accounts.models import Person, SetupLink, SignIn
from portal.permissions import PORTAL_ROLES


class UnknownPerson(Exception):
    pass


class LastAdministrator(Exception):
    """The portal is never without an administrator."""


@db.transaction
def make_setup_link(valid: dt.timedelta = dt.timedelta(days=7)) -> str:
    """The token of a link that makes an administrator, once; earlier links stop working."""
    SetupLink.delete().execute()
    token = keys.new_token()
    SetupLink.create(token_hash=keys.token_hash(token), ends=clock.now() + valid)
    audit.record("accounts.make_setup_link", "portal")
    return token


def is_setup_link(token: str) -> bool:
    living = (SetupLink.token_hash == keys.token_hash(token)) & (SetupLink.ends > clock.now())
    return bool(SetupLink.select(SetupLink.id).where(living).exists())


@db.transaction
def use_setup_link(token: str, person: UUID) -> bool:
    """Make the person an administrator, if the link is still good."""
    living = (SetupLink.token_hash == keys.token_hash(token)) & (SetupLink.ends > clock.now())
    if not SetupLink.delete().where(living).execute():
        return False
    _set_roles(person, {"administrator"})
    return True


def has_administrator() -> bool:
    return bool(Person.select(Person.id).where(_administrates()).exists())


def is_last_administrator(person: UUID) -> bool:
    """Whether nobody but this person could administrate the portal."""
    administrators = [row.id for row in Person.select(Person.id).where(_administrates()).order_by(Person.id).limit(2)]
    return administrators == [person]


def _administrates() -> Any:
    return Person.portal_roles.contains("administrator") & ~Person.blocked


def list_portal_people() -> list[Person]:
    """Everybody with a role in the portal, by nickname."""
    return list(Person.select().where(Person.portal_roles != "").order_by(Person.nickname_folded))


@db.transaction
def set_portal_roles(nickname: str, roles: set[str]) -> None:
    """Give a person exactly these roles of the portal. Raises UnknownPerson."""
    person = _by_nickname(nickname)
    _set_roles(person.id, roles & set(PORTAL_ROLES))
    if "administrator" not in roles:
        _refuse_last_administrator(person)


def _set_roles(person: UUID, roles: set[str]) -> None:
    # First, as in block: on PostgreSQL the audit's lock keeps two administrators from taking each other's role.
    audit.record("accounts.set_portal_roles", f"person/{person}")
    text = " ".join(role for role in PORTAL_ROLES if role in roles)
    Person.update(portal_roles=text).where(Person.id == person).execute()


@db.transaction
def block(nickname: str, blocked: bool) -> None:
    """Shut an account out, or let it in again; its sign-ins end at once. Raises UnknownPerson."""
    person = _by_nickname(nickname)
    audit.record("accounts.block" if blocked else "accounts.unblock", person)
    if blocked:
        _refuse_last_administrator(person)
    Person.update(blocked=blocked).where(Person.id == person.id).execute()
    SignIn.delete().where(SignIn.person == person).execute()


def _refuse_last_administrator(person: Person) -> None:
    others = Person.select(Person.id).where(_administrates(), Person.id != person.id)
    if "administrator" in person.portal_roles.split() and not others.exists():
        raise LastAdministrator


def _by_nickname(nickname: str) -> Person:
    person = services.find_person(nickname)
    if person is None:
        raise UnknownPerson
    return person
