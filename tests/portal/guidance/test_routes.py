"""Reading: what a visitor finds on the pages, and what each costs."""

from __future__ import annotations

import pytest

from portal import db, paths
from portal.guidance import loading
from portal.guidance.try_it import MARKS


def of_the_page(statements):
    """Those that the page asks itself; looking whether kept pages are still good is not one of them."""
    return [sql for sql in statements if sql.startswith("SELECT") and "content_generation" not in sql]


def test_a_reading_page_has_all_its_parts(browser, shipped):
    page = browser.get("/en/guidance/principles/equality")
    assert page.title == "Equality – Peerwork"
    for words in (
        "In short", "Peers stand on the same footing.", "Equal, not identical", "Try it",
        "Peer workers stand as colleagues in meetings and daily work. EQ1",
        "Your organisation can answer this in a round.", "Correlation Network and Trimbos Institute",
        "Not yet checked by a peer worker or a specialist.", "2026",
    ):  # fmt: skip
        assert words in page.text
    assert page.links()["What I bring"] == "/en/candidates/checklist"
    assert page.links()["Peer workers stand as colleagues in meetings and daily work."] == "/me/programme"
    assert page.links()["Next page Self-determination"] == "/en/guidance/principles/self-determination"
    assert page.links()["Back to The seven principles"] == "/en/guidance/principles"
    assert "marks.svg?v=" in page.html
    assert '#equality"' in page.html
    assert "Have it checked locally" not in page.text


def test_each_question_to_try_leads_to_where_it_is_answered(browser, folder):
    folder.page("equality", try_it='["principles-1/EQ1", "candidate-1/F1.01"]')
    with db.connection():
        assert loading.load(folder.root).findings == []
    page = browser.get("/en/guidance/principles/equality")
    tried = page.root.findall(".//main//ul[@class='ruled']//ul//a")
    assert [link.get("href") for link in tried] == ["/me/programme", "/en/candidates/checklist"]
    assert all(link.text.endswith((".", "?")) or len(link.text) > 10 for link in tried)
    browser.get("/en/candidates/checklist")


def test_a_page_about_law_or_health_says_so(browser, shipped):
    assert "This page touches on law." in browser.get("/en/guidance/prepare/selection").text
    assert "This page touches on health." in browser.get("/en/guidance/prepare/involving-people-who-use-drugs").text


def test_the_last_page_of_a_section_leads_back_and_not_on(browser, shipped):
    links = browser.get("/en/guidance/prepare/monitoring-and-evaluation").links()
    assert links["Back to Confidentiality"] == "/en/guidance/prepare/confidentiality"
    assert not any(words.startswith("Next page") for words in links)


def test_the_section_of_principles_asks_one_question_each(browser, shipped):
    page = browser.get("/en/guidance/principles")
    assert page.heading == "The seven principles"
    assert "Do peer workers stand beside colleagues and community as equals?" in page.text
    links = {link.get("href") for link in page.root.findall(".//main//h2/a")}
    assert {f"/en/guidance/principles/{slug}" for slug in MARKS} <= links


def test_preparing_shows_its_steps_in_order(browser, shipped):
    page = browser.get("/en/guidance/prepare")
    assert page.root.find(".//main/ol").get("class") == "numbered talk"
    steps = [link.get("href") for link in page.root.findall(".//main/ol/li/h2/a")]
    assert len(steps) == 7 and steps[0] == "/en/guidance/prepare/selection"


def test_a_topic_gathers_its_pages(browser, shipped):
    page = browser.get("/en/topics/confidentiality")
    assert page.links()["Confidentiality"] == "/en/guidance/prepare/confidentiality"
    assert page.links()["Mutual respect"] == "/en/guidance/principles/mutual-respect"
    assert "Recruitment" not in page.links()


@pytest.mark.parametrize(
    "address",
    [
        "/en/guidance/nothing", "/en/guidance/principles/nothing", "/en/guidance/principles/index",
        "/en/guidance/nothing/equality", "/en/guidance/prepare/equality", "/en/topics/nothing", "/xx/guidance",
    ],
)  # fmt: skip
def test_unknown_addresses_answer_404(browser, shipped, address):
    browser.get(address, status=404)


def test_an_empty_portal_says_that_nothing_is_there(browser):
    assert "No page has been published here yet." in browser.get("/en/guidance").text


@pytest.mark.parametrize(
    "path", [path.with_suffix("") for path in paths.resource_dir("content").glob("en/guidance/*/*.md")]
)
def test_every_shipped_page_is_a_sound_page_in_four_statements(browser, shipped, path):
    address = f"/en/guidance/{path.parent.name}" + ("" if path.name == "index" else f"/{path.name}")
    count = []
    db.database.query_hooks.append(lambda event: count.append(event.sql))
    page = browser.get(address)
    db.database.query_hooks.pop()
    assert len(of_the_page(count)) <= 4
    assert "Set-Cookie" not in page.response.headers


def test_what_pages_share_is_read_once(browser, shipped):
    """Its own text is all that a second page asks for, and nothing when it is asked for again with a cookie."""
    browser.get("/en/guidance/principles/equality")
    count = []
    db.database.query_hooks.append(lambda event: count.append(event.sql))
    browser.get("/en/guidance/principles/mutual-respect")
    browser.client.set_cookie("discreet", "1")
    browser.get("/en/guidance/principles/mutual-respect")
    browser.get("/en/guidance/principles/mutual-respect")
    db.database.query_hooks.pop()
    assert [sql.partition(" FROM ")[2][:8] for sql in of_the_page(count)] == ["revision"] * 2


def test_every_link_inside_the_guidance_leads_somewhere(browser, shipped):
    seen, waiting = set(), ["/en/guidance"]
    while waiting:
        page = browser.get(waiting.pop())
        found = {target.partition("#")[0] for target in page.links().values()}
        new = {target for target in found if target.startswith(("/en/guidance/", "/en/topics/"))} - seen
        seen |= new
        waiting += sorted(new)
    assert len(seen) >= 17 + 15


@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/en/guidance", 2),
        ("/en/topics/pay", 4),
        ("/en/glossary", 2),
        ("/en/resources", 2),
        ("/en/resources?topic=pay", 2),
    ],
)
def test_lists_cost_few_statements(browser, shipped, address, statements):
    count = []
    db.database.query_hooks.append(lambda event: count.append(event.sql))
    browser.get(address)
    db.database.query_hooks.pop()
    assert len(of_the_page(count)) == statements


def test_a_page_offered_in_another_language_says_so(app, browser, folder):
    app.config["LANGUAGES"] = ["en", "fr"]
    folder.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    folder.page("index", language="fr", title='"Les principes"')
    with db.connection():
        assert loading.load(folder.root).findings == []
    page = browser.get("/fr/guidance/principles/equality")
    assert page.heading == "Equality"
    assert page.root.find(".//main/article/div").get("lang") == "en"
    assert "This page is not in your language yet. Here it is in anglais." in page.text
    assert "not in your language" not in browser.get("/fr/guidance/principles").text


def test_the_main_menu_marks_the_guidance(browser, shipped):
    page = browser.get("/en/guidance/prepare/training")
    link = next(a for a in page.root.findall(".//nav//a") if a.get("href") == "/en/guidance")
    assert link.get("aria-current") == "true"
