"""Training: groups, rules, assignments, and how people want their training named."""

import uuid

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, JSONField, Model, UUIDField


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

    class TrainingGroup(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        name = CharField(80)

        class Meta:
            indexes = ((("organisation", "name"), True),)

    class GroupMember(Base):
        group = ForeignKeyField(TrainingGroup, on_delete="CASCADE", index=False)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        joined_on = DateField()

        class Meta:
            indexes = ((("group", "person"), True),)

    class Rule(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        audience = CharField(8)
        group = ForeignKeyField(TrainingGroup, null=True, on_delete="CASCADE")
        role = CharField(20, null=True)
        item = CharField(8, null=True)
        modules = JSONField()
        due_on = DateField(null=True)
        due_days = IntegerField(null=True)
        reason = CharField(300, default="")
        made_by = ForeignKeyField(Person, null=True, on_delete="SET NULL")
        made_on = DateField()
        ended_on = DateField(null=True)

    class Assignment(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE", index=False)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        module = CharField(4)
        state = CharField(12)
        reason = CharField(300, default="")
        due_on = DateField(null=True)
        rule = ForeignKeyField(Rule, null=True, on_delete="SET NULL")
        assigned_by = ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")
        assigned_on = DateField()
        done_on = DateField(null=True)
        way = CharField(12, null=True)
        text_done = UUIDField(null=True)
        practised_on = DateField(null=True)
        refreshed_on = DateField(null=True)

        class Meta:
            indexes = ((("organisation", "person", "module"), True),)

    class LearnerChoice(Base):
        person = ForeignKeyField(Person, unique=True, on_delete="CASCADE")
        full_titles = BooleanField(default=False)
        reminders = BooleanField(default=False)

    db.create_tables([TrainingGroup, GroupMember, Rule, Assignment, LearnerChoice])
