"""Who reads what of a closed round, and how peer workers open their figures."""

import datetime as dt
import threading

import pytest

from assessments.model import Mode, RaterGroup
from assessments.published import Reason
from portal import audit, clock, db
from portal.accounts import services as accounts
from portal.organisations import peer_contact
from portal.organisations import services as organisations
from portal.results import services
from portal.results.models import ReleaseAgreement, ReleaseChoice
from portal.results.release import Choice, Standing
from portal.rounds import closing
from portal.rounds import services as rounds
from tests.portal.results.conftest import MANAGEMENT, PEERS, STAFF, TABLE, sheets, statement
from tests.support.forgotten import is_forgotten
from tests.support.rounds import INDIVIDUAL, fill_round, open_round

PEER, STAFF_GROUP, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT


def later(days):
    clock.stop(clock.now() + dt.timedelta(days=days))


def standing(round_):
    return services.read_results(round_, PEER).release.standing


def points(reading):
    return {
        section.code: tuple(section.groups[group].points for group in (PEER, STAFF_GROUP, MGMT))
        for section in reading.published.sections
    }


def agree(house, round_, choice):
    """Two peer workers choose the same."""
    assert not services.choose(house.organisation.id, round_.id, house.peer.id, choice)
    assert services.choose(house.organisation.id, round_.id, house.second.id, choice)


# --- what each group reads ---


@pytest.mark.parametrize(
    ("reader", "seen"), [(PEER, (True, False, False)), (STAFF_GROUP, (False, True, False)), (MGMT, (False, True, True))]
)
def test_before_release_everybody_reads_their_own_and_management_staff_too(database, round_, reader, seen):
    reading = services.read_results(round_, reader)
    for code, (*shown, _gap) in TABLE.items():
        expected = tuple(value if may else None for value, may in zip(shown, seen, strict=True))
        assert points(reading)[code] == expected
    assert not any(section.gaps or section.balanced for section in reading.published.sections)
    waiting = {
        group
        for section in reading.published.sections
        for group, figure in section.groups.items()
        if figure.reason is Reason.WAITING
    }
    assert waiting == {group for group, may in zip((PEER, STAFF_GROUP, MGMT), seen, strict=True) if not may}


@pytest.mark.parametrize("reader", [PEER, STAFF_GROUP, MGMT])
def test_after_release_everybody_reads_everything(database, house, round_, reader):
    agree(house, round_, Choice.ALL)
    later(14)
    reading = services.read_results(round_, reader)
    assert points(reading) == {code: tuple(shown) for code, (*shown, _gap) in TABLE.items()}
    assert (reading.published.answered[PEER].exact is not None) is (reader is PEER)


@pytest.mark.parametrize(("day", "seen"), [(13, None), (14, 25), (29, 25), (30, 25)])
def test_a_release_takes_effect_on_day_14(database, house, round_, day, seen):
    later(2)
    agree(house, round_, Choice.ALL)
    later(day - 2)
    assert points(services.read_results(round_, MGMT))["EQ"][0] == seen


@pytest.mark.parametrize(("day", "state"), [(29, Standing.WAITING), (30, Standing.SEALED)])
def test_without_a_choice_the_result_is_sealed_on_day_30(database, empty, day, state):
    later(day)
    assert standing(empty) is state


def test_a_sealed_result_can_still_be_opened(database, house, round_):
    agree(house, round_, Choice.TALK)
    later(45)
    assert standing(round_) is Standing.SEALED
    agree(house, round_, Choice.ALL)
    assert points(services.read_results(round_, STAFF_GROUP))["EQ"][0] == 25


def test_a_round_closed_late_in_the_evening_closed_on_the_day_it_was_there(database, house, close, make):
    clock.stop(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC))  # already the 23rd in Amsterdam
    round_ = close(house, sheets("peer", PEERS))
    assert services.read_results(round_, PEER).closed_on == dt.date(2026, 11, 23)


# --- texts ---


def written(group, people, text, item="EQ1"):
    made = sheets(group, PEERS if group == "peer" else STAFF, people=people)
    made[0][1][item] = {"value": "2", "text": text}
    return made


@pytest.mark.parametrize(("people", "shown"), [(9, False), (10, True)])
def test_what_individuals_wrote_is_read_from_ten_answers(database, house, close, people, shown):
    filled = written("peer", people, "Keys, please") + statement(MANAGEMENT)
    round_ = close(house, filled, slips={PEER: 12, STAFF_GROUP: 12})
    texts = services.read_results(round_, PEER).texts
    assert texts == ({(PEER, "EQ1"): ["Keys, please"]} if shown else {})


def test_what_peers_wrote_waits_with_their_figures(database, house, close):
    filled = written("peer", 12, "Keys, please") + written("staff", 12, "We try")
    round_ = close(house, filled, slips={PEER: 12, STAFF_GROUP: 12})
    assert set(services.read_results(round_, MGMT).texts) == {(STAFF_GROUP, "EQ1")}
    agree(house, round_, Choice.ALL)
    later(14)
    assert set(services.read_results(round_, MGMT).texts) == {(PEER, "EQ1"), (STAFF_GROUP, "EQ1")}


def test_agreed_answers_keep_their_text_and_the_mark_that_people_differed(database, house, close):
    agreed = statement(MANAGEMENT)
    agreed[0][1]["EQ1"] |= {"text": "Since May", "differed": True}
    round_ = close(house, agreed + sheets("peer", PEERS))
    reading = services.read_results(round_, MGMT)
    assert reading.texts == {(MGMT, "EQ1"): ["Since May"]} and reading.differed == {(MGMT, "EQ1")}
    own = services.read_results(round_, PEER)
    assert own.texts == {} and own.differed == frozenset()


# --- the choice ---


def test_two_peer_workers_have_to_choose_the_same(database, house, empty):
    organisation = house.organisation.id
    assert not services.choose(organisation, empty.id, house.peer.id, Choice.ALL)
    assert not services.choose(organisation, empty.id, house.peer.id, Choice.ALL)
    assert not services.choose(organisation, empty.id, house.second.id, Choice.TALK)
    assert services.get_choice(empty) is None
    assert services.say_of(empty, house.peer.id).own is Choice.ALL
    assert services.say_of(empty, house.third.id).own is None
    assert services.choose(organisation, empty.id, house.third.id, Choice.TALK)
    assert services.get_choice(empty).choice is Choice.TALK


def test_nobody_can_be_told_from_a_choice_that_stands(database, house, empty):
    before, actors = audit.rows_of(house.organisation.id), audit.AuditActor.select().count()
    audit.acting_as(house.peer.id)
    agree(house, empty, Choice.ALL)
    audit.acting_as(None)
    rows = audit.rows_of(house.organisation.id)[: -len(before)]
    assert [(row.action, row.actor, row.object) for row in rows] == [("results.release_all", None, f"round/{empty.id}")]
    assert ReleaseAgreement.select().count() == 0
    assert audit.AuditActor.select().count() == actors
    assert audit.verify() == []


def test_a_first_voice_leaves_no_audit_row(database, house, empty):
    before = len(audit.rows_of(house.organisation.id))
    services.choose(house.organisation.id, empty.id, house.peer.id, Choice.ALL)
    assert len(audit.rows_of(house.organisation.id)) == before


def test_a_choice_sent_twice_is_one(database, house, empty):
    agree(house, empty, Choice.ALL)
    before = len(audit.rows_of(house.organisation.id))
    assert services.choose(house.organisation.id, empty.id, house.second.id, Choice.ALL)
    assert len(audit.rows_of(house.organisation.id)) == before
    assert ReleaseChoice.select().count() == 1


def test_a_release_is_taken_back_by_the_same_rule_until_it_takes_effect(database, house, empty):
    agree(house, empty, Choice.ALL)
    later(13)
    agree(house, empty, Choice.BACK)
    assert standing(empty) is Standing.WAITING
    agree(house, empty, Choice.ALL)
    later(1)
    with pytest.raises(services.NotOffered):
        services.choose(house.organisation.id, empty.id, house.peer.id, Choice.BACK)
    assert standing(empty) is Standing.RELEASED


def test_talking_first_can_be_followed_by_a_release(database, house, empty):
    agree(house, empty, Choice.TALK)
    assert standing(empty) is Standing.TALKING
    agree(house, empty, Choice.ALL)
    assert standing(empty) is Standing.CHOSEN


def test_where_there_is_a_contact_only_they_choose(database, house, empty):
    organisation = house.organisation.id
    services.choose(organisation, empty.id, house.peer.id, Choice.TALK)
    third = next(m for m in peer_contact.list_peer_workers(organisation) if m.person_id == house.third.id)
    for peer in (house.peer, house.second):
        peer_contact.name_peer_contact(organisation, peer.id, third.id)
    assert services.say_of(empty, house.third.id) == services.Say(True, True, None)
    assert not services.say_of(empty, house.peer.id).theirs
    with pytest.raises(services.NotTheirs):
        services.choose(organisation, empty.id, house.second.id, Choice.TALK)
    assert services.choose(organisation, empty.id, house.third.id, Choice.ALL)
    assert ReleaseAgreement.select().count() == 0
    assert audit.rows_of(organisation)[0].actor is None


def test_a_contact_for_another_programme_does_not_bind_this_one(database, make, house, empty):
    elsewhere = organisations.create_programme(house.organisation.id, "Night shelter")
    far = make.member(house.organisation, "peer_worker", programmes=[elsewhere])
    membership = next(m for m in peer_contact.list_peer_workers(house.organisation.id) if m.person_id == far.id)
    for peer in (house.peer, house.second):
        peer_contact.name_peer_contact(house.organisation.id, peer.id, membership.id)
    with pytest.raises(services.NotTheirs):
        services.choose(house.organisation.id, empty.id, far.id, Choice.ALL)
    agree(house, empty, Choice.ALL)


def test_only_peer_workers_of_the_programme_choose(database, make, house, empty):
    both = make.member(house.organisation, "lead")
    organisations.add_member(house.organisation.id, both.id, "peer_worker")
    for person in (house.lead, house.staff, both):
        with pytest.raises(services.NotTheirs):
            services.choose(house.organisation.id, empty.id, person.id, Choice.ALL)


def test_a_lone_peer_worker_stays_sealed(database, house, empty):
    for person in (house.second, house.third):
        organisations.leave(house.organisation.id, person.id)
    assert not services.choose(house.organisation.id, empty.id, house.peer.id, Choice.ALL)
    assert services.get_choice(empty) is None


def joined(house, make, days):
    """A peer worker who joined so many days after the round was opened."""
    clock.stop(clock.now() + dt.timedelta(days=days))
    return make.member(house.organisation, "peer_worker")


@pytest.mark.parametrize(("days", "there"), [(-1, True), (0, True), (9, True), (10, False), (12, False)])
def test_peer_workers_who_joined_later_open_nothing_and_read_nothing(database, house, make, days, there):
    opened = clock.now()
    round_, _codes = open_round(house.organisation, modes=INDIVIDUAL, slips={PEER: 6})
    fill_round(make, round_, sheets("peer", PEERS))
    late = joined(house, make, days)
    clock.stop(opened + dt.timedelta(days=10))
    closing.close_round(house.organisation.id, round_.id)
    round_ = rounds.get_round(house.organisation.id, round_.id)
    assert services.is_newcomer(round_, late.id) is not there
    reading = services.read_results(round_, PEER, newcomer=not there)
    assert (points(reading)["EQ"][0] == 25) is there
    assert (reading.published.answered[PEER].exact == 6) is there
    if there:
        assert not services.choose(house.organisation.id, round_.id, late.id, Choice.ALL)
        assert services.choose(house.organisation.id, round_.id, house.peer.id, Choice.ALL)
    else:
        with pytest.raises(services.NotTheirs):
            services.choose(house.organisation.id, round_.id, late.id, Choice.ALL)
        agree(house, round_, Choice.ALL)
    later(14)
    reading = services.read_results(round_, PEER, newcomer=not there)
    assert points(reading)["EQ"][0] == 25 and reading.published.answered[PEER].exact == 6


def test_whoever_was_there_on_the_day_that_opened_and_closed_a_round_was_there(database, house, empty):
    assert not services.is_newcomer(empty, house.peer.id)


def test_a_contact_who_joined_later_does_not_choose(database, house, empty, make):
    late = joined(house, make, 1)
    membership = next(m for m in peer_contact.list_peer_workers(house.organisation.id) if m.person_id == late.id)
    for peer in (house.peer, house.second):
        peer_contact.name_peer_contact(house.organisation.id, peer.id, membership.id)
    with pytest.raises(services.NotTheirs):
        services.choose(house.organisation.id, empty.id, late.id, Choice.ALL)
    agree(house, empty, Choice.ALL)


def invited(house, make, number):
    return [make.member(house.organisation, "peer_worker") for _ in range(number)]


def name(house, voters, person):
    peers = peer_contact.list_peer_workers(house.organisation.id)
    membership = next(peer.id for peer in peers if peer.person_id == person.id)
    for voter in voters:
        peer_contact.name_peer_contact(house.organisation.id, voter.id, membership)


def test_those_who_came_later_cannot_give_the_choice_to_somebody_else(database, house, empty, make):
    name(house, [house.second, house.third], house.peer)
    later(1)
    name(house, invited(house, make, 3), house.second)
    with pytest.raises(services.NotTheirs):
        services.choose(house.organisation.id, empty.id, make.member(house.organisation, "peer_worker").id, Choice.ALL)
    assert not services.choose(house.organisation.id, empty.id, house.second.id, Choice.ALL), "nobody decides alone"
    assert services.choose(house.organisation.id, empty.id, house.third.id, Choice.ALL)


@pytest.mark.parametrize("ends", ["while it is open", "after closing", "before it is opened"])
def test_whoever_led_since_the_round_was_opened_is_none_of_its_peers(database, house, make, ends):
    organisation = house.organisation.id
    both = make.member(house.organisation, "lead")
    organisations.add_member(organisation, both.id, "peer_worker")

    def lead_no_more():
        members = organisations.list_members(organisation)
        ended = next(one.id for one in members if (one.person_id, one.role) == (both.id, "lead"))
        organisations.end_membership(organisation, ended)
        later(1)

    later(1)
    if ends == "before it is opened":
        lead_no_more()
    round_, _codes = open_round(house.organisation, modes=INDIVIDUAL, slips={PEER: 6})
    fill_round(make, round_, sheets("peer", PEERS))
    later(1)
    if ends == "while it is open":
        lead_no_more()
    closing.close_round(organisation, round_.id)
    round_ = rounds.get_round(organisation, round_.id)
    if ends == "after closing":
        lead_no_more()
    is_peer = ends == "before it is opened"
    assert services.is_newcomer(round_, both.id) is not is_peer
    assert services.say_of(round_, both.id).theirs is is_peer


def test_who_agreed_leaves_the_files_once_a_choice_stands(database, house, empty, tmp_path):
    agree(house, empty, Choice.ALL)
    assert is_forgotten(ReleaseAgreement, tmp_path / "data"), "dead rows still say who chose what"


def test_a_round_that_asked_no_peer_workers_waits_for_nobody(database, house, close):
    round_ = close(house, statement(MANAGEMENT), modes={RaterGroup.MGMT: Mode.STATEMENT}, slips={})
    assert services.read_results(round_, RaterGroup.STAFF).release.released


def test_who_has_left_counts_no_more(database, house, empty):
    services.choose(house.organisation.id, empty.id, house.peer.id, Choice.ALL)
    organisations.leave(house.organisation.id, house.peer.id)
    assert not services.choose(house.organisation.id, empty.id, house.second.id, Choice.ALL)
    assert services.choose(house.organisation.id, empty.id, house.third.id, Choice.ALL)


def test_a_deleted_person_takes_their_voice_along(database, house, empty):
    services.choose(house.organisation.id, empty.id, house.peer.id, Choice.ALL)
    accounts.delete_person(house.peer.id, [organisations.forget_person])
    assert ReleaseAgreement.select().count() == 0
    assert not services.choose(house.organisation.id, empty.id, house.second.id, Choice.ALL)


def test_an_open_round_and_one_of_others_have_nothing_to_release(database, make, house, empty):
    other = make.organisation("Elsewhere")
    with pytest.raises(services.NothingToRelease):
        services.choose(other.id, empty.id, house.peer.id, Choice.ALL)
    open_, _codes = open_round(house.organisation, modes=INDIVIDUAL)
    with pytest.raises(services.NothingToRelease):
        services.choose(house.organisation.id, open_.id, house.peer.id, Choice.ALL)


def test_two_who_choose_at_once_agree(database, house, empty):
    stands = []

    def choose(person):
        with db.connection():
            stands.append(services.choose(house.organisation.id, empty.id, person, Choice.ALL))

    threads = [threading.Thread(target=choose, args=(person.id,)) for person in (house.peer, house.second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stands) == [False, True]
    assert ReleaseChoice.select().count() == 1 and ReleaseAgreement.select().count() == 0
