"""Each type of page in a real browser: three widths, light and dark, axe, a quiet console, no sideways scroll."""

from __future__ import annotations

import pytest

PUBLIC = {
    "home": "/en/",
    "reading": "/en/guidance/principles/equality",
    "selection": "/en/guidance/prepare/selection",
    "section-principles": "/en/guidance/principles",
    "section-prepare": "/en/guidance/prepare",
    "sections": "/en/guidance",
    "booklet": "/en/guidance/practice/booklet",
    "topic": "/en/topics/pay",
    "search": "/en/search?q=naloxone",
    "search-nothing": "/en/search?q=zzzzzz",
    "glossary": "/en/glossary",
    "resources": "/en/resources?topic=pay",
    "checklist": "/en/candidates/checklist",
    "sign-in": "/en/sign-in",
    "sign-up": "/en/sign-up",
    "safety": "/en/safety",
    "who-reads-what": "/en/who-reads-what",
    "accessibility": "/en/accessibility",
    "demo": "/en/demo",
    "return": "/answer/return",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages(visit, name):
    visit.open(PUBLIC[name])
    visit.look(name)


def test_an_address_that_leads_nowhere(visit):
    visit.open("/en/nothing-here")
    visit.messages.clear()  # the browser itself reports the 404
    visit.look("not-found")


def test_signing_up(visit):
    page = visit.open("/en/sign-up")
    page.get_by_label("Or make up your own").fill("Patient Otter")
    visit.press("Take this nickname")
    visit.look("key-words")
    page.get_by_label("Type the seven words once").fill("not these")
    visit.press("I have my words")
    visit.look("key-words-error")


ONES_OWN = {
    "me": "/me",
    "settings": "/me/settings",
    "sign-ins": "/me/sign-ins",
    "second-factor": "/me/second-factor",
    "delete": "/me/delete",
    "kept-checklist": "/me/checklist",
    "copies": "/me/copies",
    "share": "/me/checklist/share",
}


@pytest.mark.parametrize("name", ONES_OWN)
def test_ones_own_pages(visit, name):
    visit.sign_in("Early Robin")
    visit.open(ONES_OWN[name])
    visit.look(f"own-{name}")


@pytest.mark.parametrize(
    ("nickname", "steps"),
    [
        ("Marlow", ["Harbour House"]),
        ("Marlow", ["Harbour House", "Members"]),
        ("Marlow", ["Harbour House", "Rounds and results"]),
        ("Marlow", ["Harbour House", "Invite somebody"]),
        ("Marlow", ["Harbour House", "What was changed"]),
        ("Marlow", ["Harbour House", "Copies shared with us"]),
        ("Quiet Heron", ["Harbour House"]),
        ("Quiet Heron", ["Say how you see Needle exchange"]),
        ("Copper Wren", ["Organisations"]),
        ("Copper Wren", ["People who look after the portal"]),
    ],
)
def test_work_pages(visit, nickname, steps):
    visit.sign_in(nickname)
    for step in steps:
        visit.follow(step, exact=True)
    visit.look("work-" + "-".join([nickname, *steps]).lower().replace(" ", "-"))


@pytest.mark.parametrize("nickname", ["Marlow", "Steady Birch", "Quiet Heron"])
@pytest.mark.parametrize("programme", ["Riverside outreach", "Drop-in"])
def test_results_pages(visit, nickname, programme):
    page = visit.sign_in(nickname)
    for step in ("Harbour House", "Rounds and results", programme, "results"):
        visit.follow(step)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    visit.look(f"results-{programme}-{nickname}".lower().replace(" ", "-"))
    assert page.locator("svg[role=img]").count() == 7


def test_question_page(visit):
    page = visit.sign_in("Amber Fox")
    visit.follow("Say how you see Needle exchange")
    visit.press("Start")
    visit.press("Start")
    visit.look("return-key")
    visit.press("I have it. First question")
    visit.look("question")
    page.get_by_role("radio", name="Normal").check()
    visit.look("question-evidence")


def test_checklist_cards_and_sheet(visit):
    page = visit.open("/en/candidates/checklist")
    visit.press("Begin")
    visit.look("card")
    page.get_by_role("radio", name="I could show others").check()
    visit.press("Next card")
    visit.quiet()


def test_leaving_quickly_with_three_presses_of_shift(visit):
    page = visit.sign_in("Early Robin")
    page.route("**/exit", lambda route: route.fulfill(body="an ordinary page"))  # no other site is asked by a test
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/exit")
    page.go_back()
    page.wait_for_load_state()
    assert page.url.endswith("/en/demo"), "the page that was left is no longer in the history"


@pytest.mark.parametrize("refusing", ["", "sessionStorage", "localStorage"])
@pytest.mark.parametrize("way", ["the link", "three presses of Shift"])
def test_leaving_deletes_what_this_device_kept(visit, way, refusing):
    """Also where no header of ours does it: without a connection, over plain http, in an older browser."""
    context = visit.context
    context.route("**/exit", lambda route: route.fulfill(body="an ordinary page", content_type="text/html"))
    page = visit.open("/en/candidates/checklist")
    page.get_by_label("Keep my answers on this device").check()
    visit.press("Begin")
    page.get_by_role("radio", name="I could show others").locator("visible=true").check()
    assert page.evaluate("localStorage.getItem('notes')"), "kept on this device"
    if refusing:
        page.evaluate(f"Object.defineProperty(window, '{refusing}', {{ get() {{ throw new Error('refused'); }} }})")
    if way == "the link":
        page.get_by_role("link", name="Leave quickly").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url("**/exit")
    left = page.evaluate("[['sessionStorage', sessionStorage.length], ['localStorage', localStorage.length]]")
    assert [name for name, length in left if length] == [refusing] * bool(refusing)


def test_after_leaving_the_back_button_shows_nothing(visit):
    page = visit.sign_in("Early Robin")
    page.goto(f"{visit.site}/me/settings")
    visit.context.request.get(f"{visit.site}/exit", max_redirects=0)
    page.go_back()
    page.wait_for_load_state()
    assert "Early Robin" not in page.get_by_role("main").inner_text()
