"""Assigning, rules for newcomers, states, and what trainers see of them."""

from __future__ import annotations

import datetime as dt

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db, generation
from portal.accounts.models import Person
from portal.audit import AuditRow
from portal.candidates import checklist, growth
from portal.candidates import services as kept
from portal.guidance.models import Page
from portal.organisations import services as organisations
from portal.training import boards, library, marking, plans, refreshers, rules, services
from portal.training.models import Assignment, Audience, State, Way
from portal.training.services import Seen
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database", "modules")
TODAY = NOW.date()


def states(person):
    rows = Assignment.select().where(Assignment.person == person.id).order_by(Assignment.module)
    return {row.module: row.state for row in rows}


def assign(house, trainer, people, codes=("K1",), **options):
    return services.assign(house.id, (), [person.id for person in people], codes, trainer.id, **options)


def the(person, code="K1"):
    return Assignment.get(Assignment.person == person.id, Assignment.module == code)


# --- assigning ---


def test_three_modules_for_several_people_and_nothing_twice(house, trainer, peers):
    codes = ("K1", "K4", "C1")
    assert assign(house, trainer, peers, codes, due_on=TODAY, reason="You start in December.") == 9
    services.respond(peers[0].id, the(peers[0]).id, State.ACCEPTED)
    assert assign(house, trainer, peers, codes, reason="Again.") == 0
    assert states(peers[0]) == {"K1": "accepted", "K4": "assigned", "C1": "assigned"}
    assert the(peers[0]).reason == "You start in December."


def test_assigning_takes_as_many_statements_for_300_people_as_for_3(house, trainer, peers, make):
    def cost(people):
        with count_queries() as counted:
            assign(house, trainer, people, ("K1", "K4", "C1"))
        return counted.count

    cost(peers[:1])  # what is kept of the modules is read once
    few = cost(peers)
    many = [make.member(house, "peer_worker", f"Peer {number}") for number in range(300)]
    assert cost(many) <= few + 1, "PostgreSQL asks once a second whether content has changed"
    assert Assignment.select().where(Assignment.module == "C1").count() == 303


def test_somebody_who_left_gets_nothing_and_nobody_else_either(house, trainer, peers):
    organisations.leave(house.id, peers[1].id)
    with pytest.raises(services.LeftMeanwhile) as raised:
        assign(house, trainer, peers)
    assert raised.value.people == {peers[1].id}
    assert Assignment.select().count() == 0


def test_a_module_that_was_taken_away_cannot_be_assigned_and_what_was_assigned_stays(house, trainer, peers):
    assign(house, trainer, peers[:1])
    withdraw("K1")
    with pytest.raises(services.ModulesGone):
        assign(house, trainer, peers[1:])
    (line,) = plans.plan(peers[0].id, "en").now
    assert (line.code, line.module) == ("K1", None)
    (row,) = [row for row in boards.board(house.id, (), "en").rows if row.learner.id == peers[0].id]
    assert not row.cells["K1"].overdue
    assert row.before_solo == ["K4", "T1"]


@db.transaction
def withdraw(code):
    Page.update(withdrawn=True).where(Page.slug == code).execute()
    generation.raise_it()


def test_a_trainer_of_one_programme_reaches_its_people_only(house, trainer, make):
    drop_in = organisations.create_programme(house.id, "Drop-in")
    near = make.member(house, "peer_worker", "Near", programmes=[drop_in])
    far = make.member(house, "peer_worker", "Far", programmes=[house.programme])
    with pytest.raises(services.LeftMeanwhile):
        services.assign(house.id, {drop_in.id}, [far.id], ["K1"], trainer.id)
    assert services.assign(house.id, {drop_in.id}, [near.id], ["K1"], trainer.id) == 1
    names = [row.learner.nickname for row in boards.board(house.id, {drop_in.id}, "en").rows]
    assert "Near" in names and "Far" not in names


# --- rules ---


def test_who_joins_a_group_later_gets_its_modules_with_days_from_then(house, trainer, peers):
    group = rules.save_group(house.id, "December", [peers[0].id])
    _rule, new = rules.make_rule(house.id, Audience.GROUP, group.id, ["K1", "K4"], trainer.id, due_days=14)
    assert new == 2
    clock.stop(NOW + dt.timedelta(days=30))
    rules.save_group(house.id, "December", [peers[0].id, peers[1].id], group.id)
    assert the(peers[0]).due_on == TODAY + dt.timedelta(days=14)
    assert the(peers[1]).due_on == TODAY + dt.timedelta(days=44)
    rules.apply_rules()
    assert Assignment.select().count() == 4, "applied again, nothing is there twice"


def test_who_takes_up_a_role_later_gets_its_modules_until_the_rule_ends(house, trainer, peers, make):
    rule, new = rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["T1"], trainer.id, due_days=7)
    assert new == 3
    newcomer = make.member(house, "peer_worker", "Newcomer")
    rules.apply_rules()
    assert the(newcomer, "T1").due_on == TODAY + dt.timedelta(days=7)
    rules.end_rule(house.id, rule.id)
    late = make.member(house, "peer_worker", "Late")
    rules.apply_rules()
    assert states(late) == {}
    assert states(newcomer) == {"T1": "assigned"}


def test_the_same_rule_made_again_is_one_rule_with_the_new_day(house, trainer, peers):
    for day in (TODAY, TODAY + dt.timedelta(days=5)):
        rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["T1", "K1"], trainer.id, due_on=day)
    (rule,) = rules.list_rules(house.id)
    assert rule.due_on == TODAY + dt.timedelta(days=5)


def test_a_rule_for_a_wish_reaches_who_showed_it_and_nobody_else(house, trainer, peers):
    growth_shown(peers[0], house, "F2.02")
    rules.make_rule(house.id, Audience.GROWTH, "F2.02", ["K1"], trainer.id)
    assert states(peers[0]) == {"K1": "assigned"}
    assert states(peers[1]) == {}


def growth_shown(person, house, item):
    found = checklist.Checklist(answers={item: "s1"}, wishes=(item,))
    kept.keep(person.id, found)
    growth.show(person.id, house.id, [item], checklist.words("en"))


def test_two_groups_of_one_name_there_are_not(house, peers):
    rules.save_group(house.id, "December", [])
    with pytest.raises(rules.NameTaken):
        rules.save_group(house.id, "December", [peers[0].id])
    assert len(rules.list_groups(house.id)) == 1


def test_a_group_that_is_deleted_takes_its_rules_along_and_leaves_what_was_assigned(house, trainer, peers):
    group = rules.save_group(house.id, "December", [peers[0].id])
    rules.make_rule(house.id, Audience.GROUP, group.id, ["K1"], trainer.id)
    rules.delete_group(house.id, group.id)
    assert rules.list_rules(house.id) == []
    assert states(peers[0]) == {"K1": "assigned"}


# --- states ---


@pytest.mark.parametrize("answer", [State.ACCEPTED, State.LATER, State.DECLINED])
def test_people_answer_and_change_their_mind(house, trainer, peers, answer):
    assign(house, trainer, peers[:1])
    services.respond(peers[0].id, the(peers[0]).id, answer)
    assert the(peers[0]).state == answer
    services.respond(peers[0].id, the(peers[0]).id, State.ACCEPTED)
    assert the(peers[0]).state == State.ACCEPTED


def test_nobody_answers_for_somebody_else(house, trainer, peers):
    assign(house, trainer, peers)
    services.respond(peers[1].id, the(peers[0]).id, State.DECLINED)
    assert the(peers[0]).state == State.ASSIGNED


def test_trainers_see_the_same_whether_somebody_waits_puts_off_or_declines(house, trainer, peers):
    assign(house, trainer, peers, due_on=TODAY - dt.timedelta(days=1))
    services.respond(peers[1].id, the(peers[1]).id, State.LATER)
    services.respond(peers[2].id, the(peers[2]).id, State.DECLINED)
    rows = [row for row in boards.board(house.id, (), "en").rows if row.cells]
    cells = [row.cells["K1"] for row in rows]
    assert len(cells) == 3
    assert {(cell.seen, cell.due_on, cell.on, cell.overdue, cell.refresh_on) for cell in cells} == {
        (Seen.OPEN, TODAY - dt.timedelta(days=1), None, True, None)
    }


def test_answers_leave_no_line_in_the_audit(house, trainer, peers):
    assign(house, trainer, peers[:1])
    before = AuditRow.select().count()
    services.respond(peers[0].id, the(peers[0]).id, State.DECLINED)
    assert AuditRow.select().count() == before


def test_done_practised_refreshed_and_marked_by_mistake(house, trainer, peers):
    assign(house, trainer, peers[:1], ("K4",))
    row = the(peers[0], "K4")
    with pytest.raises(marking.WrongOrder):
        marking.practise(row, TODAY)
    with pytest.raises(marking.NotThatDay):
        marking.finish(row, TODAY + dt.timedelta(days=1), Way.ALONE)
    marking.finish(row, TODAY - dt.timedelta(days=10), Way.ALONE)
    with pytest.raises(marking.NotThatDay):
        marking.practise(row, TODAY - dt.timedelta(days=11))
    marking.practise(row, TODAY - dt.timedelta(days=5))
    marking.refresh(row, TODAY)
    row = the(peers[0], "K4")
    assert (row.state, row.way) == (State.REFRESHED, Way.ALONE)
    assert row.text_done == library.modules_by_code("en")["K4"].revision
    marking.undo(row)
    row = the(peers[0], "K4")
    assert (row.state, row.done_on, row.practised_on, row.refreshed_on) == (State.ACCEPTED, None, None, None)


def test_a_refresher_comes_due_and_counts_before_working_alone(house, trainer, peers):
    assign(house, trainer, peers[:1], ("K4",))
    marking.finish(the(peers[0], "K4"), TODAY, Way.MEETING)
    marking.finish_many(house.id, [peers[0].id], "K1", TODAY, Way.MEETING, trainer.id)
    marking.finish_many(house.id, [peers[0].id], "T1", TODAY, Way.MEETING, trainer.id)
    assert boards.person_row(house.id, (), peers[0].id, "en").before_solo == []
    clock.stop(NOW.replace(year=2027))
    row = boards.person_row(house.id, (), peers[0].id, "en")
    assert row.cells["K4"].refresh_due
    assert row.before_solo == ["K4"]


def test_a_day_is_entered_for_many_at_once_and_earlier_days_stay(house, trainer, peers, make):
    assign(house, trainer, peers[:1])
    marking.finish(the(peers[0]), TODAY - dt.timedelta(days=9), Way.ALONE)
    everybody = [person.id for person in peers]
    assert marking.finish_many(house.id, everybody, "K1", TODAY, Way.MEETING, trainer.id).new == 2
    assert [the(person).done_on for person in peers] == [TODAY - dt.timedelta(days=9), TODAY, TODAY]
    assert marking.finish_many(house.id, everybody, "K1", TODAY, Way.MEETING, trainer.id).new == 0


def test_what_is_done_is_never_taken_back(house, trainer, peers):
    assign(house, trainer, peers[:1], ("K1", "C1"))
    marking.finish(the(peers[0]), TODAY, Way.ALONE)
    for code in ("K1", "C1"):
        services.take_back(house.id, the(peers[0], code).id)
    assert states(peers[0]) == {"K1": "done", "C1": "taken back"}


def test_a_new_text_keeps_what_was_done_and_tells_what_changed(house, trainer, peers, modules):
    assign(house, trainer, peers[:1])
    marking.finish(the(peers[0]), TODAY, Way.ALONE)
    assert not plans.plan(peers[0].id, "en").done[0].has_changed
    clock.stop(NOW + dt.timedelta(minutes=1))
    modules.write("K1", before_solo_work="true", order="10", good_to_know="New words.")
    modules.load()
    (line,) = plans.plan(peers[0].id, "en").done
    assert line.has_changed and line.done_on == TODAY
    change = library.change_since("K1", the(peers[0]).text_done)
    assert "Words." in change.before and "New words." in change.now


# --- boards and plans ---


def test_the_board_takes_as_many_statements_for_many_as_for_few(house, trainer, peers, make):
    assign(house, trainer, peers, ("K1", "K4", "C1"))
    boards.board(house.id, (), "en")

    def cost():
        with count_queries() as counted:
            boards.board(house.id, (), "en")
        return counted.count

    few = cost()
    assert few <= 3, "with sign-in and roles at most five"
    many = [make.member(house, "peer_worker", f"Peer {number}") for number in range(120)]
    assign(house, trainer, many, ("K1", "K4", "C1"))
    assert cost() <= few + 1, "PostgreSQL asks once a second whether content has changed"
    board = boards.board(house.id, (), "en", page=2)
    assert (len(board.rows), board.page, board.pages, board.people) == (50, 2, 3, 124)
    assert boards.board(house.id, (), "en", page=99).page == 3


def test_the_board_shows_one_group(house, trainer, peers):
    group = rules.save_group(house.id, "December", [peers[2].id])
    board = boards.board(house.id, (), "en", group=group.id)
    assert [row.learner.nickname for row in board.rows] == ["Clover"]


def test_a_plan_puts_first_what_is_due_first(house, trainer, peers):
    assign(house, trainer, peers[:1], ("C1",))
    assign(house, trainer, peers[:1], ("K4",), due_on=TODAY + dt.timedelta(days=9))
    assign(house, trainer, peers[:1], ("K1",), due_on=TODAY + dt.timedelta(days=2))
    services.take_on(peers[0].id, house.id, "T1")
    plan = plans.plan(peers[0].id, "en")
    assert [line.code for line in plan.now] == ["K1", "K4", "C1", "T1"]
    assert plan.titles == {}, "codes alone, until somebody wants the titles"
    plans.choose(peers[0].id, full_titles=True, reminders=False)
    assert plans.plan(peers[0].id, "en").titles["K1"] == "Title of K1"


@db.transaction
def delete(person):
    Person.delete().where(Person.id == person.id).execute()


def test_an_account_that_goes_takes_its_training_along(house, trainer, peers):
    assign(house, trainer, peers)
    rules.save_group(house.id, "December", [peers[0].id])
    delete(peers[0])
    assert states(peers[0]) == {}
    delete(trainer)
    assert the(peers[1]).assigned_by is None


def test_everything_of_a_person_can_be_taken_along(house, trainer, peers):
    assign(house, trainer, peers[:1], reason="For the bus.")
    marking.finish(the(peers[0]), TODAY, Way.EXPERIENCE)
    (one,) = plans.export_person(peers[0].id)["modules"]
    assert (one["module"], one["state"], one["done_on"], one["way"]) == ("K1", "done", "2026-11-22", "experience")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2026, 11, 22), 24, (2028, 11, 22)),
        ((2026, 12, 31), 2, (2027, 2, 28)),
    ],
)
def test_months_end_on_their_last_day(day, months, later):
    assert refreshers.add_months(dt.date(*day), months) == dt.date(*later)
