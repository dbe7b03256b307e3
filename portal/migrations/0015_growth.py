"""What people want to work on, shown to the trainers of an organisation."""

import uuid

from peewee import BlobField, DateField, ForeignKeyField, Model, UUIDField


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

    class GrowthShown(Base):
        person = ForeignKeyField(Person, on_delete="CASCADE")
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        sealed = BlobField()
        shown_on = DateField()

    db.create_tables([GrowthShown])
