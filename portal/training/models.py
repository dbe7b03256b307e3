from __future__ import annotations

from enum import StrEnum
from typing import Any

import peewee

from portal import db
from portal.accounts.models import Person
from portal.organisations.models import Organisation


class State(StrEnum):
    """How far somebody is with a module. ``SUGGESTED`` is worked out and never stored."""

    SUGGESTED = "suggested"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    LATER = "later"
    DECLINED = "declined"  # no thanks
    DONE = "done"
    PRACTISED = "practised"  # with a mentor
    REFRESHED = "refreshed"
    TAKEN_BACK = "taken back"  # by whoever assigned it: nobody meets it any more, and no rule gives it again


class Way(StrEnum):
    """How a module was done. Prior experience counts, without detail."""

    MEETING = "meeting"
    ONE_TO_ONE = "one to one"
    ALONE = "alone"
    EXPERIENCE = "experience"


class Audience(StrEnum):
    """Whom a rule is for."""

    GROUP = "group"
    ROLE = "role"
    GROWTH = "growth"  # whoever showed the trainers that they want to grow an item


class TrainingGroup(db.Model):
    """People a trainer assigns to together. A name, and no word about them."""

    organisation_id: Any
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    name = peewee.CharField(80)

    class Meta:
        indexes = ((("organisation", "name"), True),)


class GroupMember(db.Model):
    group_id: Any
    person_id: Any
    group = peewee.ForeignKeyField(TrainingGroup, on_delete="CASCADE", index=False)
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    joined_on = peewee.DateField()

    class Meta:
        indexes = ((("group", "person"), True),)


class Rule(db.Model):
    """Modules for a group, a role or a wish to grow: whoever joins later gets them, too, until the rule ends."""

    organisation_id: Any
    group_id: Any
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    audience = peewee.CharField(8)
    group = peewee.ForeignKeyField(TrainingGroup, null=True, on_delete="CASCADE")
    role = peewee.CharField(20, null=True)
    item = peewee.CharField(8, null=True)  # of candidate-1
    programmes = peewee.JSONField(null=True)  # ids, as text, of those its maker reached; none: all of them
    modules = peewee.JSONField()  # codes
    due_on = peewee.DateField(null=True)
    due_days = peewee.IntegerField(null=True)  # after joining the group or taking up the role
    reason = peewee.CharField(300, default="")
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    made_on = peewee.DateField()
    ended_on = peewee.DateField(null=True)


class Assignment(db.Model):
    """One module for one person in one organisation: there is never a second."""

    organisation_id: Any
    person_id: Any
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE", index=False)
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    module = peewee.CharField(4)  # its code: texts come and go, K1 stays K1
    state = peewee.CharField(12)
    reason = peewee.CharField(300, default="")
    due_on = peewee.DateField(null=True)
    rule = peewee.ForeignKeyField(Rule, null=True, on_delete="SET NULL")
    assigned_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")  # null: the person's own
    assigned_on = peewee.DateField()
    done_on = peewee.DateField(null=True)
    way = peewee.CharField(12, null=True)
    text_done = peewee.UUIDField(null=True)  # the revision that was live on that day
    practised_on = peewee.DateField(null=True)
    refreshed_on = peewee.DateField(null=True)

    class Meta:
        indexes = ((("organisation", "person", "module"), True),)


class LearnerChoice(db.Model):
    """How somebody wants their training named and whether they want to be reminded: neutral and quiet by default."""

    person = peewee.ForeignKeyField(Person, unique=True, on_delete="CASCADE")
    full_titles = peewee.BooleanField(default=False)
    reminders = peewee.BooleanField(default=False)
