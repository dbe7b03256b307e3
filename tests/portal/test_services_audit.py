"""The record of changes holds, and shows when somebody touched it, on both engines."""

import datetime as dt
import threading

import pytest

from portal import audit, clock, db
from tests.conftest import NOW


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
    with db.database.atomic():
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
def test_a_changed_missing_or_cut_off_row_shows(chain, sql, values):
    execute(sql, *values)
    assert audit.verify()


def test_retention_cuts_the_old_end_and_the_rest_stays_provable(chain):
    assert audit.cut_before(NOW + dt.timedelta(days=2, hours=12)) == 3
    assert audit.verify() == []
    assert audit.cut_before(NOW + dt.timedelta(days=4, hours=12)) == 2
    assert audit.verify() == []
    execute("DELETE FROM audit_row WHERE number = 6")
    assert audit.verify()


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
