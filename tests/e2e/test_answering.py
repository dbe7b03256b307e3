"""What answering.js keeps, says and asks while somebody answers; and that leaving quickly waits for none of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.test_paths import CODE, to_the_round

NOT_SAVED = "Not saved yet. When you are ready, press “Save and go on”."


@pytest.fixture(scope="module")
def codes(chromium, site):
    """Slips enough for everybody here, and for a comment to be offered."""
    context = chromium.new_context(locale="en-GB")
    contact = Visit(context, site)
    page = to_the_round(contact, "Quiet Heron", "Needle exchange")
    page.get_by_role("spinbutton").first.fill("12")
    contact.press("Make slips")
    found = list(dict.fromkeys(CODE.findall(page.get_by_role("main").inner_text())))
    context.close()
    return found


@pytest.fixture
def visit(visitor, codes):
    """Somebody at the first question, with everything the browser asks them in ``asked``."""
    visit = visitor()
    visit.open(f"/answer/place/{codes.pop()}")
    visit.press("Start")
    visit.press("I have it. First question")
    visit.asked = []
    visit.page.on("dialog", lambda dialog: (visit.asked.append(dialog.type), dialog.accept()))
    return visit


def choose(visit, value: str) -> None:
    visit.page.locator(f'[name="answer"][value="{value}"]').check()


def write(visit, text: str) -> None:
    visit.page.get_by_text("Add a comment").click()
    visit.page.get_by_label("Comment").press_sequentially(text)


def said(visit, text: str) -> None:
    expect(visit.page.locator("[data-saved]")).to_have_text(text)


def kept(visit) -> tuple[str | None, str]:
    """The line and the words that the first question has, looked up anew."""
    page = visit.open("/answer/EQ1")
    chosen = page.locator('[name="answer"]:checked')
    return chosen.get_attribute("value") if chosen.count() else None, page.locator("textarea").input_value()


def test_what_is_saved_is_said_and_leaving_asks_nothing(visit):
    choose(visit, "1")
    said(visit, "Saved")
    visit.follow("All questions")
    assert visit.asked == []
    assert kept(visit) == ("1", "")
    visit.quiet()


def test_after_another_sign_in_the_page_says_that_nothing_is_saved_and_asks_before_it_goes(visit):
    other = visit.context.new_page()
    other.goto(f"{visit.site}/en/demo")
    other.get_by_role("button", name="Sign in as Marlow", exact=True).click()
    other.wait_for_url("**/me")
    choose(visit, "1")
    said(visit, NOT_SAVED)
    visit.follow("All questions")
    assert visit.asked == ["beforeunload"]
    assert kept(visit) == (None, "")
    choose(visit, "2")
    said(visit, "Saved")


def test_words_before_a_line_are_asked_about_and_saved_with_it(visit):
    visit.open("/answer/overview")
    visit.open("/answer/EQ1")
    write(visit, "Only words so far.")
    visit.page.go_back()
    assert visit.asked == ["beforeunload"], "less than two seconds after the last key"
    visit.open("/answer/EQ1")
    write(visit, "Only words so far.")
    said(visit, NOT_SAVED)
    visit.follow("All questions")
    assert visit.asked == ["beforeunload"] * 2
    visit.open("/answer/EQ1")
    write(visit, "First words.")
    choose(visit, "0")
    said(visit, "Saved")
    assert kept(visit) == ("0", "First words.")
    assert visit.asked == ["beforeunload"] * 2


def test_a_change_that_lacks_its_reason_is_asked_about(visit):
    choose(visit, "2")
    said(visit, "Saved")
    choose(visit, "na")
    said(visit, NOT_SAVED)
    visit.follow("All questions")
    assert visit.asked == ["beforeunload"]
    assert kept(visit) == ("2", "")
    choose(visit, "na")
    visit.page.get_by_label("Others decide about it").check()
    said(visit, "Saved")
    visit.follow("All questions")
    assert visit.asked == ["beforeunload"]


def test_words_typed_a_moment_ago_are_kept_when_the_browser_goes_back(visit):
    visit.open("/answer/overview")
    visit.open("/answer/EQ1")
    choose(visit, "1")
    said(visit, "Saved")
    write(visit, "Typed just now.")
    visit.page.go_back()
    visit.page.wait_for_url("**/answer/overview")
    assert visit.asked == []
    assert kept(visit) == ("1", "Typed just now.")


def test_what_a_network_that_was_away_has_not_taken_goes_when_it_is_back(visit):
    visit.context.set_offline(True)
    choose(visit, "1")
    said(visit, NOT_SAVED)
    visit.context.set_offline(False)
    said(visit, "Saved")
    assert kept(visit) == ("1", "")
    assert visit.asked == []


@pytest.mark.parametrize("way", ["link", "shift"])
def test_leaving_quickly_is_never_held_up_and_sends_nothing(visit, way):
    visit.page.route("**/exit", lambda route: route.fulfill(body="Elsewhere", content_type="text/html"))
    sent = []
    visit.page.on("request", lambda request: sent.append(request.url.removeprefix(visit.site)))
    write(visit, "Only words so far.")
    if way == "link":
        visit.page.get_by_role("link", name="Leave quickly").click()
    else:
        for _ in range(3):
            visit.page.keyboard.press("Shift")
    visit.page.get_by_text("Elsewhere").wait_for()
    assert visit.asked == []
    assert "/answer/EQ1" not in sent[sent.index("/exit") :]


def test_the_buttons_of_the_form_ask_nothing(visit):
    write(visit, "Only words so far.")
    visit.press("Save and go on")
    assert "Choose one line" in visit.page.get_by_role("alert").inner_text()
    visit.page.get_by_role("textbox").press_sequentially(" And more.")
    visit.page.get_by_role("link", name="Choose one line").click()
    visit.press("Back")
    with visit.page.expect_navigation():
        visit.page.get_by_role("link", name="Go back without saving this one").click()
    assert visit.asked == []
    visit.open("/answer/EQ1")
    choose(visit, "1")
    visit.press("Save and go on")
    visit.page.wait_for_url("**/answer/EQ2")
    assert visit.asked == []


def test_what_came_back_unsaved_is_asked_about(visit):
    write(visit, "Only words so far.")
    visit.press("Save and go on")
    expect(visit.page.get_by_role("alert")).to_contain_text(re.compile("Not saved yet"))
    visit.follow("All questions")
    assert visit.asked == ["beforeunload"]
