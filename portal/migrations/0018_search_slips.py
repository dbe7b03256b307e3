"""Every word that can be found, under each way to write it with one letter left out: slips are looked up by these."""

from peewee import CharField, CompositeKey, Model, SqliteDatabase


def up(migrator, db):
    class FoundSlip(Model):
        language = CharField(8)
        written = CharField(64)
        word = CharField(64)

        class Meta:
            database = db
            legacy_table_names = False
            primary_key = CompositeKey("language", "written", "word")
            without_rowid = isinstance(db, SqliteDatabase)

    db.create_tables([FoundSlip])
    # The index is made anew from the texts when the portal starts: its state is what says that it is complete.
    db.execute_sql("DELETE FROM index_state")
