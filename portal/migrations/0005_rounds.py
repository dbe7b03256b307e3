"""Instruments as loaded, rounds, places, sheets and what is counted of them. Released instruments are frozen."""

import uuid

from peewee import (
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    SqliteDatabase,
    TextField,
    UUIDField,
)


def up(migrator, db):
    sqlite = isinstance(db, SqliteDatabase)

    class Base(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Organisation(Base):
        pass

    class Programme(Base):
        pass

    class StoredInstrument(Base):
        name = CharField(40, unique=True)
        released = DateField(null=True)
        digest = CharField(64)
        structure = JSONField()

    class Wording(Base):
        instrument = ForeignKeyField(StoredInstrument, on_delete="CASCADE")
        language = CharField(8)
        number = IntegerField()
        words = JSONField()

        class Meta:
            indexes = ((("instrument", "language", "number"), True),)

    class Round(Base):
        organisation = ForeignKeyField(Organisation, on_delete="CASCADE")
        programme = ForeignKeyField(Programme, on_delete="CASCADE")
        instrument = ForeignKeyField(StoredInstrument, on_delete="RESTRICT")
        wordings = JSONField()
        smallest_group = IntegerField()
        opened_on = DateField()
        closes_on = DateField()
        closed_at = DateTimeField(null=True)
        changed = CharField(8)

    Round.add_index(
        Round.programme, Round.instrument, unique=True, where=Round.closed_at.is_null(), name="round_one_open"
    )

    class RoundGroup(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        rater_group = CharField(12)
        mode = CharField(12)
        places = IntegerField()
        sheets = IntegerField(null=True)

        class Meta:
            indexes = ((("round", "rater_group"), True),)

    class RoundPlace(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        rater_group = CharField(12)
        person = ForeignKeyField(Person, null=True, on_delete="SET NULL")
        token_hash = CharField(64, null=True, unique=True)
        taken = BooleanField()

        class Meta:
            indexes = ((("round", "person"), True),)

    class Sheet(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        rater_group = CharField(12)
        mode = CharField(12)
        key_hash = CharField(64, null=True, unique=True)

        class Meta:
            without_rowid = sqlite

    class Answer(Model):
        sheet = ForeignKeyField(Sheet, on_delete="CASCADE", index=False)
        item = CharField(12)
        organisation = UUIDField()
        programme = UUIDField()
        round = UUIDField()
        rater_group = CharField(12)
        value = CharField(8)
        reason = CharField(16, null=True)
        evidence = CharField(12, null=True)
        differed = BooleanField()
        text = TextField()

        class Meta:
            database = db
            legacy_table_names = False
            primary_key = CompositeKey("sheet", "item")
            without_rowid = sqlite
            indexes = ((("round", "rater_group", "item", "value", "evidence"), False),)

    class Comment(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        rater_group = CharField(12)
        item = CharField(12)
        text = TextField()

        class Meta:
            without_rowid = sqlite

    class RoundCount(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        rater_group = CharField(12)
        item = CharField(12)
        level_0 = IntegerField()
        level_1 = IntegerField()
        level_2 = IntegerField()
        level_3 = IntegerField()
        level_4 = IntegerField()
        dk = IntegerField()
        na = IntegerField()
        skip = IntegerField()
        differed = IntegerField()
        evidence = JSONField()

        class Meta:
            indexes = ((("round", "rater_group", "item"), True),)

    class RoundSection(Base):
        round = ForeignKeyField(Round, on_delete="CASCADE")
        rater_group = CharField(12)
        section = CharField(8)
        n = IntegerField()
        mean = FloatField(null=True)
        s = FloatField(null=True)

        class Meta:
            indexes = ((("round", "rater_group", "section"), True),)

    tables = [
        StoredInstrument,
        Wording,
        Round,
        RoundGroup,
        RoundPlace,
        Sheet,
        Answer,
        Comment,
        RoundCount,
        RoundSection,
    ]
    db.create_tables(tables)
    freeze_on_sqlite(db) if sqlite else freeze_on_postgresql(db)


def freeze_on_sqlite(db):
    refuse = "BEGIN SELECT RAISE(ABORT, '{}'); END"
    db.execute_sql(
        "CREATE TRIGGER instrument_frozen BEFORE UPDATE ON stored_instrument WHEN OLD.released IS NOT NULL "
        + refuse.format("a released instrument is frozen")
    )
    db.execute_sql(
        "CREATE TRIGGER instrument_in_use BEFORE DELETE ON stored_instrument "
        "WHEN EXISTS (SELECT 1 FROM round WHERE round.instrument_id = OLD.id) "
        + refuse.format("a round refers to this instrument")
    )
    db.execute_sql(
        "CREATE TRIGGER wording_frozen BEFORE UPDATE ON wording WHEN EXISTS "
        "(SELECT 1 FROM stored_instrument i WHERE i.id = OLD.instrument_id AND i.released IS NOT NULL) "
        + refuse.format("a wording of a released instrument is frozen")
    )
    db.execute_sql(
        "CREATE TRIGGER wording_in_use BEFORE DELETE ON wording "
        "WHEN EXISTS (SELECT 1 FROM round WHERE round.instrument_id = OLD.instrument_id) "
        + refuse.format("a round refers to this wording")
    )


def freeze_on_postgresql(db):
    db.execute_sql(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%%', TG_ARGV[0]; END $$"
    )
    db.execute_sql(
        "CREATE FUNCTION refuse_if_in_use() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM round WHERE instrument_id = CASE WHEN TG_TABLE_NAME = 'wording' "
        "THEN (to_jsonb(OLD)->>'instrument_id')::uuid ELSE OLD.id END) "
        "THEN RAISE EXCEPTION '%%', TG_ARGV[0]; END IF; RETURN OLD; END $$"
    )
    db.execute_sql(
        "CREATE FUNCTION refuse_released_wording() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM stored_instrument WHERE id = OLD.instrument_id AND released IS NOT NULL) "
        "THEN RAISE EXCEPTION 'a wording of a released instrument is frozen'; END IF; RETURN NEW; END $$"
    )
    db.execute_sql(
        "CREATE TRIGGER instrument_frozen BEFORE UPDATE ON stored_instrument FOR EACH ROW "
        "WHEN (OLD.released IS NOT NULL) EXECUTE FUNCTION refuse_change('a released instrument is frozen')"
    )
    db.execute_sql(
        "CREATE TRIGGER instrument_in_use BEFORE DELETE ON stored_instrument FOR EACH ROW "
        "EXECUTE FUNCTION refuse_if_in_use('a round refers to this instrument')"
    )
    db.execute_sql(
        "CREATE TRIGGER wording_frozen BEFORE UPDATE ON wording FOR EACH ROW EXECUTE FUNCTION refuse_released_wording()"
    )
    db.execute_sql(
        "CREATE TRIGGER wording_in_use BEFORE DELETE ON wording FOR EACH ROW "
        "EXECUTE FUNCTION refuse_if_in_use('a round refers to this wording')"
    )
