import datetime as dt

import pytest

from assessments.model import Mode, RaterGroup
from portal import audit, clock, db, keys
from portal.accounts import services as accounts
from portal.organisations import services as organisations
from portal.organisations.models import Membership
from portal.rounds import closing, opening, places, refusals, services
from portal.rounds.models import Answer, Round, RoundGroup, RoundPlace, Sheet
from portal.rounds.services import Start
from tests.portal.organisations.test_services import at_once
from tests.support.rounds import INDIVIDUAL, load_instruments, open_round
from tests.support.written import writing

PEER, STAFF, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT


@pytest.fixture
def organisation(make):
    organisation = make.organisation()
    make.member(organisation, "lead")
    return organisation


def places_of(round_):
    return list(RoundPlace.select().where(RoundPlace.round == round_.id))


def take(place):
    with writing():
        return places.take(place.id)


# --- opening ---


def test_every_member_gets_one_place_and_every_slip_another(database, make, organisation):
    peers = [make.member(organisation, "peer_worker") for _ in range(3)]
    staff = make.member(organisation, "staff")
    both = make.member(organisation, "staff")
    organisations.add_member(organisation.id, both.id, "peer_worker")
    make.member(organisation, "trainer")
    round_, codes = open_round(organisation, modes=INDIVIDUAL, slips={PEER: 2})
    own = {(place.person_id, place.rater_group) for place in places_of(round_) if place.person_id}
    assert own == {(peer.id, "peer") for peer in [*peers, both]} | {(staff.id, "staff")}
    shared = [place for place in places_of(round_) if not place.person_id and not place.token_hash]
    assert [place.rater_group for place in shared] == ["mgmt"], "management's statement belongs to no person"
    assert len(codes[PEER]) == 2 and STAFF not in codes
    assert [(group.rater_group, group.mode, group.places) for group in round_.groups] == [
        ("peer", "individual", 6),
        ("staff", "individual", 1),
        ("mgmt", "statement", 1),
    ]


def test_only_members_of_the_programme_get_a_place(database, make, organisation):
    other = organisations.create_programme(organisation.id, "Night bus")
    here = make.member(organisation, "peer_worker", programmes=[organisation.programme])
    make.member(organisation, "peer_worker", programmes=[other])
    round_, _codes = open_round(organisation, slips={})
    assert [place.person_id for place in places_of(round_)] == [here.id]


def test_a_group_that_answers_together_has_one_place(database, make, organisation):
    for role in ("staff", "staff", "peer_worker"):
        make.member(organisation, role)
    round_, codes = open_round(organisation, modes={PEER: Mode.GROUP, STAFF: Mode.GROUP}, slips={PEER: 1})
    assert len(places_of(round_)) == 2 and len(codes[PEER]) == 1
    assert places.find_place_by_code(codes[PEER][0]).rater_group == "peer"
    assert [group.places for group in round_.groups] == [1, 1]


@pytest.mark.parametrize(
    ("terms", "refusal", "field"),
    [
        ({"instrument": "candidate-1"}, refusals.UnsuitableInstrument, "instrument"),
        ({"instrument": "nothing-1"}, refusals.UnsuitableInstrument, "instrument"),
        ({"modes": {}}, refusals.NobodyAsked, "modes"),
        ({"modes": {MGMT: Mode.INDIVIDUAL}, "slips": {}}, refusals.UnsuitableMode, "modes"),
        ({"modes": {STAFF: Mode.STATEMENT}, "slips": {}}, refusals.UnsuitableMode, "modes"),
        ({"modes": {RaterGroup.COMMUNITY: Mode.INDIVIDUAL}, "slips": {}}, refusals.UnsuitableMode, "modes"),
        ({"modes": {PEER: Mode.INDIVIDUAL}, "slips": {}}, refusals.NoPlaces, "modes"),
        ({"modes": {PEER: Mode.GROUP}, "slips": {}}, refusals.NoPlaces, "modes"),
        ({"slips": {PEER: 501}}, refusals.UnsuitableSlips, "slips"),
        ({"slips": {PEER: -1}}, refusals.UnsuitableSlips, "slips"),
        ({"slips": {STAFF: 1}}, refusals.UnsuitableSlips, "slips"),
        ({"modes": {PEER: Mode.GROUP}, "slips": {PEER: 2}}, refusals.UnsuitableSlips, "slips"),
        ({"modes": {MGMT: Mode.STATEMENT}, "slips": {MGMT: 1}}, refusals.UnsuitableSlips, "slips"),
        ({"smallest_group": 4}, refusals.ThresholdTooLow, "smallest_group"),
        ({"smallest_group": 51}, refusals.ThresholdTooHigh, "smallest_group"),
        ({"days": 0}, refusals.UnsuitableClosingDay, "closes_on"),
        ({"days": 121}, refusals.UnsuitableClosingDay, "closes_on"),
        ({"changed": "some"}, refusals.UnknownChange, "changed"),
    ],
)
def test_unsuitable_terms_are_refused_and_nothing_is_written(database, make, organisation, terms, refusal, field):
    load_instruments()
    rows = audit.AuditRow.select().count()
    with pytest.raises(refusal) as refused:
        open_round(organisation, **terms)
    assert refused.value.field == field
    assert Round.select().count() == RoundPlace.select().count() == 0
    assert audit.AuditRow.select().count() == rows


def test_a_group_without_accounts_answers_together_by_one_slip(database, make, organisation):
    round_, codes = open_round(organisation, modes={PEER: Mode.GROUP}, slips={PEER: 1})
    assert len(codes[PEER]) == 1
    assert places.find_place_by_code(codes[PEER][0]).round_id == round_.id


def test_the_longest_and_the_shortest_round_are_allowed(database, make, organisation):
    assert open_round(organisation, days=120)[0].closes_on == clock.today() + dt.timedelta(days=120)
    other = make.organisation("Elsewhere")
    assert open_round(other, days=1)[0].closes_on == clock.today() + dt.timedelta(days=1)


def test_a_programme_of_another_organisation_is_refused(database, make, organisation):
    with pytest.raises(refusals.UnknownProgramme):
        open_round(organisation, programme=make.organisation("Elsewhere").programme)


def test_one_open_round_per_programme_and_instrument(database, make, organisation):
    first, _codes = open_round(organisation)
    with pytest.raises(refusals.OneRoundAtATime):
        open_round(organisation)
    assert RoundPlace.select().count() == 6, "nothing of the second one was kept"
    other = organisations.create_programme(organisation.id, "Night bus")
    open_round(organisation, programme=other)
    closing.close_round(organisation.id, first.id)
    open_round(organisation)


def test_the_same_form_sent_twice_opens_one_round(database, organisation):
    round_, _codes = open_round(organisation)
    with pytest.raises(refusals.RoundExists):
        open_round(organisation, round_id=round_.id)


def test_opening_writes_one_audit_row(database, organisation):
    load_instruments()
    before = audit.AuditRow.select().count()
    round_, _codes = open_round(organisation)
    rows = list(audit.AuditRow.select().order_by(audit.AuditRow.number))[before:]
    assert [(row.action, row.object, row.organisation) for row in rows] == [
        ("rounds.open", f"round/{round_.id}", organisation.id)
    ]


# --- places ---


def test_a_code_opens_its_place_however_it_is_typed_and_only_once(database, organisation):
    _round, codes = open_round(organisation)
    code = codes[PEER][0]
    assert len(code) == 19 and code.count("-") == 3
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    place = places.find_place_by_code(typed)
    assert place.id == places.find_place_by_code(code).id
    assert place.round.programme_id == organisation.programme.id
    assert take(place) is True
    assert take(place) is False
    assert places.find_place_by_code(code).id == place.id, "looking does not tell whether a slip is used"
    assert places.find_place_by_code("no code at all") is None


def test_codes_are_stored_as_hashes_only(database, organisation):
    round_, codes = open_round(organisation)
    plain = {code.replace("-", "") for code in codes[PEER]}
    assert {place.token_hash for place in places_of(round_)} == {keys.token_hash(code) for code in plain}


def test_a_round_takes_nobody_in_after_its_last_day(database, make, organisation):
    peer = make.member(organisation, "peer_worker")
    round_, codes = open_round(organisation, days=1)
    code = codes[PEER][0]
    place = places.find_place_by_code(code)
    clock.stop(clock.now() + dt.timedelta(days=1))
    assert places.find_place_by_code(code), "the last day counts"
    clock.stop(clock.now() + dt.timedelta(days=1))
    assert places.find_place_by_code(code) is None
    assert places.find_place_for_member(round_, peer.id, PEER) is None
    assert take(place) is False


def test_a_member_finds_the_own_place_and_never_a_slip(database, make, organisation):
    peer, later = make.member(organisation, "peer_worker"), None
    round_, _codes = open_round(organisation)
    later = make.member(organisation, "peer_worker")
    assert places.find_place_for_member(round_, peer.id, PEER).person_id == peer.id
    assert places.find_place_for_member(round_, later.id, PEER) is None
    take(places.find_place_for_member(round_, peer.id, PEER))
    assert places.find_place_for_member(round_, peer.id, PEER) is None


def test_any_member_of_the_group_finds_its_one_place(database, make, organisation):
    one, other = make.member(organisation, "staff"), make.member(organisation, "staff")
    peer = make.member(organisation, "peer_worker")
    round_, _codes = open_round(organisation, modes={STAFF: Mode.GROUP, PEER: Mode.INDIVIDUAL}, slips={})
    assert (
        places.find_place_for_member(round_, one.id, STAFF).id
        == places.find_place_for_member(round_, other.id, STAFF).id
    )
    assert places.find_place_for_member(round_, peer.id, STAFF).person_id == peer.id, "one person, one place"


def test_deleting_an_account_leaves_a_place_that_nobody_finds(database, make, organisation):
    peer = make.member(organisation, "peer_worker")
    round_, _codes = open_round(organisation, slips={})
    accounts.delete_person(peer.id, [])
    [place] = places_of(round_)
    assert place.person_id is None
    assert places.find_place_for_member(round_, make.member(organisation, "peer_worker").id, PEER) is None


def test_slips_added_later_widen_the_group(database, organisation):
    round_, codes = open_round(organisation)
    more = opening.add_slips(organisation.id, round_.id, PEER, 3)
    assert len({*more, *codes[PEER]}) == 9
    assert places.find_place_by_code(more[2]) is not None
    assert RoundGroup.get(RoundGroup.round == round_.id).places == 9


def test_slips_are_made_once_for_a_form_sent_twice(database, organisation):
    round_, _codes = open_round(organisation)
    first = round_.id  # any random id that the form carries
    opening.add_slips(organisation.id, round_.id, PEER, 3, first=first)
    with pytest.raises(refusals.SlipsExist):
        opening.add_slips(organisation.id, round_.id, PEER, 3, first=first)
    assert RoundPlace.select().count() == RoundGroup.get(RoundGroup.round == round_.id).places == 9


def test_slips_need_an_open_round_of_the_organisation_and_a_group_that_answers_one_by_one(database, make, organisation):
    for _ in range(2):
        make.member(organisation, "staff")
    round_, _codes = open_round(organisation, modes={PEER: Mode.INDIVIDUAL, STAFF: Mode.GROUP})
    for group, number, refusal in [
        (STAFF, 1, refusals.UnsuitableMode),
        (MGMT, 1, refusals.UnsuitableMode),
        (PEER, 0, refusals.UnsuitableSlips),
        (PEER, 501, refusals.UnsuitableSlips),
    ]:
        with pytest.raises(refusal):
            opening.add_slips(organisation.id, round_.id, group, number)
    with pytest.raises(refusals.UnknownRound):
        opening.add_slips(make.organisation("Elsewhere").id, round_.id, PEER, 1)
    closing.close_round(organisation.id, round_.id)
    with pytest.raises(refusals.RoundClosed):
        opening.add_slips(organisation.id, round_.id, PEER, 1)


def mark_as_contact(person):
    db.transaction(Membership.update(peer_contact=True).where(Membership.person == person.id).execute)()


def test_a_peer_contact_alone_makes_slips_for_peer_workers(database, make, organisation):
    peer = make.member(organisation, "peer_worker")
    here = organisation.id, organisation.programme.id
    assert not places.has_peer_contact(*here)
    mark_as_contact(peer)
    assert places.has_peer_contact(*here)
    with pytest.raises(refusals.SlipsByPeerContact):
        open_round(organisation, slips={PEER: 1})
    open_round(organisation, slips={})


def test_a_contact_of_another_programme_makes_no_slips_here(database, make, organisation):
    night = organisations.create_programme(organisation.id, "Night bus")
    mark_as_contact(make.member(organisation, "peer_worker", programmes=[night]))
    assert places.has_peer_contact(organisation.id, night.id)
    assert not places.has_peer_contact(organisation.id, organisation.programme.id)
    open_round(organisation, slips={PEER: 1})


def test_slips_of_a_closed_organisation_open_nothing(database, organisation):
    _round, codes = open_round(organisation)
    assert places.find_place_by_code(codes[PEER][0])
    organisations.close_organisation(organisation.id)
    assert places.find_place_by_code(codes[PEER][0]) is None


# --- the threshold ---


def test_the_threshold_rises_and_never_falls(database, organisation):
    round_, _codes = open_round(organisation)
    opening.raise_smallest_group(organisation.id, round_.id, 7)
    with pytest.raises(refusals.ThresholdTooLow):
        opening.raise_smallest_group(organisation.id, round_.id, 6)
    with pytest.raises(refusals.ThresholdTooHigh):
        opening.raise_smallest_group(organisation.id, round_.id, 51)
    assert services.get_round(organisation.id, round_.id).smallest_group == 7


def test_after_closing_the_threshold_stays_so_that_nobody_finds_the_number_of_answers_with_it(database, organisation):
    round_, _codes = open_round(organisation)
    closing.close_round(organisation.id, round_.id)
    rows = audit.AuditRow.select().count()
    with pytest.raises(refusals.RoundClosed):
        opening.raise_smallest_group(organisation.id, round_.id, 8)
    assert services.get_round(organisation.id, round_.id).smallest_group == 5
    assert audit.AuditRow.select().count() == rows


def test_raising_and_closing_at_once_leaves_the_threshold_of_closing(database, organisation):
    round_, _codes = open_round(organisation)
    raised, closed = at_once(
        [
            lambda: opening.raise_smallest_group(organisation.id, round_.id, 8),
            lambda: closing.close_round(organisation.id, round_.id),
        ]
    )
    assert closed is None and (raised is None or isinstance(raised, refusals.RoundClosed))
    rows = [row.action for row in audit.rows_of(organisation.id)]  # the newest first
    assert rows.count("rounds.raise_smallest_group") == (raised is None)
    assert rows[0] == "rounds.close", "nothing rises once the round has closed"
    assert services.get_round(organisation.id, round_.id).smallest_group == (5 if raised else 8)


def test_another_organisation_raises_nothing(database, make, organisation):
    round_, _codes = open_round(organisation)
    with pytest.raises(refusals.UnknownRound):
        opening.raise_smallest_group(make.organisation("Elsewhere").id, round_.id, 9)
    assert Round.get_by_id(round_.id).smallest_group == 5


# --- finding ---


def test_rounds_are_listed_open_ones_first_then_the_newest(database, organisation):
    first, _codes = open_round(organisation, days=3)
    closing.close_round(organisation.id, first.id)
    second, _codes = open_round(organisation, days=5)
    closing.close_round(organisation.id, second.id)
    third, _codes = open_round(organisation, days=1)
    listed = services.list_rounds(organisation.id)
    assert [round_.id for round_ in listed] == [third.id, second.id, first.id]
    assert [group.rater_group for group in listed[0].groups] == ["peer"]
    assert listed[0].programme.name == organisation.programme.name


def test_a_round_is_found_by_its_organisation_only(database, make, organisation):
    round_, _codes = open_round(organisation)
    assert services.get_round(organisation.id, round_.id).id == round_.id
    assert services.get_round(make.organisation("Elsewhere").id, round_.id) is None


def starts(person):
    held = organisations.roles_of(person.id)
    return [(one.group, one.mode, one.start) for one in services.rounds_for_member(person.id, held)]


def test_members_see_what_they_can_start_and_nothing_of_others(database, make, organisation):
    peer, other = make.member(organisation, "peer_worker"), make.member(organisation, "peer_worker")
    staff, trainer = make.member(organisation, "staff"), make.member(organisation, "trainer")
    lead, _colleague = make.member(organisation, "lead"), make.member(organisation, "staff")
    round_, _codes = open_round(organisation, modes=INDIVIDUAL | {STAFF: Mode.GROUP}, slips={})
    later = make.member(organisation, "peer_worker")
    assert starts(peer) == [(PEER, Mode.INDIVIDUAL, Start.YOURS)]
    assert starts(later) == [(PEER, Mode.INDIVIDUAL, Start.NOTHING)]
    assert starts(staff) == [(STAFF, Mode.GROUP, Start.GROUP)]
    assert starts(lead) == [(MGMT, Mode.STATEMENT, Start.GROUP)]
    assert starts(trainer) == []
    take(places.find_place_for_member(round_, peer.id, PEER))
    take(places.find_place_for_member(round_, staff.id, STAFF))
    assert starts(peer) == [(PEER, Mode.INDIVIDUAL, Start.STARTED)]
    assert starts(staff) == [(STAFF, Mode.GROUP, Start.STARTED)]
    assert starts(other) == [(PEER, Mode.INDIVIDUAL, Start.YOURS)]


def test_members_see_rounds_of_their_programmes_while_they_are_open(database, make, organisation):
    night = organisations.create_programme(organisation.id, "Night bus")
    peer = make.member(organisation, "peer_worker", programmes=[organisation.programme])
    here, _codes = open_round(organisation)
    open_round(organisation, programme=night)
    open_round(make.organisation("Elsewhere"))
    held = organisations.roles_of(peer.id)
    assert [one.round.id for one in services.rounds_for_member(peer.id, held)] == [here.id]
    closing.close_round(organisation.id, here.id)
    assert services.rounds_for_member(peer.id, held) == []


def test_lists_cost_the_same_number_of_statements_however_many_rounds(database, make, organisation):
    peer = make.member(organisation, "peer_worker")
    open_round(organisation)
    held = organisations.roles_of(peer.id)

    def statements(call):
        seen = []
        database.query_hooks.append(lambda event: seen.append(event.sql))
        try:
            call()
        finally:
            database.query_hooks.pop()
        return len(seen)

    def both():
        return (
            statements(lambda: services.list_rounds(organisation.id)),
            statements(lambda: services.rounds_for_member(peer.id, held)),
        )

    before = both()
    for number in range(4):
        open_round(organisation, programme=organisations.create_programme(organisation.id, f"Programme {number}"))
    assert both() == before == (2, 1)


# --- what the tables may hold ---


@pytest.mark.parametrize("model", [Sheet, Answer])
def test_sheets_and_answers_have_no_person_and_no_time(database, model):
    columns = {column.name for column in database.get_columns(model._meta.table_name)}
    allowed = {
        Sheet: {"id", "round_id", "rater_group", "mode", "key_hash"},
        Answer: {
            "sheet_id", "item", "organisation", "programme", "round", "rater_group", "value", "reason", "evidence",
            "differed", "text",
        },
    }  # fmt: skip
    assert columns == allowed[model]


def test_sheets_and_answers_keep_no_order_of_writing_on_sqlite(database):
    if not db.is_sqlite():
        pytest.skip("PostgreSQL has no such tables")
    for table in ("sheet", "answer", "comment"):
        [sql] = database.execute_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        assert "WITHOUT ROWID" in sql
