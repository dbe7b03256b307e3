"""When a draft was written over: how long it is kept counts from there. Those from before count from today."""

import datetime

from peewee import DateTimeField


def up(migrator, db):
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    migrator.migrate(
        migrator.add_column("replaced_draft", "replaced_at", DateTimeField(default=now)),
        migrator.add_index("replaced_draft", ("replaced_at",), False),
    )
