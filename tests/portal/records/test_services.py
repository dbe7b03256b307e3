"""Certificates: what gets onto them, who can read them, and how they are taken back. On both engines."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from portal import audit, db, keys
from portal.accounts import portal_people
from portal.records import calendar, services
from portal.records.models import CalendarAddress, KeptCertificate
from portal.records.services import Line, NotDone, Wanted
from portal.training import marking
from portal.training import services as training
from portal.training.models import Way

DONE, PRACTISED = dt.date(2026, 11, 2), dt.date(2026, 11, 17)
EXPERIENCE = dt.date(2026, 11, 12)


def test_a_certificate_says_codes_and_days_and_no_more(learning, database):
    made = learning.certificate()
    assert made.content == services.Content(
        name="Amber Fox", lines=(Line("K1", DONE), Line("K4", EXPERIENCE, experience=True)), site=""
    )


def test_what_is_ticked_is_on_it_as_well(learning, database):
    made = learning.certificate(
        "K1", name="A. Fox", site="Peerwork", full_titles=True, later_days=True, organisations=True
    )
    (line,) = made.content.lines
    assert (made.content.name, made.content.site) == ("A. Fox", "Peerwork")
    assert line.title and line.practised_on == PRACTISED and line.organisation == "Harbour House"


@pytest.mark.parametrize("chosen", ["nothing", "open", "somebody else's"])
def test_only_what_is_marked_done_can_be_chosen(learning, make, database, chosen):
    ids = {"nothing": [], "open": learning.ids("K1", "C1"), "somebody else's": [*learning.ids("K1"), uuid4()]}[chosen]
    with pytest.raises(NotDone):
        services.make_certificate(uuid4(), learning.person.id, ids, "x", Wanted(), "en")
    with pytest.raises(NotDone):
        services.make_certificate(uuid4(), make.person().id, learning.ids("K1"), "x", Wanted(), "en")
    assert services.list_certificates(learning.person.id) == []


def test_it_keeps_saying_what_it_said(learning, database):
    made = learning.certificate("K1")
    marking.undo(learning.row("K1"))
    assert services.find_certificate(made.token).content == made.content


def test_the_same_form_sent_twice_makes_one_and_never_touches_somebody_elses(learning, make, database):
    person, id_ = learning.person.id, uuid4()
    for _ in range(2):
        assert services.make_certificate(id_, person, learning.ids("K1"), "x", Wanted(), "en") == id_
    assert len(services.list_certificates(person)) == 1
    other = make.member(learning.organisation, "staff")
    marking.finish_many(learning.organisation.id, [other.id], "K1", DONE, Way.ALONE, None)
    own = training.Assignment.get(training.Assignment.person == other.id).id
    assert services.make_certificate(id_, other.id, [own], "y", Wanted(), "en") != id_
    assert services.get_certificate(person, id_).content.name == "x"


def test_its_address_holds_128_bits_and_is_not_stored(learning, database):
    made = learning.certificate()
    assert len(made.token) == 22
    row = KeptCertificate.get()
    assert row.token_hash == keys.token_hash(made.token)
    for secret in (made.token, "Amber Fox", '"K1"'):  # with its quotes: two bytes alone may well be there by chance
        assert secret.encode() not in bytes(row.sealed)


def test_who_holds_the_address_reads_it_until_it_is_withdrawn(learning, database):
    made = learning.certificate()
    assert services.find_certificate(made.token) == made
    services.withdraw_certificate(learning.person.id, made.id)
    found = services.find_certificate(made.token)
    assert (found.content, found.token, found.withdrawn_on) == (None, "", dt.date(2026, 11, 22))
    assert KeptCertificate.get().sealed is None
    services.delete_certificate(learning.person.id, made.id)
    assert services.find_certificate(made.token) is None


def test_nobody_else_withdraws_or_deletes_it(learning, make, database):
    made, other = learning.certificate(), make.person().id
    services.withdraw_certificate(other, made.id)
    services.delete_certificate(other, made.id)
    assert services.get_certificate(other, made.id) is None
    assert services.find_certificate(made.token) == made


def test_the_list_has_what_stands_first(learning, database):
    first, second = learning.certificate("K1"), learning.certificate("K4")
    services.withdraw_certificate(learning.person.id, second.id)
    assert [one.id for one in services.list_certificates(learning.person.id)] == [first.id, second.id]


def test_the_record_of_changes_holds_ids_only(learning, database):
    made = learning.certificate()
    services.withdraw_certificate(learning.person.id, made.id)
    services.delete_certificate(learning.person.id, made.id)
    calendar.make_address(learning.person.id)
    calendar.delete_address(learning.person.id)
    rows = [row for row in audit.rows_of(None) if row.action.startswith("records.")][::-1]
    assert [row.action.partition(".")[2] for row in rows] == [
        "make_certificate", "withdraw_certificate", "delete_certificate", "make_calendar", "delete_calendar",
    ]  # fmt: skip
    assert {row.object for row in rows[:3]} == {f"kept_certificate/{made.id}"}
    assert {row.organisation for row in rows} == {None}


def test_a_new_calendar_address_takes_the_place_of_the_old(learning, database):
    person = learning.person.id
    old = calendar.make_address(person)
    assert calendar.find_person(old).id == person
    new = calendar.make_address(person)
    assert (calendar.find_person(old), calendar.find_person(new).id) == (None, person)
    assert CalendarAddress.select().count() == 1
    calendar.delete_address(person)
    assert (calendar.find_person(new), calendar.made_on(person)) == (None, None)


def test_a_blocked_account_has_no_calendar(learning, database):
    token = calendar.make_address(learning.person.id)
    portal_people.block(learning.person.nickname, True)
    assert calendar.find_person(token) is None


def test_everything_of_ones_own_can_be_taken_along(learning, database):
    made = learning.certificate("K1", "K4")
    withdrawn = learning.certificate("K1")
    services.withdraw_certificate(learning.person.id, withdrawn.id)
    calendar.make_address(learning.person.id)
    found = services.export_person(learning.person.id)
    assert found["calendar"] == {"made_on": "2026-11-22"}
    whole, rest = found["certificates"]
    assert (whole["name"], whole["made_on"], whole["lines"][0]["done_on"]) == ("Amber Fox", "2026-11-22", "2026-11-02")
    assert rest == {"made_on": "2026-11-22", "withdrawn_on": "2026-11-22"}
    assert made.token not in str(found)


def test_nothing_is_left_of_a_person(learning, database):
    made, token = learning.certificate(), calendar.make_address(learning.person.id)
    services.forget_person(learning.person.id)
    assert (services.find_certificate(made.token), calendar.find_person(token)) == (None, None)
    learning.certificate()
    calendar.make_address(learning.person.id)

    @db.transaction
    def delete():
        learning.person.delete_instance()

    delete()
    assert KeptCertificate.select().count() == CalendarAddress.select().count() == 0
