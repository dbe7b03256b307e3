from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import peewee

from portal import db
from portal.accounts.models import Person


class State(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    USED_UP = "used up"
    ENDED = "ended"
    REVOKED = "revoked"


class Organisation(db.Model):
    name = peewee.CharField(120)
    made_on = peewee.DateField()
    closed_on = peewee.DateField(null=True)


class Programme(db.Model):
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    name = peewee.CharField(120)
    about = peewee.TextField(default="")


class Membership(db.Model):
    person_id: UUID
    organisation_id: UUID
    programme_ids: set[UUID]  # these two are filled in by lists; empty for all programmes
    programme_names: list[str]
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    role = peewee.CharField(20)
    joined_on = peewee.DateField()
    led_until = peewee.DateField(null=True)  # the last day that the same person led the organisation, too
    peer_contact = peewee.BooleanField(default=False)  # only on peer workers, set by peer workers
    page_editor = peewee.BooleanField(default=False)

    class Meta:
        indexes = ((("person", "organisation", "role"), True),)


class MembershipProgramme(db.Model):
    membership = peewee.ForeignKeyField(Membership, on_delete="CASCADE")
    # Without its row a membership would be one for all programmes, so a programme that is named stays.
    programme = peewee.ForeignKeyField(Programme, on_delete="RESTRICT")

    class Meta:
        indexes = ((("membership", "programme"), True),)


class Invitation(db.Model):
    """A link, QR code or typed code that lets people join. Only its hash is kept."""

    organisation_id: UUID
    state: State  # filled in by lists, as the next two; these are empty for all programmes
    programme_ids: set[UUID]
    programme_names: list[str]

    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    token_hash = peewee.CharField(64, unique=True)
    role = peewee.CharField(20)
    uses_left = peewee.IntegerField()
    made_on = peewee.DateField()
    ends_on = peewee.DateField()  # the last day it works
    revoked = peewee.BooleanField(default=False)


class InvitationProgramme(db.Model):
    invitation = peewee.ForeignKeyField(Invitation, on_delete="CASCADE")
    programme = peewee.ForeignKeyField(Programme, on_delete="RESTRICT")

    class Meta:
        indexes = ((("invitation", "programme"), True),)


class PeerContactNaming(db.Model):
    """Whom a peer worker would have as the peers' contact. Read by nobody but the one who named, and counted."""

    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    named_by = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="+")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE", backref="+")

    class Meta:
        indexes = ((("organisation", "named_by"), True),)
