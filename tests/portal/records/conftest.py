from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from portal import clock, db
from portal.records import services as records
from portal.training import marking
from portal.training import services as training
from portal.training.models import Assignment, Way
from tests.support.modules import Modules


class Learning:
    """Somebody who has done K1 at a meeting (and practised it) and brings K4 along, and has C1 before them."""

    due = dt.date(2026, 12, 24)

    def __init__(self, make):
        self.organisation = make.organisation()
        self.person = make.member(self.organisation, "peer_worker", "Amber Fox")
        self.add("K1", 20, Way.MEETING)
        self.add("K4", 10, Way.EXPERIENCE)
        with db.connection():
            marking.practise(self.row("K1"), clock.today() - dt.timedelta(days=5))
            training.assign(self.organisation.id, (), [self.person.id], ["C1"], self.person.id, due_on=self.due)

    def add(self, code, days_ago, way):
        on = clock.today() - dt.timedelta(days=days_ago)
        with db.connection():
            marking.finish_many(self.organisation.id, [self.person.id], code, on, way, None)

    def row(self, code):
        return Assignment.get(Assignment.person == self.person.id, Assignment.module == code)

    def ids(self, *codes):
        with db.connection():
            return [self.row(code).id for code in codes]

    def certificate(self, *codes, name="Amber Fox", site="", **wanted):
        """A certificate of these modules, or of all that are done."""
        with db.connection():
            made = records.make_certificate(
                uuid4(), self.person.id, self.ids(*(codes or ("K1", "K4"))), name, records.Wanted(**wanted), "en", site
            )
            return records.get_certificate(self.person.id, made)


@pytest.fixture
def learning(app, make, tmp_path):
    with db.connection():
        Modules(tmp_path / "content").load()
    return Learning(make)
