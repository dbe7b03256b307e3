"""Glossary, resources, and which page leads where."""

import uuid

from peewee import CharField, ForeignKeyField, IntegerField, JSONField, Model, TextField, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Page(Base):
        pass

    class Term(Base):
        language = CharField(8)
        slug = CharField(80)
        term = CharField(120)
        text = TextField()
        forms = JSONField()
        see = JSONField()
        used = JSONField()
        sources = JSONField()

        class Meta:
            indexes = ((("language", "slug"), True),)

    class Resource(Base):
        slug = CharField(80, unique=True)
        position = IntegerField()
        fields = JSONField()

    class PageLink(Base):
        page = ForeignKeyField(Page, on_delete="CASCADE", index=False)
        target = CharField(170)

        class Meta:
            indexes = ((("page", "target"), True), (("target",), False))

    db.create_tables([Term, Resource, PageLink])
