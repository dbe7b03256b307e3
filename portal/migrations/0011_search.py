"""Texts that can be found, the words in them, and the index of either engine."""

import uuid

from peewee import BigIntegerField, CharField, IntegerField, Model, SqliteDatabase, TextField, UUIDField


def up(migrator, db):
    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class FoundText(Base):
        id = IntegerField(primary_key=True)
        kind = CharField(16)
        key = CharField(200)
        language = CharField(8)
        written_in = CharField(8)
        title = TextField()
        place = TextField()
        address = TextField()
        text = TextField()
        folded_title = TextField()
        folded_text = TextField()
        words = IntegerField()

    class FoundWord(Base):
        language = CharField(8)
        word = CharField(64)
        texts = IntegerField()

        class Meta:
            indexes = ((("language", "word"), True),)

    class IndexState(Base):
        digest = CharField(64)
        texts = IntegerField()
        words = BigIntegerField()

    db.create_tables([FoundText, FoundWord, IndexState])
    if isinstance(db, SqliteDatabase):
        # Folding is ours (dependencies.md §3): the tokenizer only has to leave it alone.
        db.execute_sql(
            "CREATE VIRTUAL TABLE found_index USING fts5(folded_title, folded_text, content='found_text', "
            "content_rowid='id', tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3 4')"
        )
        db.execute_sql("INSERT INTO found_index (found_index, rank) VALUES ('rank', 'bm25(8.0, 1.0)')")
    else:
        db.execute_sql(
            "ALTER TABLE found_text ADD COLUMN vector tsvector GENERATED ALWAYS AS ("
            "setweight(to_tsvector('simple', folded_title), 'A') || "
            "setweight(to_tsvector('simple', folded_text), 'D')) STORED"
        )
        db.execute_sql("CREATE INDEX found_text_vector ON found_text USING gin (vector)")
