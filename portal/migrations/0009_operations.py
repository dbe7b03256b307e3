"""What a database says about itself."""

import uuid

from peewee import CharField, Model, UUIDField


def up(migrator, db):
    class SiteFact(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        name = CharField(40, unique=True)
        value = CharField(200)

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([SiteFact])
