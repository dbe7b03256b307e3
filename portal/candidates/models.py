from __future__ import annotations

from typing import Any

import peewee

from portal import db
from portal.accounts.models import Person
from portal.organisations.models import Organisation, Programme


class KeptChecklist(db.Model):
    """A person's own checklist: answers, notes, order and sheet, sealed."""

    person = peewee.ForeignKeyField(Person, unique=True, on_delete="CASCADE")
    instrument = peewee.CharField(40)
    sealed = peewee.BlobField()
    kept_on = peewee.DateField()
    changed_on = peewee.DateField()


class SharedCopy(db.Model):
    """What a person chose to show the leads of one programme, until a day. Taking it back deletes the row."""

    person_id: Any
    organisation_id: Any
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    programme = peewee.ForeignKeyField(Programme, on_delete="CASCADE")
    purpose = peewee.CharField(20)  # copies.Purpose
    sealed = peewee.BlobField()
    shared_on = peewee.DateField()
    ends_on = peewee.DateField(index=True)  # from this day on nobody can open it


class GrowthShown(db.Model):
    """One item a person wants to work on, shown to the trainers of an organisation. Taking it back deletes the row."""

    person_id: Any
    organisation_id: Any
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    sealed = peewee.BlobField()  # code and statement, as they were shown
    shown_on = peewee.DateField()


class CopyView(db.Model):
    """Somebody looked at a copy that day. The person who shared it sees this line."""

    copy_id: Any
    copy = peewee.ForeignKeyField(SharedCopy, on_delete="CASCADE")
    viewer = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    role = peewee.CharField(20)
    viewed_on = peewee.DateField()

    class Meta:
        indexes = ((("copy", "viewer", "viewed_on"), True),)
