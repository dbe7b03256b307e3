from __future__ import annotations

import datetime as dt

import peewee

from portal import db


class Page(db.Model):
    """An address. ``index`` is the slug of a section's own page."""

    kind = peewee.CharField(16)
    language = peewee.CharField(8)
    section = peewee.CharField(80)
    slug = peewee.CharField(80)
    position = peewee.IntegerField()  # in its section; a section's own page: among the sections
    withdrawn = peewee.BooleanField(default=False)  # taken away by an editor; no file brings it back

    class Meta:
        indexes = ((("kind", "language", "section", "slug"), True),)


class Revision(db.Model):
    """One state of a page. The live one is the newest that has ``published_at``."""

    page = peewee.ForeignKeyField(Page, on_delete="CASCADE", index=False)
    title = peewee.CharField(200)
    summary = peewee.TextField()
    in_short = peewee.JSONField()  # one to three texts
    body = peewee.TextField()  # Markdown
    header = peewee.JSONField()  # all other keys of architecture.md §1.11, dates as ISO text
    html = peewee.TextField()  # made once from the body
    headings = peewee.JSONField()  # {"level", "anchor", "title"} in order
    renderer = peewee.IntegerField()  # markup.RENDERER that made the HTML
    made_at = db.UTCDateTimeField()
    published_at = db.UTCDateTimeField(null=True)
    from_file = peewee.CharField(64, null=True)  # SHA-256 of the file it came from; null: written here

    class Meta:
        indexes = ((("page", "published_at"), False),)


class Source(db.Model):
    """A work that pages name: content/sources.toml."""

    key = peewee.CharField(16, unique=True)
    position = peewee.IntegerField()
    fields = peewee.JSONField()  # author, title, publisher, year (may be missing), kind, note


class Topic(db.Model):
    language = peewee.CharField(8)
    slug = peewee.CharField(80)
    position = peewee.IntegerField()
    title = peewee.CharField(120)
    summary = peewee.TextField()

    class Meta:
        indexes = ((("language", "slug"), True),)


class Term(db.Model):
    """A word of the field: content/<language>/glossary.toml."""

    language = peewee.CharField(8)
    slug = peewee.CharField(80)
    term = peewee.CharField(120)
    text = peewee.TextField()  # two sentences
    forms = peewee.JSONField()  # other forms that stand for it in texts
    see = peewee.JSONField()  # slugs of related terms
    used = peewee.JSONField()  # addresses of pages: section or section/page
    sources = peewee.JSONField()  # keys of sources

    class Meta:
        indexes = ((("language", "slug"), True),)


class Resource(db.Model):
    """A work to look for, outside this portal: content/resources.toml."""

    slug = peewee.CharField(80, unique=True)
    position = peewee.IntegerField()
    fields = peewee.JSONField()  # the keys of library_checks.RESOURCE_KEYS

    @property
    def opened(self) -> tuple[str, dt.date] | None:
        """What somebody found who opened the link, ``works`` or ``dead``, and when; None where nobody has."""
        found, _, day = self.fields["link_state"].partition(", ")
        return (found, dt.date.fromisoformat(day)) if day else None


class PageLink(db.Model):
    """The live text of a page, or its header's ``related``, leads to another page. Follows from the revision."""

    page = peewee.ForeignKeyField(Page, on_delete="CASCADE", index=False)
    target = peewee.CharField(170)  # address as headers name it: section or section/page

    class Meta:
        indexes = ((("page", "target"), True), (("target",), False))


class Redirect(db.Model):
    """An address that a page has left, and where its readers are led instead."""

    kind = peewee.CharField(16)
    language = peewee.CharField(8)
    section = peewee.CharField(80)
    slug = peewee.CharField(80)
    target = peewee.CharField(170)  # a page of the same kind and language: section or section/page

    class Meta:
        indexes = ((("kind", "language", "section", "slug"), True),)


class StoredFile(db.Model):
    """A content file that is no page, as it was read: an export writes it back as it was."""

    name = peewee.CharField(120, unique=True)  # from the content folder on: en/topics.toml
    text = peewee.TextField()
