"""Training in a real browser: modules, plan and board looked at, and the path from trainer to learner."""

from __future__ import annotations

import pytest

PUBLIC = {"modules": "/en/modules", "module": "/en/modules/K4", "guide": "/en/modules/K4/guide"}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_of_training(visit, name):
    visit.open(PUBLIC[name])
    visit.look(f"training-{name}")


def to_the_board(visit, nickname="Kind Maple"):
    visit.sign_in(nickname)
    visit.follow("Harbour House")
    visit.follow("Training", exact=True)
    return visit.page


@pytest.mark.parametrize("step", ["", "Assign modules", "Groups and rules", "Enter what was done", "Amber Fox"])
def test_pages_of_a_trainer(visit, step):
    to_the_board(visit)
    if step:
        visit.follow(step)
    visit.look(f"training-board-{step or 'itself'}".lower().replace(" ", "-"))


def test_a_group_is_looked_at(visit):
    to_the_board(visit)
    visit.follow("Groups and rules")
    visit.follow("Night bus")
    visit.look("training-group")


def test_ones_own_plan(visit):
    visit.sign_in("Amber Fox")
    visit.open("/me/training")
    visit.page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    visit.look("training-plan")


def test_a_trainer_assigns_and_a_learner_does_it(visitor, script):
    trainer, learner = visitor(script), visitor(script)
    module = "C3" if script else "C4"
    page = to_the_board(trainer)
    board = page.url.removeprefix(trainer.site)
    trainer.follow("Assign modules")
    page.get_by_label(f"{module} ").check()
    page.get_by_label("Lucky Lark").check()
    page.get_by_label("Why, in a sentence they will read").fill("Before the talk at the school.")
    with page.expect_navigation():
        page.get_by_role("button", name="Assign", exact=True).click()
    assert "1 new assignment." in page.locator("[role=status]").inner_text()

    plan = learner.sign_in("Lucky Lark")
    learner.open("/me/training")
    line = plan.get_by_role("listitem").filter(has=plan.get_by_role("heading", name=f"Module {module}", exact=True))
    assert "Before the talk at the school." in line.inner_text()
    with plan.expect_navigation():
        line.get_by_role("button", name="I take it on").click()
    learner.follow(f"Module {module}")
    assert plan.locator("h1").inner_text().startswith(f"Module {module}")
    plan.get_by_role("radio").first.check()
    plan.get_by_text("What we would say").first.click()
    learner.open("/me/training")
    line = plan.get_by_role("listitem").filter(has=plan.get_by_role("heading", name=f"Module {module}", exact=True))
    line.get_by_text("Mark it").click()
    with plan.expect_navigation():
        line.get_by_role("button", name="I have done it").click()

    trainer.open(board)
    trainer.follow("Lucky Lark")
    words = page.get_by_role("main").inner_text()
    assert module in words and "Done" in words
    trainer.quiet()
    learner.quiet()
