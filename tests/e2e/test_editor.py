"""Writing pages in a real browser: with and without script, alone and two at a time."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'")
from playwright.sync_api import expect

AUTHOR, EDITOR = "Misty Brook", "Ivory Finch"


def to_page(visit, nickname, title):
    visit.sign_in(nickname)
    visit.open("/manage/pages")
    visit.follow(title, exact=True)
    return visit.page


def text_of(page):
    return page.get_by_label("Text", exact=True)


def pane_of(page):
    return page.locator("[data-preview]")


def add(page, words):
    """Write at the end of the text: what other pages lead to stays."""
    text_of(page).fill(text_of(page).input_value() + words)


def said(page):
    return page.locator("[data-said]")


# Each test writes on pages of its own, so that none meets the drafts of another.


def test_a_draft_is_saved_and_shown_while_somebody_writes(visitor):
    visit = visitor()
    page = to_page(visit, AUTHOR, "Mutual respect")
    text_of(page).fill("## A new beginning\n\nWords *that* matter.")
    expect(pane_of(page).get_by_text("that", exact=True)).to_be_visible()
    expect(said(page)).to_contain_text("Your draft is saved")
    version = page.locator("[data-version]").input_value()
    text_of(page).fill("## A new beginning\n\nMore words.")
    expect(page.locator("[data-version]")).not_to_have_value(version)
    page.get_by_label("Title", exact=True).fill("Written at the last moment")
    visit.open("/manage/pages")  # leaving saves, too
    page.wait_for_timeout(500)
    visit.open("/manage/pages")
    row = page.get_by_role("row", name="Mutual respect")
    expect(row).to_contain_text("draft waiting")
    row.get_by_role("link").click()
    expect(text_of(page)).to_have_value("## A new beginning\n\nMore words.")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Written at the last moment")
    reader = visitor()
    assert "A new beginning" not in reader.open("/en/guidance/principles/mutual-respect").content()
    visit.quiet()
    reader.quiet()


def test_preview_and_publish(visitor, script):
    title = "Building on strengths" if script else "Community development"
    visit = visitor(script)
    page = to_page(visit, EDITOR, title)
    add(page, "\n## What is there\n\nStart from what *works*.")
    page.get_by_label("What did you change?").fill("Shorter")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(pane_of(page).get_by_text("works", exact=True)).to_be_visible()
    visit.press("Publish")
    expect(page.get_by_text("Published. Readers see this text now.")).to_be_visible()
    reader = visitor(script).open(f"/en/guidance/principles/{title.lower().replace(' ', '-')}")
    expect(reader.get_by_role("heading", name="What is there")).to_be_visible()
    visit.follow("Revisions", exact=True)
    assert "Shorter" in page.get_by_role("main").inner_text()
    visit.press("Show what changed")
    expect(page.locator("ins").first).to_be_visible()
    visit.quiet()


def test_two_browsers_lose_nothing(visitor, script):
    one, other = visitor(script), visitor(script)
    title = "Self-determination" if script else "Meeting people where they are"
    to_page(one, AUTHOR, title)
    to_page(other, EDITOR, title)
    text_of(one.page).fill("## First\n\nMine.")
    one.press("Save draft")
    expect(one.page.get_by_text("Your draft is saved.")).to_be_visible()
    text_of(other.page).fill("## First\n\nTheirs.")
    if script:
        expect(said(other.page)).to_contain_text("Somebody else changed this page meanwhile.")
        expect(text_of(other.page)).to_have_value("## First\n\nTheirs.")
    other.press("Save draft")
    expect(other.page.get_by_role("heading", name="Somebody else was faster")).to_be_visible()
    expect(text_of(other.page)).to_have_value("## First\n\nTheirs.")
    assert "Mine." in other.page.get_by_role("main").inner_text()
    other.messages.clear()  # the browser itself reports each 409
    text_of(other.page).fill("## First\n\nMine. Theirs.")
    if script:  # half a merge does not take the place of the other text by itself
        other.page.wait_for_timeout(4000)
        one.page.reload()
        expect(text_of(one.page)).to_have_value("## First\n\nMine.")
    other.press("Save draft")
    expect(other.page.get_by_text("Your draft is saved.")).to_be_visible()
    one.page.reload()
    expect(text_of(one.page)).to_have_value("## First\n\nMine. Theirs.")
    one.quiet()
    other.quiet()


def test_who_leaves_with_something_unsaved_is_asked_unless_they_leave_quickly(visitor):
    one, other = visitor(), visitor()
    to_page(one, AUTHOR, "Genuine and full involvement")
    to_page(other, EDITOR, "Genuine and full involvement")
    add(one.page, "\nMine.")
    expect(said(one.page)).to_contain_text("Your draft is saved")
    add(other.page, "\nTheirs.")
    expect(said(other.page)).to_contain_text("Somebody else changed this page meanwhile.")
    asked = []
    other.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    other.page.get_by_role("link", name="Pages", exact=True).first.click()
    other.page.wait_for_timeout(300)
    assert asked == ["beforeunload"] and "/edit" in other.page.url
    other.page.route("**/exit", lambda route: route.fulfill(body="Elsewhere", content_type="text/html"))
    other.page.locator(".leave").click()
    expect(other.page.get_by_text("Elsewhere")).to_be_visible()
    assert asked == ["beforeunload"]


def test_pages_of_the_editor(visitor):
    visit = visitor()
    visit.sign_in(EDITOR)
    page = visit.open("/manage/pages")
    visit.look("editor-list")
    visit.follow("A new page", exact=True)
    visit.press("Begin the draft")
    visit.look("editor-new")
    visit.open("/manage/pages")
    visit.follow("Supervision", exact=True)
    visit.look("editor-edit")
    address = page.url
    text_of(page).fill(
        "## What it is\n\n#### Too deep\n\nSee [here](/en/guidance/nowhere).\n\n| A | B |\n| - | - |\n| 1 | 2 |\n\n"
        "> Somebody said so.\n>\n> Somebody\n"
    )
    visit.press("Publish")
    page.get_by_text("before it can go out").wait_for()
    visit.messages.clear()  # the browser itself reports the 422
    visit.look("editor-findings")
    for name in ("revisions", "differences", "discard", "move", "withdraw"):
        page.goto(address.replace("/edit", f"/{name}"))
        visit.look(f"editor-{name}")
    plain = visitor(script=False)
    to_page(plain, AUTHOR, "Supervision")
    plain.page.get_by_role("button", name="Preview", exact=True).click()
    plain.page.wait_for_url(re.compile("/preview"))


def test_both_texts_of_a_conflict(visitor):
    one, other = visitor(), visitor(script=False)
    to_page(one, EDITOR, "Mutual support")
    to_page(other, AUTHOR, "Mutual support")
    text_of(other.page).fill(text_of(other.page).input_value().replace("peer", "PEER", 3))
    other.press("Save draft")
    text_of(one.page).fill(text_of(one.page).input_value() + "\n\nOne more line.")
    one.press("Save draft")
    one.page.get_by_role("heading", name="Somebody else was faster").wait_for()
    one.messages.clear()  # the browser itself reports the 409
    one.look("editor-conflict")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_targets_are_big_enough_for_a_thumb(visitor, width):
    visit = visitor()
    visit.sign_in(EDITOR)
    page = visit.open("/manage/pages")
    page.set_viewport_size({"width": width, "height": 900})
    for button in page.locator("main button").all()[:6]:
        assert button.bounding_box()["height"] >= 44
