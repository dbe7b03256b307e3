"""Texts that can be found. SQLite's index over them and PostgreSQL's column of it are made by the migration."""

from __future__ import annotations

from typing import Any

import peewee

from portal import db


class FoundText(db.Model):
    """One text for the readers of one language. Numbers run in the order of titles: what ranks equal comes so."""

    id: Any = peewee.IntegerField(primary_key=True)
    kind = peewee.CharField(16)
    key = peewee.CharField(200)
    language = peewee.CharField(8)
    written_in = peewee.CharField(8)
    title = peewee.TextField()
    place = peewee.TextField()
    address = peewee.TextField()
    text = peewee.TextField()
    folded_title = peewee.TextField()
    folded_text = peewee.TextField()  # words set apart by two spaces: query.py counts them in it
    words = peewee.IntegerField()  # how many there are in both


class FoundWord(db.Model):
    """The words of all texts of a language, for those that were mistyped."""

    language = peewee.CharField(8)
    word = peewee.CharField(64)
    texts = peewee.IntegerField()  # how many texts have it

    class Meta:
        indexes = ((("language", "word"), True),)


class FoundSlip(db.Model):
    """A word, and each way to write it with one letter left out. Two words one slip apart share a way at least."""

    id = None
    language = peewee.CharField(8)
    written = peewee.CharField(64)
    word = peewee.CharField(64)

    class Meta:
        primary_key = peewee.CompositeKey("language", "written", "word")


class IndexState(db.Model):
    """What the index was made from: one row, or none before the first time."""

    digest = peewee.CharField(64)
    texts = peewee.IntegerField()
    words = peewee.BigIntegerField()
