"""A large organisation: three modules to 300 people in one form, and the board of 300 people and 28 modules."""

from __future__ import annotations

import gzip
import time
from statistics import median

from playhouse.test_utils import count_queries

from tests.bench import demo
from tests.bench.server import say

PEOPLE = 300


def main() -> None:
    demo.prepare()
    from portal import db
    from portal.accounts import services as accounts
    from portal.app import create_app
    from portal.organisations import services as organisations
    from portal.organisations.models import Organisation
    from portal.training import boards, library, services

    app = create_app()
    with app.app_context(), db.connection():
        house = Organisation.get()
        hashed = accounts.hasher.hash("made up for a measurement")
        people = [accounts.create_person(f"Learner {number}", hashed, "en").id for number in range(PEOPLE)]
        for person in people:
            organisations.add_member(house.id, person, "peer_worker")
        codes = [module.code for module in library.list_modules("en")]
        times = []
        for start in range(0, 15, 3):
            began = time.perf_counter()
            with count_queries() as counted:
                services.assign(house.id, (), people, codes[start : start + 3], people[0])
            times.append(time.perf_counter() - began)
        services.assign(house.id, (), people, codes, people[0])
        began = time.perf_counter()
        with count_queries() as read:
            board = boards.board(house.id, (), "en")
        drawn = time.perf_counter() - began
    with app.test_request_context():
        from flask import render_template

        page = render_template("training/show_board.html", organisation=house, board=board, group=None, only_open=False)
    say(
        people=PEOPLE,
        assignments=len(codes) * PEOPLE,
        **{
            "ms to assign three modules": round(median(times) * 1000),
            "statements to assign": counted.count,
            "ms to read a page of the board": round(drawn * 1000),
            "statements of the board": read.count,
            "kB of the board, compressed": round(len(gzip.compress(page.encode(), 6)) / 1000, 1),
        },
    )


if __name__ == "__main__":
    main()
