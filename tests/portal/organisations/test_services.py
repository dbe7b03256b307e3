"""Programmes, memberships, leaving, and what an administrator counts."""

import threading

import peewee
import pytest

from portal import audit, clock, db
from portal.accounts import portal_people
from portal.accounts import services as accounts
from portal.organisations import services
from portal.organisations.models import Membership, Organisation
from tests.support.written import writing


def membership_of(person, role=None):
    here = Membership.person == person
    return Membership.get(here & (Membership.role == role) if role else here)


@pytest.mark.parametrize(
    ("programmes", "reach", "expected"),
    [
        ([], [], True),
        ([1], [], True),
        ([], [1], False),
        ([1], [1, 2], True),
        ([1, 2], [1], False),
    ],
)
def test_a_lead_decides_about_what_lies_within_their_programmes(programmes, reach, expected):
    assert services.in_reach(programmes, reach) is expected


def test_the_same_organisation_form_sent_twice_makes_one(database, make):
    first = services.create_organisation("Harbour House", "Outreach")
    with pytest.raises(services.AlreadyMade):
        services.create_organisation("Harbour House", "Outreach", first.id)
    assert Organisation.select().count() == 1
    assert [programme.name for programme in services.list_programmes(first.id)] == ["Outreach"]


def test_the_same_programme_form_sent_twice_makes_one(database, make):
    house = make.organisation()
    made = services.create_programme(house.id, "Night bus")
    with pytest.raises(services.AlreadyMade):
        services.create_programme(house.id, "Night bus", "", made.id)
    assert [programme.name for programme in services.list_programmes(house.id)] == ["Night bus", "Riverside outreach"]


def test_members_come_peers_first_and_by_nickname(database, make):
    house = make.organisation()
    for role, nickname in [("lead", "Ada"), ("peer_worker", "wren"), ("peer_worker", "Heron"), ("staff", "Bo")]:
        make.member(house, role, nickname)
    members = services.list_members(house.id)
    assert [member.person.nickname for member in members] == ["Heron", "wren", "Bo", "Ada"]
    assert all(member.programme_names == [] for member in members)


def test_a_lead_of_one_programme_sees_and_ends_what_touches_it(database, make):
    house = make.organisation()
    bus = services.create_programme(house.id, "Night bus")
    make.member(house, "staff", "Everywhere")
    make.member(house, "staff", "Bus only", [bus])
    make.member(house, "staff", "Outreach only", [house.programme])
    reach = {bus.id}
    listed = {member.person.nickname: member.id for member in services.list_members(house.id, reach)}
    assert set(listed) == {"Bus only", "Everywhere"}
    assert services.get_member(house.id, listed["Bus only"], reach).person.nickname == "Bus only"
    assert services.get_member(house.id, listed["Everywhere"], reach) is None


def test_a_membership_is_found_in_its_own_organisation_only(database, make):
    house, other = make.organisation(), make.organisation("Elsewhere")
    member = membership_of(make.member(house, "staff"))
    assert services.get_member(other.id, member.id) is None
    services.end_membership(other.id, member.id)
    assert Membership.select().count() == 1


def test_the_last_lead_stays_until_there_is_another(database, make):
    house = make.organisation()
    lead = make.member(house, "lead")
    rows = audit.AuditRow.select().count()
    with pytest.raises(services.LastLead):
        services.leave(house.id, lead.id)
    assert audit.AuditRow.select().count() == rows
    assert [one.name for one in services.sole_lead_of(lead.id)] == ["Harbour House"]
    make.member(house, "lead")
    assert services.sole_lead_of(lead.id) == []
    services.leave(house.id, lead.id)
    assert services.roles_of(lead.id) == ()


def test_a_closed_organisation_needs_no_lead_and_holds_nobody(database, make):
    house, other = make.organisation(), make.organisation("Open House")
    lead = make.member(house, "lead")
    services.add_member(house.id, lead.id, "staff")
    services.add_member(other.id, lead.id, "staff")
    assert services.closed_organisations_of(lead.id) == []
    services.close_organisation(house.id)
    assert [one.name for one in services.closed_organisations_of(lead.id)] == ["Harbour House"]
    services.leave(house.id, lead.id)
    assert services.closed_organisations_of(lead.id) == []
    assert [row.organisation_id for row in Membership.select()] == [other.id]


def test_only_who_can_lead_it_all_counts_as_its_lead(database, make):
    house = make.organisation()
    lead = make.member(house, "lead")
    make.member(house, "lead", programmes=[house.programme])
    shut_out = make.member(house, "lead")
    portal_people.block(shut_out.nickname, True)
    with pytest.raises(services.LastLead):
        services.leave(house.id, lead.id)
    assert [one.name for one in services.sole_lead_of(lead.id)] == ["Harbour House"]
    assert [one.leads for one in services.count_organisations()] == [1]
    portal_people.block(shut_out.nickname, False)
    assert services.sole_lead_of(lead.id) == []
    services.leave(house.id, lead.id)


def test_who_leads_a_programme_only_may_leave(database, make):
    house = make.organisation()
    make.member(house, "lead")
    limited = make.member(house, "lead", programmes=[house.programme])
    services.leave(house.id, limited.id)
    assert services.sole_lead_of(limited.id) == []


def test_a_programme_that_limits_somebody_cannot_go(database, make):
    house = make.organisation()
    make.member(house, "staff", programmes=[house.programme])
    with pytest.raises(peewee.IntegrityError), writing():
        house.programme.delete_instance()


def test_leaving_ends_every_role_or_none(database, make):
    house = make.organisation()
    lead = make.member(house, "lead")
    services.add_member(house.id, lead.id, "candidate")
    with pytest.raises(services.LastLead):
        services.leave(house.id, lead.id)
    assert {held.role for held in services.roles_of(lead.id)} == {"candidate", "lead"}


def test_of_two_leads_who_leave_at_once_one_stays(database, make):
    house = make.organisation()
    leads = [make.member(house, "lead"), make.member(house, "lead")]
    outcomes = at_once([lambda person=lead.id: services.leave(house.id, person) for lead in leads])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastLead", "NoneType"]
    assert Membership.select().where(Membership.role == "lead").count() == 1


def test_a_closed_organisation_keeps_nobody_and_is_closed_once(database, make):
    house = make.organisation()
    lead = make.member(house, "lead")
    services.close_organisation(house.id)
    rows = audit.AuditRow.select().count()
    services.close_organisation(house.id)
    assert audit.AuditRow.select().count() == rows
    assert services.sole_lead_of(lead.id) == []
    assert services.roles_of(lead.id) == ()


def test_an_administrator_counts_programmes_and_leads(database, make):
    house, empty, gone = make.organisation("B house"), make.organisation("A house"), make.organisation("Gone")
    services.create_programme(house.id, "Night bus")
    make.member(house, "lead")
    make.member(house, "staff")
    services.close_organisation(gone.id)
    counted = services.count_organisations()
    assert [(one.name, one.programmes, one.leads) for one in counted] == [
        ("A house", 1, 0),
        ("B house", 2, 1),
        ("Gone", 1, 0),
    ]
    assert [one.closed_on for one in counted] == [None, None, clock.today()]
    assert counted[0].id == empty.id


def test_an_account_that_goes_takes_its_memberships_along(database, make):
    house = make.organisation()
    person = make.member(house, "staff")
    accounts.delete_person(person.id, [services.forget_person])
    assert Membership.select().count() == 0
    newest = audit.rows_of(house.id)[0]
    assert newest.action == "organisations.leave"


def at_once(actions):
    """Run the actions in threads that start together; what each returned or raised."""
    start = threading.Barrier(len(actions))
    outcomes = [None] * len(actions)

    def run(number, action):
        with db.connection():
            start.wait(timeout=10)
            try:
                outcomes[number] = action()
            except Exception as error:
                outcomes[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes
