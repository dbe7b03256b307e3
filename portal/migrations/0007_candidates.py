"""Kept checklists, the copies shared from them, and who looked at a copy."""

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

    class Organisation(Base):
        pass

    class Programme(Base):
        pass

    class KeptChecklist(Base):
        person = ForeignKeyField(Person, unique=True, on_delete="CASCADE")
        instrument = CharField(40)
        sealed = BlobField()
        kept_on = DateField()
        changed_on = DateField()

    class SharedCopy(Base):
        person = ForeignKeyField(Person, on_delete="CASCADE")
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        programme = ForeignKeyField(Programme, on_delete="CASCADE")
        purpose = CharField(20)
        sealed = BlobField()
        shared_on = DateField()
        ends_on = DateField(index=True)

    class CopyView(Base):
        copy = ForeignKeyField(SharedCopy, on_delete="CASCADE")
        viewer = ForeignKeyField(Person, null=True, on_delete="SET NULL")
        role = CharField(20)
        viewed_on = DateField()

        class Meta:
            indexes = ((("copy", "viewer", "viewed_on"), True),)

    db.create_tables([KeptChecklist, SharedCopy, CopyView])
