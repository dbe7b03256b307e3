"""What somebody without an account, a candidate and a lead see."""

import dataclasses
import datetime as dt
import zlib
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from portal import audit, clock, db
from portal.accounts import services as accounts
from portal.candidates import copies, services
from portal.candidates.models import CopyView, KeptChecklist, SharedCopy
from portal.organisations import services as organisations
from tests.support.make import KEY_WORDS

NOTE = "the quiet zebrafinch"


def counts():
    with db.connection():
        return {
            table: db.database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in db.database.get_tables()
        }


def begin(browser):
    return browser.submit(browser.get("candidates.show_checklist"), button="Begin")


def answer(browser, page, value=None, note="", press=("go", "next")):
    key = dict(page.fields(page.form()))["at"]
    typed = {key: value} if value else {}
    if note:
        typed[f"note-{key}"] = note
    return browser.submit(page, press=press, **typed)


def values(page):
    return dict(page.fields(page.form()))


# --- for everybody ---


def test_the_start_says_what_this_is_and_keeps_nothing_per_visitor(browser):
    page = browser.get("candidates.show_checklist")
    assert page.heading == "What I bring"
    assert "Nothing leaves this device unless you decide to share it." in page.text
    assert "csrf" not in page.html and "Set-Cookie" not in page.response.headers


def test_the_whole_way_without_script_leaves_no_cookie_and_no_row(browser):
    before = counts()
    page = begin(browser)
    assert page.heading == "People around me respect me and see me as one of them."
    assert "Belonging in the community, card one of eleven" in page.text
    page = answer(browser, page, "s2", NOTE)
    page = answer(browser, page, "s3")
    page = answer(browser, page, press=("go", "skip"))
    page = answer(browser, page, "s0")
    assert "card five of eleven" in page.text
    page = browser.submit(page, button="Back")
    assert page.heading.startswith("People can rely") and values(page)["F1.04"] == "s0"
    page = browser.submit(page, press=("go", "at F4"))
    page = browser.submit(page, button="Next card", **{"F4.02": "yes", "F4.04": "yes"})
    page = answer(browser, page, "fine")
    for _card in range(6):
        page = answer(browser, page)
    page = browser.submit(page, button="Next card", **{"F5.08": "support", "support-F5.08": ["1"]})
    assert page.heading == "What you have now"
    assert page.text.index("I can be with people") < page.text.index("People around me respect me")
    page = browser.submit(page, press=("go", "up F1.01"))
    assert page.text.index("People around me respect me") < page.text.index("I can be with people")
    assert "I need fair pay for what I do." in page.text
    page = browser.submit(page, button="Make my page")
    assert page.heading == "What I bring"
    sheet = values(page)
    assert sheet["sheet-show"] == "I can be with people without judging what they do."
    assert sheet["sheet-do"] == "People around me respect me and see me as one of them."
    assert sheet["sheet-helps"] == "A form to tick"
    assert sheet["note-F1.01"] == NOTE
    page = browser.submit(page, button="Check my words", **{"sheet-do": "I know everyone at the station."})
    page = browser.submit(page, button="Back to my lists")
    page = browser.submit(page, button="Make my page")
    assert values(page)["sheet-do"] == "I know everyone at the station."
    assert counts() == before
    assert browser.client.get_cookie("peerwork") is None


def test_back_from_the_first_card_leads_to_the_start_with_everything_still_there(browser):
    page = answer(browser, begin(browser), "s1", NOTE, press=("go", "back"))
    page = browser.submit(page, button="Go on with the cards")
    assert values(page)["F1.01"] == "s1" and values(page)["note-F1.01"] == NOTE


def test_ticks_and_answers_can_be_taken_away_again(browser):
    page = browser.submit(begin(browser), press=("go", "at F4"))
    page = browser.submit(page, button="Next card", **{"F4.01": "yes", "F4.02": "yes"})
    page = browser.submit(page, button="Back")
    page = browser.submit(page, button="Next card", **{"F4.01": None})
    fields = values(page)
    assert "F4.01" not in fields and fields["F4.02"] == "yes"


@pytest.mark.parametrize(
    ("section", "first"),
    [
        ("Why I want this", "Why I want this"),
        ("What the job asks, and what would help me", "Being there at agreed times"),
    ],
)
def test_the_lists_lead_back_to_the_cards_that_stand_in_neither(browser, section, first):
    page = browser.submit(begin(browser), press=("go", "at F4"))
    page = browser.submit(page, button="Next card", **{"F4.02": "yes"})
    page = browser.submit(page, press=("go", "result"))
    page = browser.submit(page, button=f"To the cards: {section}")
    assert page.heading == first
    assert values(page)["F4.02"] == "yes"


def test_a_kind_word_appears_and_stops_nobody(browser):
    page = browser.submit(begin(browser), press=("go", "sheet"))
    warning = "You wrote something about health or drugs. You don’t need to share that."
    shown = [p for p in page.root.findall(".//main//p") if p.get("data-warning") and p.get("hidden") is None]
    assert shown == []
    page = browser.submit(page, button="Check my words", **{"sheet-words": "I once had hepatitis."})
    shown = [p for p in page.root.findall(".//main//p") if p.get("data-warning") and p.get("hidden") is None]
    assert ["".join(p.itertext())[: len(warning)] for p in shown] == [warning]
    assert values(page)["sheet-words"] == "I once had hepatitis."


def test_no_figure_and_nothing_red_on_the_lists(browser):
    page = browser.submit(begin(browser), **{"F1.01": "s3"}, press=("go", "result"))
    assert not any(sign.isdigit() or sign == "%" for sign in page.text)
    assert "error" not in page.html


def test_answers_in_a_page_are_not_stored_by_the_browser(browser):
    page = answer(browser, begin(browser), "s2")
    assert page.response.headers["Cache-Control"] == "no-store"


def test_the_first_page_fits_on_a_slow_line(browser):
    static = Path(browser.app.static_folder)
    files = [(static / name).read_bytes() for name in ("checklist.js", "site.js", "site.css", "marks.svg", "icon.svg")]
    page = browser.get("candidates.show_checklist").response.data
    assert sum(len(zlib.compress(part, 6)) for part in (page, *files)) < 45_000
    card = begin(browser)
    assert len(zlib.compress(card.response.data, 6)) < 10_000


def test_markup_in_a_note_stays_text(browser):
    page = answer(browser, begin(browser), "s2", '"><script src=x></script>')
    assert "<script src=x" not in page.html
    assert values(page)["note-F1.01"] == '"><script src=x></script>'


# --- keeping ---


def to_lists(browser, note=NOTE):
    page = answer(browser, begin(browser), "s2", note)
    return browser.submit(page, press=("go", "result"))


def confirm(browser, page):
    """Press “Keep with my account”, whose address is its own."""
    address = browser.address("candidates.confirm_keeping")
    assert address in [button.get("formaction") for button in page.form().findall(".//button")]
    return browser._open("POST", address, 200, True, data=MultiDict(page.fields(page.form())))


def test_keeping_is_asked_again_and_then_there_on_ones_own_page(browser, login, make):
    login(make.person())
    page = confirm(browser, to_lists(browser))
    assert page.heading == "Keep it with your account?"
    with db.connection():
        assert KeptChecklist.select().count() == 0
    page = browser.submit(page, button="Keep it")
    assert page.path == "/me/checklist" and "People around me respect me" in page.text
    page = browser.submit(page, button="Go on with it")
    page = browser.submit(page, button="Go on with the cards")
    assert values(page)["F1.01"] == "s2" and values(page)["note-F1.01"] == NOTE
    page = confirm(browser, browser.submit(page, press=("go", "result"), **{"F1.01": "s0"}))
    assert "This one takes its place." in page.text
    page = browser.submit(page, button="Keep it")
    assert "Kept. Only you can read it." in page.html


def test_a_visitor_signs_in_and_finds_the_answers_still_there(browser, make):
    wren = make.person("Wren")
    page = confirm(browser, to_lists(browser))
    page = browser.submit(page, button="Sign in, then keep it", status=401)
    page = browser.submit(page, button="Sign in", nickname="Wren", key_words=KEY_WORDS)
    page = browser.submit(page, button="Back to what I wrote")
    assert page.heading == "Keep it with your account?"
    page = browser.submit(page, button="Keep it")
    with db.connection():
        assert KeptChecklist.get().person_id == wren.id


def test_a_text_too_long_is_named_and_not_lost(browser, login, make):
    login(make.person())
    page = confirm(browser, to_lists(browser, "x" * 2001))
    page = browser.submit(page, button="Keep it")
    assert "At most 2,000 characters fit." in page.text
    page = browser.submit(page, button="People around me respect me and see me as one of them.")
    assert values(page)["note-F1.01"] == "x" * 2001


def test_an_empty_checklist_takes_no_place(browser, login, make):
    login(make.person())
    browser.submit(confirm(browser, to_lists(browser)), button="Keep it")
    page = browser.post("candidates.keep_checklist")
    assert "There was nothing to keep yet." in page.html and "People around me respect me" in page.text


def test_without_a_token_nothing_is_kept(browser, login, make):
    login(make.person())
    page = browser._open("POST", "/me/checklist", 400, True, data={"F1.01": "s2"})
    assert page.heading == "Please send it again"
    with db.connection():
        assert KeptChecklist.select().count() == 0


def test_taking_along_and_deleting_take_two_presses(browser, login, make):
    login(make.person())
    page = browser.submit(confirm(browser, to_lists(browser)), button="Keep it")
    file = browser.client.get(page.links()["Download everything as a file"])
    assert file.json["notes"] == {"F1.01": NOTE}
    assert file.headers["Content-Disposition"] == "attachment; filename=notes.json"
    page = browser.submit(page, button="Yes, delete it")
    assert "Nothing is kept here." in page.text
    browser.get("candidates.download_checklist", status=404)


# --- sharing ---


@pytest.fixture
def house(make):
    return make.organisation()


@pytest.fixture
def wren(make, house, browser, login):
    """A candidate who keeps a checklist and is signed in."""
    person = make.member(house, "candidate", "Wren")
    login(person)
    browser.submit(confirm(browser, to_lists(browser)), button="Keep it")
    return person


def share(browser, house, **typed):
    page = browser.get("candidates.share_copy")
    typed = {"programme": house.programme.id, "purpose": "starting", **typed}
    page = browser.submit(page, button="See what they will see", **typed)
    return page


def shared(browser, house, **typed):
    browser.submit(share(browser, house, **typed), button="Share this copy")
    with db.connection():
        return SharedCopy.get().id


def test_a_card_and_a_programme_that_are_not_there_are_said_in_plain_words(browser, wren, house):
    page = share(browser, house, items=["F1.01", "zzz"], programme="zzz")
    assert page.heading != "This is what they will see"
    assert page.text.count("Choose one of the lines shown.") == 4, "at each field, and at the top"
    assert "valid choice" not in page.text


def test_before_sharing_the_person_sees_what_they_will_see(browser, wren, house):
    form = browser.get("candidates.share_copy")
    assert "items" not in values(form) and values(form)["ends_on"] == "2026-12-22"
    page = share(browser, house, items=["F1.01"], **{"sheet-words": "In the words I chose."})
    assert page.heading == "This is what they will see"
    assert "The leads of Riverside outreach, Harbour House." in page.text and "Wren" in page.text
    assert "In the words I chose." in page.text and NOTE not in page.html
    with db.connection():
        assert SharedCopy.select().count() == 0
    again = browser.submit(page, button="Change something")
    assert values(again)["sheet-words"] == "In the words I chose." and values(again)["items"] == "F1.01"
    done = browser.submit(page, button="Share this copy")
    browser.submit(page, button="Share this copy")
    assert "Riverside outreach, Harbour House" in done.text and "Nobody has looked yet." in done.text
    with db.connection():
        assert SharedCopy.select().count() == 1


def test_what_is_shared_is_what_was_looked_at(browser, wren, house):
    page = share(browser, house, items=["F1.01"])
    with db.connection():
        kept = services.get_kept(wren.id).checklist
        other = next(answer for answer in ("s1", "s2", "s3") if answer != kept.answers["F1.01"])
        services.keep(wren.id, dataclasses.replace(kept, answers={**kept.answers, "F1.01": other}))
    again = browser.submit(page, button="Share this copy")
    assert again.heading == "This is what they will see"
    assert "Your checklist has changed since you looked." in again.text
    with db.connection():
        assert SharedCopy.select().count() == 0
    done = browser.submit(again, button="Share this copy")
    assert "Nobody has looked yet." in done.text


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_nothing_is_shared_without_a_look(browser, wren, house, digest):
    page = share(browser, house, items=["F1.01"])
    assert browser.submit(page, button="Share this copy", digest=digest).heading == "This is what they will see"
    with db.connection():
        assert SharedCopy.select().count() == 0


def test_texts_of_several_lines_are_the_same_text_when_they_come_back(browser, wren, house):
    page = share(browser, house, **{"sheet-words": "\r\n One\r\nTwo \n"})
    assert "Nobody has looked yet." in browser.submit(page, button="Share this copy").text


@pytest.mark.parametrize(
    "typed, words",
    [
        ({"ends_on": "2026-11-22"}, "Choose a day from tomorrow to 22 May 2027."),
        ({"ends_on": "2027-05-23"}, "Choose a day from tomorrow"),
        ({"ends_on": "soon"}, "Type a date such as 2027-01-31."),
        ({"programme": None}, "Choose the programme"),
        ({"purpose": None}, "Choose what the copy is for."),
        ({"sheet-words": "x" * 2001}, "Shorten it to 2,000 characters."),
    ],
)
def test_what_is_not_right_is_said_at_the_field_and_nothing_is_lost(browser, wren, house, typed, words):
    page = share(browser, house, **{"sheet-helps": "A quiet room", **typed})
    assert page.heading == "Share a copy" and words in page.text.replace("\u00a0", " ")
    assert values(page)["sheet-helps"] == "A quiet room"


def test_a_lead_opens_the_copy_and_the_person_sees_it(browser, login, make, wren, house):
    copy_id = shared(browser, house, items=["F1.01"])
    login(make.member(house, "lead", "Heron"))
    page = browser.get("candidates.list_shared_copies", organisation_id=house.id)
    assert "Wren" in page.text
    page = browser.get(page.links()["Wren"])
    assert page.heading == "What Wren brings" and "I do this" in page.text
    assert NOTE not in page.html and page.response.headers["Cache-Control"] == "no-store"
    with db.connection():
        assert audit.AuditRow.select().where(audit.AuditRow.action == "candidates.look").count() == 1
    login(wren)
    page = browser.get("candidates.list_copies")
    assert "Heron (lead), 22 November 2026" in page.text.replace("\u00a0", " ")
    assert "In my own" not in browser.get("candidates.show_copy", copy_id=copy_id).text


def test_taken_back_means_gone_for_the_lead_at_once(browser, login, make, wren, house):
    copy_id = shared(browser, house)
    page = browser.submit(browser.get("candidates.list_copies"), button="Take it back")
    assert "You share nothing." in page.text
    login(make.member(house, "lead"))
    browser.get("candidates.show_shared_copy", organisation_id=house.id, copy_id=copy_id, status=404)


def test_a_copy_is_open_to_the_leads_of_its_programme_only(browser, login, make, wren, house):
    copy_id = shared(browser, house)
    with db.connection():
        night_bus = organisations.create_programme(house.id, "Night bus")
    elsewhere = make.organisation("Elsewhere")
    cases = [
        (make.member(house, "lead", programmes=[night_bus]), house.id, 404),
        (make.member(elsewhere, "lead"), house.id, 404),
        (make.member(elsewhere, "lead"), elsewhere.id, 404),
        (make.member(house, "staff"), house.id, 403),
        (make.member(house, "candidate"), house.id, 403),
        (make.person(portal_role="administrator"), house.id, 404),
        (make.member(house, "lead", programmes=[house.programme]), house.id, 200),
    ]
    for person, organisation, status in cases:
        login(person)
        browser.get("candidates.show_shared_copy", organisation_id=organisation, copy_id=copy_id, status=status)
        if status != 200:
            browser.get("candidates.show_copy", copy_id=copy_id, status=404)
    with db.connection():
        assert CopyView.select().count() == 1


def test_a_copy_ends_by_itself(browser, login, make, wren, house):
    copy_id = shared(browser, house)
    lead = make.member(house, "lead")
    clock.stop(clock.now() + dt.timedelta(days=30))
    login(lead)
    browser.get("candidates.show_shared_copy", organisation_id=house.id, copy_id=copy_id, status=404)
    login(wren)
    assert "You share nothing." in browser.get("candidates.list_copies").text
    with db.connection():
        copies.end_due()
        assert SharedCopy.select().count() == 0


def test_without_an_invitation_there_is_nobody_to_share_with(browser, login, make):
    login(make.person())
    page = browser.get("candidates.share_copy")
    assert page.path == "/me/checklist" and "Keep your checklist with your account first." in page.html
    browser.submit(confirm(browser, to_lists(browser)), button="Keep it")
    assert "None has yet." in browser.get("candidates.share_copy").text


def test_deleting_the_account_takes_everything_along(browser, wren, house, app):
    shared(browser, house)
    with db.connection():
        accounts.delete_person(wren.id, [f.forget_person for f in app.extensions["features"] if f.forget_person])
        assert (KeptChecklist.select().count(), SharedCopy.select().count()) == (0, 0)
