"""Until when somebody led an organisation, kept with what they still are there; unknown of those from before."""

from peewee import DateField


def up(migrator, db):
    migrator.migrate(migrator.add_column("membership", "led_until", DateField(null=True)))
