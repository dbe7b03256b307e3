"""Nobody, the database's owner included, links a place to a sheet (scoring.md §3.4.5)."""

import contextlib
import secrets
import sqlite3
import threading
import time

import peewee
import pytest

from assessments.model import RaterGroup
from portal import audit, db, forgetting
from portal.accounts import sign_ins
from portal.operations import feature as operations
from portal.rounds import closing, places
from portal.rounds.models import Answer, RoundCount, RoundGroup, RoundPlace, Sheet
from portal.throttle import Throttle
from tests.support.rounds import open_round

PEER = RaterGroup.PEER


@pytest.fixture
def organisation(make):
    organisation = make.organisation()
    make.member(organisation, "lead")
    for _ in range(4):
        make.member(organisation, "peer_worker")
    return organisation


def start(round_, place):
    """As answering begins a sheet: one transaction, then the second."""

    @db.transaction
    def begin():
        assert places.take(place.id)
        return Sheet.create(round=round_.id, rater_group="peer", mode="individual", key_hash=secrets.token_hex(32))

    sheet = begin()
    places.rewrite_places(round_.id, PEER)
    return sheet


@db.transaction
def save(organisation, round_, sheet):
    Answer.create(
        sheet=sheet.id,
        item="EQ1",
        organisation=organisation.id,
        programme=organisation.programme.id,
        round=round_.id,
        rater_group="peer",
        value="2",
    )
    return "saved"


def sheets_per_place(database):
    """How many sheets share the transaction number of each taken place."""
    found = database.execute_sql(
        "SELECT round_place.id, COUNT(sheet.id) FROM round_place LEFT JOIN sheet ON sheet.xmin = round_place.xmin "
        "WHERE round_place.taken GROUP BY round_place.id"
    )
    return [number for _place, number in found.fetchall()]


def test_transaction_numbers_link_no_place_to_a_sheet(database, organisation):
    if db.is_sqlite():
        pytest.skip("SQLite keeps no such number")
    round_, _codes = open_round(organisation, slips={})
    chosen = list(RoundPlace.select().where(RoundPlace.round == round_.id))
    for number, place in enumerate(chosen, 1):
        start(round_, place)
        found = sheets_per_place(database)
        assert len(found) == number and 1 not in found, "one sheet with a place's number would be that person's"
    closing.close_round(organisation.id, round_.id)
    assert sheets_per_place(database) == []
    numbers = database.execute_sql("SELECT DISTINCT xmin::text FROM sheet UNION SELECT DISTINCT xmin::text FROM answer")
    assert len(numbers.fetchall()) <= 1


def sign_in_and_start(round_, place):
    """Somebody signs in and begins: the sheet's number is the next one after the sign-in's."""
    sign_ins.sign_in(place.person_id)
    return start(round_, place)


AFTER_SIGN_IN = """
SELECT sign_in.id, (SELECT COUNT(*) FROM sheet WHERE
    sheet.xmin::text::bigint - sign_in.xmin::text::bigint BETWEEN 0 AND {within})
FROM sign_in ORDER BY sign_in.id
"""


def sheets_after_sign_in(database, within=6):
    """How many sheets were written soon after each sign-in."""
    return [number for _sign_in, number in database.execute_sql(AFTER_SIGN_IN.format(within=within)).fetchall()]


def test_transaction_numbers_link_no_sign_in_to_a_sheet(database, organisation):
    if db.is_sqlite():
        pytest.skip("SQLite keeps no such number")
    round_, _codes = open_round(organisation, slips={})
    for number, place in enumerate(list(RoundPlace.select().where(RoundPlace.round == round_.id)), 1):
        sheet = sign_in_and_start(round_, place)
        assert set(sheets_after_sign_in(database)) <= {0, number}, "all sheets look as new as the last one, or none"
        (alike,) = database.execute_sql("SELECT COUNT(DISTINCT xmin::text) FROM sheet").fetchone()
        assert alike == 1
        assert Sheet.get_by_id(sheet.id).key_hash == sheet.key_hash, "and nothing else has changed"


def test_tidying_takes_the_order_of_answering_away(database, organisation):
    if db.is_sqlite():
        pytest.skip("SQLite keeps no such number")
    round_, _codes = open_round(organisation, slips={})
    for place in list(RoundPlace.select().where(RoundPlace.round == round_.id)):
        sheet = sign_in_and_start(round_, place)
        save(organisation, round_, sheet)
    numbers = "SELECT COUNT(DISTINCT xmin::text) FROM answer"
    assert database.execute_sql(numbers).fetchone() == (4,)
    closing.tidy_files()
    assert database.execute_sql(numbers).fetchone() == (1,)
    assert [row.value for row in Answer.select()] == ["2"] * 4


def test_without_the_second_transaction_the_numbers_would_tell(database, organisation):
    """The test above can fail: this is what it looks for."""
    if db.is_sqlite():
        pytest.skip("SQLite keeps no such number")
    round_, _codes = open_round(organisation, slips={})
    place = RoundPlace.select().where(RoundPlace.round == round_.id).first()
    with database.transaction():
        RoundPlace.update(taken=True).where(RoundPlace.id == place.id).execute()
        Sheet.create(round=round_.id, rater_group="peer", mode="individual", key_hash="x")
    assert sheets_per_place(database) == [1]


def test_the_order_on_disk_does_not_follow_the_order_of_starting(database, organisation):
    if db.is_sqlite():
        pytest.skip("SQLite updates a place where it lies")
    round_, _codes = open_round(organisation, slips={PEER: 20})
    chosen = list(RoundPlace.select().where(RoundPlace.round == round_.id))
    lies_last = []
    for place in chosen[:6]:
        start(round_, place)
        rows = database.execute_sql("SELECT id FROM round_place ORDER BY ctid").fetchall()
        lies_last.append(rows[-1][0] == place.id)
    assert not all(lies_last), "the place taken last would always be found at the end, as its sheet is"


def test_starting_leaves_no_trace_elsewhere(database, organisation):
    round_, codes = open_round(organisation, slips={PEER: 2})

    def rows():
        return audit.AuditRow.select().count(), audit.AuditActor.select().count(), Throttle.select().count()

    before = rows()
    start(round_, places.find_place_by_code(codes[PEER][0]))
    assert rows() == before
    assert RoundPlace.select().where(RoundPlace.taken).count() == 1


def test_the_log_of_sqlite_is_empty_after_a_start(database, organisation, tmp_path):
    if not db.is_sqlite():
        pytest.skip("looks at a file of SQLite")
    round_, codes = open_round(organisation, slips={PEER: 1})
    start(round_, places.find_place_by_code(codes[PEER][0]))
    assert (tmp_path / "data" / "portal.sqlite3-wal").stat().st_size == 0


def test_a_start_does_not_wait_for_readers_and_what_is_owed_is_done_later(database, organisation, tmp_path):
    if not db.is_sqlite():
        pytest.skip("looks at a file of SQLite")
    round_, codes = open_round(organisation, slips={PEER: 2})
    log = tmp_path / "data" / "portal.sqlite3-wal"
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "portal.sqlite3")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sheet").fetchone()
        began = time.monotonic()
        start(round_, places.find_place_by_code(codes[PEER][0]))
        assert time.monotonic() - began < 1, "busy_timeout would be five seconds"
        assert log.stat().st_size > 0 and forgetting.checkpoint() is False
        operations.FEATURE.tick()
        assert log.stat().st_size > 0
    assert database.execute_sql("PRAGMA busy_timeout").fetchone() == (5000,), "writers go on waiting their turn"
    operations.FEATURE.tick()
    assert log.stat().st_size == 0 and forgetting.checkpoint() is True


def together(*calls):
    """Run the calls at the same moment, each in a thread with a connection of its own; their answers in order."""
    answers, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(number, call):
        with db.connection():
            gate.wait()
            try:
                answers[number] = call()
            except Exception as error:
                answers[number] = error

    threads = [threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_who_take_one_place_at_once_one_gets_it(database, organisation):
    _round, codes = open_round(organisation, slips={PEER: 1})
    place = places.find_place_by_code(codes[PEER][0])

    @db.transaction
    def take():
        return places.take(place.id)

    assert sorted(together(*[take] * 6)) == [False] * 5 + [True]


def test_places_taken_at_once_are_rewritten_without_waiting_for_each_other_forever(database, organisation):
    round_, _codes = open_round(organisation, slips={PEER: 4})
    chosen = list(RoundPlace.select().where(RoundPlace.round == round_.id))
    answers = together(*[lambda place=place: start(round_, place) for place in chosen])
    assert [type(answer) for answer in answers] == [Sheet] * 8
    if not db.is_sqlite():
        assert 1 not in sheets_per_place(database)


def test_closing_while_people_start_and_answer_loses_nothing_it_confirmed(database, organisation):
    """Whatever was saved before the round closed is counted; whoever came later is told, and leaves no row behind."""
    round_, _codes = open_round(organisation, slips={PEER: 2})
    chosen = list(RoundPlace.select().where(RoundPlace.round == round_.id))

    def answer(place):
        return save(organisation, round_, start(round_, place))

    calls = [lambda place=place: answer(place) for place in chosen]
    calls.insert(3, lambda: closing.close_round(organisation.id, round_.id))
    answers = together(*calls)
    assert answers.pop(3) is None
    saved = answers.count("saved")
    late = [answer for answer in answers if answer != "saved"]
    assert all(isinstance(answer, AssertionError | peewee.IntegrityError) for answer in late), late
    assert Answer.select().count() == saved
    assert not Sheet.select().where(Sheet.key_hash.is_null(False)).exists(), "no sheet begins in a closed round"
    assert RoundGroup.get(RoundGroup.round == round_.id).sheets == saved
    counted = RoundCount.get_or_none(RoundCount.round == round_.id)
    assert (counted.level_2 if counted else 0) == saved
