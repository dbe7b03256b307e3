from __future__ import annotations

from uuid import UUID

import peewee

from portal import db
from portal.accounts.models import Person
from portal.organisations.models import Organisation, Programme


class StoredInstrument(db.Model):
    """One version of an instrument as it was loaded. Released ones are frozen by a trigger."""

    name = peewee.CharField(40, unique=True)
    released = peewee.DateField(null=True)
    digest = peewee.CharField(64)
    structure = peewee.JSONField()


class Wording(db.Model):
    """An instrument's words in one language. A changed file becomes a new number; old rounds keep theirs."""

    instrument = peewee.ForeignKeyField(StoredInstrument, on_delete="CASCADE")
    language = peewee.CharField(8)
    number = peewee.IntegerField()
    words = peewee.JSONField()

    class Meta:
        indexes = ((("instrument", "language", "number"), True),)


class Round(db.Model):
    organisation_id: UUID
    programme_id: UUID
    instrument_id: UUID
    groups: list[RoundGroup]  # read with it by services.get_round and list_rounds, peers first

    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    programme = peewee.ForeignKeyField(Programme, on_delete="CASCADE")
    instrument = peewee.ForeignKeyField(StoredInstrument, on_delete="RESTRICT")
    wordings = peewee.JSONField()  # language to number of the wording shown
    smallest_group = peewee.IntegerField()  # answers a group needs before its figures show; may rise until closing
    opened_on = peewee.DateField()
    closes_on = peewee.DateField()  # the last day it takes answers
    closed_at = db.UTCDateTimeField(null=True)
    changed = peewee.CharField(8)  # members who left or joined since the last round: none | few | many


Round.add_index(Round.programme, Round.instrument, unique=True, where=Round.closed_at.is_null(), name="round_one_open")


class RoundGroup(db.Model):
    """A rater group that is asked in a round, and how it answers."""

    round_id: UUID

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    rater_group = peewee.CharField(12)  # assessments.model.RaterGroup
    mode = peewee.CharField(12)  # assessments.answers.Mode: individual | group | statement
    places = peewee.IntegerField(default=0)
    sheets = peewee.IntegerField(null=True)  # sheets with an answer, counted at closing

    class Meta:
        indexes = ((("round", "rater_group"), True),)


class RoundPlace(db.Model):
    """The right to begin one sheet: a member's, or that of whoever holds a one-time link or slip."""

    round_id: UUID
    person_id: UUID | None

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    rater_group = peewee.CharField(12)
    person = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    token_hash = peewee.CharField(64, null=True, unique=True)
    taken = peewee.BooleanField(default=False)

    class Meta:
        indexes = ((("round", "person"), True),)


class Sheet(db.Model):
    """One set of answers. No person, no time, no counter, no language: nothing that leads back."""

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    rater_group = peewee.CharField(12)
    mode = peewee.CharField(12)
    key_hash = peewee.CharField(64, null=True, unique=True)  # of the return key; dropped at closing

    class Meta:
        without_rowid = True


class Answer(peewee.Model):
    """One answer. Organisation, programme, round and group are repeated so that one index answers every count."""

    sheet = peewee.ForeignKeyField(Sheet, on_delete="CASCADE", index=False)
    item = peewee.CharField(12)
    organisation = peewee.UUIDField()
    programme = peewee.UUIDField()
    round = peewee.UUIDField()
    rater_group = peewee.CharField(12)
    value = peewee.CharField(8)  # 0 to 4, dk, na, skip, evidence
    reason = peewee.CharField(16, null=True)
    evidence = peewee.CharField(12, null=True)
    differed = peewee.BooleanField(default=False)
    text = peewee.TextField(default="")

    class Meta:
        database = db.database
        legacy_table_names = False
        primary_key = peewee.CompositeKey("sheet", "item")
        without_rowid = True
        indexes = ((("round", "rater_group", "item", "value", "evidence"), False),)


class Comment(db.Model):
    """What somebody wrote, kept apart from the sheet it came from: agreed texts stay when raw rows go."""

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    rater_group = peewee.CharField(12)
    item = peewee.CharField(12)
    text = peewee.TextField()

    class Meta:
        without_rowid = True


class RoundCount(db.Model):
    """Answers to one item by one group, counted once at closing."""

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    rater_group = peewee.CharField(12)
    item = peewee.CharField(12)
    level_0 = peewee.IntegerField()
    level_1 = peewee.IntegerField()
    level_2 = peewee.IntegerField()
    level_3 = peewee.IntegerField()
    level_4 = peewee.IntegerField()
    dk = peewee.IntegerField()
    na = peewee.IntegerField()
    skip = peewee.IntegerField()
    differed = peewee.IntegerField()  # agreed answers about which people saw things differently
    evidence = peewee.JSONField()  # "3:document" to how many; "evidence:told" where a group gives evidence only

    class Meta:
        indexes = ((("round", "rater_group", "item"), True),)


class RoundSection(db.Model):
    """The raters' own scores in one section (0 to 100): how many have one, mean, standard deviation (n − 1)."""

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    rater_group = peewee.CharField(12)
    section = peewee.CharField(8)
    n = peewee.IntegerField()
    mean = peewee.FloatField(null=True)
    s = peewee.FloatField(null=True)

    class Meta:
        indexes = ((("round", "rater_group", "section"), True),)
