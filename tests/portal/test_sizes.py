"""What an old phone has to load: first visit ≤ 60 kB, a question page ≤ 40 kB, with style, drawings and script."""

from __future__ import annotations

import gc
import gzip
import warnings

import pytest
from werkzeug.test import EnvironBuilder

from tests.support.browser import Page
from tests.support.rounds import open_round

ASK = {"Accept-Encoding": "gzip"}


def weight(client, address):
    """Bytes over the wire of a page and everything it asks for itself."""
    answer = client.get(address, headers=ASK)
    assert answer.status_code == 200
    html = gzip.decompress(answer.data).decode() if answer.headers.get("Content-Encoding") else answer.text
    root = Page(client.get(address), address).root
    files = {e.get("href") for e in root.iter("link") if e.get("rel") in ("stylesheet", "icon")}
    files |= {e.get("src") for e in root.iter("script")} | {e.get("src") for e in root.iter("img")}
    files |= {e.get("href").partition("#")[0] for e in root.iter() if str(e.tag).endswith("use")}
    files.discard("")
    assert html
    return len(answer.data) + sum(size(client, file) for file in files)


def size(client, address):
    with client.get(address, headers=ASK) as answer:
        return len(answer.data)


@pytest.mark.parametrize(
    "address",
    ["/en/", "/en/guidance", "/en/guidance/prepare/selection", "/en/guidance/principles/equality", "/en/sign-in",
     "/en/candidates/checklist"],
)  # fmt: skip
def test_a_first_visit_is_light(world, browser, address):
    assert weight(browser.client, address) <= 60_000


def test_a_question_page_is_light(make, browser, login):
    organisation = make.organisation()
    login(make.member(organisation, "peer_worker"))
    round_, _codes = open_round(organisation)
    page = browser.get("rounds.show_round", organisation_id=organisation.id, round_id=round_.id)
    page = browser.submit(page, button="Start")
    page = browser.submit(page, button="Start")
    browser.submit(page, button="I have it. First question")
    assert weight(browser.client, "/answer/EQ1") <= 40_000


def test_public_pages_and_files_are_compressed_and_pages_with_secrets_are_not(browser, login, make):
    public = browser.client.get("/en/", headers=ASK)
    assert public.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in public.headers["Vary"]
    assert "Content-Encoding" not in browser.client.get("/en/").headers
    with browser.client.get("/static/site.css", headers=ASK) as sheet:
        assert sheet.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in browser.client.get("/en/sign-in", headers=ASK).headers
    login(make.person())
    for address in ("/me", "/en/"):
        assert "Content-Encoding" not in browser.client.get(address, headers=ASK).headers


@pytest.mark.parametrize("name", ["icon.svg", "site.css"])
def test_a_file_is_closed_once_it_is_read_even_where_nobody_closes_the_answer(app, name):
    """As when a browser leaves in the middle of loading."""
    environ = EnvironBuilder(path=f"/static/{name}", headers=ASK).get_environ()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        answer = app.wsgi_app(environ, lambda _status, _headers: None)
        del answer
        gc.collect()
    assert not said
