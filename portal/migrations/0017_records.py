"""Certificates people made of their learning, and the private addresses of their calendars."""

import uuid

from peewee import BlobField, CharField, DateField, ForeignKeyField, Model, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class KeptCertificate(Base):
        person = ForeignKeyField(Person, on_delete="CASCADE")
        token_hash = CharField(64, unique=True)
        sealed = BlobField(null=True)
        made_on = DateField()
        withdrawn_on = DateField(null=True)

    class CalendarAddress(Base):
        person = ForeignKeyField(Person, unique=True, on_delete="CASCADE")
        token_hash = CharField(64, unique=True)
        made_on = DateField()

    db.create_tables([KeptCertificate, CalendarAddress])
