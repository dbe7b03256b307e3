"""Who is the peers' contact, as the namings change and people come and go (scoring.md §3.4.4)."""

import pytest
from playhouse.db_url import connect as raw_connect

from portal import audit, db
from portal.accounts import services as accounts
from portal.operations.services import do_what_is_due
from portal.organisations import peer_contact, services
from portal.organisations.models import Membership, PeerContactNaming
from tests.portal.organisations.test_services import at_once
from tests.support.forgotten import is_forgotten, size_on_disk


@pytest.fixture
def house(database, make):
    return make.organisation()


def peers(make, house, *nicknames):
    return [make.member(house, "peer_worker", nickname) for nickname in nicknames]


def membership(house, person):
    return Membership.get(Membership.organisation == house, Membership.person == person).id


def name(house, by, whom):
    peer_contact.name_peer_contact(house.id, by.id, whom and membership(house, whom))


def contacts(house):
    return [peer.person.nickname for peer in peer_contact.list_peer_workers(house.id) if peer.peer_contact]


def test_two_others_make_the_contact(make, house):
    ada, bo, cy, _dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    name(house, ada, cy)
    assert contacts(house) == []
    name(house, bo, cy)
    assert contacts(house) == ["Cy"]
    (held,) = services.roles_of(cy.id)
    assert held.marks == {"peer_contact"}


def test_of_two_peer_workers_one_is_enough(make, house):
    ada, bo = peers(make, house, "Ada", "Bo")
    name(house, ada, bo)
    assert contacts(house) == ["Bo"]
    name(house, bo, ada)
    assert contacts(house) == ["Bo"]  # one at a time: among equals the first one stays
    name(house, ada, None)
    assert contacts(house) == ["Ada"]


def test_naming_can_change_and_there_is_one_at_a_time(make, house):
    ada, bo, cy, dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    name(house, ada, cy)
    name(house, bo, cy)
    name(house, cy, dee)
    name(house, bo, dee)
    assert contacts(house) == ["Dee"]
    assert PeerContactNaming.select().count() == 3


def test_nobody_names_themselves_strangers_or_from_outside(make, house):
    ada, _bo = peers(make, house, "Ada", "Bo")
    staff = make.member(house, "staff")
    elsewhere = make.organisation("Elsewhere")
    stranger = make.member(elsewhere, "peer_worker")
    for by, whom in [(ada, ada), (ada, staff), (staff, ada)]:
        with pytest.raises(peer_contact.NotAPeerWorker):
            name(house, by, whom)
    with pytest.raises(peer_contact.NotAPeerWorker):
        peer_contact.name_peer_contact(house.id, ada.id, membership(elsewhere, stranger))
    assert PeerContactNaming.select().count() == 0


def test_who_leads_as_well_neither_names_nor_is_named(make, house):
    ada, bo, cy, dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    for by in (ada, bo):
        name(house, by, cy)
    services.add_member(house.id, cy.id, "lead")
    assert contacts(house) == []
    assert not Membership.get(Membership.person == cy, Membership.role == "peer_worker").peer_contact
    for by, whom in ((cy, dee), (dee, cy)):
        peer = Membership.get(Membership.person == whom, Membership.role == "peer_worker")
        with pytest.raises(peer_contact.NotAPeerWorker):
            peer_contact.name_peer_contact(house.id, by.id, peer.id)
    make.member(house, "lead")
    services.end_membership(house.id, Membership.get(Membership.person == cy, Membership.role == "lead").id)
    assert contacts(house) == ["Cy"]


def test_a_lead_s_own_naming_counts_no_more(make, house):
    ada, bo, cy, _dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    for by in (ada, bo):
        name(house, by, cy)
    services.add_member(house.id, ada.id, "lead")
    assert contacts(house) == []


def test_the_mark_goes_with_those_who_named(make, house):
    ada, bo, cy, _dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    name(house, ada, cy)
    name(house, bo, cy)
    services.end_membership(house.id, membership(house, ada))
    assert contacts(house) == []
    assert peer_contact.get_naming(house.id, ada.id) is None


def test_whoever_leaves_is_contact_no_more_and_named_no_more(make, house):
    ada, bo, cy = peers(make, house, "Ada", "Bo", "Cy")
    name(house, ada, cy)
    name(house, bo, cy)
    services.leave(house.id, cy.id)
    assert PeerContactNaming.select().count() == 0
    services.add_member(house.id, cy.id, "peer_worker")
    assert contacts(house) == []


def test_two_who_are_left_need_one_and_a_third_makes_it_two(make, house):
    ada, bo, cy = peers(make, house, "Ada", "Bo", "Cy")
    name(house, ada, bo)
    assert contacts(house) == []
    services.leave(house.id, cy.id)
    assert contacts(house) == ["Bo"]
    peers(make, house, "Eve")
    assert contacts(house) == []


def test_an_account_that_goes_takes_its_namings_along(make, house):
    ada, bo, cy, _dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    name(house, ada, cy)
    name(house, bo, cy)
    accounts.delete_person(bo.id, [services.forget_person])
    assert contacts(house) == []
    assert PeerContactNaming.select().count() == 1


def test_the_audit_tells_neither_who_named_nor_whom(make, house):
    ada, bo = peers(make, house, "Ada", "Bo")
    audit.acting_as(ada.id)
    name(house, ada, bo)
    row = audit.rows_of(house.id)[0]
    assert (row.action, row.actor) == ("organisations.name_peer_contact", None)
    assert row.object == f"organisation/{house.id}"


def test_two_who_name_at_once_are_both_counted(make, house):
    ada, bo, cy, _dee = peers(make, house, "Ada", "Bo", "Cy", "Dee")
    assert at_once([lambda: name(house, ada, cy), lambda: name(house, bo, cy)]) == [None, None]
    assert contacts(house) == ["Cy"]


def test_who_named_whom_leaves_the_files_when_it_changes(make, house, database, tmp_path):
    ada, bo, cy = peers(make, house, "Ada", "Bo", "Cy")
    for whom in (bo, cy, None):
        name(house, ada, whom)
        assert is_forgotten(PeerContactNaming, tmp_path / "data", PeerContactNaming.select().count())
    name(house, bo, cy)
    services.leave(house.id, cy.id)
    assert is_forgotten(PeerContactNaming, tmp_path / "data")
    assert PeerContactNaming.select().count() == 0


def test_what_stays_because_somebody_reads_goes_with_the_next_tick(make, house, database, tmp_path, url):
    ada, bo = peers(make, house, "Ada", "Bo")
    log = tmp_path / "data" / "portal.sqlite3-wal"
    reader = raw_connect(url, **({} if db.is_sqlite() else {"prefer_psycopg3": True}))
    with reader.connection_context(), reader.atomic():
        if not db.is_sqlite():
            reader.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute_sql("SELECT count(*) FROM person").fetchone()
        name(house, ada, bo)
        name(house, ada, None)
        assert log.stat().st_size if db.is_sqlite() else size_on_disk(PeerContactNaming)
    do_what_is_due()
    assert (log.stat().st_size if db.is_sqlite() else size_on_disk(PeerContactNaming)) == 0
