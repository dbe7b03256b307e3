"""Pages and their revisions, sources, topics."""

import uuid

from peewee import (
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TextField,
    UUIDField,
)


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Page(Base):
        kind = CharField(16)
        language = CharField(8)
        section = CharField(80)
        slug = CharField(80)
        position = IntegerField()
        withdrawn = BooleanField()

        class Meta:
            indexes = ((("kind", "language", "section", "slug"), True),)

    class Revision(Base):
        page = ForeignKeyField(Page, on_delete="CASCADE", index=False)
        title = CharField(200)
        summary = TextField()
        in_short = JSONField()
        body = TextField()
        header = JSONField()
        html = TextField()
        headings = JSONField()
        renderer = IntegerField()
        made_at = DateTimeField()
        published_at = DateTimeField(null=True)
        from_file = CharField(64, null=True)

        class Meta:
            indexes = ((("page", "published_at"), False),)

    class Source(Base):
        key = CharField(16, unique=True)
        position = IntegerField()
        fields = JSONField()

    class Topic(Base):
        language = CharField(8)
        slug = CharField(80)
        position = IntegerField()
        title = CharField(120)
        summary = TextField()

        class Meta:
            indexes = ((("language", "slug"), True),)

    db.create_tables([Page, Revision, Source, Topic])
