"""Audit and throttling."""

import uuid

from peewee import BigIntegerField, CharField, DateTimeField, IntegerField, Model, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class AuditRow(Base):
        number = BigIntegerField(unique=True)
        time = DateTimeField()
        actor = UUIDField(null=True)
        action = CharField(64)
        object = CharField(128)
        organisation = UUIDField(null=True, index=True)
        hmac = CharField(64)

    class AuditActor(Base):
        person = UUIDField(unique=True)
        actor = UUIDField(unique=True)

    class Throttle(Base):
        key = CharField(16)
        bucket = BigIntegerField()
        ends = BigIntegerField(index=True)
        hits = IntegerField()

        class Meta:
            indexes = ((("key", "bucket"), True),)

    db.create_tables([AuditRow, AuditActor, Throttle])
