"""A section as one text: complete, in order, on screen and on paper; withdrawn pages are not in it."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from portal import clock, config, db, generation, html_tree
from portal.guidance import booklets, loading, services
from portal.guidance.models import Page
from tests.portal.guidance.conftest import GLOSSARY
from tests.support.pdf import letters, read, text

BOOKLET, PDF = "/en/guidance/principles/booklet", "/en/guidance/principles/booklet.pdf"


@pytest.fixture
def small(app, folder):
    """Two pages that lead to each other, to the glossary, and out."""
    folder.write("en/glossary.toml", GLOSSARY)
    folder.page("index", title='"The principles"', order="10")
    folder.page(
        "equality",
        "## Money\n\nA peer worker is paid. See [respect](/en/guidance/principles/respect#how), [its page]"
        "(/en/guidance/principles/respect), [all](/en/guidance/principles), [below](#end) and "
        "[pay](/en/guidance/pay/day)."
        "\n\n## End\n\nKnown as OAT.\n\n*[OAT]: opioid agonist treatment\n",
        local_check='["law"]',
    )
    folder.page("respect", "## How\n\nWords: Αθήνα, Київ.[^1]\n\n[^1]: Noted.\n", title='"Respect"', order="20")
    folder.page("index", section="pay", title='"Pay"', order="20", sources="[]")
    folder.page("day", section="pay", title='"By the day"', sources="[]", try_it="[]")
    load(folder)
    return folder


def load(folder):
    with db.connection():
        assert loading.load(folder.root).findings == []


@db.transaction
def _withdraw(slug):
    Page.update(withdrawn=True).where(Page.slug == slug).execute()
    generation.raise_it()


def withdraw(slug):
    with db.connection():
        _withdraw(slug)


def pdf_of(browser, address=PDF):
    answer = browser.client.get(address)
    assert answer.status_code == 200
    return answer.data


def test_the_booklet_has_every_page_in_order_with_words_and_sources_at_the_end(browser, small):
    page = browser.get(BOOKLET)
    assert page.title == "The principles: booklet – Peerwork"
    titles = [heading.text for heading in page.root.findall(".//section/h2")]
    assert titles == ["Introduction", "Equality", "Respect", "Words used here", "Sources"]
    assert [a.get("href") for a in page.root.findall(".//article/nav//a")] == [
        "#page-index", "#page-equality", "#page-respect", "#words", "#sources"]  # fmt: skip
    for words in (
        "Somebody who does peer work. It is paid.", "opioid agonist treatment", "An author, A work, A house. Read.",
        "This page touches on law.", "As published on 22 November 2026.", "Peers meet as equals.",
        "Not yet checked by a peer worker or a specialist. Sources, by their number at the end: 1.",
    ):  # fmt: skip
        assert " ".join(words.split()) in " ".join(page.text.split())
    assert "Set-Cookie" not in page.response.headers
    assert not page.root.findall(".//header[@class='masthead']")
    assert page.root.find(".//a[@class='leave']") is not None


def test_every_link_inside_leads_to_something_in_the_booklet(browser, small):
    page = browser.get(BOOKLET)
    ids = {element.get("id") for element in page.root.iter()}
    inside = {a.get("href")[1:] for a in page.root.iter("a") if a.get("href", "").startswith("#")}
    assert inside <= ids
    links = page.links()
    assert links["respect"] == "#respect:c-how"
    assert links["its page"] == "#page-respect"
    assert links["all"] == "#page-index"
    assert links["below"] == "#equality:c-end"
    assert links["peer worker"] == "#term-peer-worker"
    assert links["pay"] == "/en/guidance/pay/day"


def test_shipped_sections_lead_nowhere_dead_and_say_the_same_in_the_pdf(browser, shipped):
    with db.connection():
        sections = [line.section for line in services.list_pages("en") if line.is_section]
    assert len(sections) > 5
    for section in sections:
        page = browser.get(f"/en/guidance/{section}/booklet")
        ids = {element.get("id") for element in page.root.iter()}
        inside = {a.get("href")[1:] for a in page.root.iter("a") if a.get("href", "").startswith("#")}
        assert inside - ids == set()
        said = letters(text(read(pdf_of(browser, f"/en/guidance/{section}/booklet.pdf"))))
        article = page.html[page.html.index("<section") : page.html.rindex("</article>")]
        place = 0
        for words in _pieces(html_tree.parse(article)):
            found = said.find(letters(words), place)
            assert found >= 0, f"{section}: {words!r} is not in what follows {said[max(0, place - 60) : place]!r}"
            place = found + len(letters(words))
        assert place > 15_000


def _pieces(node):
    for child in node.children:
        if isinstance(child, str):
            if letters(child):
                yield child
        else:
            yield from _pieces(child)


def test_the_pdf_is_accessible_and_says_what_it_is(browser, small):
    answer = browser.client.get(PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="principles.pdf"'
    assert "Set-Cookie" not in answer.headers
    with pikepdf.open(io.BytesIO(answer.data)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "en"
        with opened.open_metadata() as told:
            assert (told["dc:title"], told["pdfuaid:part"]) == ("The principles", "1")
        with opened.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[-5:] == ["Introduction", "Equality", "Respect", "Words used here", "Sources"]
    tree = read(answer.data)
    assert [letters(line.words)[-1].isdigit() for line in tree.below("TOCI")] == [True] * 5
    assert "Words: Αθήνα, Київ." in tree.words
    assert "Noted." in [note.words for note in tree.below("Note")][-1]


def test_in_discreet_mode_neither_the_title_nor_the_name_of_the_file_tells_what_it_is(browser, small):
    openly = pdf_of(browser)
    browser.client.set_cookie("discreet", "1")
    answer = browser.client.get(PDF)
    assert answer.headers["Content-Disposition"] == 'inline; filename="notes.pdf"'
    with pikepdf.open(io.BytesIO(answer.data)) as opened:
        assert str(opened.docinfo["/Title"]) == "Notes"
        assert "principles" not in opened.Root.Metadata.read_bytes().decode().lower()
    assert text(read(answer.data)) == text(read(openly)), "what is read stays"
    browser.client.delete_cookie("discreet")
    kept = {path: path.stat().st_mtime_ns for path in (config.setting("DATA_DIR") / "pdf").iterdir()}
    assert pdf_of(browser) == openly
    assert {path: path.stat().st_mtime_ns for path in kept} == kept, "neither takes the other's place"


def test_a_page_withdrawn_is_in_neither(browser, small):
    before = pdf_of(browser)
    withdraw("respect")
    page = browser.get(BOOKLET)
    assert "Αθήνα" not in page.text
    assert page.links()["respect"] == "/en/guidance/principles/respect#c-how"
    assert "Αθήνα" in read(before).words
    assert "Αθήνα" not in read(pdf_of(browser)).words


def test_a_changed_page_is_in_the_next_pdf_and_an_unchanged_one_is_not_made_again(browser, small):
    first = pdf_of(browser)
    folder = config.setting("DATA_DIR") / "pdf"
    (kept,) = folder.iterdir()
    made = kept.stat().st_mtime_ns
    assert pdf_of(browser) == first
    assert kept.stat().st_mtime_ns == made
    clock.stop(clock.now() + dt.timedelta(minutes=1))
    small.page("respect", "## How\n\nOther words.\n", title='"Respect"', order="20")
    load(small)
    assert "Other words." in read(pdf_of(browser)).words
    assert not kept.exists()
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("address", ["/en/guidance/nothing/booklet", "/en/guidance/nothing/booklet.pdf"])
def test_a_section_that_is_not_there_has_none(browser, small, address):
    browser.get(address, status=404)


@pytest.mark.parametrize("site", ["", "https://peer.example.org"])
def test_the_pdf_leads_to_the_site_only_where_its_address_is_known(browser, small, site):
    config.remember(BASE_URL=site)
    made = pdf_of(browser)
    assert _addresses(made) == ([f"{site}/en/guidance/pay/day"] if site else [])
    assert f"{site}/en/guidance/pay/day" in "".join(note.words for note in read(made).below("Note"))


def _addresses(made):
    with pikepdf.open(io.BytesIO(made)) as opened:
        notes = [note for page in opened.pages for note in page.get("/Annots", [])]
        return [str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A]


def test_pages_of_another_language_say_so(app, browser, small):
    app.config["LANGUAGES"] = ["en", "fr"]
    config.remember(LANGUAGES=["en", "fr"])
    small.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    small.page("index", language="fr", title='"Les principes"', body="Mots.\n")
    load(small)
    page = browser.get("/fr/guidance/principles/booklet")
    assert page.heading == "Les principes"
    assert [section.get("lang") for section in page.root.findall(".//section")][:3] == [None, "en", "en"]
    made = pdf_of(browser, "/fr/guidance/principles/booklet.pdf")
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert str(opened.Root.Lang) == "fr"
    assert {language for language, _words in read(made).spoken} | {
        one.attributes.get("/Lang") for one in read(made).below("P", "H1", "H2", "L", "TD")
    } >= {"en"}


def test_attributes_alone_are_rewritten_not_what_looks_like_them(app, folder):
    folder.page(
        "equality", '`<a id="c-x" href="#c-x">` and `<h2>`\n\n## X\n\n<details><summary>S</summary>T</details>\n'
    )
    load(folder)
    with db.connection():
        chapter = booklets.get_booklet("en", "principles").chapters[1]
    assert '&lt;a id="c-x" href="#c-x"&gt;' in chapter.html
    assert "&lt;h2&gt;" in chapter.html
    assert '<h3 id="equality:c-x">' in chapter.html
    assert "<details open>" in chapter.html


def test_the_section_leads_to_its_booklet(browser, small):
    links = browser.get("/en/guidance/principles").links()
    assert (links["Booklet"], links["Booklet as a PDF"]) == (BOOKLET, PDF)
    assert browser.get(BOOKLET).links()["As a PDF"] == PDF


def test_a_booklet_takes_four_statements_at_most_however_many_pages(small):
    statements: list[str] = []

    def watch(event):
        statements.append(event.sql)

    with db.connection():
        db.database.query_hooks.append(watch)
        booklets.get_booklet("en", "principles")
        db.database.query_hooks.remove(watch)
    asked = [sql for sql in statements if sql.startswith("SELECT") and "content_generation" not in sql]
    assert 0 < len(asked) <= 4
