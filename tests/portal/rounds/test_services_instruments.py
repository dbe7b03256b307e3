import shutil

import peewee
import pytest

from assessments import files
from portal.audit import AuditRow
from portal.rounds import closing, instruments
from portal.rounds.models import Round, StoredInstrument, Wording
from tests.support.rounds import open_round
from tests.support.written import writing

WORDS = "Peer workers stand as colleagues in meetings and daily work."


@pytest.fixture
def folder(tmp_path):
    """A copy of principles-1 that a test may change."""
    source = next(path for path in files.shipped() if path.name == "principles-1")
    return shutil.copytree(source, tmp_path / "instruments" / source.name)


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def declare(folder, how):
    """Top-level keys stand before the first table, so the table of changes goes to the end."""
    with (folder / "en.toml").open("a") as file:
        file.write(f"\n[changed]\nEQ1 = {how!r}\n".replace("'", '"'))


def load(folder):
    instruments.load_instruments((folder,))


def numbers():
    return sorted(number for (number,) in Wording.select(Wording.number).tuples())


def test_every_shipped_instrument_is_stored_with_its_words(database):
    instruments.load_instruments()
    instruments.load_instruments()
    stored = {row.name: row for row in StoredInstrument.select()}
    lines = AuditRow.select().where(AuditRow.action == "rounds.load_instrument").count()
    assert lines == len(stored), "one for each, and none the second time"
    assert sorted(stored) == [folder.name for folder in files.shipped()]
    for folder in files.shipped():
        assert instruments.get_instrument(folder.name) == files.load_instrument(folder)
        kept = Wording.select().where(Wording.instrument == stored[folder.name].id)
        assert {(row.language, row.number) for row in kept} == {(code, 1) for code in files.languages(folder)}
    assert instruments.get_instrument("nothing-1") is None


def test_a_released_structure_that_changed_is_refused(database, folder):
    load(folder)
    change(folder, "instrument.toml", 'mgmt = "can", ', "")
    with pytest.raises(instruments.InstrumentsUnusable, match=r"principles-1/instrument\.toml.*frozen"):
        load(folder)
    assert instruments.get_instrument("principles-1").item("EQ1").raters


def test_a_structure_not_released_yet_may_change(database, folder):
    change(folder, "instrument.toml", "released = 2026-11-22\n", "")
    load(folder)
    change(folder, "instrument.toml", 'mgmt = "can", ', "")
    change(folder, "en.toml", WORDS, "Something else.")
    load(folder)
    assert instruments.get_instrument("principles-1") == files.load_instrument(folder)
    assert numbers() == [1]
    assert Wording.get().words["items"]["EQ1"]["statement"] == "Something else."


def test_a_rewording_nobody_declared_is_refused(database, folder):
    load(folder)
    change(folder, "en.toml", WORDS, "Something else.")
    with pytest.raises(instruments.InstrumentsUnusable) as refused:
        load(folder)
    assert "principles-1/en.toml" in str(refused.value) and "changed.EQ1" in str(refused.value)
    assert "typo" in str(refused.value)
    assert numbers() == [1]


def test_a_declared_rewording_is_a_new_number_and_old_rounds_keep_their_words(database, make, folder):
    load(folder)
    organisation = make.organisation()
    old, _codes = open_round(organisation)
    change(folder, "en.toml", WORDS, "Peer workers are colleagues.")
    declare(folder, "same meaning")
    load(folder)
    load(folder)
    assert numbers() == [1, 2]
    closing.close_round(organisation.id, old.id)
    new, _codes = open_round(organisation)
    assert instruments.words_of(old, "en").items["EQ1"].statement == WORDS
    assert instruments.words_of(new, "en").items["EQ1"].statement == "Peer workers are colleagues."
    assert (Round.get_by_id(old.id).wordings, Round.get_by_id(new.id).wordings) == ({"en": 1}, {"en": 2})


def test_a_language_that_is_missing_falls_back_to_english(database, make):
    round_, _codes = open_round(make.organisation())
    assert instruments.words_of(round_, "fr").language == "en"


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_stored(database, folder):
    (folder / "en.toml").write_text("title = \n")
    with pytest.raises(instruments.InstrumentsUnusable, match=r"principles-1/en\.toml, line 1"):
        load(folder)
    assert not StoredInstrument.select().exists()


def test_words_are_read_once_a_process(database, make):
    round_, _codes = open_round(make.organisation())
    instruments.words_of(round_, "en"), instruments.instrument_of(round_)
    seen = []
    database.query_hooks.append(lambda event: seen.append(event.sql))
    try:
        instruments.words_of(round_, "en"), instruments.instrument_of(round_)
    finally:
        database.query_hooks.pop()
    assert seen == []


def refused(statement, words):
    # What a trigger raises is an IntegrityError on SQLite, an InternalError on PostgreSQL.
    with pytest.raises(peewee.DatabaseError, match=words), writing():
        statement.execute()


def test_the_database_itself_keeps_released_instruments_as_they_are(database, make):
    round_, _codes = open_round(make.organisation())
    own = StoredInstrument.name == "principles-1"
    used = Wording.instrument == round_.instrument_id
    refused(StoredInstrument.update(digest="x").where(own), "frozen")
    refused(StoredInstrument.update(released=None).where(own), "frozen")
    refused(Wording.update(number=7).where(used), "frozen")
    refused(Wording.delete().where(used), "a round refers to")
    refused(StoredInstrument.delete().where(own), "a round refers to")
    assert StoredInstrument.get(own).digest != "x" and numbers()[0] == 1


def test_an_instrument_without_rounds_may_go(database):
    instruments.load_instruments()
    with writing():
        StoredInstrument.delete().where(StoredInstrument.name == "candidate-1").execute()
    assert instruments.get_instrument("candidate-1") is None
