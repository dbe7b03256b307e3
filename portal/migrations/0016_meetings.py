"""Meetings, where they stood before, who leads them, who was there, and questions to experts."""

import uuid

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    TimeField,
    UUIDField,
)


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Organisation(Base):
        pass

    class Meeting(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE", index=False)
        about = CharField(8)
        module = CharField(4, null=True)
        title = CharField(120, default="")
        place = CharField(120)
        day = DateField()
        starts = TimeField()
        ends = TimeField()
        paid = BooleanField(default=True)
        travel = BooleanField(default=False)
        food = BooleanField(default=False)
        childcare = BooleanField(default=False)
        other_support = CharField(300, default="")
        version = IntegerField(default=1)
        cancelled_on = DateField(null=True)

        class Meta:
            indexes = ((("organisation", "day"), False),)

    class MeetingMove(Base):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE")
        version = IntegerField()
        place = CharField(120)
        day = DateField()
        starts = TimeField()
        ends = TimeField()

    class MeetingLeader(Base):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        person = ForeignKeyField(Person, null=True, on_delete="CASCADE")
        guest = CharField(80, null=True)

        class Meta:
            indexes = ((("meeting", "person"), True), (("meeting", "guest"), True))

    class Attendance(Base):
        meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
        person = ForeignKeyField(Person, null=True, on_delete="CASCADE")
        guest = CharField(80, null=True)
        part = CharField(8)
        day = DateField()
        minutes = IntegerField()

        class Meta:
            indexes = ((("meeting", "day", "part", "person"), True), (("meeting", "day", "part", "guest"), True))

    class Question(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        asked_by = ForeignKeyField(Person, null=True, on_delete="CASCADE")
        asked_on = DateField()
        sealed = BlobField()
        sealed_answer = BlobField(null=True)
        expert = CharField(120, default="")
        answered_on = DateField(null=True)
        checked_on = DateField(null=True)
        sealed_draft = BlobField(null=True)
        handed_on = DateField(null=True)
        begun_on = DateField(null=True)

    db.create_tables([Meeting, MeetingMove, MeetingLeader, Attendance, Question])
