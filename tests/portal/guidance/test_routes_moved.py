"""Moving a page, or withdrawing it in favour of another, takes it out of nothing that named it."""

from __future__ import annotations

import pytest

from portal import db
from portal.editing import menu
from portal.guidance import searchable
from portal.guidance.models import Page


@pytest.fixture
def move(make, shipped):
    """``move("prepare/selection", "employing/choosing")`` as an editor does it."""
    editor = make.person("Ivory Finch", portal_role="editor")

    def moved(old: str, new: str) -> None:
        section, slug = old.split("/")
        with db.connection():
            page = Page.get(Page.section == section, Page.slug == slug, ~Page.withdrawn)
            menu.move(page.id, *new.split("/"), editor.id, "Moved")

    return moved


@pytest.fixture
def withdraw(shipped):
    def withdrawn(old: str, target: str) -> None:
        section, slug = old.split("/")
        with db.connection():
            menu.withdraw(Page.get(Page.section == section, Page.slug == slug).id, target)

    return withdrawn


@pytest.fixture(params=["moved", "withdrawn"])
def choosing(request, move, withdraw):
    """The address of the page that readers of ``prepare/selection`` are led to."""
    if request.param == "moved":
        move("prepare/selection", "employing/choosing")
        return "/en/guidance/employing/choosing"
    withdraw("prepare/selection", "prepare/recruitment")
    return "/en/guidance/prepare/recruitment"


def leading(browser, address):
    root = browser.get(address).root
    details = next((one for one in root.iter("details") if "Pages that lead here" in "".join(one.itertext())), None)
    return set() if details is None else {a.get("href") for a in details.iter("a")}


def using(browser, address):
    """How many terms of the glossary say that they are used there."""
    return sum(a.get("href") == address for a in browser.get("/en/glossary").root.findall(".//main//section//a"))


def test_pages_that_led_there_are_named_still(browser, shipped, move):
    before = leading(browser, "/en/guidance/prepare/selection")
    assert len(before) > 10
    move("prepare/selection", "employing/choosing")
    assert leading(browser, "/en/guidance/employing/choosing") == before


def test_the_glossary_and_topics_know_where_words_are_used(browser, shipped, move):
    before, topics = using(browser, "/en/guidance/prepare/selection"), browser.get("/en/topics/selection").links()
    assert before > 5
    move("prepare/selection", "employing/choosing")
    assert using(browser, "/en/guidance/employing/choosing") == before
    assert browser.get("/en/topics/selection").links().keys() == topics.keys()


def test_readers_who_want_to_begin_there_can(browser, choosing):
    assert browser.get("/en/guidance").links()["Choose and find peer workers"] == choosing


def test_every_question_is_found_and_leads_there(browser, shipped, move, withdraw):
    def addresses():
        with browser.app.app_context(), db.connection():
            return [one.address for one in searchable.offer() if one.kind == "question"]

    before = addresses()
    move("principles/building-on-strengths", "practice/strengths")
    withdraw("principles/community-development", "why/what-peer-work-is")
    now = {
        "/en/guidance/principles/building-on-strengths": "/en/guidance/practice/strengths",
        "/en/guidance/principles/community-development": "/en/guidance/why/what-peer-work-is",
    }
    assert now.keys() <= set(before)
    assert addresses() == [now.get(address, address) for address in before]


def test_the_booklet_has_its_words_and_its_links_lead_inside(browser, shipped, move):
    words = {dt.text for dt in browser.get("/en/guidance/prepare/booklet").root.iter("dt")}
    links = browser.get("/en/guidance/prepare/booklet").html.count('href="#page-selection"')
    assert links > 0
    move("prepare/selection", "prepare/choosing")
    page = browser.get("/en/guidance/prepare/booklet")
    assert {dt.text for dt in page.root.iter("dt")} == words
    assert page.html.count('href="#page-choosing"') == links
    assert "/guidance/prepare/selection" not in page.html


def test_a_principle_keeps_its_drawing_and_its_question(browser, shipped, move):
    move("principles/equality", "principles/fairness")
    page = browser.get("/en/guidance/principles")
    assert "Do peer workers stand beside colleagues and community as equals?" in page.text
    assert len(page.root.findall(".//main//p[@class='ask']")) == 7
    assert '#equality"' in browser.get("/en/guidance/principles/fairness").html
