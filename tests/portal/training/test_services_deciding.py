"""What is decided about one person holds: against rules, against other programmes, and after they have left."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock
from portal.organisations import services as organisations
from portal.training import boards, library, marking, plans, rules, services
from portal.training.models import Assignment, Audience, State, Way
from portal.training.services import Seen
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database", "modules")
TODAY = NOW.date()


def the(person, code="K1"):
    return Assignment.get(Assignment.person == person.id, Assignment.module == code)


def now(person):
    return [line.code for line in plans.plan(person.id, "en").now]


def cells(house, person):
    return set(boards.person_row(house.id, (), person.id, "en").cells)


# --- taken back ---


def test_what_was_taken_back_from_one_person_no_rule_brings_again(house, trainer, amber):
    rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["K1", "C1"], trainer.id)
    group = rules.save_group(house.id, "December", [amber.id])
    services.take_back(house.id, the(amber).id)
    rules.apply_rules()
    rules.make_rule(house.id, Audience.GROUP, group.id, ["K1"], trainer.id)
    assert now(amber) == ["C1"]
    assert cells(house, amber) == {"C1"}


def test_what_was_taken_back_is_there_for_nobody(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K1"], trainer.id, reason="By mistake.")
    taken = the(amber)
    services.take_back(house.id, taken.id)
    assert services.get_assignment(house.id, taken.id) is None
    assert services.get_own(amber.id, taken.id) is None
    services.respond(amber.id, taken.id, State.ACCEPTED)
    assert now(amber) == []


def test_what_was_taken_back_can_be_assigned_taken_on_and_done_again(house, trainer, amber):
    def taken_back():
        services.assign(house.id, (), [amber.id], ["K1"], trainer.id, reason="Once.")
        services.take_back(house.id, the(amber).id)

    taken_back()
    assert services.assign(house.id, (), [amber.id], ["K1"], trainer.id, due_on=TODAY, reason="Again.") == 1
    row = the(amber)
    assert (row.state, row.reason, row.due_on) == (State.ASSIGNED, "Again.", TODAY)
    taken_back()
    assert marking.finish_many(house.id, [amber.id], "K1", TODAY, Way.MEETING, trainer.id).new == 1
    assert the(amber).state == State.DONE
    marking.undo(the(amber))
    taken_back()
    services.take_on(amber.id, house.id, "K1")
    assert the(amber).state == State.ACCEPTED


# --- marked by mistake ---


def test_a_trainers_mistake_does_not_accept_in_the_persons_name(house, trainer, amber):
    services.assign(house.id, (), [amber.id], ["K1"], trainer.id)
    services.respond(amber.id, the(amber).id, State.DECLINED)
    marking.finish_many(house.id, [amber.id], "K1", TODAY, Way.MEETING, trainer.id)
    marking.undo(the(amber), by_trainer=True)
    assert the(amber).state == State.ASSIGNED
    assert boards.person_row(house.id, (), amber.id, "en").cells["K1"].seen is Seen.OPEN


# --- programmes ---


@pytest.fixture
def drop_in(house):
    return organisations.create_programme(house.id, "Drop-in")


def test_a_rule_of_one_programmes_trainer_reaches_its_people_now_and_later(house, trainer, make, drop_in):
    near = make.member(house, "peer_worker", "Near", programmes=[drop_in])
    far = make.member(house, "peer_worker", "Far", programmes=[house.programme])
    group = rules.save_group(house.id, "December", [near.id, far.id])
    for audience, target, code in ((Audience.ROLE, "peer_worker", "K1"), (Audience.GROUP, group.id, "C1")):
        _rule, new = rules.make_rule(house.id, audience, target, [code], trainer.id, reach={drop_in.id})
        assert new == 1
    later = make.member(house, "peer_worker", "Later", programmes=[house.programme])
    everywhere = make.member(house, "peer_worker", "Everywhere")
    rules.apply_rules()
    assert now(near) == ["C1", "K1"]
    assert now(far) == now(later) == []
    assert now(everywhere) == ["K1"]


def test_a_rule_for_all_programmes_is_another_rule(house, trainer, make, drop_in):
    far = make.member(house, "peer_worker", "Far", programmes=[house.programme])
    for reach in ({drop_in.id}, {drop_in.id}, ()):
        rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["K1"], trainer.id, reach=reach)
    assert sorted(rule.programmes for rule in rules.list_rules(house.id)) == [[], [str(drop_in.id)]]
    assert now(far) == ["K1"]


def test_what_reaches_further_than_a_trainer_is_not_theirs_to_end(house, trainer, make, drop_in):
    near = make.member(house, "peer_worker", "Near", programmes=[drop_in])
    far = make.member(house, "peer_worker", "Far", programmes=[house.programme])
    here = {drop_in.id}
    wide, _new = rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["K1"], trainer.id)
    own, _new = rules.make_rule(house.id, Audience.ROLE, "peer_worker", ["C1"], trainer.id, reach=here)
    assert not rules.end_rule(house.id, wide.id, here)
    assert rules.end_rule(house.id, own.id, here)
    assert [rule.id for rule in rules.list_rules(house.id)] == [wide.id]
    both = rules.save_group(house.id, "Both", [near.id, far.id])
    ours = rules.save_group(house.id, "Ours", [near.id])
    used = rules.save_group(house.id, "Used", [near.id])
    rules.make_rule(house.id, Audience.GROUP, used.id, ["C1"], trainer.id)
    assert [rules.delete_group(house.id, group.id, here) for group in (both, ours, used)] == [False, True, False]
    assert [group.name for group in rules.list_groups(house.id)] == ["Both", "Used"]
    assert rules.delete_group(house.id, both.id) and rules.end_rule(house.id, wide.id)


# --- those who left ---


def test_whoever_leaves_has_nothing_open_there_any_more_and_keeps_what_was_done(house, trainer, amber, make):
    other = make.organisation("Elsewhere")
    organisations.add_member(other.id, amber.id, "peer_worker")
    plans.choose(amber.id, full_titles=False, reminders=True)
    services.assign(house.id, (), [amber.id], ["K1", "K4", "C1", "T1"], trainer.id, due_on=TODAY, reason="Here.")
    services.assign(other.id, (), [amber.id], ["A1"], trainer.id, due_on=TODAY)
    services.respond(amber.id, the(amber, "C1").id, State.DECLINED)
    services.respond(amber.id, the(amber, "T1").id, State.LATER)
    marking.finish(the(amber, "K1"), TODAY, Way.ALONE)
    organisations.leave(house.id, amber.id)
    plan = plans.plan(amber.id, "en")
    assert ([one.code for one in plan.now], plan.later, plan.declined) == (["A1"], [], [])
    assert [one.code for one in plan.done] == ["K1"]
    assert [entry.title for entry in plans.calendar_entries(amber.id)] == ["Module A1"]
    exported = plans.export_person(amber.id)["modules"]
    assert {one["module"]: one["state"] for one in exported} == {
        "K1": "done", "K4": "assigned", "C1": "declined", "T1": "later", "A1": "assigned",
    }  # fmt: skip


def test_the_export_names_the_groups_somebody_is_in(house, amber):
    rules.save_group(house.id, "December", [amber.id])
    assert plans.export_person(amber.id)["groups"] == [
        {"group": "December", "organisation": "Harbour House", "joined_on": "2026-11-22"}
    ]


def test_a_refresher_that_is_due_is_known_on_the_plan(house, trainer, amber):
    marking.finish_many(house.id, [amber.id], "K4", TODAY, Way.MEETING, trainer.id)
    assert not plans.plan(amber.id, "en").done[0].refresh_due
    clock.stop(NOW.replace(year=2027))
    assert plans.plan(amber.id, "en").done[0].refresh_due


# --- texts ---


def test_a_translation_is_no_change_of_the_text(house, trainer, amber, modules):
    marking.finish_many(house.id, [amber.id], "K1", TODAY, Way.MEETING, trainer.id)
    (modules.root / "de/modules").mkdir(parents=True)
    text = (modules.root / "en/modules/K1.md").read_text().replace("Title of K1", "Titel von K1")
    (modules.root / "de/modules/K1.md").write_text(text)
    (modules.root / "de/topics.toml").write_text((modules.root / "en/topics.toml").read_text())
    modules.load()
    (line,) = plans.plan(amber.id, "de").done
    assert line.module.title == "Titel von K1"
    assert not line.has_changed
    assert library.change_since("K1", the(amber).text_done) is None


def test_what_changed_while_the_list_was_read_is_in_the_next_one(modules, monkeypatch):
    read = library._rows
    library.list_modules("en")

    def slow(language, *columns):
        rows = list(read(language, *columns))
        monkeypatch.setattr(library, "_rows", read)
        clock.stop(NOW + dt.timedelta(minutes=2))
        modules.write("K1", title='"Newest title"', before_solo_work="true")
        modules.load()
        assert library.modules_by_code("en")["K1"].title == "Newest title"
        return rows

    clock.stop(NOW + dt.timedelta(minutes=1))
    modules.write("K1", title='"New title"', before_solo_work="true")
    modules.load()
    monkeypatch.setattr(library, "_rows", slow)
    library.list_modules("en")
    assert library.modules_by_code("en")["K1"].title == "Newest title"
