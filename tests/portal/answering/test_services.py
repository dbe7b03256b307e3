from __future__ import annotations

import datetime as dt
import threading

import pytest

from assessments.answers import Answer as Given
from assessments.answers import Evidence, Reason
from assessments.model import Mode, RaterGroup
from portal import clock, db
from portal.accounts.words import word_list
from portal.answering import return_key, services, starting
from portal.organisations.services import add_member, close_organisation, create_programme, roles_of
from portal.rounds.closing import close_round, tidy_files
from portal.rounds.models import Answer, RoundCount, RoundPlace, Sheet
from tests.conftest import NOW
from tests.support.forgotten import is_forgotten, size_on_disk
from tests.support.rounds import open_round


@pytest.fixture
def begun(slips, database):
    """A sheet that was started with a slip, and its round."""
    round_, codes = slips()
    return start(codes[0]), round_


def start(code):
    beginning, key = starting.find_by_code(code), return_key.new("en")
    assert starting.start(beginning, key)
    return services.find_sheet(key)


def rows():
    return [
        (row.item, row.value, row.reason, row.evidence, row.differed, row.text)
        for row in Answer.select().order_by(Answer.item)
    ]


GIVEN = [
    Given("0"),
    Given("1"),
    Given("2"),
    Given("3", evidence=Evidence.NONE),
    Given("4", evidence=Evidence.CONFIRMED, text="Every third week."),
    Given("dk"),
    Given("na", reason=Reason.OTHERS_DECIDE),
    Given("skip"),
    Given("evidence", evidence=Evidence.TOLD),
    Given("2", differed=True, text="Zwei von uns “fehlten” 🙂"),
]


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: given.value)
def test_each_kind_of_answer_is_kept_and_replaced_as_a_whole(begun, given):
    sheet, round_ = begun
    for answer in (Given("4", evidence=Evidence.TOLD, text="before", differed=True), given, given):
        assert services.save(sheet, "EQ1", answer)
    stored = (given.value, given.reason, given.evidence, given.differed, given.text)
    assert rows() == [("EQ1", *stored)]
    assert services.get_answer(sheet, "EQ1") == services.SavedAnswer(*stored)
    row = Answer.get()
    assert (row.organisation, row.programme, row.round) == (round_.organisation_id, round_.programme_id, round_.id)
    assert row.rater_group == "peer"


def test_a_sheet_is_found_by_its_key_only(begun):
    sheet, round_ = begun
    assert sheet.mode is Mode.INDIVIDUAL
    assert sheet.group is RaterGroup.PEER
    assert sheet.open
    assert sheet.round.closes_on == round_.closes_on
    assert services.find_sheet(return_key.new("en")) is None
    assert services.find_sheet("") is None
    assert Sheet.get().key_hash == return_key.hash_of(sheet.key)


def test_a_slip_starts_one_sheet(slips, database):
    _round, codes = slips()
    beginning = starting.find_by_code(codes[0].lower().replace("-", " "))
    assert starting.start(beginning, return_key.new("en"))
    assert not starting.start(beginning, return_key.new("en"))
    assert starting.find_by_code(codes[0]) == beginning, "looking does not tell that it is used"
    assert Sheet.select().count() == 1
    assert RoundPlace.select().where(RoundPlace.taken).count() == 1


def test_eight_threads_save_different_items_of_one_sheet(begun):
    sheet, _round = begun
    items = [item.code for item in sheet.items][:32]
    failed = []

    def give(codes):
        try:
            with db.connection():
                for code in codes:
                    assert services.save(sheet, code, Given("1"))
                    assert services.save(sheet, items[0], Given("2"))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=give, args=(items[number::8],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert set(services.values_of(sheet)) == set(items)
    assert services.get_answer(sheet, items[0]).value == "2"


def test_eight_threads_cannot_share_a_place(slips, database):
    _round, codes = slips()
    beginning = starting.find_by_code(codes[0])
    begun = []

    def begin():
        with db.connection():
            begun.append(starting.start(beginning, return_key.new("en")))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False] * 7 + [True]
    assert Sheet.select().count() == 1


def test_a_closed_round_takes_no_answers(begun, organisation):
    sheet, round_ = begun
    assert services.save(sheet, "EQ1", Given("2"))
    close_round(organisation.id, round_.id)
    assert not services.save(sheet, "EQ1", Given("3"))
    assert not services.save(sheet, "EQ2", Given("3"))
    assert rows() == [("EQ1", "2", None, None, False, "")]
    assert services.find_sheet(sheet.key) is None
    assert not services.delete(sheet)
    assert Sheet.select().count() == 1


def test_after_its_last_day_a_round_takes_no_answers_even_before_it_is_counted(begun):
    sheet, round_ = begun
    last_moment = dt.datetime.combine(round_.closes_on, dt.time(22, 59), dt.UTC)  # 23:59 where the site is
    clock.stop(last_moment)
    assert services.find_sheet(sheet.key).open
    assert services.seconds_open(sheet) == 60
    assert services.save(sheet, "EQ1", Given("2"))
    clock.stop(last_moment + dt.timedelta(minutes=1))
    assert not services.find_sheet(sheet.key).open
    assert not services.save(sheet, "EQ1", Given("3"))
    assert services.seconds_open(sheet) == 0
    clock.stop(NOW)


def test_the_holder_of_the_key_can_delete_the_sheet(begun, url, tmp_path):
    sheet, _round = begun
    services.save(sheet, "EQ1", Given("2", text="a sentence nobody else wrote"))
    assert services.delete(sheet)
    assert Sheet.select().count() == Answer.select().count() == 0
    assert RoundPlace.select().where(RoundPlace.taken).count() == 1
    assert not services.save(sheet, "EQ1", Given("2"))
    if db.is_sqlite():
        for path in (tmp_path / "data").glob("portal.sqlite3*"):
            assert b"a sentence nobody else wrote" not in path.read_bytes(), path.name


def test_deleting_does_not_vacuum_while_somebody_waits(begun):
    sheet, _round = begun
    services.save(sheet, "EQ1", Given("1"))
    seen = []
    db.database.query_hooks.append(lambda event: seen.append(event.sql))
    try:
        assert services.delete(sheet)
    finally:
        db.database.query_hooks.pop()
    assert not services.is_over(sheet) and not any("VACUUM" in sql for sql in seen)
    if not db.is_sqlite():
        assert size_on_disk(Sheet) > 0, "the dead row waits for the daily tick"
        tidy_files()
        assert is_forgotten(Sheet, None)


def test_a_member_starts_the_place_that_is_theirs(make, organisation, database):
    lead, other_lead = make.member(organisation, "lead"), make.member(organisation, "lead")
    peer, staff = make.member(organisation, "peer_worker"), [make.member(organisation, "staff") for _ in range(2)]
    stranger = make.person()
    round_, _codes = open_round(
        organisation,
        modes={RaterGroup.PEER: Mode.INDIVIDUAL, RaterGroup.STAFF: Mode.GROUP, RaterGroup.MGMT: Mode.STATEMENT},
        slips={},
    )
    newcomer = make.member(organisation, "peer_worker")

    def look(person):
        return starting.find_for_member(person.id, roles_of(person.id), round_.id)

    assert look(stranger) is None
    assert look(newcomer).refusal is starting.Refusal.NO_PLACE
    assert (look(peer).group, look(peer).mode) == (RaterGroup.PEER, Mode.INDIVIDUAL)
    assert (look(staff[0]).group, look(staff[0]).mode) == (RaterGroup.STAFF, Mode.GROUP)
    assert (look(lead).group, look(lead).mode) == (RaterGroup.MGMT, Mode.STATEMENT)
    for person in (peer, staff[0], lead):
        assert starting.start(look(person), return_key.new("en"))
    assert look(peer).refusal is starting.Refusal.STARTED
    assert look(staff[1]).refusal is starting.Refusal.GROUP_STARTED
    assert look(other_lead).refusal is starting.Refusal.GROUP_STARTED
    close_round(organisation.id, round_.id)
    assert look(peer).refusal is starting.Refusal.CLOSED


def test_a_membership_for_another_programme_starts_nothing(make, organisation, database):
    other = create_programme(organisation.id, "Night bus")
    elsewhere = make.member(organisation, "peer_worker", programmes=[other])
    make.member(organisation, "peer_worker")
    round_, _codes = open_round(organisation, slips={})
    held = roles_of(elsewhere.id)
    assert starting.find_for_member(elsewhere.id, held, round_.id) is None


def test_places_and_sheets_share_no_transaction_number(slips, database, engine):
    if engine == "sqlite":
        pytest.skip("SQLite keeps no transaction numbers")
    _round, codes = slips()
    for code in codes[:5]:
        start(code)
    linked = db.database.execute_sql(
        "SELECT p.id, s.id FROM round_place p JOIN sheet s ON s.xmin = p.xmin OR s.xmax::text = p.xmin::text"
    ).fetchall()
    assert linked == []
    assert len(db.database.execute_sql("SELECT DISTINCT xmin::text FROM round_place").fetchall()) == 1


def test_sheets_and_answers_hold_no_time_and_no_person():
    assert set(Sheet._meta.columns) == {"id", "round_id", "rater_group", "mode", "key_hash"}
    assert set(Answer._meta.columns) == {
        "sheet_id", "item", "organisation", "programme", "round", "rater_group", "value", "reason", "evidence",
        "differed", "text",
    }  # fmt: skip


SAME_ITEM = [
    ([], "EQ1"),
    (["EQ1", "EQ2"], "EQ3"),
    (["EQ1", "EQ3"], "EQ2"),
    (["CD1", "CD2"], "CD3"),  # began with another section
    (["MR6", "EQ1"], "EQ2"),  # went round the end
]


@pytest.mark.parametrize(("done", "item"), SAME_ITEM)
def test_somebody_who_comes_back_goes_on_where_their_order_led(begun, done, item):
    sheet, _round = begun
    assert services.same_item(sheet.items, done) == item


def test_nothing_is_left_when_every_item_has_an_answer(begun):
    sheet, _round = begun
    assert services.same_item(sheet.items, [item.code for item in sheet.items]) is None


@pytest.mark.parametrize("language", ["en", "fr", "es", "xx"])
def test_a_return_key_is_read_again_however_it_is_typed(language):
    key = return_key.new(language)
    assert key.count("-") == 11
    assert key.isascii()
    assert return_key.read(key) == return_key.read(f"  {return_key.as_words(key).upper()}, ") == key
    assert return_key.new(language) != key


@pytest.mark.parametrize("typed", ["", "one two three", "a " * 13, "x" * 5000, "🙂"])
def test_what_is_no_return_key_is_no_key(typed):
    assert return_key.read(typed) == ""


def test_a_return_key_has_128_bits_in_every_language():
    assert all(len(set(word_list(language))) ** return_key.HOW_MANY >= 2**128 for language in ("en", "fr", "it", "es"))


def test_saving_takes_two_statements_besides_its_transaction(begun):
    sheet, _round = begun
    seen = []
    watch = seen.append
    db.database.query_hooks.append(watch)
    services.save(services.find_sheet(sheet.key), "EQ1", Given("2"))
    db.database.query_hooks.remove(watch)
    verbs = [event.sql.split()[0] for event in seen]
    assert [verb for verb in verbs if verb not in ("BEGIN", "COMMIT")] == ["SELECT", "INSERT"]


def test_a_place_keeps_the_group_it_was_made_for(make, organisation, database):
    person = make.member(organisation, "staff")
    round_, _codes = open_round(organisation, modes={RaterGroup.STAFF: Mode.INDIVIDUAL}, slips={})
    add_member(organisation.id, person.id, "peer_worker")
    beginning = starting.find_for_member(person.id, roles_of(person.id), round_.id)
    key = return_key.new("en")
    assert starting.start(beginning, key)
    assert services.find_sheet(key).group is RaterGroup.STAFF


def test_an_answer_given_while_the_round_closes_is_counted_or_refused(slips, organisation, database):
    round_, codes = slips()
    sheets = [start(code) for code in codes[:4]]
    items = [item.code for item in sheets[0].items]
    saved, failed = [], []

    def give(sheet):
        try:
            with db.connection():
                saved.extend(item for item in items if services.save(sheet, item, Given("2")))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=give, args=(sheet,)) for sheet in sheets]
    for thread in threads:
        thread.start()
    close_round(organisation.id, round_.id)
    for thread in threads:
        thread.join()
    assert not failed
    counted = sum(row.level_2 for row in RoundCount.select().where(RoundCount.round == round_.id))
    assert counted == len(saved) == Answer.select().count()


def test_in_a_closed_organisation_nothing_more_is_saved_or_begun(slips, organisation, database):
    _round, codes = slips()
    sheet, beginning = start(codes[0]), starting.find_by_code(codes[1])
    assert services.save(sheet, "EQ1", Given("1"))
    close_organisation(organisation.id)
    assert not services.save(sheet, "EQ1", Given("2"))
    assert not services.save(sheet, "EQ2", Given("2"))
    assert services.is_over(sheet)
    assert not services.find_sheet(sheet.key).open
    assert not starting.start(beginning, return_key.new("en"))
    assert [row[:2] for row in rows()] == [("EQ1", "1")]


def test_a_sheet_deleted_while_answers_come_in_stays_deleted(begun):
    sheet, _round = begun
    failed = []

    def give():
        try:
            with db.connection():
                for item in sheet.items:
                    services.save(sheet, item.code, Given("2"))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert services.delete(sheet)
    for thread in threads:
        thread.join()
    assert not failed
    assert Sheet.select().count() == Answer.select().count() == 0
