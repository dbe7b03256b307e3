"""The two main paths, each with and without script: a round from opening to result, the checklist to its sheet."""

from __future__ import annotations

import datetime as dt
import re

CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b")


def lead_opens_a_round(visit, programme: str) -> None:
    page = visit.sign_in("Marlow")
    visit.follow("Harbour House")
    visit.follow(f"Open a round for {programme}")
    closing = dt.date.today() + dt.timedelta(days=10)
    page.get_by_label(re.compile("last day", re.I)).fill(closing.isoformat())
    for radio in page.get_by_role("radio", name=re.compile("on (their|her|his|its) own", re.I)).all():
        radio.check()
    visit.press("Open the round")


def to_the_round(visit, nickname: str, programme: str):
    page = visit.sign_in(nickname)
    visit.follow("Harbour House")
    visit.follow("Rounds and results")
    visit.follow(programme)
    return page


def contact_makes_slips(visit, programme: str) -> list[str]:
    """The codes that the peers' contact hands out."""
    page = to_the_round(visit, "Quiet Heron", programme)
    page.get_by_role("spinbutton").first.fill("6")
    visit.press("Make slips")
    return list(dict.fromkeys(CODE.findall(page.get_by_role("main").inner_text())))


def answer_with(visit, code: str, choose: str, *, questions: int) -> None:
    """Answer some questions by a slip, as one does without an account."""
    page = visit.open("/en/")
    page.get_by_label("Were you given a code?").fill(code)
    visit.press("Go on")
    visit.press("Start")
    visit.press("I have it. First question")
    for _ in range(questions):
        page.get_by_role("radio", name=re.compile(f"^{choose}")).check()
        address = page.url
        visit.press("Save and go on")
        page.wait_for_url(lambda url, before=address: url != before)
    visit.press("Stop for now")


def test_a_round_from_opening_to_result(visitor, script):
    programme = "Riverside outreach" if script else "Drop-in"
    lead, contact = visitor(script), visitor(script)
    lead_opens_a_round(lead, programme)
    codes = contact_makes_slips(contact, programme)
    assert len(codes) == 6
    for code in codes:
        answer_with(visitor(script), code, "Begun", questions=4)
    page = to_the_round(lead, "Marlow", programme)
    lead.follow("Close")
    page.get_by_role("checkbox").check()
    lead.press("Close the round")
    page.wait_for_url(lambda url: not url.endswith("/close"))
    address = page.url
    peer = contact.page
    peer.goto(address)
    contact.follow("results")
    table = peer.get_by_role("table").first.inner_text()
    assert "Equality" in table
    assert "50" in table, "everybody chose the middle level"
    lead.follow("results")
    assert "50" not in page.get_by_role("table").first.inner_text(), "peer workers have not opened it"
    lead.quiet()
    contact.quiet()


def test_an_answer_is_saved_and_found_again_on_another_device(visitor, script):
    code = contact_makes_slips(visitor(script), "Needle exchange")[0]
    phone = visitor(script)
    page = phone.open("/en/")
    page.get_by_label("Were you given a code?").fill(code)
    phone.press("Go on")
    phone.press("Start")
    key = page.locator("[data-return-key], .card .summary, .sheet .summary").first.inner_text()
    phone.press("I have it. First question")
    page.get_by_role("radio", name=re.compile("^Normal")).check()
    phone.press("Save and go on")
    first = page.url
    computer = visitor(script)
    page = computer.open("/answer/return")
    page.get_by_label(re.compile("words|key", re.I)).first.fill(key)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button").first.click()
    assert page.url == first, "the next open question, not the one that was answered"
    computer.quiet()


def test_the_checklist_to_its_sheet(visitor, script):
    visit = visitor(script)
    page = visit.open("/en/candidates/checklist")
    requests = []
    page.on("request", lambda request: requests.append(request.method))
    visit.press("Begin")
    for choice in ("I could show others", "I’m growing this", "I do this"):
        page.get_by_role("radio", name=choice).locator("visible=true").first.check()
        page.get_by_role("button", name="Next card").locator("visible=true").first.click()
    page.get_by_role("button", name="Look at my lists now").locator("visible=true").first.click()
    words = page.get_by_role("main").inner_text()
    assert "I bring" in words
    assert "I’d like" in words
    assert words.index("People around me respect me") < words.index("I’d like")
    for section in ("Why I want this", "What the job asks, and what would help me"):
        page.get_by_role("button", name=f"To the cards: {section}").locator("visible=true").click()
        assert section in page.get_by_role("main").inner_text()
        page.get_by_role("button", name="Look at my lists now").locator("visible=true").first.click()
    page.get_by_role("button", name="Make my page").locator("visible=true").first.click()
    assert "What I bring" in page.locator("h1:visible").first.inner_text()
    assert visit.context.cookies() == []
    if script:
        assert "POST" not in requests, "with script nothing is sent"
    visit.quiet()
