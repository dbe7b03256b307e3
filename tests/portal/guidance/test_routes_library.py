"""Glossary, resources, entry points, and what programs that read the site are given."""

from __future__ import annotations

import datetime as dt
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest

from portal import clock, config, db
from portal.guidance import feeds, loading
from portal.guidance.entries import ENTRIES
from portal.guidance.models import Page
from tests.portal.guidance.conftest import GLOSSARY, RESOURCE

SITE = "https://peer.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
# Public pages without a text in the store that everybody should find.
LISTED = (
    "", "safety", "who-reads-what", "accessibility", "guidance", "glossary", "resources", "modules",
    "candidates/checklist",
)  # fmt: skip
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def small(app, folder):
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("resources.toml", RESOURCE + RESOURCE.replace("a-manual", "b").replace('["pay"]', "[]"))
    with db.connection():
        assert loading.load(folder.root).findings == []
    return folder


@pytest.fixture
def site(app):
    app.config["BASE_URL"] = SITE
    config.remember(BASE_URL=SITE)


def test_the_shipped_glossary_goes_from_a_to_z(browser, shipped):
    page = browser.get("/en/glossary")
    assert page.heading == "Glossary"
    letters = [heading.text for heading in page.root.findall(".//main//section/h2")]
    assert letters == sorted(letters) and len(letters) > 12
    ids = {element.get("id") for element in page.root.iter()}
    links = page.links().values()
    assert {"peer", "peer-worker", "oat"} <= ids
    assert {target[1:] for target in links if target.startswith("#")} <= ids
    assert "/en/guidance/why/what-peer-work-is" in links
    assert "Set-Cookie" not in page.response.headers


def test_first_uses_on_shipped_pages_lead_to_terms_that_are_there(browser, shipped):
    ids = {element.get("id") for element in browser.get("/en/glossary").root.iter()}
    for address in ("/en/guidance/why/what-peer-work-is", "/en/guidance/prepare/selection"):
        root = browser.get(address).root
        terms = [link.get("href") for link in root.findall(".//a[@class='term']")]
        assert len(terms) == len(set(terms)) > 2
        assert {term.partition("#")[2] for term in terms} <= ids
        assert not root.findall(".//a//a")


def test_resources_can_be_filtered_without_script(browser, shipped):
    page = browser.get("/en/resources")
    every = page.root.findall(".//main/ul/li")
    assert len(every) > 100
    assert "Link not verified: nobody has looked whether it still leads there." in page.text
    assert "No link is kept here." in page.text
    found = browser.submit(page, button="Show", topic="pay")
    some = found.root.findall(".//main/ul/li")
    assert 0 < len(some) < len(every)
    assert all("/en/resources?topic=pay" in [a.get("href") for a in one.iter("a")] for one in some)
    assert found.root.find(".//main//option[@selected]").get("value") == "pay"
    assert found.links()["Show all"] == "/en/resources"


def test_what_is_known_of_a_link_is_said_in_plain_words(browser, folder):
    for number, state in enumerate(("not verified", "works, 2027-01-10", "dead, 2026-03-02")):
        folder.write("resources.toml", RESOURCE.replace("a-manual", f"r{number}").replace("not verified", state))
        with db.connection():
            assert loading.load(folder.root).findings == []
        page = browser.get("/en/resources")
        words = " ".join(page.root.find(f".//li[@id='r{number}']").itertext())
        told = {
            "not verified": "Link not verified: nobody has looked whether it still leads there.",
            "works, 2027-01-10": "The link led there on 10\u00a0January\u00a02027.",
            "dead, 2026-03-02": "The link is dead: on 2\u00a0March\u00a02026 it did not lead there any more.",
        }
        assert [state for state, sentence in told.items() if sentence in words] == [state]
        assert "http://example.org/" in words
        assert ("http://example.org/" in page.links()) == (not state.startswith("dead"))


def test_a_topic_nobody_knows_shows_everything_and_says_so(browser, small):
    page = browser.get("/en/resources?topic=<b>")
    assert "No resource carries that topic. Here are all of them" in page.text
    assert len(page.root.findall(".//main/ul/li")) == 2
    assert "No resource carries" not in browser.get("/en/resources?topic=").text


def test_a_topic_lists_its_words_and_resources(browser, small):
    links = browser.get("/en/topics/pay").links()
    assert links["peer worker"] == "/en/glossary#peer-worker"
    assert links["A manual"] == "/en/resources#a-manual"


def test_an_empty_library_says_so(browser):
    assert "No term has been explained here yet." in browser.get("/en/glossary").text
    assert "No resource has been listed here yet." in browser.get("/en/resources").text


def test_the_overview_asks_what_readers_want_to_do(browser, shipped):
    page = browser.get("/en/guidance")
    links = page.links()
    for reader, wishes in ENTRIES:
        assert str(reader) in page.text
        for words, address in wishes:
            assert links[str(words)] == f"/en/guidance/{address}"
    assert (links["Glossary"], links["Resources"]) == ("/en/glossary", "/en/resources")


def test_a_wish_whose_page_is_not_there_is_left_out(browser, small):
    assert "What do you want to do?" not in browser.get("/en/guidance").text


def test_a_page_names_what_leads_to_it_and_where_to_look_words_up(browser, small):
    small.page("respect", "See [it](/en/guidance/principles/equality).\n", title='"Respect"', order="20")
    with db.connection():
        loading.load(small.root)
    page = browser.get("/en/guidance/principles/equality")
    assert "Pages that lead here (1)" in page.text
    rail = page.root.find(".//nav[@class='rail']")
    assert [a.get("href") for a in rail.iter("a")][-2:] == ["/en/glossary", "/en/resources"]
    assert "Pages that lead here" not in browser.get("/en/guidance/principles/respect").text


@pytest.mark.parametrize("address", ["/sitemap.xml", "/feed.atom"])
def test_without_an_address_of_the_site_there_is_nothing_to_give(browser, small, address):
    browser.get(address, status=404)
    assert "Sitemap" not in browser.get("/robots.txt").response.text
    assert "feed.atom" not in browser.get("/en/guidance").html


def test_the_sitemap_names_each_page_with_its_languages(app, browser, small, site):
    app.config["LANGUAGES"] = ["en", "fr"]
    config.remember(LANGUAGES=["en", "fr"])
    small.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    small.page("index", language="fr")
    with db.connection():
        assert loading.load(small.root).findings == []
    answer = browser.client.get("/sitemap.xml", headers={"Host": "evil.example"})
    assert answer.mimetype == "application/xml"
    root = ElementTree.fromstring(answer.data)
    alternates = {
        url.find(f"{MAP}loc").text: [link.get("hreflang") for link in url[1:] if link.get("hreflang")] for url in root
    }
    assert alternates == {
        **{f"{SITE}/{code}/{page}": ["en", "fr"] for page in LISTED for code in ("en", "fr")},
        f"{SITE}/en/guidance/principles": ["en", "fr"],
        f"{SITE}/fr/guidance/principles": ["en", "fr"],
        f"{SITE}/en/guidance/principles/equality": ["en"],
    }
    assert root.find(f".//{MAP}lastmod").text == "2026-11-22T10:00:00+00:00"


def test_every_address_of_the_shipped_sitemap_answers(browser, shipped, site):
    root = ElementTree.fromstring(browser.client.get("/sitemap.xml").data)
    addresses = [place.text.removeprefix(SITE) for place in root.iter(f"{MAP}loc")]
    with db.connection():
        assert len(addresses) == Page.select().count() + len(LISTED)
    assert "/en/modules/K1" in addresses
    for address in addresses[::9]:
        browser.get(address)


def test_the_feed_holds_the_newest_changes_first(browser, small, site):
    clock.stop(clock.now() + dt.timedelta(days=1))
    small.page("equality", "## New\n\nOther words.\n", title='"A & <b>"')
    with db.connection():
        loading.load(small.root)
    answer = browser.client.get("/feed.atom", headers={"Host": "evil.example"})
    assert answer.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(answer.data)
    entries = root.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}title").text for entry in entries] == ["A & <b>", "The principles"]
    assert entries[0].find(f"{ATOM}link").get("href") == f"{SITE}/en/guidance/principles/equality"
    assert root.find(f"{ATOM}updated").text == entries[0].find(f"{ATOM}updated").text == "2026-11-23T10:00:00+00:00"
    ids = [element.text for element in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == 3
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == f"{SITE}/feed.atom"


def test_the_feed_ends_after_the_newest(browser, shipped, site):
    root = ElementTree.fromstring(browser.client.get("/feed.atom").data)
    assert len(root.findall(f"{ATOM}entry")) == feeds.NEWEST


def test_an_empty_feed_is_still_a_feed(browser, site):
    root = ElementTree.fromstring(browser.client.get("/feed.atom").data)
    assert root.findall(f"{ATOM}entry") == []
    assert root.find(f"{ATOM}updated").text == "2026-11-22T10:00:00+00:00"


def test_what_is_anybodys_own_is_not_to_be_listed(browser, site):
    lines = browser.client.get("/robots.txt").text.splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    robots = RobotFileParser()
    robots.parse(lines)
    for address in (
        "/me", "/me/checklist", "/manage/people", "/organisations/1", "/answer/EQ1", "/join/code", "/set-up/x", "/exit",
        "/-/health",
    ):  # fmt: skip
        assert not robots.can_fetch("anyone", SITE + address), address
    for address in ("/", "/en/", "/en/guidance/why", "/en/glossary", "/feed.atom", "/static/site.css"):
        assert robots.can_fetch("anyone", SITE + address), address
