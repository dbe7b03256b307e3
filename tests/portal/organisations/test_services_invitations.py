"""Making an invitation, joining by it, and every way in which it stops working."""

import datetime as dt
from uuid import uuid4

import pytest

from portal import audit, clock, keys
from portal.organisations import codes, invitations, services
from portal.organisations.models import Invitation, Membership, State
from tests.conftest import NOW
from tests.portal.organisations.test_services import at_once

DAY = NOW.date() + dt.timedelta(days=10)


def invite(house, role="peer_worker", **options):
    return invitations.invite(house.id, role, **{"ends_on": DAY, **options})


def uses_left():
    return Invitation.select(Invitation.uses_left).scalar()


# --- codes ---


def test_a_code_has_eighty_bits_and_is_stored_as_a_hash_only(database, make):
    code = invite(make.organisation())
    assert codes.is_code(code)
    assert len(codes.ALPHABET) ** codes.LENGTH == 2**80
    row = Invitation.get()
    assert row.token_hash == keys.token_hash(code)
    assert code not in str(row.__data__)


@pytest.mark.parametrize(
    "typed", ["abcd-0123-EFGH-1jkm", " ABCD O123 efgh Ijkm", "abcdo123efghLjkm", "ABCD–0I23–EFGH–LJKM"]
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert codes.plain_code(typed) == "ABCD0123EFGH1JKM"


def test_a_code_is_shown_in_groups_of_four():
    assert codes.in_groups("ABCD0123EFGH1JKM") == "ABCD-0123-EFGH-1JKM"


# --- what can be made ---


@pytest.mark.parametrize(
    ("role", "uses", "good"),
    [
        ("lead", 1, True),
        ("lead", 2, False),
        ("trainer", 1, True),
        ("trainer", 2, False),
        ("peer_worker", 500, True),
        ("staff", 501, False),
        ("candidate", 0, False),
        ("candidate", -1, False),
    ],
)
def test_leads_and_trainers_are_invited_one_by_one(database, make, role, uses, good):
    house = make.organisation()
    if good:
        assert codes.is_code(invite(house, role, uses=uses))
    else:
        with pytest.raises(invitations.UsesUnsuitable):
            invite(house, role, uses=uses)
        assert Invitation.select().count() == 0


@pytest.mark.parametrize(("days", "good"), [(-1, False), (0, True), (365, True), (366, False)])
def test_the_last_day_is_to_come_and_at_most_a_year_away(database, make, days, good):
    house, day = make.organisation(), clock.today() + dt.timedelta(days=days)
    if good:
        assert codes.is_code(invite(house, ends_on=day))
    else:
        with pytest.raises(invitations.DayUnsuitable):
            invite(house, ends_on=day)


def test_an_unknown_role_is_refused(database, make):
    with pytest.raises(ValueError, match="administrator is not a role"):
        invite(make.organisation(), "administrator")


def test_programmes_of_another_organisation_are_refused(database, make):
    house, other = make.organisation(), make.organisation("Elsewhere")
    with pytest.raises(invitations.ProgrammeUnsuitable):
        invite(house, programmes=[other.programme.id])


def test_a_lead_of_one_programme_cannot_invite_beyond_it(database, make):
    house = make.organisation()
    bus = services.create_programme(house.id, "Night bus")
    with pytest.raises(invitations.ProgrammeUnsuitable):
        invite(house, programmes=[house.programme.id], reach={bus.id})
    found = invitations.find_invitation(invite(house, reach={bus.id}))
    assert found.programme_names == ["Night bus"]


def test_the_same_form_sent_twice_makes_one_invitation(database, make):
    house = make.organisation()
    invite(house)
    with pytest.raises(invitations.AlreadyMade):
        invite(house, invitation_id=Invitation.get().id)
    assert Invitation.select().count() == 1


# --- joining ---


def test_whoever_joins_gets_role_programmes_and_day(database, make):
    house = make.organisation()
    bus = services.create_programme(house.id, "Night bus")
    person = make.person()
    code = invite(house, "staff", programmes=[bus.id], uses=3)
    assert invitations.join(code, person.id) == house.id
    (held,) = services.roles_of(person.id)
    assert (held.role, held.programmes) == ("staff", {bus.id})
    assert Membership.get().joined_on == clock.today()
    assert uses_left() == 2


def test_joining_again_counts_no_use_even_when_none_is_left(database, make):
    house, person = make.organisation(), make.person()
    code = invite(house)
    for _ in range(3):
        assert invitations.join(code, person.id) == house.id
    assert uses_left() == 0
    assert Membership.select().count() == 1


def test_a_member_of_one_programme_uses_an_invitation_to_another(database, make):
    house = make.organisation()
    bus = services.create_programme(house.id, "Night bus")
    person = make.member(house, "staff", programmes=[house.programme])
    invitations.join(invite(house, "staff", programmes=[bus.id]), person.id)
    (held,) = services.roles_of(person.id)
    assert held.programmes == {bus.id, house.programme.id}
    assert uses_left() == 0


def test_a_member_everywhere_is_not_narrowed_by_an_invitation(database, make):
    house = make.organisation()
    person = make.member(house, "staff")
    invitations.join(invite(house, "staff", programmes=[house.programme.id]), person.id)
    (held,) = services.roles_of(person.id)
    assert held.programmes == frozenset()
    assert uses_left() == 1


def use_up(house, make):
    code = invite(house)
    invitations.join(code, make.person().id)
    return code


def let_it_end(house, make):
    code = invite(house)
    clock.stop(NOW + dt.timedelta(days=11))
    return code


def revoke(house, make):
    code = invite(house)
    assert invitations.revoke(house.id, Invitation.get().id)
    return code


def close(house, make):
    code = invite(house)
    services.close_organisation(house.id)
    return code


def guess(house, make):
    return "0" * 16


@pytest.mark.parametrize("spoil", [use_up, let_it_end, revoke, close, guess])
def test_an_invitation_that_works_no_more_lets_nobody_in(database, make, spoil):
    house = make.organisation()
    code = spoil(house, make)
    before = Membership.select().count()
    assert invitations.find_invitation(code) is None
    with pytest.raises(invitations.NoInvitation):
        invitations.join(code, make.person().id)
    assert Membership.select().count() == before


def test_it_works_on_its_last_day(database, make):
    house = make.organisation()
    code = invite(house)
    clock.stop(NOW + dt.timedelta(days=10))
    assert invitations.join(code, make.person().id) == house.id


def test_of_two_people_at_once_one_takes_the_last_use(database, make):
    house = make.organisation()
    code = invite(house)
    persons = [make.person(), make.person()]
    outcomes = at_once([lambda person=person.id: invitations.join(code, person) for person in persons])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoInvitation", "UUID"]
    assert Membership.select().count() == 1
    assert uses_left() == 0


def test_one_person_who_sends_twice_at_once_uses_one(database, make):
    house, person = make.organisation(), make.person()
    code = invite(house, uses=5)
    outcomes = at_once([lambda: invitations.join(code, person.id)] * 4)
    assert outcomes == [house.id] * 4
    assert uses_left() == 4


# --- lists, revoking, typed codes ---


def test_the_list_says_what_became_of_each(database, make):
    house = make.organisation()
    invite(house, "staff", ends_on=clock.today())
    use_up(house, make)
    revoke_me = invite(house, "candidate")
    row = Invitation.get(Invitation.token_hash == keys.token_hash(revoke_me))
    invitations.revoke(house.id, row.id)
    clock.stop(NOW + dt.timedelta(days=1))
    invite(house, "lead")
    listed = invitations.list_invitations(house.id)
    assert listed[0].role == "lead"
    assert {one.role: one.state for one in listed} == {
        "lead": State.OPEN,
        "staff": State.ENDED,
        "peer_worker": State.USED_UP,
        "candidate": State.REVOKED,
    }


def test_revoking_asks_for_the_right_organisation_and_reach(database, make):
    house, other = make.organisation(), make.organisation("Elsewhere")
    bus = services.create_programme(house.id, "Night bus")
    code = invite(house, programmes=[house.programme.id])
    row = Invitation.get()
    assert not invitations.revoke(other.id, row.id)
    assert not invitations.revoke(house.id, row.id, {bus.id})
    assert invitations.list_invitations(house.id, {bus.id}) == []
    assert invitations.find_invitation(code)
    rows = audit.AuditRow.select().count()
    assert invitations.revoke(house.id, row.id)
    assert invitations.revoke(house.id, row.id)
    assert audit.AuditRow.select().count() == rows + 1


def test_wrong_codes_are_counted_by_network(database, make):
    code = invite(make.organisation())
    for _ in range(invitations.TRIES_PER_NETWORK):
        invitations.count_wrong_code("192.0.2.1")
    with pytest.raises(invitations.TooManyTries):
        invitations.count_wrong_code("192.0.2.1")
    invitations.count_wrong_code("192.0.2.2")
    assert invitations.is_invitation(code)
    assert not invitations.is_invitation("WRNG")


def test_no_audit_row_holds_code_or_nickname(database, make):
    house, person = make.organisation(), make.person("Quiet Heron")
    code = invite(house)
    invitations.join(code, person.id)
    text = " ".join(f"{row.action} {row.object}" for row in audit.rows_of(house.id))
    assert "organisations.invite" in text and "organisations.join" in text
    assert code not in text and "Heron" not in text and str(person.id) not in text


# --- an organisation that nobody can lead ---


def test_an_administrator_invites_a_lead_where_nobody_can_lead(database, make):
    house = make.organisation()
    first, second = (invitations.invite_lead(house.id, uuid4()) for _ in range(2))
    with pytest.raises(invitations.NoInvitation):
        invitations.join(first, make.person().id)
    make.member(house, "lead", programmes=[house.programme])
    invitations.join(second, make.person().id)
    assert services.has_lead(house.id)
    with pytest.raises(invitations.HasLead):
        invitations.invite_lead(house.id, uuid4())


def test_a_closed_organisation_gets_no_lead(database, make):
    house = make.organisation()
    services.close_organisation(house.id)
    with pytest.raises(invitations.HasLead):
        invitations.invite_lead(house.id, uuid4())
