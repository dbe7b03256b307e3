from __future__ import annotations

import datetime as dt
import gzip
import re
import threading
import time
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from assessments.model import Mode, RaterGroup
from portal import clock, db
from portal.accounts.models import SignIn
from portal.answering import pages, return_key, routes, services, starting
from portal.answering.feature import FEATURE
from portal.organisations.services import roles_of
from portal.rounds.closing import close_round
from portal.rounds.models import Answer, RoundPlace, Sheet
from portal.throttle import Throttle
from portal.views import day
from tests.conftest import NOW
from tests.support.browser import Browser
from tests.support.rounds import open_round

SAVE, STOP = "Save and go on", "Stop for now"


def begin(browser, code):
    """From the link on a slip to the page with the return key."""
    return browser.submit(browser.get(f"/answer/place/{code}"), button="Start")


def words_on(page) -> str:
    return page.root.find(".//*[@data-return-key]").text


def link_on(page) -> str:
    return page.root.find(".//*[@data-return-link]").get("href").removeprefix("http://localhost")


def first_question(browser, code):
    page = begin(browser, code)
    return browser.submit(page, button="I have it. First question"), words_on(page)


def cookies_set(page) -> dict[str, SimpleCookie]:
    found = {}
    for header in page.response.headers.getlist("Set-Cookie"):
        found |= dict(SimpleCookie(header).items())
    return found


def has_key(browser) -> bool:
    return browser.client.get_cookie("answer_key", path="/answer") is not None


def stored():
    """Item to value of all answers there are."""
    with db.connection():
        return dict(Answer.select(Answer.item, Answer.value).order_by(Answer.item).tuples())


def test_the_whole_way_without_script(browser, slips, app):
    round_, codes = slips()
    page = browser.get(f"/answer/place/{codes[0]}")
    assert page.path == "/answer/start"
    assert codes[0] not in page.html
    with app.test_request_context():
        assert day(round_.closes_on).replace("\u00a0", " ") in page.text
    assert "Harbour House" not in page.text
    assert "Riverside" not in page.text
    page = browser.submit(page, button="Start")
    words, link = words_on(page), link_on(page)
    assert len(words.split()) == 12
    assert "We cannot look it up." in page.text
    assert "<svg" in page.html
    page = browser.submit(page, button="I have it. First question")
    assert page.path == "/answer/EQ1"
    assert "Equality · 1 of 5" in page.text
    assert "You answer as a peer worker" in page.text

    page = browser.submit(page, button=SAVE, answer="2")
    page = browser.submit(page, button=SAVE, answer="3", evidence="document", reason="other", comment="We chair.")
    page = browser.submit(page, button=SAVE, answer="dk")
    page = browser.submit(page, button=SAVE, answer="na", reason="others-decide")
    page = browser.submit(page, button=SAVE, answer="skip")
    assert page.path == "/answer/SD1"
    page = browser.submit(page, button=STOP)
    assert (page.path, page.heading) == ("/answer/stopped", "Stopped for now")
    assert not has_key(browser)
    assert browser.get("/answer").heading == "Come back with your return key"

    with db.connection():
        rows = Answer.select(Answer.item, Answer.value, Answer.reason, Answer.evidence, Answer.text)
        assert list(rows.order_by(Answer.item).tuples()) == [
            ("EQ1", "2", None, None, ""),
            ("EQ2", "3", None, "document", "We chair."),
            ("EQ3", "dk", None, None, ""),
            ("EQ4", "na", "others-decide", None, ""),
            ("EQ5", "skip", None, None, ""),
        ]

    elsewhere = Browser(app)
    page = elsewhere.submit(elsewhere.get("/answer/return"), words=words.upper().replace(" ", ", "))
    assert page.path == "/answer/SD1"
    by_link = Browser(app)
    page = by_link.get(link)
    assert page.path == "/answer/SD1"
    assert dict(page_fields(by_link.get("/answer/EQ2")))["evidence"] == "document"
    page = by_link.get("/answer/overview")
    assert [page.text.count(state) for state in (" answered", " skipped")] == [4, 1]
    assert "%" not in page.text
    page = by_link.submit(by_link.get("/answer/finish"), button="Finish")
    assert (page.path, page.heading) == ("/answer/finished", "Thank you")
    assert not has_key(by_link)


def page_fields(page):
    return page.fields(page.form(SAVE))


def test_the_same_answer_sent_twice_is_one_row_and_back_changes_nothing_else(browser, slips):
    page, _words = first_question(browser, slips()[1][0])
    for _ in range(2):
        after = browser.submit(page, button=SAVE, answer="1")
    assert stored() == {"EQ1": "1"}
    back = browser.submit(after, button="Back")
    assert (back.path, dict(page_fields(back))["answer"]) == ("/answer/EQ1", "1")
    again = browser.submit(back, button=SAVE, answer="2")
    assert again.path == "/answer/EQ2"
    assert browser.submit(again, button="Back", answer="0").path == "/answer/EQ1"
    assert stored() == {"EQ1": "2", "EQ2": "0"}
    assert browser.submit(back, button="Back").path == "/answer/overview"


def test_stopping_saves_what_is_chosen(browser, slips):
    page, _words = first_question(browser, slips()[1][0])
    browser.submit(page, button=STOP, answer="4", evidence="confirmed")
    assert stored() == {"EQ1": "4"}


def test_what_cannot_be_saved_is_shown_again_with_what_was_typed(browser, slips):
    page, _words = first_question(browser, slips()[1][0])
    page = browser.submit(page, button=SAVE, comment="Only words so far.")
    assert "Choose one line." in page.text
    assert dict(page_fields(page))["comment"] == "Only words so far."
    page = browser.submit(page, button=STOP, answer="na")
    assert "Choose why it does not apply." in page.text
    assert stored() == {}
    assert browser.submit(page, button="Stop without saving this one").path == "/answer/stopped"


def test_a_text_too_long_is_kept_on_the_page(browser, slips):
    page, _words = first_question(browser, slips()[1][0])
    page = browser.submit(page, button=SAVE, answer="1", comment="x" * 2001)
    assert "Shorten them" in page.text
    assert len(dict(page_fields(page))["comment"]) == 2001


def test_pressing_start_twice_makes_one_sheet_and_shows_the_same_key(browser, slips):
    page = browser.get(f"/answer/place/{slips()[1][0]}")
    first, second = browser.submit(page, button="Start"), browser.submit(page, button="Start")
    assert words_on(first) == words_on(second)
    with db.connection():
        assert Sheet.select().count() == 1
        assert RoundPlace.select().where(RoundPlace.taken).count() == 1


def test_a_used_slip_says_so_kindly(browser, slips, app):
    code = slips()[1][0]
    begin(browser, code)
    again = browser.get(f"/answer/place/{code}")
    assert again.links()["Go on with that one"] == "/answer"
    assert browser.submit(again, button="Start").links()["Go on"] == "/answer"
    other = Browser(app)
    page = other.submit(other.get(f"/answer/place/{code}"), button="Start")
    assert page.heading == "This slip is used"
    assert "your return key brings you back" in page.text
    with db.connection():
        assert Sheet.select().count() == 1


def test_looking_at_a_slip_does_not_tell_whether_it_is_used(browser, slips, app):
    """Whoever made the slips knows them: opening each would show who has begun (scoring.md §3.4.5)."""
    used, unused = slips()[1][:2]
    begin(browser, used)
    shown = [re.sub(r'value="[^"]*"', "", Browser(app).get(f"/answer/place/{code}").html) for code in (used, unused)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "<b>", "%F0%9F%99%82"])
def test_a_wrong_code_says_what_to_do(browser, app, code):
    assert "ask for a new one" in browser.get(f"/answer/place/{code}", status=404).text


def test_wrong_codes_and_keys_are_throttled_by_network_without_a_trace_of_anybody(browser, app):
    browser.get("/answer/place/0000", status=404)
    for _ in range(services.WRONG_TRIES):
        browser.post("/answer/start", status=404)
    browser.post("/answer/start", status=429)
    for _ in range(services.WRONG_TRIES):
        page = browser.post("/answer/return", {"words": "one two three four five six seven eight nine ten six two"})
        assert "No open questionnaire has this return key." in page.text
    browser.post("/answer/return", {"words": "wrong"}, status=429)
    with db.connection():
        assert all(len(row.key) == 16 and int(row.key, 16) >= 0 for row in Throttle.select())
    clock.stop(NOW + dt.timedelta(minutes=16))
    browser.post("/answer/return", {"words": "wrong"})


def test_the_cookie_is_as_binding_as_written(browser, slips):
    page = begin(browser, slips()[1][0])
    cookie = cookies_set(page)["answer_key"]
    assert cookie["path"] == "/answer"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert not cookie["max-age"]
    assert not cookie["expires"]
    assert cookie.value == words_on(page).replace(" ", "-")
    response = browser.submit(page, button="I have it. First question", mine="y", follow=False, status=303)
    cookie = cookies_set(response)["answer_key"]
    until = dt.datetime(2026, 12, 22, 23, 0, tzinfo=dt.UTC)  # midnight in Amsterdam after the last day
    assert int(cookie["max-age"]) == (until - NOW).total_seconds()
    assert FEATURE.cookies == (("answer_key", "/answer"),)


@pytest.mark.parametrize("app_settings", [{"BASE_URL": "https://peers.example"}])
def test_over_https_the_cookie_is_secure_and_the_link_is_the_public_one(app_settings, browser, app, slips):
    app.config.update(SESSION_COOKIE_SECURE=True, **app_settings)
    code = slips()[1][0]
    browser.client.get(f"/answer/place/{code}", base_url="https://localhost")
    page = browser.client.get("/answer/start", base_url="https://localhost").get_data(as_text=True)
    key = page.partition('name="key" value="')[2].partition('"')[0]
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"key": key, "csrf_token": token}
    answer = browser.client.post("/answer/start", data=data, base_url="https://localhost")
    assert "; Secure" in next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("answer_key="))
    assert f"https://peers.example/answer/return/{key}" in answer.get_data(as_text=True)


def test_leaving_quickly_deletes_the_key(browser, slips):
    first_question(browser, slips()[1][0])
    answer = browser.client.get("/exit")
    deleted = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("answer_key=;")]
    assert len(deleted) == 1
    assert "Path=/answer" in deleted[0]
    assert not has_key(browser)


def test_pages_keep_no_trace(browser, slips):
    first_question(browser, slips()[1][0])
    for address in ("/answer/EQ1", "/answer/overview", "/answer/finish", "/answer/delete", "/answer/return"):
        headers = browser.get(address).response.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_key_leaves_the_address_at_once(browser, slips, app):
    link = link_on(begin(browser, slips()[1][0]))
    answer = Browser(app).get(link, follow=False, status=303)
    assert answer.response.headers["Location"] == "/answer"
    assert "answer_key" in cookies_set(answer)


def test_a_link_asks_before_it_replaces_another_key(browser, slips, app):
    codes = slips()[1]
    _page, words = first_question(browser, codes[0])
    other = Browser(app)
    link = link_on(begin(other, codes[1]))
    page = browser.get(link)
    assert page.heading == "Leave the answers open here?"
    assert browser.client.get_cookie("answer_key", path="/answer").value == words.replace(" ", "-")
    assert page.links()["Stay with what is open here"] == "/answer"
    browser.post("/answer/EQ1", {"answer": "1"})
    page = browser.submit(page, button="Go on with the link")
    assert page.path == "/answer/EQ1" and "checked" not in page.html, "the other sheet has no answer yet"
    assert browser.client.get_cookie("answer_key", path="/answer").value == link.rpartition("/")[2]
    assert browser.get(link).path == "/answer/EQ1", "its own link asks nothing"


def test_a_wrong_key_does_not_cost_the_right_one(browser, slips):
    first_question(browser, slips()[1][0])
    page = browser.submit(browser.get("/answer/return/" + "-".join(["anchor"] * 12)), button="Go on with the link")
    assert "No open questionnaire has this return key." in page.text
    assert has_key(browser) and browser.get("/answer").path == "/answer/EQ1"


def test_a_sheet_deleted_elsewhere_while_it_is_saved_is_not_a_closed_round(browser, slips, app):
    _page, words = first_question(browser, slips()[1][0])
    with db.connection():
        sheet = services.find_sheet(words.replace(" ", "-"))
        assert services.delete(sheet)
    form = {"answer": "2", "comment": "What I typed."}
    with app.test_request_context("/answer/EQ1", method="POST", data=form), db.connection():
        with pytest.raises(pages.SheetGone) as gone:
            routes._save(sheet, "EQ1", pages.typed())
        page = pages.say_gone(gone.value).get_data(as_text=True)
    assert "These answers were deleted" in page and "What I typed." in page
    assert "was not saved" in page and "has closed" not in page
    with app.test_request_context("/answer/EQ1", method="POST", data=form, headers={"X-Requested-With": "fetch"}):
        assert pages.say_gone(gone.value) == ("", 409)


def test_a_link_with_a_wrong_key_leads_to_the_return_page(browser):
    page = browser.get("/answer/return/" + "-".join(["anchor"] * 12))
    assert page.heading == "Come back with your return key"
    assert "No open questionnaire has this return key." in page.text
    assert not has_key(browser)


def test_a_form_sent_without_key_comes_along_through_the_return_page(browser, slips, app):
    page, words = first_question(browser, slips()[1][0])
    browser.client.delete_cookie("answer_key", path="/answer")
    page = browser.submit(page, button=SAVE, answer="4", evidence="told", comment="“Text” & more\nlines")
    assert page.heading == "Come back with your return key"
    assert stored() == {}
    page = browser.submit(page, words="no such key")
    page = browser.submit(page, words=words)
    fields = dict(page_fields(page))
    assert (fields["answer"], fields["evidence"], fields["comment"]) == ("4", "told", "“Text” & more\nlines")
    assert "It is not saved yet" in page.text
    assert stored() == {}
    browser.submit(page, button=SAVE)
    assert stored() == {"EQ1": "4"}


def test_without_a_form_token_the_page_that_asks_to_send_again_keeps_the_text(browser, slips):
    page, _words = first_question(browser, slips()[1][0])
    page = browser.submit(page, button=SAVE, answer="1", comment="still here", csrf_token="", status=400)
    assert stored() == {}
    page = browser.submit(page, button="Back to what I wrote")
    assert dict(page_fields(page))["comment"] == "still here"
    assert stored() == {}
    browser.submit(page, button=SAVE)
    assert stored() == {"EQ1": "1"}


def test_a_script_saves_on_the_way(browser, slips):
    first_question(browser, slips()[1][0])
    script = {"X-Requested-With": "fetch"}

    def send(**data):
        token = {"csrf_token": browser.csrf_token()}
        return browser.client.post("/answer/EQ1", data=token | data, headers=script).status_code

    assert send(answer="3") == 204
    assert send(answer="na") == 202
    assert send(comment="words alone") == 202
    assert stored() == {"EQ1": "3"}
    assert browser.client.post("/answer/EQ1", data={"answer": "0"}, headers=script).status_code == 400
    browser.client.delete_cookie("answer_key", path="/answer")
    assert send(answer="0") == 409
    assert stored() == {"EQ1": "3"}


def test_a_deleted_sheet_is_gone(browser, slips):
    page, words = first_question(browser, slips()[1][0])
    browser.submit(page, button=SAVE, answer="1")
    page = browser.submit(browser.get("/answer/delete"), button="Delete them")
    assert page.heading == "Your answers are deleted"
    assert stored() == {}
    page = browser.submit(browser.get("/answer/return"), words=words)
    assert "No open questionnaire has this return key." in page.text


def test_a_closed_round_says_that_saved_answers_count(browser, slips, organisation):
    round_, codes = slips()
    page, words = first_question(browser, codes[0])
    second = browser.submit(page, button=SAVE, answer="1")
    clock.stop(dt.datetime(2026, 12, 23, 12, 0, tzinfo=dt.UTC))
    page = browser.submit(second, button=SAVE, answer="2", comment="Too late, sadly.")
    assert page.heading == "This round has closed"
    assert "your saved answers count" in page.text
    assert "Too late, sadly." in page.text
    assert stored() == {"EQ1": "1"}
    for address in ("/answer", "/answer/EQ1", "/answer/overview", "/answer/finish", "/answer/delete"):
        browser.get(f"/answer/return/{words.replace(' ', '-')}", follow=False, status=303)
        assert "your saved answers count" in browser.get(address).text
    with db.connection():
        close_round(organisation.id, round_.id)
    page = browser.submit(second, button=SAVE, answer="2", comment="Too late, sadly.")
    assert "the answers you saved count" in browser.submit(page, words=words).text
    assert browser.get(f"/answer/place/{codes[1]}", status=404)


def test_whoever_saves_after_a_round_was_closed_early_gets_the_words_back(browser, slips, organisation):
    round_, codes = slips()
    page, words = first_question(browser, codes[0])
    with db.connection():
        close_round(organisation.id, round_.id)
    page = browser.submit(page, button=SAVE, answer="2", comment="Typed for an hour.")
    for _ in range(2):
        assert "the round may have closed" in page.text
        assert page.root.find(".//blockquote/p").text == "Typed for an hour."
        assert "is shown again" not in page.text and "no key any more" not in page.text
        page = browser.submit(page, words=words)
    assert stored() == {}
    again = browser.submit(browser.get("/answer/return"), words=words)
    assert "may have closed" not in again.text, "nothing was sent that could be lost"


def test_with_its_organisation_a_round_closes(browser, make, slips, organisation, app):
    page, words = first_question(browser, slips()[1][0])
    page = browser.submit(page, button=SAVE, answer="1")
    administrator = Browser(app).sign_in(make.person(portal_role="administrator", second_factor=True))
    closing = administrator.get(f"/manage/organisations/{organisation.id}/close")
    administrator.submit(closing, button="Close it")
    page = browser.submit(page, button=SAVE, answer="2", comment="Too late, sadly.")
    assert page.heading == "This round has closed"
    assert "It closed before its last day" in page.text and "answers count" not in page.text
    assert "Too late, sadly." in page.text
    assert stored() == {"EQ1": "1"}
    assert browser.submit(browser.get("/answer/return"), words=words).heading == "This round has closed"


def test_signing_in_never_finds_a_sheet(browser, make, organisation, slips, app):
    _round, codes = slips()
    peer = make.member(organisation, "peer_worker")
    browser.sign_in(peer)
    first_question(browser, codes[0])
    other = Browser(app).sign_in(peer)
    assert other.get("/answer").heading == "Come back with your return key"
    assert other.get("/answer/EQ1").heading == "Come back with your return key"
    browser.client.delete_cookie("peerwork")
    assert browser.get("/answer").path == "/answer/EQ1"


def test_a_member_starts_the_own_place(browser, make, organisation, app):
    peer, stranger = make.member(organisation, "peer_worker"), make.person()
    round_, _codes = open_round(organisation, slips={})
    address = f"/answer/start/{round_.id}"
    browser.post(address, status=401)
    browser.sign_in(stranger).post(address, status=404)
    browser.sign_in(peer)
    page = browser.post(address)
    assert "You answer as a peer worker" in page.text
    with db.connection():
        assert Sheet.select().count() == 0
    key_page = browser.submit(page, button="Start")
    assert words_on(browser.submit(page, button="Start")) == words_on(key_page)
    page = browser.post(address)
    assert page.heading == "You have started already"
    assert page.links()["Go on"] == "/answer"
    browser.submit(key_page, button="I have it. First question")
    assert Browser(app).sign_in(peer).post(address).links()["I have a return key"] == "/answer/return"
    with db.connection():
        assert Sheet.select().count() == 1


def test_a_group_answers_together_and_says_where_it_differed(browser, make, organisation):
    staff, _colleague = make.member(organisation, "staff"), make.member(organisation, "staff")
    round_, _codes = open_round(organisation, modes={RaterGroup.STAFF: Mode.GROUP}, slips={})
    browser.sign_in(staff)
    page = browser.submit(browser.post(f"/answer/start/{round_.id}"), button="Start")
    page = browser.submit(page, button="I have it. First question")
    assert "You answer together: staff" in page.text
    browser.submit(page, button=SAVE, answer="2", differed="1", comment="Nights and days see it differently.")
    with db.connection():
        row = Answer.get()
    assert (row.value, row.differed, row.text) == ("2", True, "Nights and days see it differently.")
    fields = dict(page_fields(browser.get("/answer/EQ1")))
    assert fields["differed"] == "1"


def test_of_two_who_start_for_their_group_at_once_the_slower_is_told_so(browser, make, organisation):
    staff, colleague = make.member(organisation, "staff"), make.member(organisation, "staff")
    modes = {RaterGroup.STAFF: Mode.GROUP, RaterGroup.PEER: Mode.INDIVIDUAL}
    with db.connection():
        round_, codes = open_round(organisation, modes=modes, slips={RaterGroup.PEER: 5})
        theirs = starting.find_for_member(colleague.id, roles_of(colleague.id), round_.id)
    page = browser.sign_in(staff).post(f"/answer/start/{round_.id}")
    browser.get(f"/answer/place/{codes[RaterGroup.PEER][0]}")  # a slip in the same browser has nothing to do with it
    begun = threading.Event()

    @db.transaction
    def begin_slowly():
        starting.start(theirs, return_key.new("en"))
        begun.set()
        time.sleep(0.3)  # so that the other finds the place free, and waits

    def colleague_starts():
        with db.connection():
            begin_slowly()

    thread = threading.Thread(target=colleague_starts)
    thread.start()
    begun.wait()
    page = browser.submit(page, button="Start")
    thread.join()
    assert page.heading == "Your group has begun"
    assert "Your group answers together, and somebody has begun." in page.text


def test_raters_who_only_say_how_they_know_give_no_level(browser, make, organisation):
    staff = make.member(organisation, "staff")
    round_, _codes = open_round(organisation, modes={RaterGroup.STAFF: Mode.INDIVIDUAL}, slips={})
    browser.sign_in(staff)
    browser.submit(browser.post(f"/answer/start/{round_.id}"), button="Start")
    page = browser.get("/answer/SD5")
    offered = [control.get("value") for control in page.root.iter("input") if control.get("type") == "radio"]
    assert offered == ["evidence:none", "evidence:told", "evidence:document", "evidence:confirmed", "dk", "skip"]
    browser.submit(page, button=SAVE, answer="evidence:document")
    with db.connection():
        row = Answer.get()
    assert (row.item, row.value, row.evidence) == ("SD5", "evidence", "document")
    assert dict(page_fields(browser.get("/answer/SD5")))["answer"] == "evidence:document"
    assert "Choose one line." in browser.post("/answer/SD5", {"answer": "3"}).text
    browser.get("/answer/XX9", status=404)
    browser.post("/answer/XX9", {"answer": "3"}, status=404)


def test_the_statement_says_that_it_is_named(browser, make, organisation):
    lead = make.member(organisation, "lead")
    round_, _codes = open_round(organisation, modes={RaterGroup.MGMT: Mode.STATEMENT, RaterGroup.PEER: Mode.INDIVIDUAL})
    browser.sign_in(lead)
    browser.submit(browser.post(f"/answer/start/{round_.id}"), button="Start")
    page = browser.get("/answer/EQ1")
    assert "This is your organisation’s named statement" in page.text
    assert page.root.find(".//textarea") is not None


@pytest.mark.parametrize(("places", "offered"), [(9, False), (10, True)])
def test_a_comment_is_offered_from_ten_places_on(browser, slips, places, offered):
    page, _words = first_question(browser, slips(places)[1][0])
    assert (page.root.find(".//textarea") is not None) is offered
    browser.post("/answer/EQ1", {"answer": "1", "comment": "smuggled"})
    with db.connection():
        assert (Answer.get().text == "smuggled") is offered


@pytest.mark.parametrize("go", ["keep", "clear"])
def test_words_that_might_show_who_is_meant_are_pointed_at_once(browser, slips, go):
    page, _words = first_question(browser, slips()[1][0])
    page = browser.submit(page, button=SAVE, answer="1", comment="It was Maria Jansen, call 06 1234 5678.")
    assert "this might show who is meant. 06 1234 5678 · Maria Jansen" in page.text
    page = browser.submit(page, button="Take all my words out" if go == "clear" else SAVE)
    assert page.path == "/answer/EQ2"
    with db.connection():
        assert bool(Answer.get().text) is (go == "keep")
    assert browser.submit(page, button=STOP, answer="1", comment="Ask x@y.org").path == "/answer/stopped"


def test_answering_leaves_rows_in_four_tables_only(browser, make, organisation, app):
    peer = make.member(organisation, "peer_worker")
    round_, _codes = open_round(organisation)
    browser.sign_in(peer)
    before = every_row()
    page = browser.submit(browser.post(f"/answer/start/{round_.id}"), button="Start")
    words = words_on(page)
    page = browser.submit(page, button="I have it. First question", mine="y")
    browser.submit(browser.submit(page, button=SAVE, answer="2"), button=STOP)
    browser.post("/answer/return", {"words": "wrong"})
    page = browser.submit(browser.get("/answer/return"), words=words)
    browser.submit(browser.get("/answer/finish"), button="Finish")
    after = every_row()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"sheet", "answer", "round_place", "throttle"}
    person = {str(peer.id), peer.id.hex, peer.nickname}
    for table in ("sheet", "answer", "throttle"):
        assert not any(str(value) in person for row in after[table] for value in row)
    with db.connection():
        taken = RoundPlace.select().where(RoundPlace.taken)
        assert [place.person_id for place in taken] == [peer.id]
        assert SignIn.select().count() == 1


def every_row():
    with db.connection():
        return {
            table: sorted(db.database.execute_sql(f'SELECT * FROM "{table}"').fetchall(), key=repr)
            for table in db.database.get_tables()
        }


def test_a_question_page_with_style_and_scripts_is_small(browser, slips, app):
    page, _words = first_question(browser, slips()[1][0])
    files = ("site.css", "site.js", "answering.js", "marks.svg", "icon.svg")
    static = [Path(app.static_folder) / name for name in files]
    sizes = [len(gzip.compress(body)) for body in (page.html.encode(), *(path.read_bytes() for path in static))]
    assert sum(sizes) <= 40_000
    assert static[2].stat().st_size < 4_000


def test_saving_an_answer_takes_three_statements(browser, slips):
    page, _words = first_question(browser, slips()[1][0])
    browser.get("/answer/EQ1")
    seen = []
    watch = seen.append
    db.database.query_hooks.append(watch)
    browser.submit(page, button=SAVE, answer="2", follow=False, status=303)
    db.database.query_hooks.remove(watch)
    verbs = [event.sql.split()[0] for event in seen if event.sql.split()[0] not in ("BEGIN", "COMMIT", "PRAGMA")]
    assert verbs == ["SELECT", "INSERT", "SELECT"]
