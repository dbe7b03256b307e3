"""Glossary, resources and which page leads where: stored with the pages, never partly."""

from __future__ import annotations

import pytest

from portal import db, generation
from portal.guidance import library, loading, services
from portal.guidance.models import Page, PageLink, Resource, Term
from tests.portal.guidance.conftest import GLOSSARY, RESOURCE

LINK = '<a class="term" href="/en/glossary#peer-worker">peer worker</a>'


@pytest.fixture
def library_folder(folder):
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("resources.toml", RESOURCE)
    folder.page("equality", "## First\n\nA peer worker.\n")
    return folder


def text(slug="equality", language="en"):
    return services.get_text(language, "principles", slug)


def test_terms_and_resources_are_loaded_once(database, library_folder):
    assert loading.load(library_folder.root).findings == []
    assert [(term.term, term.forms, term.used) for term in library.list_terms("en")] == [
        ("peer worker", ["peer workers"], ["principles/equality"])
    ]
    assert library.list_resources()[0].fields["year"] == 2014
    assert loading.load(library_folder.root).is_empty


def test_changed_entries_follow_their_files_and_gone_ones_go(database, library_folder):
    loading.load(library_folder.root)
    library_folder.write("en/glossary.toml", GLOSSARY.replace("It is paid.", "It is work."))
    library_folder.write("resources.toml", RESOURCE.replace("a-manual", "another"))
    done = loading.load(library_folder.root)
    assert done.outdated == []  # what is linked stays the same
    assert "It is work." in Term.get().text
    assert [row.slug for row in Resource.select()] == ["another"]
    (library_folder.root / "resources.toml").unlink()
    loading.load(library_folder.root)
    assert Resource.select().count() == 0


def test_a_broken_glossary_loads_nothing(database, library_folder):
    loading.load(library_folder.root)
    library_folder.write("en/glossary.toml", GLOSSARY.replace(" It is paid.", ""))
    library_folder.write("resources.toml", RESOURCE.replace("2014", "2015"))
    library_folder.page("equality", "## First\n\nOther words.\n")
    assert len(loading.load(library_folder.root).findings) == 1
    assert "It is paid." in Term.get().text
    assert Resource.get().fields["year"] == 2014
    assert LINK in text().html


def test_pages_are_linked_anew_when_the_words_of_the_glossary_change(database, library_folder):
    loading.load(library_folder.root)
    assert LINK in text().html
    library_folder.write("en/glossary.toml", GLOSSARY.replace('"peer worker"', '"somebody"'))
    assert len(loading.load(library_folder.root).outdated) == 2
    assert "class=" not in text().html
    library_folder.write("en/glossary.toml", GLOSSARY)
    loading.load(library_folder.root)
    assert LINK in text().html
    (library_folder.root / "en/glossary.toml").unlink()
    loading.load(library_folder.root)
    assert "class=" not in text().html
    assert Term.select().count() == 0


def test_a_page_in_a_language_without_glossary_is_not_linked(database, library_folder):
    library_folder.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    for slug in ("index", "equality"):
        library_folder.page(slug, "## Un\n\nUn peer worker.\n", language="fr")
    assert loading.load(library_folder.root).findings == []
    assert "class=" not in text(language="fr").html
    assert [term.language for term in library.list_terms("fr")] == ["en"]


@db.transaction
def withdraw(slug):
    Page.update(withdrawn=True).where(Page.slug == slug).execute()
    generation.raise_it()


def test_what_leads_to_a_page_is_known(database, folder):
    folder.page("respect", "See [it](/en/guidance/principles/equality#first).\n", order="20", related="[]")
    folder.page("pay", "Words.\n", order="30", related='["principles/equality"]')
    loading.load(folder.root)
    assert [line.slug for line in text().led_from] == ["respect", "pay"]
    assert text("respect").led_from == []
    folder.page("respect", "No link any more.\n", order="20")
    loading.load(folder.root)
    assert [line.slug for line in text().led_from] == ["pay"]
    withdraw("pay")
    assert text().led_from == []


def test_a_link_of_a_page_to_itself_does_not_count(database, folder):
    folder.page("equality", "## First\n\n[here](/en/guidance/principles/equality#first) [up](#first)\n")
    loading.load(folder.root)
    assert text().led_from == []
    assert PageLink.select().count() == 1


def test_terms_stand_from_a_to_z_without_regard_to_accents(database):
    terms = [Term(language="en", slug=word, term=word, see=[], used=[]) for word in ("Zeal", "Éclair", "early", "apt")]
    letters = library.by_letter(terms, {})
    assert {letter: len(entries) for letter, entries in letters.items()} == {"Z": 1, "E": 2, "A": 1}
