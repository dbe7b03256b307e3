"""The search page: works without script, says what it keeps, shows nothing of a person."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest
from click.testing import CliRunner

from portal import db, feature, generation
from portal.guidance import searchable
from portal.guidance.models import Page, Revision
from portal.search.models import FoundText
from tests.support.written import writing


def test_a_form_at_the_top_finds_pages_and_says_where_they_stand(browser, shipped):
    page = browser.get("search.find", language="en")
    assert page.title == page.heading + " – Peerwork" == "Search – Peerwork"
    page = browser.submit(page, button="Search", q="confidentiality")
    assert page.links()["Confidentiality"] == "/en/guidance/prepare/confidentiality"
    assert "Guidance · Prepare Confidentiality" in page.text
    assert "<mark>Confidentiality</mark>" in page.html
    assert page.root.find(".//main//input[@name='q']").get("value") == "confidentiality"
    assert page.title == "Search – Peerwork"  # what is looked for does not stand in the list of tabs
    browser.get(page.links()["Confidentiality"])


def test_every_page_has_a_form_at_its_foot_and_search_in_the_menu(browser):
    page = browser.get("/en/")
    form = page.root.find(".//footer//form[@role='search']")
    assert form.get("action") == browser.address("search.find", language="en")
    assert [field.get("name") for field in form.findall("input")] == ["q"]
    assert "/en/search" in [link.get("href") for link in page.root.findall(".//nav//a")]


def test_questions_lead_to_their_page_or_the_checklist(browser, shipped):
    page = browser.get("/en/search?q=stand+as+colleagues+in+meetings")
    assert page.links()["Peer workers stand as colleagues in meetings and daily work."] == (
        "/en/guidance/principles/equality"
    )
    assert "Question · " in page.text
    page = browser.get("/en/search?q=calm+tense+moment")
    assert page.links()["I can bring calm and trust into a tense moment."] == "/en/candidates/checklist"


def test_a_page_is_found_by_its_topic(browser, shipped):
    assert "Selecting peer workers" in browser.get("/en/search?q=Selection").links()


def test_a_slip_is_named_and_nothing_found_leads_on(browser, shipped):
    page = browser.get("/en/search?q=supervison")
    assert "Also looked for: supervision" in page.text
    page = browser.get("/en/search?q=zzzyyyxxx")
    assert "Nothing found" in page.text
    assert page.links()["All sections"] == "/en/guidance"


@pytest.mark.parametrize(
    "typed", ["", "%20", "%22", "-pay", "%00", "%F0%28", "a%22%20OR%20(", "x" * 3000, "%3Cscript%3E"]
)
def test_odd_addresses_are_answered(browser, shipped, typed):
    page = browser.get(f"/en/search?q={typed}")
    assert "<script>" not in page.html.partition("<main")[2]


def test_results_while_typing_are_the_list_alone(browser, shipped):
    answer = browser.client.get("/en/search?q=superv&part=1")
    assert answer.status_code == 200
    assert "<html" not in answer.text and "<h1" not in answer.text
    assert 'href="/en/guidance/support/supervision"' in answer.text


def test_what_is_looked_for_is_kept_nowhere(app, browser, shipped, caplog):
    """Not in a table, a cookie, a log or a cache; a telling word, and one that is found nowhere else."""
    caplog.set_level(logging.INFO)  # below, peewee tells every statement to whoever asks for it
    answer = browser.client.get("/en/search?q=xylophonist")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    assert "xylophonist" in answer.text
    assert "xylophonist" not in caplog.text
    with db.connection():
        for table in db.database.get_tables():
            rows = db.database.execute_sql(f'SELECT * FROM "{table}"').fetchall()
            assert not any("xylophonist" in str(value) for row in rows for value in row), table


def test_the_script_is_small_and_only_here(browser, shipped):
    with browser.client.get("/static/search.js") as answer:
        assert len(answer.data) < 2000
    assert "search.js" in browser.get("search.find", language="en").html
    assert "search.js" not in browser.get("/en/guidance").html


def test_an_answer_takes_few_statements(app, browser, shipped):
    counted = []
    db.database.query_hooks.append(lambda event: counted.append(event.sql))
    browser.client.get("/en/search?q=needle+exchange")
    assert len(counted) == 1
    browser.client.get("/en/search?q=nedle+exchagne+xyxyxyxy")
    assert len(counted) <= 1 + 5
    db.database.query_hooks.pop()


@db.transaction
def withdraw(slug):
    Page.update(withdrawn=True).where(Page.slug == slug).execute()
    generation.raise_it()


def test_withdrawn_pages_are_no_longer_found(app, shipped):
    with app.app_context(), db.connection():
        assert FoundText.select().where(FoundText.key == "prepare/training").count() == 1
        withdraw("training")
        feature.content_changed()
        assert FoundText.select().where(FoundText.key == "prepare/training").count() == 0


def test_drafts_are_not_offered(app, shipped):
    with app.app_context(), db.connection():
        live = Revision.select().limit(1).get()
        with writing():
            Revision.insert(**{**live.__data__, "id": uuid4(), "title": "A draft", "published_at": None}).execute()
        offered = list(searchable.offer())
    assert live.title in {text.title for text in offered}
    assert "A draft" not in {text.title for text in offered}


def test_terms_and_resources_are_found_where_they_stand(browser, shipped):
    links = browser.get("/en/search?q=acceptance+model").links()
    assert links["acceptance model"] == "/en/glossary#acceptance-model"
    links = browser.get("/en/search?q=key+principles+website").links()
    assert links["Key principles (peer involvement website)"] == "/en/resources#key-principles"


def test_loading_content_by_command_brings_the_index_up_to_date(app, tmp_path):
    from portal.guidance.commands import content

    runner = CliRunner()
    found = runner.invoke(content, ["load", "--data", str(tmp_path / "data")], obj=lambda **_options: app)
    assert found.exit_code == 0, found.output
    with db.connection():
        assert FoundText.select().where(FoundText.kind == "page").count() > 30


def test_plain_words_of_stored_html():
    html = '<h2 id="c-a">One &amp; two</h2><p>A <a class="term" href="/x">te</a>rm<br>and <em>more</em>.</p>'
    assert searchable.plain(html) == "One & two · A term and more."
