from __future__ import annotations

import peewee

from portal import db
from portal.accounts.models import Person


class Organisation(db.Model):
    name = peewee.CharField(120)
    made_on = peewee.DateField()
    closed_on = peewee.DateField(null=True)


class Programme(db.Model):
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    name = peewee.CharField(120)
    about = peewee.TextField(default="")


class Membership(db.Model):
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    role = peewee.CharField(20)
    joined_on = peewee.DateField()
    peer_contact = peewee.BooleanField(default=False)  # only on peer workers, set by peer workers
    page_editor = peewee.BooleanField(default=False)

    class Meta:
        indexes = ((("person", "organisation", "role"), True),)


class MembershipProgramme(db.Model):
    membership = peewee.ForeignKeyField(Membership, on_delete="CASCADE")
    programme = peewee.ForeignKeyField(Programme, on_delete="CASCADE")

    class Meta:
        indexes = ((("membership", "programme"), True),)


class Invitation(db.Model):
    """A link, QR code or typed code that lets people join. Only its hash is kept."""

    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    token_hash = peewee.CharField(64, unique=True)
    role = peewee.CharField(20)
    uses_left = peewee.IntegerField()
    made_on = peewee.DateField()
    ends_on = peewee.DateField()  # the last day it works
    revoked = peewee.BooleanField(default=False)


class InvitationProgramme(db.Model):
    invitation = peewee.ForeignKeyField(Invitation, on_delete="CASCADE")
    programme = peewee.ForeignKeyField(Programme, on_delete="CASCADE")

    class Meta:
        indexes = ((("invitation", "programme"), True),)
