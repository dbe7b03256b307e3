from __future__ import annotations

from enum import StrEnum
from typing import Any

import peewee

from portal import db
from portal.accounts.models import Person
from portal.organisations.models import Organisation


class About(StrEnum):
    """What a meeting is for."""

    MODULE = "module"
    OTHER = "other"
    SUPPORT = "support"  # mutual support: seen and made by peer workers alone


class Part(StrEnum):
    """What somebody did with the minutes that are noted."""

    ATTENDED = "attended"
    LED = "led"
    PREPARED = "prepared"


class Meeting(db.Model):
    """A meeting of an organisation. Day and times are those on the clock of the place (PORTAL_TIME_ZONE)."""

    organisation_id: Any
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE", index=False)
    about = peewee.CharField(8)
    module = peewee.CharField(4, null=True)  # its code: texts come and go, K1 stays K1
    title = peewee.CharField(120, default="")  # of a meeting about something else
    place = peewee.CharField(120)
    day = peewee.DateField()
    starts = peewee.TimeField()
    ends = peewee.TimeField()
    paid = peewee.BooleanField(default=True)  # coming is paid time; leading always is
    travel = peewee.BooleanField(default=False)
    food = peewee.BooleanField(default=False)
    childcare = peewee.BooleanField(default=False)
    other_support = peewee.CharField(300, default="")
    version = peewee.IntegerField(default=1)  # one more at every change
    cancelled_on = peewee.DateField(null=True)

    class Meta:
        indexes = ((("organisation", "day"), False),)


class MeetingMove(db.Model):
    """When and where a meeting should have been before it was moved."""

    meeting_id: Any
    meeting = peewee.ForeignKeyField(Meeting, on_delete="CASCADE")
    version = peewee.IntegerField()  # of the meeting until then
    place = peewee.CharField(120)
    day = peewee.DateField()
    starts = peewee.TimeField()
    ends = peewee.TimeField()


class MeetingLeader(db.Model):
    """Somebody who leads a meeting: a member, or a guest by nickname."""

    meeting_id: Any
    person_id: Any
    meeting = peewee.ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    person = peewee.ForeignKeyField(Person, null=True, on_delete="CASCADE")
    guest = peewee.CharField(80, null=True)

    class Meta:
        indexes = ((("meeting", "person"), True), (("meeting", "guest"), True))


class Attendance(db.Model):
    """Minutes of a member, or of somebody without an account, on the day for which they were noted."""

    meeting_id: Any
    person_id: Any
    meeting = peewee.ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    person = peewee.ForeignKeyField(Person, null=True, on_delete="CASCADE")
    guest = peewee.CharField(80, null=True)
    part = peewee.CharField(8)
    day = peewee.DateField()
    minutes = peewee.IntegerField()  # to be paid; 0 says no more than that somebody was there

    class Meta:
        indexes = ((("meeting", "day", "part", "person"), True), (("meeting", "day", "part", "guest"), True))


class Question(db.Model):
    """A question to an expert, sealed. Without a name nothing says who asked."""

    organisation_id: Any
    asked_by_id: Any
    organisation = peewee.ForeignKeyField(Organisation, on_delete="CASCADE")
    asked_by = peewee.ForeignKeyField(Person, null=True, on_delete="CASCADE")
    asked_on = peewee.DateField()
    sealed = peewee.BlobField()
    sealed_answer = peewee.BlobField(null=True)
    expert = peewee.CharField(120, default="")  # who answered: a name or a role, in words
    answered_on = peewee.DateField(null=True)
    checked_on = peewee.DateField(null=True)  # by an expert
    sealed_draft = peewee.BlobField(null=True)  # what the portal's authors read, until they begin a page with it
    handed_on = peewee.DateField(null=True)
    begun_on = peewee.DateField(null=True)
