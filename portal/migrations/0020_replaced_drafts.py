"""Drafts that somebody else wrote over, kept for a while."""

import uuid

from peewee import DateTimeField, ForeignKeyField, JSONField, Model, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Page(Base):
        pass

    class Person(Base):
        pass

    class ReplacedDraft(Base):
        page = ForeignKeyField(Page, on_delete="CASCADE")
        texts = JSONField()
        changed_at = DateTimeField()
        changed_by = ForeignKeyField(Person, on_delete="SET NULL", null=True)

    db.create_tables([ReplacedDraft])
