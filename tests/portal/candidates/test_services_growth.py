"""What people want to work on: marked in private, shown one by one, taken back at any time; on both engines."""

import datetime as dt
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from portal import audit, clock, db, keys
from portal.accounts import services as accounts
from portal.candidates import checklist, growth, services
from portal.candidates.models import GrowthShown, KeptChecklist
from portal.organisations import services as organisations
from portal.organisations.models import Membership

pytestmark = pytest.mark.usefixtures("database")
WORDS = checklist.words("en")
SECRET = "zebrafinch"
LISTEN, BRIDGES, KNOWN = "D.04", "D.08", "F1.03"
ANSWERS = {LISTEN: ["s1"], BRIDGES: ["s0"], KNOWN: ["s0"], "D.01": ["s3"], "F5.01": ["support"]}


def answered(wishes=(LISTEN, BRIDGES), **more):
    fields = {**ANSWERS, f"note-{LISTEN}": [SECRET], "wishes": [" ".join(wishes)], **more}
    return checklist.read(fields, WORDS)


@pytest.fixture
def house(make):
    return make.organisation()


@pytest.fixture
def wren(make, house):
    """A peer worker who marked two items."""
    person = make.member(house, "peer_worker", "Wren")
    services.keep(person.id, answered())
    return person


def show(person, organisation, *codes):
    return growth.show(person.id, organisation.id, codes, WORDS)


def actions():
    return [row.action for row in audit.AuditRow.select().order_by(audit.AuditRow.number)]


def everything_stored():
    """Every byte of the SQLite files, or every row of the tables as PostgreSQL holds them."""
    if db.is_sqlite():
        file = Path(db.database.obj.database)
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    tables = (KeptChecklist, GrowthShown, audit.AuditRow)
    return b"".join(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode()
                    for table in tables for row in table.select().tuples())  # fmt: skip


# --- marks ---


def test_marks_hold_for_answered_growth_cards_only(make):
    person = make.person()
    growth.mark(person.id, [LISTEN])
    assert growth.wishes(person.id) == [] and services.get_kept(person.id) is None
    services.keep(person.id, answered(wishes=[]))
    growth.mark(person.id, [LISTEN, "D.01", "D.02", "F5.01", "F4.01", "nonsense"])
    assert services.get_kept(person.id).checklist.wishes == (LISTEN, "D.01")
    growth.mark(person.id, [BRIDGES])
    assert services.get_kept(person.id).checklist.wishes == (BRIDGES,)
    assert services.get_kept(person.id).checklist.notes == {LISTEN: SECRET}


def test_wishes_are_marked_items_answered_s1_or_s0_in_the_persons_order(make):
    person = make.person()
    services.keep(person.id, answered([LISTEN, "D.01", KNOWN, BRIDGES], order=[f"{BRIDGES} {LISTEN}"]))
    assert growth.wishes(person.id) == [BRIDGES, LISTEN, KNOWN]
    assert growth.wishes(make.person().id) == []


def test_a_checklist_kept_before_there_were_wishes_opens(make):
    person = make.person()
    services.keep(person.id, answered())
    old = checklist.to_dict(answered())
    del old["wishes"]

    @db.transaction
    def put_back():
        sealed = keys.seal(json.dumps(old), f"checklist:{person.id}")
        KeptChecklist.update(sealed=sealed).where(KeptChecklist.person == person.id).execute()

    put_back()
    assert services.get_kept(person.id).checklist == answered(wishes=[])
    assert growth.wishes(person.id) == []


def test_marking_shows_nothing_to_anybody(wren, house):
    assert growth.list_shown(house.id) == [] == growth.list_own(wren.id)
    assert growth.shown_by(house.id, LISTEN) == {}


# --- showing ---


def test_trainers_see_nickname_statement_and_day_and_nothing_else(wren, house):
    assert show(wren, house, LISTEN) == 1
    (shown,) = growth.list_shown(house.id)
    assert shown == growth.Shown(
        id=GrowthShown.get().id,
        person=wren.id,
        nickname="Wren",
        organisation_id=house.id,
        organisation="Harbour House",
        item=LISTEN,
        statement="I listen properly and can feel with people.",
        shown_on=clock.today(),
    )
    assert growth.shown_by(house.id, LISTEN) == {wren.id: clock.today()}
    assert growth.shown_by(house.id, BRIDGES) == {}


def test_only_what_is_marked_can_be_shown_and_only_once(wren, house):
    assert show(wren, house, LISTEN, KNOWN, "nonsense") == 1
    clock.stop(clock.now() + dt.timedelta(days=2))
    assert show(wren, house, LISTEN) == 0
    assert [(one.item, one.shown_on) for one in growth.list_own(wren.id)] == [(LISTEN, dt.date(2026, 11, 22))]
    assert actions().count("candidates.show_wish") == 1


def test_it_is_shown_to_organisations_one_belongs_to_one_by_one(make, wren, house):
    elsewhere = make.organisation("Elsewhere")
    with pytest.raises(growth.NotAMember):
        show(wren, elsewhere, LISTEN)
    assert growth.organisations_open_to(wren.id) == [(house.id, "Harbour House")]
    organisations.add_member(elsewhere.id, wren.id, "candidate")
    assert growth.organisations_open_to(wren.id) == [(elsewhere.id, "Elsewhere"), (house.id, "Harbour House")]
    show(wren, elsewhere, LISTEN)
    assert growth.list_shown(house.id) == [] and len(growth.list_shown(elsewhere.id)) == 1


@pytest.mark.parametrize("role", organisations.ROLES)
def test_every_member_may_show_whatever_they_are_there(make, house, role):
    person = make.member(house, role)
    services.keep(person.id, answered())
    assert show(person, house, LISTEN) == 1


def test_the_list_goes_by_nickname_then_by_the_checklists_order(make, wren, house):
    adder = make.member(house, "candidate", "adder")
    services.keep(adder.id, answered([LISTEN, KNOWN]))
    show(wren, house, BRIDGES, LISTEN)
    show(adder, house, KNOWN, LISTEN)
    lines = [(one.nickname, one.item) for one in growth.list_shown(house.id)]
    assert lines == [("adder", KNOWN), ("adder", LISTEN), ("Wren", LISTEN), ("Wren", BRIDGES)]


def test_the_list_takes_the_same_number_of_statements_however_long(make, wren, house):
    def statements():
        found = []
        db.database.query_hooks.append(found.append)
        growth.list_shown(house.id)
        db.database.query_hooks.remove(found.append)
        return len(found)

    show(wren, house, LISTEN)
    once = statements()
    for _ in range(4):
        person = make.member(house, "candidate")
        services.keep(person.id, answered())
        show(person, house, LISTEN, BRIDGES)
    assert len(growth.list_shown(house.id)) == 9
    assert statements() == once == 1


def test_neither_answer_nor_note_nor_statement_is_stored_in_clear(wren, house):
    show(wren, house, LISTEN, BRIDGES)
    stored = everything_stored()
    assert b"Harbour House" in stored or not db.is_sqlite()  # what is clear text is found this way
    for text in (SECRET, "I listen properly", "build bridges", LISTEN, BRIDGES, '"s1"'):
        assert text.encode() not in stored, text
    opened = [keys.unseal(row.sealed, f"growth:{row.id}:{wren.id}:{house.id}") for row in GrowthShown.select()]
    assert sorted(json.loads(text)[0] for text in opened) == [LISTEN, BRIDGES]
    assert all(len(json.loads(text)) == 2 for text in opened)


def test_a_sealed_row_opens_in_its_own_place_only(make, wren, house):
    robin = make.member(house, "candidate", "Robin")
    show(wren, house, LISTEN)

    @db.transaction
    def move():
        GrowthShown.update(person=robin.id).execute()

    move()
    with pytest.raises(InvalidTag):
        growth.list_shown(house.id)


# --- taking back, leaving ---


def test_taken_back_is_gone_at_once_and_only_ones_own_can_be(make, wren, house):
    show(wren, house, LISTEN, BRIDGES)
    first, second = growth.list_own(wren.id)
    growth.take_back(make.member(house, "trainer").id, first.id)
    assert len(growth.list_shown(house.id)) == 2
    growth.take_back(wren.id, first.id)
    growth.take_back(wren.id, first.id)
    assert [one.id for one in growth.list_shown(house.id)] == [second.id]
    assert growth.shown_by(house.id, LISTEN) == {}
    assert GrowthShown.select().count() == 1
    assert actions().count("candidates.take_back_wish") == 1


def test_what_was_taken_back_has_left_the_file(wren, house):
    show(wren, house, LISTEN)
    sealed = bytes(GrowthShown.get().sealed)
    assert not db.is_sqlite() or sealed in everything_stored()
    growth.take_back(wren.id, growth.list_own(wren.id)[0].id)
    assert sealed not in everything_stored()


def test_a_mark_that_goes_takes_what_is_shown_along(wren, house):
    show(wren, house, LISTEN, BRIDGES)
    growth.mark(wren.id, [LISTEN])
    assert [one.item for one in growth.list_shown(house.id)] == [LISTEN]
    assert actions().count("candidates.take_back_wish") == 1


def test_deleting_the_checklist_leaves_what_is_shown_until_it_is_taken_back(wren, house):
    show(wren, house, LISTEN)
    services.delete_kept(wren.id)
    assert growth.wishes(wren.id) == []
    (shown,) = growth.list_own(wren.id)
    growth.take_back(wren.id, shown.id)
    assert growth.list_shown(house.id) == []


def test_leaving_ends_it_at_once_and_the_row_goes_when_it_is_due(wren, house):
    show(wren, house, LISTEN)
    growth.end_due()
    assert GrowthShown.select().count() == 1
    organisations.leave(house.id, wren.id)
    assert growth.list_shown(house.id) == [] == growth.list_own(wren.id)
    assert growth.shown_by(house.id, LISTEN) == {}
    growth.end_due()
    growth.end_due()
    assert GrowthShown.select().count() == 0
    assert actions().count("candidates.end_wish") == 1


def test_another_role_in_the_same_organisation_keeps_it(wren, house):
    show(wren, house, LISTEN)
    organisations.add_member(house.id, wren.id, "staff")
    old = Membership.get(Membership.person == wren.id, Membership.role == "peer_worker")
    organisations.end_membership(house.id, old.id)
    growth.end_due()
    assert list(growth.shown_by(house.id, LISTEN)) == [wren.id]


def test_a_closed_organisation_sees_nothing_any_more(wren, house):
    show(wren, house, LISTEN)
    organisations.close_organisation(house.id)
    assert growth.list_shown(house.id) == []
    with pytest.raises(growth.NotAMember):
        show(wren, house, BRIDGES)
    growth.end_due()
    assert GrowthShown.select().count() == 0


def test_the_tick_of_the_feature_ends_it(app, wren, house):
    show(wren, house, LISTEN)
    organisations.leave(house.id, wren.id)
    next(one for one in app.extensions["features"] if one.blueprint and one.blueprint.name == "candidates").tick()
    assert GrowthShown.select().count() == 0


def test_the_audit_names_ids_only(wren, house):
    audit.acting_as(wren.id)
    show(wren, house, LISTEN)
    audit.acting_as(None)
    row = audit.AuditRow.select().where(audit.AuditRow.action == "candidates.show_wish").get()
    assert (row.object, row.organisation) == (f"growth_shown/{GrowthShown.get().id}", house.id)
    assert audit.verify() == []


def test_the_audit_that_leads_read_does_not_say_who_has_a_wish(make, wren, house):
    make.member(house, "trainer")
    audit.acting_as(wren.id)
    show(wren, house, LISTEN, BRIDGES)
    growth.take_back(wren.id, growth.list_own(wren.id)[0].id)
    growth.mark(wren.id, [])
    audit.acting_as(None)
    rows = [row for row in audit.rows_of(house.id) if "wish" in row.action]
    assert [row.action.rpartition(".")[2] for row in rows] == ["take_back_wish"] * 2 + ["show_wish"] * 2
    assert [row.actor for row in rows] == [None] * 4


# --- the whole person ---


def test_the_export_holds_wishes_and_what_is_shown(app, make, wren, house):
    show(wren, house, LISTEN)
    feature = next(one for one in app.extensions["features"] if one.blueprint and one.blueprint.name == "candidates")
    found = json.loads(json.dumps(feature.export_person(wren.id)))
    statements = [WORDS.items[code].statement for code in (LISTEN, BRIDGES)]
    assert found["kept"]["I want to work on"] == statements
    assert found["wishes_shown"] == [
        {"to": "trainers of Harbour House", "code": LISTEN, "statement": statements[0], "shown_on": "2026-11-22"}
    ]
    assert feature.export_person(make.member(house, "trainer").id)["wishes_shown"] == []


def test_forgetting_a_person_takes_it_along(make, wren, house):
    robin = make.member(house, "candidate", "Robin")
    services.keep(robin.id, answered())
    show(wren, house, LISTEN)
    show(robin, house, LISTEN)
    accounts.delete_person(wren.id, [services.forget_person])
    assert [one.nickname for one in growth.list_shown(house.id)] == ["Robin"]
    assert GrowthShown.select().count() == 1
