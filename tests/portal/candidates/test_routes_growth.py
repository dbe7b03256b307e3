"""Marking what one wants to work on, showing it to trainers, taking it back: without script, through the front door."""

from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from portal import audit, db
from portal.candidates import checklist, growth, services
from portal.candidates.models import GrowthShown
from portal.organisations import services as organisations

NOTE = "the quiet zebrafinch"
LISTEN, BRIDGES = "D.04", "D.08"
WORDS = checklist.words("en")
SAYS = {code: WORDS.items[code].statement for code in (LISTEN, BRIDGES, "D.01")}


@pytest.fixture
def house(make):
    return make.organisation()


@pytest.fixture
def wren(make, house, login):
    """A peer worker who keeps a checklist with a note and is signed in."""
    person = make.member(house, "peer_worker", "Wren")
    fields = {LISTEN: ["s1"], BRIDGES: ["s0"], "D.01": ["s3"], f"note-{LISTEN}": [NOTE]}
    with db.connection():
        services.keep(person.id, checklist.read(fields, WORDS))
    login(person)
    return person


def mark(browser, like=(LISTEN, BRIDGES), bring=()):
    page = browser.get("candidates.edit_wishes")
    return browser.submit(page, button="Save my marks", like=list(like), bring=list(bring))


def show(browser, *codes, house):
    page = browser.get("candidates.show_wishes")
    return browser.submit(page, button="Show what I ticked", organisation=house.id, items=list(codes))


def rows():
    with db.connection():
        return list(GrowthShown.select())


# --- marking ---


def test_marks_are_made_without_script_and_stand_in_the_kept_checklist(browser, wren):
    assert "Nothing marked yet." in browser.get("candidates.show_kept_checklist").text
    page = mark(browser, [LISTEN], ["D.01"])
    assert page.path == "/me/checklist" and "Your marks stay with you until you show one." in page.html
    marked = page.text.partition("What I want to work on")[2].partition("Take it along")[0]
    assert SAYS[LISTEN] in marked and SAYS["D.01"] in marked and SAYS[BRIDGES] not in marked
    page = browser.get("candidates.edit_wishes")
    assert page.fields(page.form())[1:] == [("like", LISTEN), ("bring", "D.01")]
    assert rows() == []


def test_marks_go_round_with_the_cards_and_come_back_when_the_checklist_is_kept_again(browser, wren):
    page = browser.submit(mark(browser), button="Go on with it")
    with_script = page.root.find(".//form[@data-checklist]")
    assert ("wishes", f"{LISTEN} {BRIDGES}") in page.fields(with_script)
    page = browser.submit(page, button="Go on with the cards")
    page = browser.submit(page, press=("go", "at D.08"))
    page = browser.submit(page, press=("go", "skip"))
    page = browser.submit(page, press=("go", "result"))
    address = browser.address("candidates.confirm_keeping")
    page = browser._open("POST", address, 200, True, data=MultiDict(page.fields(page.form())))
    browser.submit(page, button="Keep it")
    with db.connection():
        assert growth.wishes(wren.id) == [LISTEN]


def test_a_mark_for_what_has_no_answer_is_left_out(browser, wren):
    browser.post("candidates.edit_wishes", {"like": ["D.02", LISTEN, "nonsense"]})
    with db.connection():
        assert growth.wishes(wren.id) == [LISTEN]


def test_a_card_that_moved_to_the_other_list_meanwhile_keeps_its_mark(browser, wren):
    page = browser.get("candidates.edit_wishes")
    with db.connection():
        services.keep(wren.id, checklist.read({LISTEN: ["s2"]}, WORDS))
    browser.submit(page, button="Save my marks", like=[LISTEN])
    with db.connection():
        assert services.get_kept(wren.id).checklist.wishes == (LISTEN,)


def test_without_a_kept_checklist_there_is_nothing_to_mark(browser, login, make):
    login(make.person())
    for endpoint in ("candidates.edit_wishes", "candidates.show_wishes"):
        page = browser.get(endpoint)
        assert page.path == "/me/checklist" and "Keep your checklist with your account first." in page.html


def test_visitors_meet_no_field_for_wishes(browser):
    assert 'name="wishes"' not in browser.get("candidates.show_checklist").html


def test_without_a_token_nothing_changes(browser, wren, house):
    browser._open("POST", "/me/checklist/growth", 400, True, data={"like": LISTEN})
    mark(browser)
    sent = {"organisation": house.id, "items": LISTEN}
    browser._open("POST", "/me/checklist/growth/show", 400, True, data=sent)
    assert rows() == []
    show(browser, LISTEN, house=house)
    address = browser.address("candidates.take_back_wish", shown_id=rows()[0].id)
    browser._open("POST", address, 400, True)
    assert len(rows()) == 1


# --- showing ---


def test_the_page_says_who_will_see_what_before_anything_is_shown(browser, wren):
    page = browser.get("candidates.show_wishes")
    assert page.heading == "What I want to work on"  # nothing is marked yet
    mark(browser)
    page = browser.get("candidates.show_wishes")
    assert page.heading == "Show it to trainers"
    assert "Everybody who is a trainer of the organisation you choose, now or later." in page.text
    assert "Your nickname, Wren; the statement as it stands below" in page.text
    assert "Your answer, your notes, and everything you do not tick here." in page.text
    assert [name for name, _value in page.fields(page.form())] == ["csrf_token"]  # nothing is ticked beforehand
    assert NOTE not in page.html and rows() == []


def test_trainers_see_it_on_their_page_and_no_answer_and_no_note(browser, login, make, wren, house):
    mark(browser)
    page = show(browser, LISTEN, house=house)
    assert page.path == "/me/copies" and SAYS[LISTEN] in page.text and SAYS[BRIDGES] not in page.text
    says = "Shown to the trainers of Harbour House, with your nickname, on 22 November 2026."
    assert says in page.text.replace("\u00a0", " ")
    login(make.member(house, "trainer"))
    page = browser.get("candidates.list_growth", organisation_id=house.id)
    assert page.heading == "What people want to work on"
    assert "Wren" in page.text and SAYS[LISTEN] in page.text
    assert "22 November 2026" in page.text.replace("\u00a0", " ")
    for hidden in (SAYS[BRIDGES], SAYS["D.01"], NOTE, "growing this", "s1"):
        assert hidden not in page.text
    assert NOTE not in page.html


def test_the_database_file_holds_no_word_of_it(browser, wren, house):
    mark(browser)
    show(browser, LISTEN, house=house)
    with db.connection():
        file = Path(db.database.obj.database)
    stored = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert b"Wren" in stored
    for text in (NOTE, SAYS[LISTEN], LISTEN):
        assert text.encode() not in stored


def test_pressing_twice_shows_once(browser, wren, house):
    mark(browser)
    page = browser.get("candidates.show_wishes")
    for _press in range(2):
        browser.submit(page, button="Show what I ticked", organisation=house.id, items=[LISTEN])
    assert len(rows()) == 1


@pytest.mark.parametrize(
    "typed, words",
    [
        ({"organisation": None}, "Choose whose trainers you want to show it."),
        ({"items": []}, "Tick what you want to show."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_shown(browser, wren, house, typed, words):
    mark(browser)
    typed = {"organisation": house.id, "items": [LISTEN], **typed}
    page = browser.submit(browser.get("candidates.show_wishes"), button="Show what I ticked", **typed)
    assert page.heading == "Show it to trainers" and words in page.text and rows() == []


def test_neither_strange_organisations_nor_unmarked_cards_can_be_sent(browser, make, wren, house):
    mark(browser, [LISTEN])
    elsewhere = make.organisation("Elsewhere")
    for organisation, code in ((elsewhere.id, LISTEN), (house.id, BRIDGES), ("nonsense", LISTEN)):
        browser.post("candidates.show_wishes", {"organisation": organisation, "items": code})
    assert rows() == []


def test_without_an_organisation_there_is_nobody_to_show_it_to(browser, wren, house):
    mark(browser)
    with db.connection():
        organisations.leave(house.id, wren.id)
    page = browser.get("candidates.show_wishes")
    assert "You belong to no organisation yet" in page.text


# --- taking back ---


def test_taken_back_means_gone_for_trainers_at_once(browser, login, make, wren, house):
    mark(browser)
    page = show(browser, LISTEN, house=house)
    page = browser.submit(page, button="Take it back")
    assert "No trainer can see it any more." in page.html and "You share nothing." in page.text
    assert rows() == []
    login(make.member(house, "trainer"))
    page = browser.get("candidates.list_growth", organisation_id=house.id)
    assert "Nobody shows the trainers anything now." in page.text and "Wren" not in page.text


def test_nobody_takes_back_for_somebody_else(browser, login, make, wren, house):
    mark(browser)
    show(browser, LISTEN, house=house)
    login(make.member(house, "trainer"))
    browser.post("candidates.take_back_wish", shown_id=rows()[0].id)
    assert len(rows()) == 1


def test_the_page_for_marks_says_what_is_shown_and_a_mark_taken_away_takes_it_back(browser, wren, house):
    mark(browser)
    show(browser, LISTEN, house=house)
    page = browser.get("candidates.edit_wishes")
    assert f"A mark you take away is taken back from them, too: {SAYS[LISTEN]}" in page.text
    mark(browser, [BRIDGES])
    assert rows() == []


def test_who_owes_a_second_factor_can_still_take_back(browser, login, make, wren, house):
    mark(browser)
    show(browser, LISTEN, house=house)
    with db.connection():
        organisations.add_member(house.id, wren.id, "trainer")
    login(wren)
    assert browser.get("candidates.list_growth", organisation_id=house.id).path != "/organisations"
    page = browser.submit(browser.get("candidates.list_copies"), button="Take it back")
    assert page.path == "/me/copies" and rows() == []


# --- who may look ---


def test_only_trainers_of_the_organisation_may_look(browser, login, make, wren, house):
    elsewhere = make.organisation("Elsewhere")
    cases = [
        (make.member(elsewhere, "trainer"), 404),
        (make.person(portal_role="administrator"), 404),
        (make.member(house, "lead"), 403),
        (make.member(house, "staff"), 403),
        (make.member(house, "peer_worker"), 403),
        (make.member(house, "candidate"), 403),
        (make.member(house, "trainer"), 200),
    ]
    for person, status in cases:
        login(person)
        browser.get("candidates.list_growth", organisation_id=house.id, status=status)


def test_looking_leaves_no_trace_in_the_audit(browser, login, make, wren, house):
    login(make.member(house, "trainer"))
    with db.connection():
        before = audit.AuditRow.select().count()
    browser.get("candidates.list_growth", organisation_id=house.id)
    with db.connection():
        assert audit.AuditRow.select().count() == before
