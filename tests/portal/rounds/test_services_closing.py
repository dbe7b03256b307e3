import datetime as dt
import math

import pytest

from assessments.model import Mode, RaterGroup
from assessments.scoring import GroupTally, ItemTally
from assessments.scoring import Mode as TallyMode
from portal import audit, clock, db, throttle
from portal.rounds import closing, counts, places, refusals, services
from portal.rounds.feature import tick
from portal.rounds.models import (
    Answer,
    Comment,
    Round,
    RoundCount,
    RoundGroup,
    RoundPlace,
    RoundSection,
    Sheet,
    StoredInstrument,
)
from tests.support.rounds import INDIVIDUAL, fill_round, open_round
from tests.support.written import writing

PEER, STAFF, MGMT = RaterGroup.PEER, RaterGroup.STAFF, RaterGroup.MGMT

EMPTY = dict.fromkeys((*(f"level_{level}" for level in range(5)), "dk", "na", "skip", "differed"), 0) | {"evidence": {}}
S1 = {"EQ1": "3", "EQ2": "2", "EQ4": {"value": "na", "reason": "other"}, "EQ5": "4"}  # and EQ3 left open


@pytest.fixture
def organisation(make):
    organisation = make.organisation()
    make.member(organisation, "lead")
    make.member(organisation, "staff")
    return organisation


@pytest.fixture
def round_(organisation):
    return open_round(organisation, modes=INDIVIDUAL)[0]


def close(round_):
    closing.close_round(round_.organisation_id, round_.id)
    return services.get_round(round_.organisation_id, round_.id)


def test_answers_are_counted_once_per_group_and_item(database, make, round_):
    fill_round(
        make,
        round_,
        [
            ("peer", {"EQ1": "3", "EQ2": "dk", "EQ3": "0"}),
            ("peer", {"EQ1": {"value": "4", "evidence": "document"}, "EQ2": {"value": "na", "reason": "other"}}),
            ("peer", {"EQ1": {"value": "4", "evidence": "document"}, "EQ2": "skip"}),
            ("staff", {"EQ1": "1", "SD5": {"value": "evidence", "evidence": "told"}}),
            ("mgmt", {"EQ1": "2"}),
            ("peer", {}),
        ],
    )
    tallies = counts.tallies_of(close(round_))
    assert list(tallies) == [PEER, STAFF, MGMT]
    assert tallies[PEER] == GroupTally(
        TallyMode.INDIVIDUAL,
        sheets=3,
        places=6,
        items={
            "EQ1": ItemTally((0, 0, 0, 1, 2), evidence={(3, "none"): 1, (4, "document"): 2}),
            "EQ2": ItemTally(dk=1, na=1, skip=1),
            "EQ3": ItemTally((1, 0, 0, 0, 0)),
        },
    )
    assert tallies[STAFF].items == {"EQ1": ItemTally((0, 1, 0, 0, 0)), "SD5": ItemTally(evidence_only={"told": 1})}
    assert tallies[STAFF].sheets == 1 and tallies[STAFF].places == 1
    assert tallies[MGMT].mode is TallyMode.STATEMENT and tallies[MGMT].items["EQ1"].levels == (0, 0, 1, 0, 0)
    assert not Sheet.select().where(Sheet.round == round_.id).count() > 5, "a sheet without answers stays nowhere"


def test_counting_reads_one_index_and_nothing_else(database, round_, monkeypatch):
    if not db.is_sqlite():
        pytest.skip("PostgreSQL plans small tables without an index")
    seen = []
    database.query_hooks.append(lambda event: seen.append((event.sql, event.params)))
    try:
        close(round_)
    finally:
        database.query_hooks.pop()
    grouped = [(sql, params) for sql, params in seen if sql.startswith("SELECT") and '"t1"."evidence", COUNT' in sql]
    assert len(grouped) == 1
    plan = database.execute_sql(f"EXPLAIN QUERY PLAN {grouped[0][0]}", grouped[0][1]).fetchall()
    assert "USING COVERING INDEX" in " ".join(str(row) for row in plan)
    assert "TEMP B-TREE" not in " ".join(str(row) for row in plan)


def test_raters_own_section_scores_follow_coverage_and_the_three_answers(database, make, round_):
    items = [item.code for item in make_items(round_, "EQ")]
    assert items == ["EQ1", "EQ2", "EQ3", "EQ4", "EQ5"]
    fill_round(
        make,
        round_,
        [
            ("peer", S1),  # 4 apply, 3 answered: 75
            ("peer", {"EQ1": "4", "EQ2": "dk", "EQ3": "dk", "EQ4": "skip", "EQ5": "4"}),  # two answers: none
            ("peer", {"EQ1": "2", "EQ2": "2", "EQ3": "2"}),  # 3 of 5 is 60 %: 50
            ("peer", {"EQ1": "0", "EQ2": "0", "EQ3": "1", "EQ4": "0", "EQ5": "0"}),  # 5
            ("staff", {"EQ1": "2"}),
        ],
    )
    tallies = counts.section_tallies_of(close(round_))
    assert set(tallies) == {(PEER, "EQ")}
    found = tallies[PEER, "EQ"]
    assert found.n == 3
    assert found.mean == pytest.approx(130 / 3)
    assert found.s == pytest.approx(math.sqrt(sum((x - 130 / 3) ** 2 for x in (75, 50, 5)) / 2))


def test_coverage_leaves_out_items_on_which_the_group_gives_no_level(database, make, round_):
    """Staff rate SD1, SD2, SD4 and SD6, and only say how they know of SD5, which is no level."""
    assert [item.code for item in make_items(round_, "SD") if item.gives_level(STAFF)] == ["SD1", "SD2", "SD4", "SD6"]
    known = {"SD5": {"value": "evidence", "evidence": "told"}}
    fill_round(
        make,
        round_,
        [("staff", dict.fromkeys(("SD1", "SD2", "SD4"), "2") | known), ("staff", {"SD1": "2", "SD2": "2"} | known)],
    )
    found = counts.section_tallies_of(close(round_))[STAFF, "SD"]
    assert (found.n, found.mean) == (1, 50)


def test_one_rater_has_a_mean_and_no_spread(database, make, round_):
    fill_round(make, round_, [("mgmt", {"EQ1": "4", "EQ2": "4", "EQ4": "4", "EQ5": "4"})])
    found = counts.section_tallies_of(close(round_))[MGMT, "EQ"]
    assert (found.n, found.mean, found.s) == (1, 100, None)


def make_items(round_, section):
    from portal.rounds.instruments import instrument_of

    return instrument_of(round_).items_of(section)


def test_closing_writes_every_row_anew_without_keys(database, make, round_):
    before = fill_round(make, round_, [("peer", {"EQ1": str(level), "EQ2": "dk"}) for level in range(5)])
    values = sorted(Answer.select(Answer.item, Answer.value, Answer.evidence).tuples(), key=str)
    close(round_)
    sheets = list(Sheet.select())
    assert len(sheets) == 5
    assert not {sheet.id for sheet in before} & {sheet.id for sheet in sheets}
    assert all(sheet.key_hash is None and sheet.id.version == 4 for sheet in sheets)
    assert sorted(Answer.select(Answer.item, Answer.value, Answer.evidence).tuples(), key=str) == values
    assert {answer.sheet_id for answer in Answer.select()} == {sheet.id for sheet in sheets}


def test_more_sheets_than_fit_into_one_statement_are_written_anew(database, make, round_):
    fill_round(make, round_, [("peer", {"EQ1": "2"})] * 1203)
    close(round_)
    assert Sheet.select().where(Sheet.key_hash.is_null()).count() == Sheet.select().count() == 1203
    assert RoundCount.get(RoundCount.item == "EQ1").level_2 == 1203


def test_other_rounds_are_left_alone(database, make, round_):
    other_organisation = make.organisation("Elsewhere")
    make.member(other_organisation, "lead")
    other = open_round(other_organisation)[0]
    fill_round(make, other, [("peer", {"EQ1": {"value": "2", "text": "Stays."}})])
    fill_round(make, round_, [("peer", {"EQ1": "2"})])
    close(round_)
    assert Sheet.get(Sheet.round == other.id).key_hash
    assert Answer.get(Answer.round == other.id).text == "Stays."
    assert RoundPlace.select().where(RoundPlace.round == other.id).count() == 6
    assert not RoundCount.select().where(RoundCount.round == other.id).exists()


def test_individual_texts_leave_their_sheets_and_agreed_ones_are_kept_beside_them(database, make, organisation):
    make.member(organisation, "staff")
    round_ = open_round(organisation, modes={PEER: Mode.INDIVIDUAL, STAFF: Mode.GROUP}, slips={PEER: 10})[0]
    fill_round(
        make,
        round_,
        [
            ("peer", {"EQ1": {"value": "2", "text": "From one."}}),
            ("peer", {"EQ1": {"value": "3", "text": "From another."}}),
            *[("peer", {"EQ1": "2"})] * 8,
            ("staff", {"EQ1": {"value": "1", "text": "We talked long.", "differed": True}, "EQ2": "2"}),
        ],
    )
    closed = close(round_)
    texts = counts.comments_of(closed)
    assert sorted(texts[PEER, "EQ1"]) == ["From another.", "From one."]
    assert texts[STAFF, "EQ1"] == ["We talked long."]
    assert {answer.text for answer in Answer.select()} == {"", "We talked long."}
    assert counts.differed_in(closed) == {(STAFF, "EQ1")}


@pytest.mark.parametrize(("levels", "kept"), [(9, set()), (10, {"For ten."})])
def test_what_individuals_wrote_is_kept_only_where_it_may_ever_be_shown(
    database, make, organisation, levels, kept, tmp_path
):
    round_ = open_round(organisation, modes={PEER: Mode.INDIVIDUAL}, slips={PEER: 12})[0]
    written = {"EQ1": {"value": "2", "text": "For ten."}, "EQ2": {"value": "dk", "text": "unmistakable heron"}}
    fill_round(make, round_, [("peer", written), *[("peer", {"EQ1": "2", "EQ2": "dk"})] * (levels - 1)])
    closed = close(round_)
    assert {text for texts in counts.comments_of(closed).values() for text in texts} == kept
    if db.is_sqlite():
        assert b"unmistakable heron" not in (tmp_path / "data" / "portal.sqlite3").read_bytes()


def test_closing_takes_the_places_away_and_ends_taking(database, round_):
    place = RoundPlace.select().where(RoundPlace.round == round_.id).first()
    close(round_)
    assert not RoundPlace.select().exists()
    with writing():
        assert places.take(place.id) is False


def test_a_closed_round_is_not_closed_again(database, make, round_):
    fill_round(make, round_, [("peer", {"EQ1": "2"})])
    closed = close(round_)
    with pytest.raises(refusals.RoundClosed):
        closing.close_round(round_.organisation_id, round_.id)
    again = services.get_round(round_.organisation_id, round_.id)
    assert again.closed_at == closed.closed_at
    assert RoundCount.select().count() == 1 and RoundGroup.get(RoundGroup.rater_group == "peer").sheets == 1


def test_another_organisation_closes_nothing(database, make, round_):
    with pytest.raises(refusals.UnknownRound):
        closing.close_round(make.organisation("Elsewhere").id, round_.id)
    assert Round.get_by_id(round_.id).closed_at is None


def test_the_day_after_the_last_day_closes_a_round(database, make, organisation):
    round_ = open_round(organisation, days=2)[0]
    clock.stop(clock.now() + dt.timedelta(days=2))
    closing.close_due()
    assert Round.get_by_id(round_.id).closed_at is None, "its last day takes answers"
    clock.stop(clock.now() + dt.timedelta(days=1))
    closing.close_due()
    closing.close_due()
    assert Round.get_by_id(round_.id).closed_at == clock.now()
    row = audit.AuditRow.get(audit.AuditRow.action == "rounds.close")
    assert row.actor is None and row.organisation == organisation.id


def test_a_round_that_cannot_be_closed_stops_neither_the_others_nor_what_else_is_due(
    database, make, organisation, caplog
):
    bad, good = (open_round(house, days=days)[0] for house, days in ((organisation, 1), (make.organisation(), 2)))
    # The item is counted already, so counting it again breaks a unique index.
    db.transaction(lambda: RoundCount.create(round=bad, rater_group="peer", item="EQ1", **EMPTY))()
    fill_round(make, bad, [("peer", {"EQ1": "2"})])
    clock.stop(clock.now() + dt.timedelta(days=3))
    tick()
    assert Round.get_by_id(bad.id).closed_at is None and Round.get_by_id(good.id).closed_at is not None
    assert f"round {bad.id} could not be closed" in caplog.text
    assert throttle.Throttle.select().count() == 1, "files were tidied all the same"


def test_raw_rows_go_ninety_days_after_closing_and_leave_the_files(database, make, round_, tmp_path):
    fill_round(make, round_, [("mgmt", {"EQ1": {"value": "2", "text": "x"}}), ("peer", {"EQ1": "3"})])
    close(round_)

    @db.transaction
    def mark():
        Answer.update(text="unmistakable heron").where(Answer.rater_group == "mgmt").execute()

    mark()
    clock.stop(clock.now() + dt.timedelta(days=90))
    closing.purge_due()
    assert Sheet.select().count() == 2, "on the ninetieth day they are still there"
    clock.stop(clock.now() + dt.timedelta(minutes=1))
    sheet = Sheet.select().first()
    closing.purge_due()
    closing.purge_due()
    assert not Sheet.select().exists() and not Answer.select().exists()
    assert RoundCount.select().count() == 2 and Comment.select().count() == 1
    if db.is_sqlite():
        files = [path for path in (tmp_path / "data").iterdir() if path.name.startswith("portal.sqlite3")]
        held = b"".join(path.read_bytes() for path in files)
        assert b"SQLite format 3" in held
        assert b"unmistakable heron" not in held and sheet.id.hex.encode() not in held


def test_texts_and_old_ids_leave_the_files_at_closing(database, make, round_, tmp_path):
    if not db.is_sqlite():
        pytest.skip("looks into the files of SQLite")
    sheet = fill_round(make, round_, [("peer", {"EQ1": "2"})])[0]
    path = tmp_path / "data" / "portal.sqlite3"
    held = path.read_bytes() + path.with_name("portal.sqlite3-wal").read_bytes()
    assert sheet.id.hex.encode() in held
    close(round_)
    held = path.read_bytes() + path.with_name("portal.sqlite3-wal").read_bytes()
    assert sheet.id.hex.encode() not in held


def test_files_are_tidied_once_a_day(database, round_):
    closing.tidy_files()
    closing.tidy_files()
    hits = throttle.Throttle.get()
    assert hits.hits == 2, "both asked, the first one did it"


def test_counting_costs_the_same_number_of_statements_for_many_sheets(database, make):
    def statements(sheets):
        organisation = make.organisation()
        round_ = open_round(organisation)[0]
        fill_round(make, round_, [("peer", {"EQ1": "2", "EQ2": "3"})] * sheets)
        seen = []
        database.query_hooks.append(lambda event: seen.append(event.sql))
        try:
            close(round_)
        finally:
            database.query_hooks.pop()
        return len(seen)

    statements(1)  # reads the instrument, which the process then remembers
    assert statements(2) == statements(40)


def test_a_released_instrument_stays_while_rounds_use_it(database, round_):
    assert StoredInstrument.get(StoredInstrument.name == "principles-1").released


def test_section_rows_are_written_per_round(database, make, round_):
    fill_round(make, round_, [("peer", dict.fromkeys(("EQ1", "EQ2", "EQ3", "EQ4", "EQ5"), "2"))])
    close(round_)
    assert [row.round_id for row in RoundSection.select()] == [round_.id]
