"""Whom each peer worker names as the peers' contact."""

import uuid

from peewee import ForeignKeyField, Model, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Organisation(Base):
        pass

    class PeerContactNaming(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        named_by = ForeignKeyField(Person, on_delete="CASCADE", backref="+")
        person = ForeignKeyField(Person, on_delete="CASCADE", backref="+")

        class Meta:
            indexes = ((("organisation", "named_by"), True),)

    db.create_tables([PeerContactNaming])
