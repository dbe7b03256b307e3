from __future__ import annotations

from typing import Any

import peewee

from portal import db
from portal.accounts.models import Person


class KeptCertificate(db.Model):
    """A certificate somebody made. Whoever holds its token may read it, until it is withdrawn: then only that."""

    person_id: Any
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    token_hash = peewee.CharField(64, unique=True)
    sealed = peewee.BlobField(null=True)  # token and content; null: withdrawn
    made_on = peewee.DateField()
    withdrawn_on = peewee.DateField(null=True)


class CalendarAddress(db.Model):
    """The private address of somebody's calendar. A new one takes the place of the old."""

    person_id: Any
    person = peewee.ForeignKeyField(Person, unique=True, on_delete="CASCADE")
    token_hash = peewee.CharField(64, unique=True)
    made_on = peewee.DateField()
