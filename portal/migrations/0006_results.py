"""How peer workers open their figures: the choice that stands, and agreements on the way to it."""

import uuid

from peewee import CharField, DateField, ForeignKeyField, Model, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Round(Base):
        pass

    class ReleaseChoice(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE", unique=True)
        choice = CharField(8)
        chosen_on = DateField()

    class ReleaseAgreement(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        choice = CharField(8)

        class Meta:
            indexes = ((("round", "person"), True),)

    db.create_tables([ReleaseChoice, ReleaseAgreement])
