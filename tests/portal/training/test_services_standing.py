"""Where somebody stands with a module: the same on their own plan and on the trainers' board."""

from __future__ import annotations

import datetime as dt

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db, generation
from portal.accounts.models import Person
from portal.audit import AuditRow
from portal.guidance.models import Page
from portal.organisations import services as organisations
from portal.organisations.models import Membership
from portal.organisations.services import roles_of
from portal.training import boards, library, marking, plans, rules, services
from portal.training.models import Assignment, Audience, State, Way
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database", "modules")
TODAY = NOW.date()


@pytest.fixture
def other(make):
    return make.organisation("Elsewhere")


def the(person, code="K1"):
    return Assignment.get(Assignment.person == person.id, Assignment.module == code)


def the_plan(person):
    return plans.plan(person.id, "en")


def seen_row(house, person):
    return boards.person_row(house.id, (), person.id, "en")


def done(house, person, *codes, on=TODAY):
    for code in codes:
        marking.finish_many(house.id, [person.id], code, on, Way.MEETING, None)


def later(days):
    clock.stop(NOW + dt.timedelta(days=days))


# --- before working alone ---


def test_the_plan_says_what_the_board_says_is_open_before_working_alone(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K4"], trainer.id)
    services.respond(amber.id, the(amber, "K4").id, State.DECLINED)
    done(house, amber, "K1", "T1")
    assert the_plan(amber).before_solo(roles_of(amber.id)) == {house.id: ["K4"]}
    assert seen_row(house, amber).before_solo == ["K4"]


def test_a_refresher_that_is_due_is_open_again_before_working_alone(house, amber):
    done(house, amber, "K1", "K4", "T1")
    assert the_plan(amber).before_solo(roles_of(amber.id)) == {}
    later(400)
    assert the_plan(amber).before_solo(roles_of(amber.id)) == {house.id: ["K4"]}
    assert seen_row(house, amber).before_solo == ["K4"]


def test_each_organisation_asks_for_itself_and_only_of_those_who_work_alone(house, other, amber):
    organisations.add_member(other.id, amber.id, "peer_worker")
    done(house, amber, "K1", "T1")
    done(other, amber, "K4")
    plan = the_plan(amber)
    alone = plan.before_solo(roles_of(amber.id))
    assert alone == {house.id: ["K4"], other.id: ["K1", "T1"]}
    assert plan.have(alone) == set(), "each is suggested for the organisation that still asks for it"
    organisations.leave(other.id, amber.id)
    organisations.add_member(other.id, amber.id, "candidate")
    assert the_plan(amber).before_solo(roles_of(amber.id)) == {house.id: ["K4"]}


# --- days ---


def test_whoever_comes_after_a_rules_day_gets_its_modules_without_a_day(house, trainer, amber, make):
    rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["K1"], trainer.id, due_on=TODAY + dt.timedelta(days=5))
    later(5)
    on_the_day = make.member(house, "peer_worker", "On the day")
    rules.apply_rules()
    later(9)
    newcomer = make.member(house, "peer_worker", "Newcomer")
    rules.apply_rules()
    assert the(amber).due_on == the(on_the_day).due_on == TODAY + dt.timedelta(days=5)
    assert the(newcomer).due_on is None
    assert seen_row(house, newcomer).overdue == 0


def test_whoever_comes_back_begins_anew(house, trainer, amber):
    group = rules.save_group(house.id, "December", [amber.id])
    rules.make_rule(house.id, Audience.GROUP, group.id, ["K1"], trainer.id, due_days=5)
    services.assign(house.id, (), [amber.id], ["C1"], trainer.id, due_on=TODAY + dt.timedelta(days=60))
    organisations.leave(house.id, amber.id)
    later(30)
    organisations.add_member(house.id, amber.id, "peer_worker")
    rules.make_rule(house.id, Audience.GROUP, group.id, ["T1"], trainer.id, due_days=14)
    later(31)
    rules.make_rule(house.id, Audience.GROUP, group.id, ["K4"], trainer.id, due_days=14)
    days = {line.code: line.due_on for line in the_plan(amber).now}
    assert days == {
        "K1": None,  # was over before they came back
        "C1": TODAY + dt.timedelta(days=60),
        "T1": TODAY + dt.timedelta(days=44),
        "K4": TODAY + dt.timedelta(days=45),
    }
    assert {code: cell.due_on for code, cell in seen_row(house, amber).cells.items()} == days
    assert seen_row(house, amber).overdue == 0
    assert "K1" not in str(plans.calendar_entries(amber.id))


def test_a_rule_counts_for_a_member_of_its_group_from_the_day_they_came_back(house, trainer, amber, make):
    drop_in = organisations.create_programme(house.id, "Drop-in")
    group = rules.save_group(house.id, "December", [amber.id])
    organisations.leave(house.id, amber.id)
    rules.make_rule(house.id, Audience.GROUP, group.id, ["K1"], trainer.id, reach={drop_in.id}, due_days=14)
    later(30)
    organisations.add_member(house.id, amber.id, "peer_worker", [drop_in.id])
    rules.apply_rules()
    assert the(amber).due_on == TODAY + dt.timedelta(days=44)


def test_a_second_role_changes_no_day(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K1"], trainer.id, due_on=TODAY + dt.timedelta(days=2))
    later(9)
    organisations.add_member(house.id, amber.id, "staff")
    assert the_plan(amber).now[0].overdue
    assert seen_row(house, amber).overdue == 1


# --- texts ---


def finish_then_publish(house, amber, modules, **header):
    modules.load()
    done(house, amber, "K1")
    later(1)
    modules.write("K1", **{"before_solo_work": "true", "order": "10", **header})
    modules.load()
    return the_plan(amber).done[0].has_changed, library.change_since("K1", the(amber).text_done)


@pytest.mark.parametrize(
    "header",
    [
        {"review_by": "2028-11-01"},
        {"checked": '[{ on = 2026-11-20, by = "a nurse" }]'},
        {"develops": '["F2.03"]'},
        {"good_to_know": "Words.\n\n"},
    ],
)
def test_what_readers_learn_nothing_from_is_no_change(house, amber, modules, header):
    assert finish_then_publish(house, amber, modules, **header) == (False, None)


CHECK = (
    '[[check]]\nkind = "choice"\nquestion = "Which?"\noptions = ["Spoon", "Smile"]\nkey = [{}]\nexplanation = "{}"\n'
)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"title": '"Another title"'}, "Another title"),
        ({"summary": '"About something else."'}, "About something else."),
        ({"in_short": '["Another point."]'}, "- Another point."),
        ({"before_solo_work": "false"}, "Title of K1"),
        ({"refresh_months": "6"}, "Refreshed every 6 months"),
        ({"good_to_know": "New words."}, "New words."),
        ({"checks": CHECK.format(2, "Everything blood touches.")}, "- Smile (right)"),
        ({"checks": CHECK.format(1, "Only what blood touches.")}, "Only what blood touches."),
    ],
)
def test_a_change_of_anything_that_is_learnt_is_shown(house, amber, modules, header, words):
    modules.write("K1", before_solo_work="true", order="10", checks=CHECK.format(1, "Everything blood touches."))
    has_changed, change = finish_then_publish(
        house, amber, modules, **{"checks": CHECK.format(1, "Everything blood touches."), **header}
    )
    assert has_changed
    assert change.before != change.now
    assert words in change.now


def test_a_plan_takes_as_many_statements_for_many_lines_as_for_one(house, amber, modules):
    def cost():
        with count_queries() as counted:
            the_plan(amber)
        return counted.count

    def publish(days, words):
        later(days)
        for code in ("K1", "K4", "C1", "T1"):
            modules.write(code, before_solo_work="true", good_to_know=words)
        modules.load()
        library.list_modules("en"), library.list_modules("")

    done(house, amber, "K1")
    publish(1, "New words.")
    first = cost()
    assert first <= 4
    done(house, amber, "K4", "C1", "T1")
    publish(2, "Newer words.")
    assert cost() <= first + 1, "PostgreSQL asks once a second whether content has changed"
    assert [line.has_changed for line in the_plan(amber).done] == [True] * 4
    assert cost() < first, "what was compared is kept until content changes"


# --- what somebody took on by themselves ---


def test_what_somebody_took_on_and_then_put_off_nobody_else_meets(house, trainer, amber):
    for code, state in (("C1", State.LATER), ("K1", State.DECLINED), ("K4", State.ACCEPTED)):
        services.take_on(amber.id, house.id, code)
        services.respond(amber.id, the(amber, code).id, state)
    services.assign(house.id, (), [amber.id], ["T1"], trainer.id)
    services.respond(amber.id, the(amber, "T1").id, State.DECLINED)
    assert list(seen_row(house, amber).cells) == ["K4", "T1"]
    (row,) = [one for one in boards.board(house.id, (), "en").rows if one.learner.id == amber.id]
    assert list(row.cells) == ["K4", "T1"]
    assert row.before_solo == ["K1", "K4", "T1"]


@db.transaction
def delete_account(person):
    Person.delete().where(Person.id == person.id).execute()


def test_when_a_trainer_goes_the_board_does_not_tell_who_declined(house, trainer, make):
    people = [make.member(house, "peer_worker", name) for name in ("Amber", "Birch", "Clover")]
    services.assign(house.id, (), [one.id for one in people], ["K1"], trainer.id)
    services.respond(people[1].id, the(people[1]).id, State.LATER)
    services.respond(people[2].id, the(people[2]).id, State.DECLINED)
    delete_account(trainer)
    assert len({str(list(seen_row(house, one).cells)) for one in people}) == 1


# --- modules taken away ---


@db.transaction
def withdraw(code):
    Page.update(withdrawn=True).where(Page.slug == code).execute()
    generation.raise_it()


def test_a_module_that_was_taken_away_is_never_overdue(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K1"], trainer.id, due_on=TODAY - dt.timedelta(days=1))
    assert the_plan(amber).now[0].overdue
    withdraw("K1")
    assert not the_plan(amber).now[0].overdue


# --- the calendar ---


def test_refreshers_are_in_the_calendar_under_neutral_names(house, amber):
    done(house, amber, "K1", "K4")
    (entry,) = plans.calendar_entries(amber.id)
    assert (entry.begins, entry.title) == (dt.date(2027, 11, 22), "Refresh Module K4")
    marking.refresh(the(amber, "K4"), TODAY)
    assert [one.uid for one in plans.calendar_entries(amber.id)] == [entry.uid]
    plans.choose(amber.id, full_titles=True, reminders=False)
    assert plans.calendar_entries(amber.id)[0].title == "Refresh Module K4: Title of K4"
    organisations.leave(house.id, amber.id)
    assert plans.calendar_entries(amber.id) == []


# --- taking along and deleting ---


def test_the_export_says_since_when(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K1"], trainer.id)
    (one,) = plans.export_person(amber.id)["modules"]
    assert one["assigned_on"] == "2026-11-22"


def test_a_line_of_ones_own_can_be_deleted_in_every_state(house, amber):
    for code in ("C1", "K1", "K4"):
        services.take_on(amber.id, house.id, code)
    services.respond(amber.id, the(amber, "C1").id, State.DECLINED)
    marking.finish(the(amber, "K4"), TODAY, Way.EXPERIENCE)
    assert all(line.deletable for line in the_plan(amber).lines)
    assert all(plans.delete_line(amber.id, the(amber, code).id) for code in ("C1", "K1", "K4"))
    assert Assignment.select().count() == 0
    actions = [row.action for row in AuditRow.select().order_by(AuditRow.number) if row.action.startswith("training.")]
    assert actions == ["training.finish", "training.undo"], "only what others saw leaves a line"


def test_what_others_asked_for_stays_until_one_has_left(house, trainer, amber, make):
    services.assign(house.id, (), [amber.id], ["K1", "K4"], trainer.id)
    done(house, amber, "K4")
    rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["C1"], trainer.id)
    lines = the_plan(amber).lines
    assert not any(line.deletable or plans.delete_line(amber.id, line.id) for line in lines)
    assert Assignment.select().count() == 3
    organisations.leave(house.id, amber.id)
    plan = the_plan(amber)
    assert ([line.code for line in plan.left], [line.code for line in plan.done]) == (["C1", "K1"], ["K4"])
    assert all(plans.delete_line(amber.id, line.id) for line in (*plan.left, *plan.done))
    assert Assignment.select().count() == 0


def test_what_one_did_in_an_organisation_that_closed_can_be_deleted(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K1"], trainer.id)
    organisations.close_organisation(house.id)
    assert Membership.select().where(Membership.person == amber.id).exists()
    (line,) = the_plan(amber).left
    assert plans.delete_line(amber.id, line.id)


def test_nobody_deletes_a_line_of_somebody_else(house, amber, make):
    services.take_on(amber.id, house.id, "K1")
    assert not plans.delete_line(make.member(house, "peer_worker").id, the(amber).id)
    assert the(amber).state == State.ACCEPTED
