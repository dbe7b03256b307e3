"""Kept pages are the pages Flask would send, for everybody and never too late."""

from __future__ import annotations

import datetime as dt
import gzip
import subprocess
import sys
import threading

import pytest
from flask import render_template_string

from portal import clock, config, create_app, db, generation, paths
from portal.frames import same_for_everybody
from portal.guidance import loading
from portal.guidance.models import Revision
from portal.pagecache import MOST_PAGES, SITE_FILES, PageCache
from portal.permissions import Label, access_of, public
from tests.conftest import NOW
from tests.support.browser import Browser
from tests.support.rounds import fill_round, open_round

PAGE = "/en/guidance/principles/equality"

# Public pages that are not kept, each with its reason.
NOT_KEPT = {
    "accounts.sign_in": "a form with a token, in a cookie",
    "accounts.sign_up": "a form with a token, in a cookie, and nicknames drawn for this visitor",
}

ASKED = {
    "whole": {},
    "packed": {"Accept-Encoding": "gzip, br"},
    "not packed": {"Accept-Encoding": "identity"},
    "gzip refused": {"Accept-Encoding": "gzip;q=0, *"},
    "another version had": {"If-None-Match": '"something else"'},
}


@pytest.fixture
def visitor(app, shipped):
    return visitor_of(app)


def visitor_of(app):
    """Somebody who has no cookies."""
    config.remember(BASE_URL="https://peerwork.example")  # without it there is no sitemap and no feed
    return app.test_client(use_cookies=False)


def cache_of(app) -> PageCache:
    cache = app.wsgi_app
    assert isinstance(cache, PageCache)
    return cache


def kept(app) -> set[str]:
    return {path for _root, path in cache_of(app)._pages}


def seen(answer):
    """Everything that goes over the wire."""
    return answer.status, sorted(answer.headers), answer.data


def edit(words: str) -> None:
    @db.transaction
    def save() -> None:
        Revision.update(summary=words).execute()
        generation.raise_it()

    with db.connection():
        save()


def public_addresses(app, world):
    for rule in app.url_map.iter_rules():
        public = rule.endpoint != "static" and access_of(app.view_functions[rule.endpoint]) is Label.PUBLIC
        if public and "GET" in rule.methods:
            yield rule.endpoint, world.address(app, rule.endpoint)[0]


def test_every_public_page_is_sent_from_the_cache_as_flask_sends_it(app, world):
    """Hit beside miss, and beside Flask without any cache, header by header."""
    visitor, cache, flask = app.test_client(use_cookies=False), cache_of(app), cache_of(app).flask
    not_kept = set()
    for endpoint, address in public_addresses(app, world):
        app.wsgi_app = flask
        plain = visitor.get(address)
        app.wsgi_app = cache
        page = plain.status_code == 200 and (address.startswith("/en/") or address in SITE_FILES)
        for name, headers in ASKED.items():
            for method in ("GET", "HEAD"):
                cache._empty(None)
                miss = visitor.open(address, method=method, headers=headers)
                if address not in kept(app):  # Flask answers; what it says to each visitor may differ
                    not_kept |= {endpoint} if page else set()
                    continue
                hit = visitor.open(address, method=method, headers=headers)
                assert seen(hit) == seen(miss), (endpoint, name, method)
                body = gzip.decompress(hit.data) if hit.content_encoding and hit.data else hit.data
                assert body == (plain.data if method == "GET" else b""), (endpoint, name, method)
                ours = {"ETag", "Content-Encoding", "Content-Length"}
                assert set(hit.headers) >= {one for one in plain.headers if one[0] not in ours}, (endpoint, name)
                assert {one for one, _value in hit.headers} <= {one for one, _value in plain.headers} | ours
                assert hit.status == plain.status
                worth_it = len(plain.data) >= 500 and plain.mimetype != "application/pdf"
                assert bool(hit.content_encoding) == (name == "packed" and worth_it), (endpoint, name)
                assert int(hit.headers["Content-Length"]) == len(visitor.get(address, headers=headers).data)
    assert not_kept == NOT_KEPT.keys()


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_has_the_page_is_told_so_from_the_cache_and_without(app, world, method, encoding):
    visitor = app.test_client(use_cookies=False)
    for _endpoint, address in public_addresses(app, world):
        accept = {"Accept-Encoding": encoding}
        whole = visitor.get(address, headers=accept)
        if address not in kept(app):
            continue
        for asked in (whole.headers["ETag"], "W/" + whole.headers["ETag"], f'"x", {whole.headers["ETag"]}', "*"):
            headers = {**accept, "If-None-Match": asked}
            hit = visitor.open(address, method=method, headers=headers)
            cache_of(app)._empty(None)
            assert seen(visitor.open(address, method=method, headers=headers)) == seen(hit)
            assert (hit.status_code, hit.data) == (304, b"")
            dropped = {"Content-Type", "Content-Length", "Content-Encoding"}
            assert set(hit.headers) == {one for one in whole.headers if one[0] not in dropped}


@pytest.mark.parametrize("headers", ASKED.values(), ids=ASKED)
def test_whoever_has_a_cookie_is_answered_by_flask_in_the_same_way(app, world, headers):
    """Discreet mode on an old phone, for one: what is there already is not sent again."""
    visitor = app.test_client(use_cookies=False)
    for _endpoint, address in public_addresses(app, world):
        hit = visitor.get(address, headers=headers)
        if address not in kept(app):
            continue
        for had in ({}, {"If-None-Match": hit.headers["ETag"]}, {"If-None-Match": "*"}):
            for method in ("GET", "HEAD"):
                asked = headers | had
                past = visitor.open(address, method=method, headers={**asked, "Cookie": "theirs=1"})
                assert seen(past) == seen(visitor.open(address, method=method, headers=asked)), (address, method, had)
    discreet = visitor.get(PAGE, headers={"Cookie": "discreet=1"})
    again = visitor.get(PAGE, headers={"Cookie": "discreet=1", "If-None-Match": discreet.headers["ETag"]})
    assert (discreet.status_code, again.status_code, again.data) == (200, 304, b"")
    assert discreet.headers["ETag"] != visitor.get(PAGE).headers["ETag"]
    topic = visitor.get("/en/resources?topic=pay")
    assert visitor.get("/en/resources?topic=pay", headers={"If-None-Match": topic.headers["ETag"]}).status_code == 304


def test_packed_and_whole_have_etags_of_their_own(visitor):
    plain, packed = visitor.get(PAGE), visitor.get(PAGE, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 0.35 * len(plain.data)
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert not plain.headers["ETag"].startswith("W/")
    assert not packed.headers["ETag"].startswith("W/")
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "Cookie" in answer.headers["Vary"]


def test_a_cookie_or_a_query_string_goes_past(app, visitor, login, make, browser):
    for options in ({"headers": {"Cookie": "discreet=1"}}, {"query_string": "topic=pay"}, {"method": "POST"}):
        visitor.open("/en/resources", **options)
        assert kept(app) == set()
    visitor.get("/en/resources")
    assert kept(app) == {"/en/resources"}
    page = cache_of(app)._pages["", "/en/resources"]
    page.plain = page.plain._replace(content=b"as kept")
    assert visitor.get("/en/resources").data == b"as kept"
    assert b"as kept" not in visitor.get("/en/resources", headers={"Cookie": "discreet=1"}).data
    assert b"Notes" in visitor.get("/en/resources", headers={"Cookie": "discreet=1"}).data
    assert visitor.get("/en/resources", query_string="topic=pay").data != b"as kept"
    login(make.person("Quiet Heron"))
    assert "Quiet Heron" in browser.get("/en/resources").html


def test_nothing_a_visitor_sends_gets_into_a_kept_page(visitor):
    told = {"Accept-Language": "fr", "User-Agent": "told-me", "X-Forwarded-Host": "evil.example"}
    first = [visitor.get(address, headers=told, base_url="http://evil.example") for address in (PAGE, "/sitemap.xml")]
    for answer in first:
        assert answer.status_code == 200
        assert b"evil" not in answer.data
        assert b"told-me" not in answer.data


def test_addresses_nobody_made_keep_nothing(app, visitor):
    for number in range(20):
        assert visitor.get(f"/en/guidance/principles/made-up-{number}").status_code == 404
    assert visitor.head("/en/nowhere").data == b""
    assert kept(app) == set()


def test_the_cache_holds_no_more_than_its_bound(app, visitor, monkeypatch):
    cache, addresses = cache_of(app), ["/en/", "/en/safety", "/en/accessibility", "/en/glossary"]
    assert MOST_PAGES > 1000
    monkeypatch.setattr("portal.pagecache.MOST_PAGES", 2)
    for address in addresses:
        visitor.get(address)
    assert kept(app) == {"/en/accessibility", "/en/glossary"}
    monkeypatch.setattr("portal.pagecache.MOST_BYTES", cache._pages["", "/en/accessibility"].size)
    cache._empty(None)
    for address in reversed(addresses):
        visitor.get(address)
    assert kept(app) <= {"/en/accessibility", "/en/safety"}
    assert cache._bytes == sum(page.size for page in cache._pages.values()) > 0


def test_an_edit_is_seen_at_once_in_the_process_that_made_it(app, visitor):
    assert b"Edit one." not in visitor.get(PAGE).data
    edit("Edit one.")
    assert b"Edit one." in visitor.get(PAGE).data
    thread = threading.Thread(target=edit, args=["Edit two."])
    thread.start()
    thread.join()
    assert b"Edit two." in visitor.get(PAGE).data


EDIT_ELSEWHERE = """
import sys
from portal import db, generation
from portal.guidance.models import Revision
db.connect(sys.argv[1])
@db.transaction
def save():
    Revision.update(summary=sys.argv[2]).execute()
    generation.raise_it()
with db.connection():
    save()
"""


def test_an_edit_of_another_process_is_seen_at_once(app, visitor, url):
    for words in ("Edit one.", "Edit two."):
        old = visitor.get(PAGE)
        assert words.encode() not in old.data
        subprocess.run([sys.executable, "-c", EDIT_ELSEWHERE, url, words], check=True, timeout=60)
        had = {"If-None-Match": old.headers["ETag"]}
        assert words.encode() in visitor.get(PAGE, headers=had).data


def test_content_loaded_anew_is_seen_at_once(app, visitor, tmp_path):
    import shutil

    old = visitor.get(PAGE).data
    folder = tmp_path / "content"
    shutil.copytree(paths.resource_dir("content"), folder)
    file = folder / "en/guidance/principles/equality.md"
    file.write_text(file.read_text().replace('title = "Equality"', 'title = "On the same footing"'))
    clock.stop(NOW + dt.timedelta(minutes=1))
    with db.connection():
        loaded = loading.load(folder)
    assert not loaded.findings
    new = visitor.get(PAGE).data
    assert new != old
    assert b"On the same footing" in new


def test_a_page_made_before_an_edit_is_not_kept_after_it(app, visitor, monkeypatch):
    """The edit is saved, and seen by somebody else, while the page is being made."""
    cache = cache_of(app)
    flask = cache.flask

    def slowly(environ, start_response):
        answer = [b"".join(flask(environ, start_response))]
        monkeypatch.setattr(cache, "flask", flask)
        edit("Edit one.")
        visitor.get("/en/glossary")
        return answer

    monkeypatch.setattr(cache, "flask", slowly)
    assert b"Edit one." not in visitor.get(PAGE).data
    assert b"Edit one." in visitor.get(PAGE).data


def test_a_saved_answer_leaves_kept_pages_where_they_are(app, visitor, make):
    visitor.get(PAGE)
    organisation = make.organisation("Lamp Post", "Night bus")
    round_, _codes = open_round(organisation)
    fill_round(make, round_, [("peer", {"EQ1": "2"})])
    visitor.get("/en/glossary")
    assert kept(app) == {PAGE, "/en/glossary"}


def test_a_page_that_says_the_date_says_that_of_today(visitor):
    checklist = "/en/candidates/checklist"
    assert "22\u00a0November\u00a02026" in visitor.get(checklist).text
    clock.stop(NOW + dt.timedelta(days=1))
    assert "23\u00a0November\u00a02026" in visitor.get(checklist).text


def test_kept_pages_are_not_sent_while_the_database_is_away(visitor, monkeypatch):
    import peewee

    def refuse(*_arguments, **_options):
        raise peewee.OperationalError("gone")

    assert visitor.get(PAGE).status_code == 200
    db.database.close()
    monkeypatch.setattr(db.database.obj, "connect", refuse)
    assert visitor.get(PAGE).status_code == 503


def test_a_foreign_host_name_is_refused_for_kept_pages_too(url, shipped, tmp_path):
    app = create_app(DATABASE_URL=url, DATA_DIR=str(tmp_path / "data"), TRUSTED_HOSTS=["peerwork.example"])
    client = visitor_of(app)
    for _ in range(2):
        assert client.get(PAGE, base_url="http://peerwork.example").status_code == 200
        assert client.get(PAGE, base_url="http://evil.example").status_code == 400
    assert kept(app) == {PAGE}
    db.database.close()


def test_behind_a_proxy_its_words_about_the_visitor_count(url, shipped, tmp_path):
    app = create_app(
        DATABASE_URL=url, DATA_DIR=str(tmp_path / "data"), TRUSTED_HOSTS=["peerwork.example"], TRUSTED_PROXIES=1
    )
    client = visitor_of(app)
    for host, status in (("peerwork.example", 200), ("evil.example", 400), ("peerwork.example", 200)):
        assert client.get(PAGE, headers={"X-Forwarded-Host": host}).status_code == status
    db.database.close()


def test_a_demo_sends_kept_pages_to_its_own_machine_only(tmp_path, seed_folder):
    import shutil

    from portal.operations.services import mark_as_demo

    shutil.copytree(seed_folder, tmp_path / "demo", ignore=shutil.ignore_patterns("*.lock", "*.migrating"))
    url = db.sqlite_url(tmp_path / "demo")
    db.connect(url)
    with db.connection():
        mark_as_demo()
    app = create_app(
        DATABASE_URL=url,
        DATA_DIR=str(tmp_path / "demo"),
        DEMO=True,
        SECRET_KEY="for tests only, and long enough for it",
    )
    client = app.test_client(use_cookies=False)
    for address, status in (("127.0.0.1", 200), ("192.0.2.8", 403), ("::1", 200), ("", 403)):
        assert client.get("/en/safety", environ_base={"REMOTE_ADDR": address}).status_code == status
    assert kept(app) == {"/en/safety"}
    db.database.close()


def test_the_same_page_below_another_root_is_another_page(app, visitor):
    plain = visitor.get("/en/safety").text
    below = visitor.get("/en/safety", environ_overrides={"SCRIPT_NAME": "/portal"}).text
    assert 'href="/en/accessibility"' in plain
    assert 'href="/portal/en/accessibility"' in below
    assert visitor.get("/en/safety").text == plain


def test_what_stands_around_a_page_is_the_readers_own(app, visitor, make):
    """Everybody is shown the page that the first reader had drawn, with their own name and messages around it."""
    heron, fox = Browser(app).sign_in(make.person("Quiet Heron")), Browser(app).sign_in(make.person("Amber Fox"))
    with heron.client.session_transaction() as session:
        session["_flashes"] = [("message", "For the heron alone.")]
    first = heron.get(PAGE)
    assert "Quiet Heron" in first.html
    assert "For the heron alone." in first.html
    second = fox.get(PAGE)
    assert "Amber Fox" in second.html
    assert visitor.get(PAGE).text.count("Sign in") == 1
    for page in (second.html, visitor.get(PAGE).text, heron.get(PAGE).html):
        assert "For the heron alone." not in page
    for page in (second.html, visitor.get(PAGE).text):
        assert "Quiet Heron" not in page
    assert first.text == second.text
    edit("Edit one.")
    assert "Edit one." in fox.get(PAGE).text


def test_a_page_with_somebodys_token_cannot_be_the_same_for_everybody(app, make):
    @app.get("/en/wrong")
    @public
    @same_for_everybody
    def wrong() -> str:
        return render_template_string("{{ frame('masthead') }}{{ csrf_token() }}")

    with pytest.raises(RuntimeError, match="somebody's token"):
        Browser(app).sign_in(make.person()).client.get("/en/wrong")
