"""Closing a round and reading its result while other organisations' answers grow from 10 thousand to 1 million."""

from __future__ import annotations

import os
import pathlib
import sqlite3
import time
import uuid
from statistics import median

from tests.bench import demo
from tests.bench.server import say


def fill(path: pathlib.Path, wanted: int) -> None:
    """Add answers of rounds elsewhere until there are ``wanted`` of them."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=0")
    have = connection.execute("SELECT count(*) FROM answer").fetchone()[0]
    rows = []
    for number in range(max(0, wanted - have) // 50):
        sheet, round_ = uuid.uuid4().hex, uuid.UUID(int=number // 20 + 1).hex
        rows += [
            (sheet, f"X{item}", round_, round_, round_, "peer", str(item % 5), None, None, 0, "") for item in range(50)
        ]
    connection.executemany("INSERT INTO answer VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def main() -> None:
    demo.prepare()
    path = pathlib.Path(os.environ["PORTAL_DATA_DIR"]) / "portal.sqlite3"
    from assessments.model import RaterGroup
    from portal import db
    from portal.app import create_app
    from portal.results.services import read_results
    from portal.rounds import closing
    from portal.rounds.models import Round
    from portal.rounds.services import get_round

    app = create_app()
    figures = {}
    for wanted in (10_000, 100_000, 1_000_000):
        fill(path, wanted)
        with app.app_context(), db.connection():
            open_ = Round.get(Round.closed_at.is_null())
            times = []
            for _ in range(5):
                began = time.perf_counter()
                with db.database.atomic() as undo:
                    closing._count_answers(open_)
                    times.append(time.perf_counter() - began)
                    undo.rollback()
            closed = Round.select().where(Round.closed_at.is_null(False)).order_by(Round.closed_at).first()
            round_ = get_round(closed.organisation_id, closed.id)
            reads = []
            for _ in range(5):
                began = time.perf_counter()
                read_results(round_, RaterGroup.MGMT)
                reads.append(time.perf_counter() - began)
        figures[f"{wanted} answers"] = {
            "count ms": round(median(times) * 1000, 2),
            "read ms": round(median(reads) * 1000, 2),
        }
    first, last = (list(figures.values())[place] for place in (0, -1))
    say(
        **figures,
        count_ratio=round(last["count ms"] / first["count ms"], 2),
        read_ratio=round(last["read ms"] / first["read ms"], 2),
    )


if __name__ == "__main__":
    main()
