from __future__ import annotations

import peewee

from portal import db
from portal.accounts.models import Person
from portal.rounds.models import Round


class ReleaseChoice(db.Model):
    """What peer workers chose about their figures. Whose choice it was is kept nowhere (scoring.md §3.4.4)."""

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE", unique=True)
    choice = peewee.CharField(8)  # release.Choice, without "back"
    chosen_on = peewee.DateField()


class ReleaseAgreement(db.Model):
    """What one peer worker would choose, until a second one agrees; all of a round's go once a choice stands."""

    round = peewee.ForeignKeyField(Round, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    choice = peewee.CharField(8)

    class Meta:
        indexes = ((("round", "person"), True),)
