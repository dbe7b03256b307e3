"""One's own plan as people meet it: what is open, what can be taken on, what can be deleted."""

from __future__ import annotations

import datetime as dt

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db, generation
from portal.guidance.models import Page
from portal.organisations import services as organisations
from portal.training import marking, services
from portal.training.models import Assignment, State, Way
from tests.conftest import NOW
from tests.support.browser import Browser

TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("modules")


@pytest.fixture
def own(app, amber):
    return Browser(app).sign_in(amber)


def assign(house, trainer, person, *codes, **options):
    with db.connection():
        services.assign(house.id, (), [person.id], codes, trainer.id, **options)


def done(house, person, *codes, on=TODAY):
    with db.connection():
        for code in codes:
            marking.finish_many(house.id, [person.id], code, on, Way.MEETING, None)


def answer(person, code, state):
    with db.connection():
        services.respond(person.id, the(person, code).id, state)


def the(person, code="K1"):
    with db.connection():
        return Assignment.get_or_none(Assignment.person == person.id, Assignment.module == code)


def part(page, heading):
    """Words of the section with this heading."""
    found = page.root.find(f".//*[@aria-labelledby='{heading}']")
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


@db.transaction
def withdraw(code):
    Page.update(withdrawn=True).where(Page.slug == code).execute()
    generation.raise_it()


# --- before working alone ---


def test_the_plan_says_what_is_open_before_working_alone_and_where(own, house, trainer, amber):
    assign(house, trainer, amber, "K4")
    answer(amber, "K4", State.DECLINED)
    done(house, amber, "K1", "T1")
    page = own.get("training.show_plan")
    assert "Harbour House: Module K4" in part(page, "alone")
    assert "Title of K4" not in page.text
    link = page.root.find(".//*[@aria-labelledby='alone']//a")
    line = page.root.find(f".//*[@id='{link.get('href').removeprefix('#')}']")
    assert "Still open before you work alone" in "".join(line.itertext())
    declined = page.root.find(".//details[@open]")
    assert "No thanks (1)" in "".join(declined.itertext()), "the link leads to something that can be read"


def test_a_refresher_before_working_alone_is_marked_where_it_was_done(own, house, amber):
    done(house, amber, "K1", "K4", "T1")
    assert part(own.get("training.show_plan"), "alone") == ""
    clock.stop(NOW + dt.timedelta(days=400))
    own.sign_in(amber)
    page = own.get("training.show_plan")
    assert "Harbour House: Module K4" in part(page, "alone")
    assert "Refresh it before you work alone" in part(page, "done")


def test_what_was_done_elsewhere_can_be_taken_on_here(own, house, amber, make):
    other = make.organisation("Elsewhere")
    with db.connection():
        organisations.add_member(other.id, amber.id, "candidate")
    done(house, amber, "K1", "T1")
    done(other, amber, "K4")
    page = own.get("training.show_plan")
    assert "Harbour House: Module K4" in part(page, "alone")
    assert "Module K4" in part(page, "suggested")
    own.submit(page, button="I take it on", organisation=str(house.id))
    with db.connection():
        assert Assignment.select().where(Assignment.module == "K4", Assignment.organisation == house.id).exists()


def test_nobody_else_reads_of_working_alone(app, house, make):
    candidate = Browser(app).sign_in(make.member(house, "candidate"))
    assert "alone" not in candidate.get("training.show_plan").text


# --- another module ---


@pytest.fixture
def birch(house, make):
    """A candidate: no role of theirs suggests anything."""
    return make.member(house, "candidate", "Birch")


def test_any_module_can_be_taken_on_and_counted_from_experience(app, birch):
    own = Browser(app).sign_in(birch)
    page = own.get("training.show_plan")
    assert "Module A2" in part(page, "another") and "Title of" not in page.text
    page = own.submit(page, button="I take it on", module="A2")
    assert (the(birch, "A2").state, the(birch, "A2").assigned_by) == (State.ACCEPTED, None)
    assert "A2" not in part(page, "another"), "what somebody has is not offered again"
    own.submit(page, button="I have done it", on=TODAY, way="experience")
    assert the(birch, "A2").way == "experience"


def test_another_module_is_asked_for_by_name_and_organisation(app, house, birch, make):
    other, own = make.organisation("Elsewhere"), Browser(app).sign_in(birch)
    with db.connection():
        organisations.add_member(other.id, birch.id, "candidate")
        services.take_on(birch.id, house.id, "A2")
    page = own.get("training.show_plan")
    assert "Module A2" in part(page, "another"), "they may still take it on for the other organisation"
    asked = own.submit(page, button="I take it on", module="A2")
    assert "Choose the organisation first. Nothing was changed." in asked.html
    asked = own.submit(page, button="I take it on", organisation=str(other.id))
    assert "Choose the module first. Nothing was changed." in asked.html
    page = own.submit(page, button="I take it on", module="A2", organisation=str(other.id))
    assert "A2" not in part(page, "another")


def test_without_an_organisation_nothing_can_be_taken_on(app, make):
    page = Browser(app).sign_in(make.person()).get("training.show_plan")
    assert part(page, "another") == ""


def test_the_plan_takes_as_many_statements_for_many_modules_as_for_few(own, house, trainer, amber, modules):
    def cost():
        with count_queries() as counted:
            own.get("training.show_plan")
        return counted.count

    assign(house, trainer, amber, "K1")
    cost()
    few = cost()
    for number in range(5, 27):
        modules.write(f"S{number}", order=str(100 + number), before_solo_work="true")
    with db.connection():
        modules.load()
    assign(house, trainer, amber, "K4", "C1", *(f"S{number}" for number in range(5, 15)))
    done(house, amber, "A1", "A2", *(f"S{number}" for number in range(15, 20)))
    cost()
    assert cost() <= few


# --- what others notice ---


def test_the_plan_says_that_changing_ones_mind_may_be_noticed(own, amber):
    assert "they may notice that it is not taken any more" in own.get("training.show_plan").text


def test_trainers_do_not_read_of_what_somebody_took_on_and_turned_down(app, own, house, trainer, amber):
    watching = Browser(app).sign_in(trainer)
    with db.connection():
        services.take_on(amber.id, house.id, "C1")
    answer(amber, "C1", State.DECLINED)
    for view, values in (("show_board", {}), ("show_person", {"person_id": amber.id})):
        assert "C1" not in watching.get(f"training.{view}", organisation_id=house.id, **values).text


# --- modules taken away ---


@pytest.mark.parametrize("state", [State.ASSIGNED, State.LATER, State.DECLINED])
def test_nobody_is_asked_to_take_on_a_module_that_was_taken_away(own, house, trainer, amber, state):
    assign(house, trainer, amber, "C1", due_on=TODAY)
    answer(amber, "C1", state) if state is not State.ASSIGNED else None
    with db.connection():
        withdraw("C1")
    page = own.get("training.show_plan")
    forms = page.root.findall(f".//form[@action='/me/training/{the(amber, 'C1').id}']")
    words = {" ".join("".join(button.itertext()).split()) for form in forms for button in form.findall(".//button")}
    assert not any(one.startswith("I take it on") for one in words)
    assert "This module was taken away." in page.text


# --- deleting ---


def test_a_line_of_ones_own_is_deleted_with_a_second_press(own, house, trainer, amber):
    assign(house, trainer, amber, "K1")
    with db.connection():
        services.take_on(amber.id, house.id, "C1")
    page = own.get("training.show_plan")
    assert page.text.count("Delete this line") == 1, "what a trainer asked for stays"
    asked = own.submit(page, button="Delete this line")
    assert "Delete Module C1?" in asked.text
    assert the(amber, "C1") is not None
    gone = own.submit(asked, button="Delete it now")
    assert "Deleted." in gone.html
    assert the(amber, "C1") is None


def test_what_a_trainer_asked_for_is_not_deleted(own, house, trainer, amber):
    assign(house, trainer, amber, "K1")
    page = own.post("training.change_own", {"do": "delete", "sure": "1"}, assignment_id=the(amber).id)
    assert "Nothing was changed." in page.text
    assert "Delete Module" not in page.text
    assert the(amber) is not None


def test_what_is_left_of_an_organisation_one_has_left_can_be_deleted(own, house, trainer, amber):
    assign(house, trainer, amber, "K1")
    with db.connection():
        organisations.leave(house.id, amber.id)
    page = own.get("training.show_plan")
    assert "From organisations you have left (1)" in page.text
    assert "I take it on" not in page.text
    own.submit(own.submit(page, button="Delete this line"), button="Delete it now")
    assert the(amber) is None


def test_a_deletion_that_was_only_carried_through_a_sign_in_deletes_nothing(own, house, amber):
    with db.connection():
        services.take_on(amber.id, house.id, "K1")
    carried = {"do": "delete", "sure": "1", "carried_over": "1"}
    own.post("training.change_own", carried, assignment_id=the(amber).id)
    assert the(amber) is not None


# --- texts ---


def test_a_corrected_explanation_is_shown_and_a_new_review_day_is_not(own, house, amber, modules):
    done(house, amber, "K1")
    clock.stop(NOW + dt.timedelta(minutes=1))
    with db.connection():
        modules.write("K1", before_solo_work="true", order="10", review_by="2028-11-01")
        modules.load()
    assert "Its text has changed since" not in own.get("training.show_plan").text
    own.get("training.show_changes", assignment_id=the(amber).id, status=404)
    clock.stop(NOW + dt.timedelta(minutes=2))
    check = '[[check]]\nkind = "free"\nquestion = "Why?"\nexplanation = "Quite another reason."\n'
    with db.connection():
        modules.write("K1", before_solo_work="true", order="10", review_by="2028-11-01", checks=check)
        modules.load()
    page = own.get(own.get("training.show_plan").links()["Its text has changed since. See what is new"])
    assert "Quite another reason." in "".join("".join(one.itertext()) for one in page.root.iter("ins"))


def test_a_module_says_who_checked_it_and_until_when(browser):
    page = browser.get("training.show_module", language="en", code="K1")
    closing = page.root.findall(".//*[@class='checked small']")
    assert len(closing) == 1
    assert "An author, A work, A house. Read." in page.text
    assert "Not yet checked by a peer worker or a specialist." in page.text
    assert "To be looked at again by" in page.text
