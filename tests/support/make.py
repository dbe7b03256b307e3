"""Rows for tests, made through the services with sensible defaults."""

from __future__ import annotations

import itertools

from portal import db, keys
from portal.accounts import portal_people
from portal.accounts import services as accounts
from portal.accounts.models import Person
from portal.organisations import services as organisations
from portal.permissions import SECOND_FACTOR_ROLES

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KEY_WORDS = "anchor basket candle dinner engine forest garden"


class Make:
    def __init__(self):
        self._count = itertools.count(1)
        self._hash = None

    def person(self, nickname: str | None = None, *, portal_role: str = "", second_factor: bool = False) -> Person:
        """An account whose key words are KEY_WORDS."""
        self._hash = self._hash or accounts.hasher.hash(KEY_WORDS)
        with db.connection():
            person = accounts.create_person(nickname or f"Person {next(self._count)}", self._hash, "en")
            if portal_role:
                portal_people.set_portal_roles(person.nickname, {portal_role})
            if second_factor or portal_role:
                self.second_factor(person)
            return accounts.get_person(person.id)

    def second_factor(self, person: Person) -> None:
        @db.transaction
        def save():
            sealed = keys.seal(TOTP_SECRET, f"totp:{person.id}")
            Person.update(totp_sealed=sealed).where(Person.id == person.id).execute()

        with db.connection():
            save()

    def organisation(self, name: str = "Harbour House", programme: str = "Riverside outreach"):
        """An organisation; its first programme is ``.programme``."""
        with db.connection():
            organisation = organisations.create_organisation(name, programme)
            organisation.programme = organisations.list_programmes(organisation.id)[0]
            return organisation

    def member(self, organisation, role: str, nickname: str | None = None, programmes=()) -> Person:
        """A new person with this role; leads and trainers have their second factor."""
        person = self.person(nickname, second_factor=role in SECOND_FACTOR_ROLES)
        with db.connection():
            organisations.add_member(organisation.id, person.id, role, [programme.id for programme in programmes])
        return person
