from __future__ import annotations

from uuid import UUID

import peewee

from portal import db
from portal.accounts.models import Person
from portal.guidance.models import Page, Revision


class Draft(db.Model):
    """What is being written of a page; one at a time, shared by all who may write."""

    page_id: UUID
    begun_from_id: UUID | None
    changed_by_id: UUID | None
    page = peewee.ForeignKeyField(Page, on_delete="CASCADE", unique=True)
    texts = peewee.JSONField()  # typed.Typed, sound or not
    version = peewee.IntegerField()  # one more at every saving
    begun_from = peewee.ForeignKeyField(Revision, null=True, on_delete="SET NULL")  # what readers saw then
    changed_at = db.UTCDateTimeField()
    changed_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")


class ReplacedDraft(db.Model):
    """A draft as one person left it before another wrote over it."""

    page_id: UUID
    changed_by_id: UUID | None
    page = peewee.ForeignKeyField(Page, on_delete="CASCADE")
    texts = peewee.JSONField()  # typed.Typed
    changed_at = db.UTCDateTimeField()
    replaced_at = db.UTCDateTimeField(index=True)  # how long it is kept counts from here
    changed_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")


class RevisionNote(db.Model):
    """Who published a revision in the browser, and what they said about it."""

    person_id: UUID | None
    revision = peewee.ForeignKeyField(Revision, on_delete="CASCADE", unique=True)
    person = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    note = peewee.CharField(200)
