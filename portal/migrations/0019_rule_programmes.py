"""Whom a training rule may reach: people of these programmes. Rules from before are for all of them."""

from peewee import JSONField


def up(migrator, db):
    migrator.migrate(migrator.add_column("rule", "programmes", JSONField(null=True)))
