"""Meetings, attendance, paid time and questions in a real browser: three widths, light and dark, axe, script or not."""

from __future__ import annotations

import datetime as dt

import pytest


def here(visit, path: str):
    """A page of the demo's organisation."""
    visit.open("/me")
    visit.follow("Harbour House", exact=True)
    return visit.open(visit.page.url.removeprefix(visit.site).partition("?")[0].rstrip("/") + path)


def plan(visit, *, title: str, place: str, days: int = 0, hour: int = 10):
    day = dt.date.today() + dt.timedelta(days=days)
    page = here(visit, "/meetings/new")
    page.get_by_role("radio", name="Something else").check()
    page.get_by_label("Or what else?").fill(title)
    page.get_by_label("Place", exact=True).fill(place)
    page.get_by_label("Day", exact=True).fill(day.isoformat())
    page.get_by_label("From", exact=True).fill(f"{hour}:00")
    page.get_by_label("To", exact=True).fill(f"{hour + 2}:00")
    page.get_by_role("checkbox", name="Quiet Heron").check()
    page.get_by_label("Travel is paid or a ride is there").check()
    return page


def test_planning_moving_and_cancelling(visit):
    visit.sign_in("Kind Maple")
    here(visit, "/meetings")
    visit.look("meetings-first")
    here(visit, "/meetings/new")
    visit.look("meeting-new")
    visit.press("Plan it")
    visit.look("meeting-errors")
    plan(visit, title="Looking after veins", place="Drop-in", days=3)
    visit.press("Plan it")
    plan(visit, title="The law on the street", place="Drop-in", days=3)
    visit.press("Plan it")
    visit.look("meeting-overlap")
    visit.page.get_by_label("Save it all the same").check()
    visit.press("Plan it")
    visit.follow("Move or change")
    later = dt.date.today() + dt.timedelta(days=4)
    visit.page.get_by_label("Day", exact=True).fill(later.isoformat())
    visit.press("Save")
    visit.follow("Cancel")
    visit.look("meeting-cancel")
    visit.press("Yes, cancel it")
    visit.look("meetings")
    visit.sign_in("Amber Fox")
    here(visit, "/meetings")
    assert visit.page.get_by_text("Moved from").count() == visit.page.get_by_text("Cancelled on").count() == 1
    visit.look("meetings-member")


@pytest.mark.parametrize("script", ["with script", "without script"], indirect=True)
def test_noting_who_was_there_and_paid_time(visitor, script):
    visit = visitor(script)
    visit.sign_in("Kind Maple")
    name = "Talk " + ("with script" if script else "without")
    plan(visit, title=name, place=name, hour=10 if script else 13)
    visit.press("Plan it")
    page = visit.page
    item = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))
    with page.expect_navigation():
        item.get_by_role("link", name="Who was there").click()
    if script:
        visit.look("attendance")
    for nickname in ("Amber Fox", "Lucky Lark"):
        page.get_by_role("checkbox", name=nickname).check()
    page.get_by_label("Who was there without an account?").fill("Robin\nJay, 60")
    page.get_by_text("Somebody has other minutes than the rest").click()
    page.get_by_label("Lucky Lark", exact=True).last.fill("90")
    if script:
        visit.look("attendance-open")
    visit.press("Save")
    assert page.get_by_text("4 people").count() == 1
    visit.follow("Paid time")
    for words in ("Robin", "Jay", "Amber Fox", "Lucky Lark", "Quiet Heron"):
        assert page.get_by_role("rowheader", name=words).count() >= 1
    if script:
        visit.look("hours")
    visit.sign_in("Lucky Lark")
    visit.open("/me/meetings")
    assert "90" in page.get_by_role("main").inner_text()
    if script:
        visit.look("own-meetings")
    visit.quiet()


def test_mutual_support(visit):
    page = visit.sign_in("Quiet Heron")
    here(visit, "/support-meetings/new")
    visit.look("support-new")
    page.get_by_label("Place", exact=True).fill("Upstairs")
    page.get_by_label("Day", exact=True).fill(dt.date.today().isoformat())
    page.get_by_label("From", exact=True).fill("16:00")
    page.get_by_label("To", exact=True).fill("17:00")
    visit.press("Plan it")
    visit.look("meetings-peers")
    visit.follow("Hours to be paid")
    visit.look("support-hours")


def test_asking_answering_and_handing_on(visit):
    page = visit.sign_in("Amber Fox")
    here(visit, "/questions")
    visit.look("questions-first")
    page.get_by_label("Your question").fill("How long does a mixed bottle keep?\nAnd in the heat?")
    page.get_by_label("Ask with my nickname").check()
    visit.press("Put it into the box")
    visit.look("questions-own")
    visit.sign_in("Kind Maple")
    here(visit, "/questions")
    visit.look("questions-open")
    visit.follow("Answer it")
    visit.look("question-answer")
    page.get_by_label("Answer", exact=True).fill("A day, cooled.\n\nThrow it away after that.")
    page.get_by_label("Who answers?").fill("a nurse at the clinic")
    visit.press("Save the answer")
    visit.follow("Hand it to the authors")
    page.get_by_label("Title for a page").fill("How long a bottle keeps")
    visit.look("question-hand-on")
    visit.press("Hand it on")
    visit.look("questions-answered")
    visit.sign_in("Misty Brook")
    visit.open("/manage/questions")
    visit.look("questions-handed")
    visit.follow("Begin a page")
    visit.look("question-begin")
