"""People and their sign-ins."""

import uuid

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    Model,
    UUIDField,
)


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        nickname = CharField(40)
        nickname_folded = CharField(40, unique=True)
        key_words_hash = CharField(255)
        email = CharField(254, null=True)
        language = CharField(8)
        discreet = BooleanField()
        portal_roles = CharField(80)
        totp_sealed = BlobField(null=True)
        totp_last = BigIntegerField()
        blocked = BooleanField()
        made_on = DateField()

    class SignIn(Base):
        token_hash = CharField(64, unique=True)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        made_on = DateField()
        ends = DateTimeField()
        label = CharField(40)

    class SetupLink(Base):
        token_hash = CharField(64, unique=True)
        ends = DateTimeField()

    db.create_tables([Person, SignIn, SetupLink])
