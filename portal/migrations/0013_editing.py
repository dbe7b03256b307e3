"""Writing in the browser: drafts, who published what, addresses that were left, content files as they were read."""

import uuid

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, JSONField, Model, TextField, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Page(Base):
        pass

    class Revision(Base):
        pass

    class Person(Base):
        pass

    class Redirect(Base):
        kind = CharField(16)
        language = CharField(8)
        section = CharField(80)
        slug = CharField(80)
        target = CharField(170)

        class Meta:
            indexes = ((("kind", "language", "section", "slug"), True),)

    class StoredFile(Base):
        name = CharField(120, unique=True)
        text = TextField()

    class Draft(Base):
        page = ForeignKeyField(Page, on_delete="CASCADE", unique=True)
        texts = JSONField()
        version = IntegerField()
        begun_from = ForeignKeyField(Revision, on_delete="SET NULL", null=True)
        changed_at = DateTimeField()
        changed_by = ForeignKeyField(Person, on_delete="SET NULL", null=True)

    class RevisionNote(Base):
        revision = ForeignKeyField(Revision, on_delete="CASCADE", unique=True)
        person = ForeignKeyField(Person, on_delete="SET NULL", null=True)
        note = CharField(200)

    db.create_tables([Redirect, StoredFile, Draft, RevisionNote])
