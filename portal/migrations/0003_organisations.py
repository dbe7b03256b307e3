"""Organisations, programmes, memberships, invitations."""

import uuid

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, Model, TextField, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Organisation(Base):
        name = CharField(120)
        made_on = DateField()
        closed_on = DateField(null=True)

    class Programme(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        name = CharField(120)
        about = TextField()

    class Membership(Base):
        person = ForeignKeyField(Person, on_delete="CASCADE")
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        role = CharField(20)
        joined_on = DateField()
        peer_contact = BooleanField()
        page_editor = BooleanField()

        class Meta:
            indexes = ((("person", "organisation", "role"), True),)

    class MembershipProgramme(Base):
        membership = ForeignKeyField(Membership, on_delete="CASCADE")
        programme = ForeignKeyField(Programme, on_delete="RESTRICT")

        class Meta:
            indexes = ((("membership", "programme"), True),)

    class Invitation(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        token_hash = CharField(64, unique=True)
        role = CharField(20)
        uses_left = IntegerField()
        made_on = DateField()
        ends_on = DateField()
        revoked = BooleanField()

    class InvitationProgramme(Base):
        invitation = ForeignKeyField(Invitation, on_delete="CASCADE")
        programme = ForeignKeyField(Programme, on_delete="RESTRICT")

        class Meta:
            indexes = ((("invitation", "programme"), True),)

    db.create_tables([Organisation, Programme, Membership, MembershipProgramme, Invitation, InvitationProgramme])
