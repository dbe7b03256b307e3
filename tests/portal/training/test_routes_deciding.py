"""Forms that take people at their word: whom they tick, for which organisation they take something on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal import clock, db
from portal.candidates import checklist, growth
from portal.candidates import services as kept
from portal.organisations import services as organisations
from portal.training import marking, rules
from portal.training.models import Assignment, Audience, Rule, State, TrainingGroup, Way
from tests.conftest import NOW
from tests.support.browser import Browser

pytestmark = pytest.mark.usefixtures("modules")


def rows():
    with db.connection():
        return [(row.organisation_id, row.person_id, row.module, row.state) for row in Assignment.select()]


def show_a_wish(person, house):
    with db.connection():
        kept.keep(person.id, checklist.Checklist(answers={"F2.02": "s1"}, wishes=("F2.02",)))
        growth.show(person.id, house.id, ["F2.02"], checklist.words("en"))


def test_whoever_is_unticked_gets_nothing(login, browser, house, trainer, amber, make):
    birch = make.member(house, "peer_worker", "Birch")
    login(trainer)
    person = browser.get("training.show_person", organisation_id=house.id, person_id=amber.id)
    form = browser.get(person.links()["Assign modules"])
    assert ("people", str(amber.id)) in form.fields(form.form(button="Assign"))
    browser.submit(form, button="Assign", modules=["K1"], people=[str(birch.id)])
    assert rows() == [(house.id, birch.id, "K1", State.ASSIGNED)]


# --- taking a suggestion on ---


def test_a_suggestion_is_taken_on_in_the_organisation_the_person_names(login, browser, house, amber, make):
    other = make.organisation("Elsewhere")
    with db.connection():
        organisations.add_member(other.id, amber.id, "candidate")
    login(amber)
    plan = browser.get("training.show_plan")
    asked = browser.submit(plan, button="I take it on")
    assert "Choose the organisation first. Nothing was changed." in asked.html
    assert rows() == []
    for chosen in (other, house):
        browser.submit(plan, button="I take it on", organisation=str(chosen.id))
    assert {row[0] for row in rows()} == {other.id, house.id}
    assert "Trainers and leads there then see that you took it on." in plan.text


def test_nobody_takes_on_anything_where_they_do_not_belong(login, browser, amber, make):
    other = make.organisation("Elsewhere")
    login(amber)
    browser.post("training.take_on", {"module": "K1", "organisation": str(other.id)})
    assert rows() == []


# --- rules ---


def test_a_trainer_of_one_programme_makes_rules_for_its_people(login, browser, house, make):
    with db.connection():
        drop_in = organisations.create_programme(house.id, "Drop-in")
    near = make.member(house, "peer_worker", "Near", programmes=[drop_in])
    make.member(house, "peer_worker", "Far", programmes=[house.programme])
    login(make.member(house, "trainer", "Robin", programmes=[drop_in]))
    form = browser.get("training.assign_modules", organisation_id=house.id)
    browser.submit(form, button="Assign", modules=["K1"], audience="role", role="peer_worker")
    assert rows() == [(house.id, near.id, "K1", State.ASSIGNED)]
    listed = browser.get("training.list_rules", organisation_id=house.id)
    assert "K1: everyone whose role is peer worker In these programmes: Drop-in." in listed.text


def test_rules_are_named_in_words(login, browser, house, trainer, amber):
    show_a_wish(amber, house)
    with db.connection():
        rules.make_rule(house.id, Audience.GROWTH, "F2.02", ["K1"], trainer.id)
    login(trainer)
    listed = browser.get("training.list_rules", organisation_id=house.id)
    statement = checklist.words("en").items["F2.02"].statement
    assert f"K1: whoever shows that they want to work on “{statement}”" in listed.text
    assert "F2.02" not in listed.text


def test_a_lead_who_is_no_trainer_is_not_asked_about_wishes(login, browser, house, amber, make):
    show_a_wish(amber, house)
    login(make.member(house, "lead", "Ada"))
    form = browser.get("training.assign_modules", organisation_id=house.id)
    assert "work on" not in form.text
    answer = browser.submit(form, button="Assign", modules=["K1"], audience="growth")
    assert "nobody shows anything" not in answer.text
    assert rows() == []


def test_a_wish_shown_in_two_languages_is_offered_once_in_the_readers(app, login, browser, house, trainer, amber, make):
    show_a_wish(amber, house)
    birch, english = make.member(house, "peer_worker", "Birch"), checklist.words("en")
    other = replace(english.items["F2.02"], statement="In anderen Worten.")
    with db.connection():
        kept.keep(birch.id, checklist.Checklist(answers={"F2.02": "s1"}, wishes=("F2.02",)))
        growth.show(birch.id, house.id, ["F2.02"], replace(english, items={**english.items, "F2.02": other}))
    login(trainer)
    form = browser.get("training.assign_modules", organisation_id=house.id)
    options = form.root.findall(".//select[@name='item']/option")
    assert [option.text for option in options] == [english.items["F2.02"].statement]


def test_two_trainers_who_change_one_group_undo_nothing_of_each_other(app, login, browser, house, trainer, amber, make):
    birch, clover, dale = (make.member(house, "peer_worker", name) for name in ("Birch", "Clover", "Dale"))
    with db.connection():
        group = rules.save_group(house.id, "December", [amber.id, birch.id])
    login(trainer)
    other = Browser(app).sign_in(make.member(house, "trainer", "Robin"))
    mine, theirs = (
        one.get("training.edit_group", organisation_id=house.id, group_id=group.id) for one in (browser, other)
    )
    other.submit(theirs, button="Save", people=[str(one.id) for one in (amber, birch, clover)])
    browser.submit(mine, button="Save", people=[str(one.id) for one in (birch, dale)])
    with db.connection():
        assert set(rules.members_of(group.id)) == {birch.id, clover.id, dale.id}


def test_wishes_lead_to_assigning_and_back(login, browser, house, trainer, amber):
    show_a_wish(amber, house)
    login(trainer)
    board = browser.get("training.show_board", organisation_id=house.id)
    wishes = browser.get(board.links()["What people want to work on"])
    assert "Amber" in wishes.text
    assert wishes.links()["Assign modules"] == f"/organisations/{house.id}/training/assign"


# --- marks ---


def test_a_trainer_who_takes_a_mark_back_accepts_nothing_for_anybody(login, browser, house, trainer, amber):
    with db.connection():
        marking.finish_many(house.id, [amber.id], "K1", clock.today(), Way.MEETING, trainer.id)
    login(trainer)
    page = browser.get("training.show_person", organisation_id=house.id, person_id=amber.id)
    browser.submit(page, button="Yes, take every mark away")
    assert rows() == [(house.id, amber.id, "K1", State.ASSIGNED)]


def test_a_refresher_that_is_due_is_said_to_who_wants_reminders(login, browser, house, trainer, amber):
    with db.connection():
        marking.finish_many(house.id, [amber.id], "K4", clock.today(), Way.MEETING, trainer.id)
    clock.stop(NOW.replace(year=2027))
    login(amber)
    plan = browser.get("training.show_plan")
    assert "can be refreshed" not in plan.text
    plan = browser.submit(plan, button="Save", reminders="y")
    assert "What you know of one module can be refreshed." in plan.text


# --- after an expired sign-in ---


def test_what_was_only_carried_through_a_sign_in_deletes_and_tells_nothing(login, browser, house, trainer, amber):
    with db.connection():
        group = rules.save_group(house.id, "December", [amber.id])
        rule, _new = rules.make_rule(house.id, Audience.GROUP, group.id, ["K1"], trainer.id)
        organisations.add_member(house.id, trainer.id, "staff")
    login(trainer)
    here = {"organisation_id": house.id}
    browser.post("training.delete_group", {"carried_over": "1"}, group_id=group.id, **here)
    browser.post("training.end_rule", {"carried_over": "1"}, rule_id=rule.id, **here)
    browser.post("training.take_on", {"carried_over": "1", "module": "A1", "organisation": str(house.id)})
    with db.connection():
        assert TrainingGroup.select().count() == 1
        assert Rule.get().ended_on is None
        assert Assignment.select().where(Assignment.module == "A1").count() == 0
