"""The generation of the content: one row, another stamp whenever something that readers see has changed."""

import uuid

from peewee import Model, UUIDField


def up(migrator, db):
    class ContentGeneration(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        stamp = UUIDField()

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([ContentGeneration])
