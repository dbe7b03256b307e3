"""The record of changes holds, and shows when somebody touched it, on both engines."""

import datetime as dt
import threading

import pytest

from portal import audit, clock, db
from tests.conftest import NOW
from tests.support.written import writing


@pytest.fixture
def chain(database):
    @db.transaction
    def one(number):
        audit.record("test.change", f"thing/{number}")

    for number in range(6):
        clock.stop(NOW + dt.timedelta(days=number))
        one(number)


def execute(sql, *values):
    mark = "?" if db.is_sqlite() else "%s"
    with writing():
        db.database.execute_sql(sql.replace("?", mark), values)


def test_an_untouched_chain_holds(chain):
    assert audit.verify() == []


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("UPDATE audit_row SET action = ? WHERE number = 3", ("test.other",)),
        ("UPDATE audit_row SET object = ? WHERE number = 6", ("thing/x",)),
        ("UPDATE audit_row SET hmac = ? WHERE number = 2", ("0" * 64,)),
        ("UPDATE audit_row SET actor = NULL, time = ? WHERE number = 4", (dt.datetime(2020, 1, 1),)),
        ("DELETE FROM audit_row WHERE number = 3", ()),
        ("DELETE FROM audit_row WHERE number = 1", ()),
        ("DELETE FROM audit_row WHERE number >= 5", ()),
        ("DELETE FROM audit_row", ()),
    ],
)
def test_a_changed_missing_or_cut_off_row_shows_whatever_is_recorded_after_it(chain, sql, values):
    execute(sql, *values)
    assert audit.verify()
    for number in range(8):
        db.transaction(audit.record)("test.change", f"thing/later-{number}")
        assert audit.verify()


def test_retention_cuts_the_old_end_and_the_rest_stays_provable(chain):
    assert audit.cut_before(NOW + dt.timedelta(days=2, hours=12)) == 3
    assert audit.verify() == []
    assert audit.cut_before(NOW + dt.timedelta(days=4, hours=12)) == 2
    assert audit.verify() == []
    execute("DELETE FROM audit_row WHERE number = 6")
    assert audit.verify()


def test_a_month_begins_by_taking_away_what_is_older_than_three_years(chain, database):
    clock.stop(dt.datetime(2029, 11, 30, 23, 0, tzinfo=dt.UTC))
    assert audit.cut_what_is_due() == 0
    clock.stop(dt.datetime(2029, 12, 1, 1, 0, tzinfo=dt.UTC))
    assert audit.cut_what_is_due() == 6
    assert audit.cut_what_is_due() == 0
    assert [row.action for row in audit.rows_of(None)] == [audit.CHECKPOINT]
    assert audit.verify() == []


@pytest.mark.parametrize("thing", ["x", "", "6 nonsense", "six " + "0" * 64, "² " + "0" * 64, "6 " + "g" * 64])
def test_a_forged_checkpoint_is_a_finding_not_a_failure(chain, thing):
    execute("UPDATE audit_row SET action = ?, object = ? WHERE number = 3", audit.CHECKPOINT, thing)
    assert [problem.number for problem in audit.verify()] == [3]


def test_what_is_added_while_the_chain_is_read_is_no_cut_tail(chain, database):
    @db.transaction
    def add():
        audit.record("test.change", "thing/late")

    waiting = [add]

    def add_after(event):
        if event.sql.startswith("SELECT") and "audit_row" in event.sql and "ORDER BY" in event.sql and waiting:
            # the rows are read now; another connection adds one before the head would be
            thread = threading.Thread(target=in_own_connection, args=[waiting.pop()])
            thread.start()
            thread.join()

    def in_own_connection(action):
        with db.connection():
            action()

    db.database.query_hooks.append(add_after)
    try:
        found = audit.verify()
    finally:
        db.database.query_hooks.remove(add_after)
    assert waiting == []
    assert found == []


def test_the_head_may_lag_but_must_lie_on_the_chain(chain, tmp_path):
    head = tmp_path / "data" / "audit.head"
    newest = head.read_text()
    row = audit.AuditRow.get(audit.AuditRow.number == 4)
    head.write_text(f"4 {row.hmac}\n")
    assert audit.verify() == []
    head.write_text(newest.replace("6 ", "5 "))
    assert audit.verify()
    head.unlink()
    assert audit.verify()


def test_writers_queue(database):
    def write(number):
        @db.transaction
        def one():
            audit.record("test.change", f"thing/{number}")

        with db.connection():
            for _ in range(5):
                one()

    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.number for row in audit.AuditRow.select().order_by(audit.AuditRow.number)] == list(range(1, 31))
    assert audit.verify() == []
