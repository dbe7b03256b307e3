"""What readers of another language are given while a page has not come in it: they stay in theirs, and are told."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock, config, db
from portal.guidance import loading, offered
from tests.portal.guidance.conftest import GLOSSARY, RESOURCE
from tests.support.pdf import read

NOTE = "This page is not in your language yet. Here it is in anglais."
LINKS = """## Money

A peer worker. See [respect](/en/guidance/principles/respect#how), [the first](/en/guidance/principles),
[all](/en/guidance), [topic](/en/topics/pay), [word](/en/glossary#peer-worker), [resources](/en/resources),
[list](/en/candidates/checklist), [below](#money), [out](https://example.org/en/guidance/x),
[French](/fr/guidance/principles), [home](/en/).

`<a href="/en/guidance">`
"""


@pytest.fixture
def french(app, folder):
    """The section in French, one page of two in English only; a glossary and resources that have no French."""
    app.config["LANGUAGES"] = ["en", "fr"]
    config.remember(LANGUAGES=["en", "fr"])
    folder.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("resources.toml", RESOURCE)
    folder.page("index", language="fr", title='"Les principes"')
    folder.page("respect", "## How\n\nWords.\n", title='"Respect"', order="20", related='["principles/equality"]')
    folder.page("respect", "## How\n\nMots.\n", language="fr", title='"Le respect"', order="20")
    folder.page("equality", LINKS)
    load(folder)
    return folder


def load(folder):
    clock.stop(clock.now() + dt.timedelta(minutes=1))  # what is loaded later is newer
    with db.connection():
        assert loading.load(folder.root).findings == []


def language_of(page, element):
    """What a screen reader takes it for."""
    above = {child: parent for parent in page.root.iter() for child in parent}
    while element is not None:
        if element.get("lang"):
            return element.get("lang")
        element = above.get(element)
    raise AssertionError


def languages(page):
    """Words to the language each stands in, in the body of the page."""
    found = {}
    for element in page.root.find(".//body").iter():
        for words in (element.text, *(child.tail for child in element)):
            if words and words.strip():
                found.setdefault(" ".join(words.split()), language_of(page, element))
    return found


def test_links_of_an_english_text_keep_readers_in_their_language(browser, french):
    links = browser.get("/fr/guidance/principles/equality").links()
    assert links["respect"] == "/fr/guidance/principles/respect#c-how"
    assert links["the first"] == links["French"] == "/fr/guidance/principles"
    assert (links["all"], links["home"], links["topic"]) == ("/fr/guidance", "/fr/", "/fr/topics/pay")
    assert links["word"] == links["peer worker"] == "/fr/glossary#peer-worker"
    assert (links["resources"], links["list"]) == ("/fr/resources", "/fr/candidates/checklist")
    assert links["below"] == "#c-money"
    assert links["out"] == "https://example.org/en/guidance/x"
    assert '&lt;a href="/en/guidance"&gt;' in browser.get("/fr/guidance/principles/equality").html
    assert browser.get("/en/guidance/principles/equality").links()["all"] == "/en/guidance"


def test_no_link_leads_to_a_page_that_these_readers_do_not_have():
    pages = {"principles", "principles/equality"}
    text = '<a title="a > b" class="x" href="/en/guidance/why/gone#c-x">A</a> <a href="/en/guidance/principles">B</a>'
    assert offered.in_language(text, "en", "fr", pages) == text.replace("/en/guidance/pri", "/fr/guidance/pri")
    assert offered.in_language(text, "en", "en", pages) == text
    assert offered.in_language('<a href="/english/x">A</a>', "en", "fr", pages) == '<a href="/english/x">A</a>'
    assert offered.in_language('<a href="/en/modules/K1">A</a>', "en", "fr", pages) == '<a href="/fr/modules/K1">A</a>'


def test_booklets_lead_inside_and_keep_readers_in_their_language(browser, french):
    page = browser.get("/fr/guidance/principles/booklet")
    links = page.links()
    assert (links["respect"], links["all"], links["topic"]) == ("#respect:c-how", "/fr/guidance", "/fr/topics/pay")
    config.remember(BASE_URL="https://peer.example.org")
    made = browser.client.get("/fr/guidance/principles/booklet.pdf").data
    notes = "".join(note.words for note in read(made).below("Note"))
    assert "/fr/topics/pay" in notes and "/en/topics" not in notes


def test_an_english_page_says_so_in_the_words_of_its_reader(browser, french):
    page = browser.get("/fr/guidance/principles/equality")
    found = languages(page)
    english = ("On the same footing.", "Peers meet as equals.", "Money", "A work")
    assert {words: found[words] for words in english} == dict.fromkeys(english, "en")
    own = (NOTE, "In short", "Sources", "Topics:", "Guidance", "Les principes", "Le respect", "Salaire", "Try it")
    assert {words: found[words] for words in own} == dict.fromkeys(own, "fr")
    assert language_of(page, page.root.find(".//h1")) == "en"
    crumbs = page.root.findall(".//nav[@class='crumbs']//li/*")
    assert [language_of(page, [*crumb.iter()][-1]) for crumb in crumbs] == ["fr", "fr", "en"]


def test_english_titles_in_menus_of_a_translated_page_are_marked(browser, french):
    page = browser.get("/fr/guidance/principles/respect")
    menu = page.root.find(".//nav[@class='rail']//ul")
    titles = [("".join(a.itertext()), language_of(page, [*a.iter()][-1])) for a in menu.iter("a")]
    assert titles == [("Equality", "en"), ("Le respect", "fr")]
    assert NOTE not in page.text
    turn = page.root.find(".//nav[@class='turn']/a/span/span")
    assert (turn.text, language_of(page, turn)) == ("Equality", "en")
    assert "lang=" not in browser.get("/en/guidance/principles/respect").html.partition("<body>")[2]


def test_a_section_and_the_list_of_sections_mark_what_is_english(browser, french):
    french.page("index", section="why", title='"Why"', order="20", sources="[]", body="Because.\n")
    french.page("pay", section="why", language="fr", title='"Le salaire"', sources="[]")
    load(french)
    page = browser.get("/fr/guidance/why")
    found = languages(page)
    assert (found["Because."], found["Why"], found["Le salaire"], found["In short"]) == ("en", "en", "fr", "fr")
    found = languages(browser.get("/fr/guidance"))
    assert (found["Why"], found["Le salaire"], found["Equality"], found["Les principes"]) == ("en", "fr", "en", "fr")


def test_a_glossary_in_english_says_so(browser, french):
    page = browser.get("/fr/glossary")
    assert page.text.count(NOTE) == 1
    found = languages(page)
    assert found["peer worker"] == found["Somebody who does peer work. It is paid."] == found["Equality"] == "en"
    assert found["Used on:"] == found[NOTE] == "fr"
    french.write("fr/glossary.toml", GLOSSARY.replace('"peer worker"', '"pair"').replace('"peer workers"', '"pairs"'))
    load(french)
    assert NOTE not in browser.get("/fr/glossary").text
    assert NOTE not in browser.get("/en/glossary").text


def test_resources_in_english_say_so(browser, french):
    page = browser.get("/fr/resources")
    assert page.text.count(NOTE) == 1
    found = languages(page)
    english = ("A manual", "Reading on.", "No copy kept here.")
    assert {words: found[words] for words in english} == dict.fromkeys(english, "en")
    assert "not in your language" not in browser.get("/en/resources").text


def test_a_topic_that_another_language_does_not_have_is_not_offered(browser, french):
    """Its page would not be there."""
    french.write(
        "en/topics.toml", '[pay]\ntitle = "Pay"\nsummary = "A."\n\n[rights]\ntitle = "Rights"\nsummary = "B."\n'
    )
    french.page("equality", topics='["pay", "rights"]')
    load(french)
    assert "Rights" not in browser.get("/fr/guidance/principles/equality").links()
    assert browser.get("/en/guidance/principles/equality").links()["Rights"] == "/en/topics/rights"
