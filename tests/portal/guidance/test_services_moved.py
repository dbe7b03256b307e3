"""What names a page by an address that it left finds it all the same, and so does what names a page withdrawn."""

from __future__ import annotations

import pytest

from portal import db
from portal.editing import menu
from portal.guidance import library, loading, services
from portal.guidance.models import Page
from portal.guidance.titles import of_kind
from tests.portal.guidance.conftest import GLOSSARY

EQUALITY = "principles/equality"


@pytest.fixture
def editor(make):
    return make.person("Ivory Finch", portal_role="editor")


@pytest.fixture
def small(database, folder):
    folder.write("en/glossary.toml", GLOSSARY)
    folder.page("index", section="why", title='"Why"', order="20", sources="[]", try_it="[]")
    folder.page("pay", "[It](/en/guidance/principles/equality#first).\n", title='"Pay"', section="why")
    folder.page("respect", title='"Respect"', order="20", related='["principles/equality", "why/pay"]')
    assert loading.load(folder.root).findings == []
    return folder


@pytest.fixture(params=["moved", "moved twice", "withdrawn"])
def fair(request, small, editor):
    """Where readers of the page on equality find what they look for now."""
    page = Page.get(Page.slug == "equality")
    if request.param == "withdrawn":
        menu.withdraw(page.id, "why/pay")
        return "why/pay"
    menu.move(page.id, "why", "fair", editor.id, "Moved")
    if request.param == "moved twice":
        menu.move(page.id, "why", "fairness", editor.id, "Moved again")
        return "why/fairness"
    return "why/fair"


def text(address, language="en"):
    return services.get_text(language, *address.split("/"))


def used(language="en"):
    letters = library.by_letter(library.list_terms(language), services.by_name(language))
    return [line.address for entries in letters.values() for entry in entries for line in entry.used]


def test_its_old_name_finds_it_and_is_no_address(fair):
    pages = services.by_name("en")
    assert pages[EQUALITY].address == pages[fair].address == fair
    assert services.get_text("en", *EQUALITY.split("/")) is None
    assert EQUALITY not in [line.address for line in services.list_pages("en")]


def test_pages_that_led_to_it_lead_to_it_still(fair):
    others = {"why/pay", "principles/respect"} - {fair}
    assert {line.address for line in text(fair).led_from} == others


def test_a_page_that_took_the_place_of_another_does_not_lead_to_itself(small):
    menu.withdraw(Page.get(Page.slug == "equality").id, "principles/respect")
    assert [line.address for line in text("principles/respect").related] == ["why/pay"]
    assert [line.address for line in text("principles/respect").led_from] == ["why/pay"]


def test_a_page_named_by_two_names_is_there_once(small):
    menu.withdraw(Page.get(Page.slug == "equality").id, "why/pay")
    assert [line.address for line in text("principles/respect").related] == ["why/pay"]
    assert [line.address for line in services.named([EQUALITY, "why/pay", "no/page"], services.by_name("en"))] == [
        "why/pay"
    ]


def test_words_of_the_glossary_are_used_where_it_is(fair):
    assert used() == [fair]
    terms, pages = library.list_terms("en"), services.by_name("en")
    assert [term.slug for term in library.used_on(terms, services.list_about("en", "pay"), pages)] == ["peer-worker"]
    assert library.used_on(terms, [pages["principles/respect"]], pages) == []


def test_a_reading_page_asks_no_more_than_before(fair):
    """Its text, all pages with the addresses that they left, what is beside them, and the names of modules."""
    asked = []
    db.database.query_hooks.append(lambda event: asked.append(event.sql))
    assert text("principles/respect").related
    of_kind("module", "en")
    db.database.query_hooks.pop()
    assert len([sql for sql in asked if "content_generation" not in sql and sql.startswith(("SELECT", "("))]) == 4


def test_a_principle_keeps_its_drawing_under_another_address(small, editor):
    menu.move(Page.get(Page.slug == "equality").id, "principles", "fairness", editor.id, "Moved")
    assert [line.mark for line in text("principles/fairness").pages] == ["equality", ""]
    menu.move(Page.get(Page.slug == "fairness", ~Page.withdrawn).id, "why", "fairness", editor.id, "Moved")
    assert not any(line.mark for line in services.list_pages("en")), "it is no principle any more"


def test_a_principle_that_takes_the_place_of_another_keeps_its_own_drawing(small):
    small.page("mutual-respect", title='"Mutual respect"', order="30")
    assert loading.load(small.root).findings == []
    menu.withdraw(Page.get(Page.slug == "equality").id, "principles/mutual-respect")
    assert [(line.slug, line.mark) for line in services.list_pages("en") if line.mark] == [
        ("mutual-respect", "respect")
    ]


@pytest.fixture
def french(small):
    """Two of the pages in a second language."""
    small.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    small.page("index", language="fr", title='"Les principes"', order="10")
    small.page("equality", language="fr", title='"Égalité"')
    assert loading.load(small.root).findings == []
    return Page.get(Page.slug == "equality", Page.language == "fr")


def test_each_language_finds_what_its_own_readers_are_led_to(french, editor):
    menu.move(french.id, "principles", "egalite", editor.id, "Moved")
    assert services.by_name("fr")[EQUALITY].address == "principles/egalite"
    assert services.by_name("en")[EQUALITY].address == EQUALITY
    assert [line.address for line in text("principles/respect", "fr").related] == ["principles/egalite", "why/pay"]
    assert [line.mark for line in text("principles/egalite", "fr").pages] == ["equality", ""]
    assert text(EQUALITY, "fr") is None, "nor is it shown in English there"


def test_where_the_sites_own_language_leads_another_may_lead_further(french, small, editor):
    small.page("index", language="fr", section="why", title='"Pourquoi"', order="20", sources="[]", try_it="[]")
    small.page("pay", language="fr", section="why", title='"Salaire"')
    assert loading.load(small.root).findings == []
    menu.withdraw(Page.get(Page.slug == "respect").id, "why/pay")
    menu.move(Page.get(Page.slug == "pay", Page.language == "fr").id, "why", "salaire", editor.id, "Moved")
    assert services.by_name("fr")["principles/respect"].address == "why/salaire"
    assert services.by_name("en")["principles/respect"].address == "why/pay"
