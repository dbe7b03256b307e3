"""Writing as people meet it: pages without script, with what they typed always there."""

from __future__ import annotations

import datetime as dt
import json

import pyotp
import pytest
from playhouse.test_utils import count_queries

from portal import clock, db
from portal.editing import drafts, history
from portal.guidance import loading
from portal.guidance.models import Page
from tests.support.browser import Browser
from tests.support.make import KEY_WORDS, TOTP_SECRET


@pytest.fixture(autouse=True)
def loaded(library):
    """The small library is there."""


def press(browser, page, button, *, status=200, follow=True, **typed):
    """Press a button of the form with everything typed, where the button says."""
    form = page.form(button)
    (pressed,) = [b for b in form.findall(".//button") if " ".join("".join(b.itertext()).split()) == button]
    sent = [(name, value) for name, value in page.fields(form) if name not in typed]
    for name, value in typed.items():
        sent += [(name, one) for one in (value if isinstance(value, list) else [value])]
    from werkzeug.datastructures import MultiDict

    path = (pressed.get("formaction") or form.get("action")).partition("#")[0]
    return browser._open("POST", path, status, follow, data=MultiDict(sent))


def edit(browser, page, **options):
    return browser.get("editing.edit_page", page_id=page.id, **options)


def sent(page, name):
    """What the form of the editor would send of a field."""
    return [value for field, value in page.fields(page.form("Save draft")) if field == name]


def shown(browser, address="/en/guidance/principles/equality"):
    return Browser(browser.app).get(address)


def typed(page):
    with db.connection():
        return drafts.open_page(page.id).typed


def test_the_list_shows_every_page_with_its_state(browser, login, library, author):
    login(author)
    browser.submit(edit(browser, library("respect")), button="Save draft", title="Other")
    page = browser.get("editing.list_pages")
    assert "One draft waits Respect Misty Brook, 22 November 2026, 11:00 a change to be published" in page.text
    rows = [" ".join("".join(row.itertext()).split()) for row in page.root.findall(".//tbody/tr")]
    assert rows[0].startswith("The principles the section’s own page published 22")
    assert rows[2] == "Respect published draft waiting 22 November 2026, Misty Brook"
    assert "Up" not in page.text, "an author cannot move pages"


def test_ten_pages_cost_what_three_cost(browser, login, folder, author):
    login(author)

    def cost():
        with count_queries() as counter:
            browser.get("editing.list_pages")
        return counter.count

    before = cost()
    for number in range(10):
        folder.page(f"more-{number}", order=str(100 + number))
    with db.connection():
        loading.load(folder.root)
    assert cost() == before


def test_an_author_saves_a_draft_and_cannot_publish(browser, login, library, author):
    login(author)
    page = edit(browser, library("equality"))
    assert "Readers see the text of 22" in page.text and "An editor publishes it." in page.text
    after = browser.submit(page, button="Save draft", title="Fairness", body="## New\r\n\r\nOther.\r\n", topics=["pay"])
    assert "Your draft is saved." in after.html and sent(after, "title") == ["Fairness"]
    assert typed(library("equality")).body == "## New\n\nOther.\n"
    assert "Publish" not in [" ".join("".join(b.itertext()).split()) for b in after.root.findall(".//main//button")]
    browser.post("editing.publish_page", page_id=library("equality").id, status=403)
    assert shown(browser).heading == "Equality"


def test_an_editor_publishes_what_is_in_the_form(browser, login, library, editor):
    login(editor)
    page = edit(browser, library("equality"))
    after = press(browser, page, "Publish", title="Fairness", body="## New\n\nOther words.", note="Clearer")
    assert "Published. Readers see this text now." in after.html
    reading = shown(browser)
    assert reading.heading == "Fairness" and "Other words." in reading.text
    found = Browser(browser.app).get("/en/search?q=fairness")
    assert found.links()["Fairness"] == "/en/guidance/principles/equality", "the search knows it, too"
    again = press(browser, after, "Publish")
    assert "There is nothing new to publish" in again.html


def test_findings_stand_beside_the_text_and_nothing_is_lost(browser, login, library, editor):
    login(editor)
    page = edit(browser, library("equality"))
    after = press(browser, page, "Publish", status=422, title="Fairness", body="## A\n\n#### B\n\nWords.")
    assert "One thing to put right before it can go out" in after.text
    assert "Text, line 3 A heading of level 4 follows level 2. Write ### or fewer. #### B Stops it" in after.text
    assert sent(after, "body") == ["## A\n\n#### B\n\nWords."] and sent(after, "title") == ["Fairness"]
    assert shown(browser).heading == "Equality"
    put_right = press(browser, after, "Publish", body="## A\n\n### B\n\nWords.")
    assert "Published." in put_right.html and shown(browser).heading == "Fairness"


def test_the_preview_without_script_saves_nothing_and_keeps_the_words(browser, login, library, author):
    login(author)
    page = edit(browser, library("equality"))
    assert "Words." in "".join(page.root.find(".//*[@data-preview]").itertext())
    looked = press(browser, page, "Preview", title="Fairness", body="## New\n\n<script>x()</script>*Other*.")
    pane = looked.root.find(".//*[@data-preview]")
    assert pane.find(".//h2").text == "Fairness" and pane.find(".//em").text == "Other"
    assert pane.find(".//script") is None
    assert sent(looked, "body") == ["## New\n\n<script>x()</script>*Other*."]
    assert typed(library("equality")).title == "Equality"
    saved = browser.submit(looked, button="Save draft")
    assert sent(saved, "title") == ["Fairness"]


def fetched(browser, page, do, **typed):
    """What the script gets: status, and the answer."""
    fields = dict(page.fields(page.form("Save draft"))) | typed
    address = page.path.replace("/edit", do)
    answer = browser.client.post(address, data=fields, headers={"X-Requested-With": "fetch"})
    return answer.status_code, answer.get_data(as_text=True)


def test_the_script_gets_a_cleaned_piece_of_the_page(browser, login, library, author):
    login(author)
    status, piece = fetched(browser, edit(browser, library("equality")), "/preview", body="## N\n\n<b onclick=x>y</b>")
    assert status == 200 and piece.lstrip().startswith("<article")
    assert "onclick" not in piece and "<html" not in piece


def test_the_script_saves_and_brings_the_version_along(browser, login, library, author):
    login(author)
    page = edit(browser, library("equality"))
    status, told = fetched(browser, page, "/draft", title="First")
    told = json.loads(told)
    assert status == 200 and told["said"].startswith("Your draft is saved (11:00")
    status, told = fetched(browser, page, "/draft", title="Second", version=told["version"])
    assert status == 200 and typed(library("equality")).title == "Second"
    status, told = fetched(browser, page, "/draft", title="Third")
    assert (status, "Somebody else changed this page" in told) == (409, True)
    status, told = fetched(browser, page, "/draft", title="x" * 201)
    assert (status, json.loads(told)["said"]) == (
        422,
        "At most 200 letters, please. The rest can stand in the summary.",
    )
    assert typed(library("equality")).title == "Second"


def test_two_people_see_both_texts_and_lose_nothing(app, browser, login, library, author, editor):
    login(author)
    mine = edit(browser, library("equality"))
    other = Browser(app).sign_in(editor)
    other.submit(edit(other, library("equality")), button="Save draft", body="## First\n\nTheir words.")
    both = browser.submit(mine, button="Save draft", status=409, body="## First\n\nMy words.", title="My title")
    assert "Somebody else was faster" in both.text and "Ivory Finch saved another text" in both.text
    changes = both.root.find(".//section[@aria-labelledby='theirs']")
    assert ["".join(one.itertext()) for one in changes.findall(".//del")] == [
        "taken out: −Equality end ", "taken out: −Their end "
    ]  # fmt: skip
    assert both.root.find(".//textarea[@id='their-text']").text.strip() == "## First\n\nTheir words."
    assert sent(both, "body") == ["## First\n\nMy words."]
    waits = both.root.find(".//*[@data-said]")
    assert "data-waits" in waits.attrib and "Nothing is saved by itself" in waits.text, "or theirs would be gone"
    assert "data-waits" not in mine.root.find(".//*[@data-said]").attrib
    assert typed(library("equality")).body == "## First\n\nTheir words."
    looked = press(browser, both, "Preview")
    assert looked.root.find(".//textarea[@id='their-text']").text.strip() == "## First\n\nTheir words."
    merged = browser.submit(looked, button="Save draft", body="## First\n\nTheir words. My words.")
    assert "Your draft is saved." in merged.html
    assert typed(library("equality")).body == "## First\n\nTheir words. My words."
    assert typed(library("equality")).title == "My title"
    revisions = browser.get(merged.links()["Revisions"])
    assert "Drafts that somebody wrote over" in revisions.text
    kept = next(address for words, address in revisions.links().items() if "old=" in address)
    assert "Their words." in browser.get(kept).text and "the draft of 22 November 2026" in browser.get(kept).text


def test_a_newer_text_from_a_file_is_shown_before_an_older_draft_goes_out(browser, login, library, folder, editor):
    login(editor)
    page = browser.submit(edit(browser, library("equality")), button="Save draft", title="Mine")
    clock.stop(clock.now() + dt.timedelta(hours=1))
    folder.page("equality", title='"From the file"')
    with db.connection():
        assert loading.load(folder.root).findings == []
    both = press(browser, edit(browser, library("equality")), "Publish", status=409)
    assert "Readers see a newer text" in both.text and "From the" in both.text
    assert shown(browser).heading == "From the file"
    saved = browser.submit(both, button="Save draft")
    assert "Published." in press(browser, saved, "Publish").html
    assert page.path and shown(browser).heading == "Mine"


def test_publishing_over_somebody_shows_both_texts(app, browser, login, library, author, editor):
    login(editor)
    mine = edit(browser, library("equality"))
    other = Browser(app).sign_in(author)
    other.submit(edit(other, library("equality")), button="Save draft", title="Theirs")
    both = press(browser, mine, "Publish", status=409, title="Mine")
    assert "Somebody else was faster" in both.text and sent(both, "title") == ["Mine"]
    assert shown(browser).heading == "Equality"


@pytest.mark.parametrize("do", ["Save draft", "Preview", "Publish"])
def test_what_was_typed_comes_through_an_expired_sign_in(browser, login, library, editor, do):
    login(editor)
    page = edit(browser, library("equality"))
    clock.stop(clock.now() + dt.timedelta(hours=3))
    asked = press(browser, page, do, status=401, body="## New\n\nTyped late.", topics=["pay"], title="Late")
    assert "What you typed comes along" in asked.text
    code = browser.submit(asked, nickname=editor.nickname, key_words=KEY_WORDS)
    back = browser.submit(code, code=pyotp.TOTP(TOTP_SECRET).at(clock.now()))
    back = browser.submit(back, button="Back to what I wrote")
    assert sent(back, "body") == ["## New\n\nTyped late."] and sent(back, "title") == ["Late"]
    assert typed(library("equality")).title == "Equality", "nothing is saved until it is sent again"
    browser.submit(back, button="Save draft")
    assert typed(library("equality")).title == "Late"


def test_a_form_without_a_good_token_keeps_the_words(browser, login, library, author):
    login(author)
    page = edit(browser, library("equality"))
    again = browser.submit(page, button="Save draft", status=400, title="Kept", csrf_token="stale")
    assert again.heading == "Please send it again"
    back = browser.submit(again, button="Back to what I wrote")
    assert sent(back, "title") == ["Kept"] and typed(library("equality")).title == "Equality"


@pytest.mark.parametrize("do", ["Save draft", "Preview", "Publish"])
def test_what_was_typed_on_a_page_thrown_away_is_shown_to_be_kept(app, browser, login, library, author, editor, do):
    login(editor)
    form = browser.get("editing.new_page")
    page = browser.submit(form, button="Begin the draft", title="Fair pay", section="principles")
    other = Browser(app).sign_in(author)
    asked = other.get(page.links()["Throw the draft away"])
    other.submit(asked, button="Throw it away")
    gone = press(browser, page, do, status=410, body="## New\n\n<b>Typed late</b>.", title="Late")
    assert "Somebody threw this page away while you wrote." in gone.text
    texts = [area.text.strip() for area in gone.root.findall(".//main//textarea")]
    assert texts == ["Late", "## New\n\n<b>Typed late</b>.", "written = 2026-11-22\nchecked = []"]
    status, told = fetched(browser, page, "/draft", body="## New\n\nTyped late.")
    assert (status, "threw this page away" in json.loads(told)["said"]) == (410, True)


def test_publishing_twice_is_no_conflict_with_oneself(browser, login, library, editor):
    login(editor)
    page = edit(browser, library("equality"))
    for words in ("Published. Readers see this text now.", "There is nothing new to publish"):
        after = press(browser, page, "Publish", title="Fairness ", body="## New\r\n\r\nOther words.", note="Clearer")
        assert words in after.html


def test_what_is_too_long_is_said_and_kept(browser, login, library, author):
    login(author)
    page = edit(browser, library("equality"))
    wrong = browser.submit(page, button="Save draft", title="x" * 201, body="y" * 200_001)
    assert "At most 200 letters, please." in wrong.text and "Make two pages of it" in wrong.text
    assert sent(wrong, "title") == ["x" * 201] and sent(wrong, "body") == ["y" * 200_001]


def test_letters_no_database_takes_are_left_out(browser, login, library, author):
    login(author)
    browser.submit(edit(browser, library("equality")), button="Save draft", body="a\0b", title="x\0y")
    assert (typed(library("equality")).body, typed(library("equality")).title) == ("ab", "xy")


def test_a_new_page_from_its_title_to_the_menu(browser, login, library, editor):
    login(editor)
    form = browser.get(browser.get("editing.list_pages").links()["A new page"])
    missing = browser.submit(form, button="Begin the draft")
    assert "Type the title of the page." in missing.text and "Choose a section." in missing.text
    taken = browser.submit(missing, button="Begin the draft", title="Equality", section="principles")
    assert "There is a page at this address" in taken.text
    unsuitable = browser.submit(taken, button="Begin the draft", slug="Index!")
    assert "Use a–z, 0–9 and single hyphens" in unsuitable.text
    draft = browser.submit(unsuitable, button="Begin the draft", title="Fair pay: déjà vu", slug="")
    assert draft.heading == "Editing “Fair pay: déjà vu”" and "nothing of it yet" in draft.text
    address = "/en/guidance/principles/fair-pay-deja-vu"
    Browser(browser.app).get(address, status=404)
    done = press(browser, draft, "Publish", summary="Money.", point_1="Pay.", body="## A\n\nB.")
    assert "Published." in done.html and shown(browser, address).heading == "Fair pay: déjà vu"
    assert address in shown(browser).links().values(), "it stands in the menu of its section"


def test_a_new_section(browser, login, editor):
    login(editor)
    form = browser.get("editing.new_page")
    draft = browser.submit(form, button="Begin the draft", title="Pay", section="new-section")
    press(browser, draft, "Publish", summary="Money.", point_1="Pay.", body="## A\n\nB.")
    assert shown(browser, "/en/guidance/pay").heading == "Pay"


def test_sending_a_new_page_twice_makes_one(browser, login, author):
    login(author)
    form = browser.get("editing.new_page")
    first, again = (
        browser.submit(form, button="Begin the draft", title="Fair pay", section="principles") for _ in range(2)
    )
    assert first.path == again.path


def test_throwing_a_draft_away_is_asked_first(browser, login, library, author):
    login(author)
    page = browser.submit(edit(browser, library("equality")), button="Save draft", title="Wrong")
    asked = browser.get(page.links()["Throw the draft away"])
    assert typed(library("equality")).title == "Wrong"
    browser.submit(edit(browser, library("equality")), button="Save draft", title="Changed since")
    again = browser.submit(asked, button="Throw it away")
    assert "Somebody saved the draft once more meanwhile." in again.text
    gone = browser.submit(again, button="Throw it away")
    assert sent(gone, "title") == ["Equality"]


def test_revisions_differences_and_the_way_back(browser, login, library, editor):
    login(editor)
    page = press(browser, edit(browser, library("equality")), "Publish", body="## First\n\nOther words.", note="New")
    listed = browser.get(page.links()["Revisions"])
    rows = [" ".join("".join(row.itertext()).split()) for row in listed.root.findall(".//tbody/tr")]
    assert len(rows) == 2 and "Ivory Finch New" in rows[0] and "a file" in rows[1]
    changed = browser.submit(listed, button="Show what changed")
    told = ["".join(one.itertext()) for one in changed.root.findall(".//main//p") if one.find("ins") is not None]
    assert told == ["taken out: −Words. end put in: +Other words. end "]
    (label,) = [words for words in listed.root.itertext() if "Take the text of" in words]
    back = browser.submit(listed, button=" ".join(label.split()))
    assert "The old text is now your draft." in back.html and sent(back, "body") == ["## First\n\nWords.\n"]
    refused = browser.submit(listed, button=" ".join(label.split()))
    assert "There is a draft already." in refused.html
    assert "Other words." in shown(browser).text
    press(browser, back, "Publish")
    assert "Other words." not in shown(browser).text


def test_differences_of_something_that_is_not_there(browser, login, library, author):
    login(author)
    page_id = library("equality").id
    assert "the two texts are the same" in browser.get("editing.show_differences", page_id=page_id).text
    browser.get("editing.show_differences", page_id=page_id, old="nonsense", status=404)


def test_a_page_that_is_not_there(browser, login, editor, library):
    login(editor)
    with db.connection():
        (left,) = [Page(id="00000000-0000-4000-8000-000000000000")]
    for endpoint in ("edit_page", "list_revisions", "move_page", "withdraw_page", "discard_draft"):
        browser.get(f"editing.{endpoint}", page_id=left.id, status=404)


def test_up_and_down(browser, login, library, editor):
    login(editor)
    page = browser.get("editing.list_pages")
    action = f"/manage/pages/{library('equality').id}/shift"
    browser.submit(page, action=action, press=("do", "down"))
    menu = [words for words in shown(browser).links() if words in ("Equality", "Respect")]
    assert menu == ["Respect", "Equality"]
    page = browser.submit(page, action=action, press=("do", "down"))
    assert "It stands at the end of its menu already." in page.html


def test_moving_leads_readers_on(browser, login, library, editor):
    login(editor)
    form = browser.get(edit(browser, library("equality")).links()["Move to another address"])
    assert "One thing leads here" in form.text and "Selection" in form.text
    taken = browser.submit(form, button="Move it", section="prepare", slug="selection")
    assert "There is a page at this address" in taken.text
    browser.submit(taken, button="Move it", section="prepare", slug="fairness")
    answer = browser.client.get("/en/guidance/principles/equality")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/en/guidance/prepare/fairness")
    assert answer.headers["Cache-Control"] == "no-cache", "a browser that kept it would not see the page come home"
    assert shown(browser, "/en/guidance/prepare/selection").links()["Equality"] == "/en/guidance/prepare/fairness"
    with db.connection():
        assert history.list_revisions(library("fairness").id)[0].note == "Moved from principles/equality"


def test_what_cannot_move_is_not_asked_where_to(browser, login, library, editor):
    login(editor)
    browser.submit(browser.get("editing.withdraw_page", page_id=library("respect").id), button="Withdraw the page")
    withdrawn = next(page for page in listed_pages() if page.slug == "respect")
    for page in (library("index", "prepare"), withdrawn):
        assert "Move to another address" not in edit(browser, page).links()
        assert browser.get("editing.move_page", page_id=page.id).heading.startswith("Editing")


def listed_pages():
    with db.connection():
        return list(Page.select())


def test_withdrawing_and_bringing_back(browser, login, library, editor):
    login(editor)
    form = browser.get(edit(browser, library("equality")).links()["Withdraw"])
    refused = browser.submit(form, button="Withdraw the page")
    assert "Other pages lead here." in refused.text and shown(browser).heading == "Equality"
    browser.submit(refused, button="Withdraw the page", target="principles")
    answer = browser.client.get("/en/guidance/principles/equality")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/en/guidance/principles")
    page = browser.get("editing.list_pages")
    assert "withdrawn" in page.text and "Bring back: Equality" in page.text
    back = browser.submit(page, action="/bring-back")
    assert "It is back." in back.html and shown(browser).heading == "Equality"


def test_a_section_with_pages_stays(browser, login, library, editor):
    login(editor)
    form = browser.get("editing.withdraw_page", page_id=library("index", "prepare").id)
    refused = browser.submit(form, button="Withdraw the page", target="principles")
    assert "The section has pages. Move or withdraw them first." in refused.text


def test_in_discreet_mode_the_title_says_nothing(browser, login, library, author):
    login(author)
    browser.client.set_cookie("discreet", "1")
    assert edit(browser, library("equality")).title == "Notes"
