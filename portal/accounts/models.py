from __future__ import annotations

import peewee

from portal import db


class Person(db.Model):
    nickname = peewee.CharField(40)
    nickname_folded = peewee.CharField(40, unique=True)
    key_words_hash = peewee.CharField(255)
    email = peewee.CharField(254, null=True)  # staff who want mail
    language = peewee.CharField(8, default="")
    discreet = peewee.BooleanField(default=False)
    portal_roles = peewee.CharField(80, default="")  # codes with a space between: read with every sign-in, joined never
    totp_sealed = peewee.BlobField(null=True)
    totp_last = peewee.BigIntegerField(default=0)  # the step of the last code taken: a code works once
    blocked = peewee.BooleanField(default=False)
    made_on = peewee.DateField()


class SignIn(db.Model):
    """One browser that is signed in. No address, no agent: the person may give it a name."""

    token_hash = peewee.CharField(64, unique=True)
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    made_on = peewee.DateField()
    ends = db.UTCDateTimeField()
    label = peewee.CharField(40, default="")


class SetupLink(db.Model):
    """A one-time link that makes the first administrator."""

    token_hash = peewee.CharField(64, unique=True)
    ends = db.UTCDateTimeField()
