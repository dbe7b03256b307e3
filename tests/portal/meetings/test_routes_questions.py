"""Asking experts, answering, and handing on, as people meet it: pages without script."""

import datetime as dt

import pytest

from portal import clock, db
from portal.guidance.models import Page
from portal.meetings import questions
from portal.meetings.models import Question
from tests.conftest import NOW
from tests.support.browser import Browser

TEXT = "How long does it keep, once it is mixed?"


def box(browser, house):
    return browser.get("meetings.list_questions", organisation_id=house.id)


def ask(browser, house, text=TEXT, **more):
    return browser.submit(box(browser, house), button="Put it into the box", text=text, **more)


def stored():
    with db.connection():
        return list(Question.select())


def link(page, beginning):
    return next(address for words, address in page.links().items() if words.startswith(beginning))


@pytest.fixture
def lead(make, house):
    return make.member(house, "lead", "Ada")


@pytest.fixture
def author(make):
    return make.person("Brook", portal_role="author")


@pytest.fixture
def answered(app, house, wren, trainer):
    """The browser of a trainer who has answered Wren's question."""
    ask(Browser(app).sign_in(wren), house, with_name="y")
    browser = Browser(app).sign_in(trainer)
    page = browser.get(link(box(browser, house), "Answer it"))
    browser.submit(page, button="Save the answer", answer="A day.\n\nIn the fridge.", expert="a nurse")
    return browser


# --- asking ---


def test_a_question_without_a_name_is_nobodys(app, browser, login, house, wren, trainer):
    login(wren)
    page = box(browser, house)
    assert "nothing of who asked is kept with it" in page.text
    assert "Trainers and leads of Harbour House read it" in page.text
    after = ask(browser, house)
    assert "without a name" in after.html and TEXT not in after.text
    (row,) = stored()
    assert row.asked_by_id is None
    waiting = box(Browser(app).sign_in(trainer), house)
    assert TEXT in waiting.text and "Wren" not in waiting.text


def test_a_question_with_a_name_can_be_taken_back(app, browser, login, house, wren, heron, trainer):
    login(wren)
    page = ask(browser, house, with_name="y")
    assert TEXT in page.text and "by you" in page.text
    assert "by Wren" in box(Browser(app).sign_in(trainer), house).text
    assert TEXT not in box(Browser(app).sign_in(heron), house).text
    gone = browser.submit(page, button="Yes, delete it")
    assert "The question is gone" in gone.html and stored() == []


def test_nobody_but_trainers_and_leads_takes_out_somebody_elses(app, browser, login, house, wren, heron, lead):
    login(wren)
    ask(browser, house, with_name="y")
    (row,) = stored()
    other = Browser(app).sign_in(heron)
    other.post("meetings.delete_question", organisation_id=house.id, question_id=row.id)
    assert len(stored()) == 1
    other.sign_in(lead)
    other.post("meetings.delete_question", {"carried_over": "1"}, organisation_id=house.id, question_id=row.id)
    assert len(stored()) == 1
    other.submit(box(other, house), button="Yes, delete it")
    assert stored() == []
    other.post("meetings.delete_question", organisation_id=house.id, question_id=row.id)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "Type your question."), (" \r\n ", "Type your question."), ("x" * 1001, "At most 1,000 letters, please.")],
)
def test_an_empty_or_long_question_is_said_and_kept(browser, login, house, wren, text, message):
    login(wren)
    page = ask(browser, house, text)
    assert message in page.text and stored() == []
    assert dict(page.fields(page.form("Put it into the box")))["text"] == text.strip()


def test_a_question_of_a_thousand_letters_in_lines_fits(browser, login, house, wren):
    login(wren)
    ask(browser, house, "\r\n".join(["x" * 499, "y" * 500]))
    assert len(stored()) == 1


def test_more_questions_than_anybody_asks_are_put_off_kindly(browser, login, house, wren):
    login(wren)
    with db.connection():
        for _ in range(questions.MOST_A_DAY):
            questions.ask(house.id, wren.id, TEXT, with_name=False)
    page = ask(browser, house, "One more")
    assert "ask it tomorrow" in page.text
    assert dict(page.fields(page.form("Put it into the box")))["text"] == "One more"


def test_the_form_sent_twice_asks_once(browser, login, house, wren):
    login(wren)
    page = box(browser, house)
    for _ in range(2):
        browser.submit(page, button="Put it into the box", text=TEXT)
    assert len(stored()) == 1


# --- answering ---


def test_every_member_reads_the_answer_and_whether_it_was_checked(app, house, answered, heron, lead):
    reader = Browser(app).sign_in(heron)
    page = box(reader, house)
    assert TEXT in page.text and "In the fridge." in page.text and "Wren" not in page.text
    assert "Answered by a nurse on 22 November 2026 · not yet checked by an expert" in page.text
    clock.stop(NOW + dt.timedelta(days=1))
    answered.sign_in(lead)
    edit = answered.get(link(box(answered, house), "Change the answer"))
    answered.submit(edit, button="Save the answer", checked="y")
    reader.sign_in(heron)
    assert "checked by an expert on 23 November 2026" in box(reader, house).text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"answer": ""}, "Type the answer."),
        ({"answer": "x" * 4001}, "At most 4,000 letters, please."),
        ({"expert": ""}, "Say who answers"),
        ({"on": "2026-11-23"}, "Choose a day from the one it was asked on until today."),
        ({"on": "2026-11-21"}, "Choose a day from the one it was asked on until today."),
        ({"on": "soon"}, "Type a day"),
    ],
)
def test_an_answer_that_cannot_be_saved_is_kept(browser, login, house, trainer, more, message):
    login(trainer)
    page = browser.get(link(ask(browser, house), "Answer it"))
    shown = browser.submit(page, button="Save the answer", **{"answer": "A day.", "expert": "a nurse", **more})
    assert message in shown.text
    assert dict(shown.fields(shown.form("Save the answer")))["answer"] == more.get("answer", "A day.")
    assert stored()[0].answered_on is None


def test_a_question_taken_back_while_it_is_answered_is_said(app, browser, login, house, wren, trainer):
    asking = Browser(app).sign_in(wren)
    page = ask(asking, house, with_name="y")
    login(trainer)
    open_answer = browser.get(link(box(browser, house), "Answer it"))
    asking.submit(page, button="Yes, delete it")
    browser.submit(open_answer, button="Save the answer", answer="A day.", expert="a nurse", status=404)
    assert stored() == []


def test_two_answers_to_one_question_are_both_there_to_choose_from(app, login, browser, house, trainer, lead):
    login(trainer)
    mine = browser.get(link(ask(browser, house), "Answer it"))
    theirs = Browser(app).sign_in(lead)
    theirs.submit(
        theirs.get(link(box(theirs, house), "Answer it")),
        button="Save the answer", answer="A day.\n\nIn the fridge.", expert="a nurse",
    )  # fmt: skip
    both = browser.submit(mine, button="Save the answer", answer="Two days.", expert="a chemist")
    assert "Somebody else answered meanwhile" in both.text and "In the fridge." in both.text and "a nurse" in both.text
    fields = dict(both.fields(both.form("Save the answer")))
    assert (fields["answer"], fields["expert"]) == ("Two days.", "a chemist")
    assert "Two days." not in box(theirs, house).text
    browser.submit(both, button="Save the answer", answer="One or two days.")
    assert "One or two days." in box(theirs, house).text


# --- handing on ---


def hand_on(browser, house, **more):
    page = browser.get(link(box(browser, house), "Hand"))
    return browser.submit(page, button="Hand it on", **{"title": "How long it keeps", **more})


def test_authors_read_what_was_handed_on_and_begin_a_page(app, shipped, house, answered, author):
    told = hand_on(answered, house)
    assert "authors can read it now" in told.html
    writing = Browser(app).sign_in(author)
    listed = writing.get("meetings.list_handed")
    assert TEXT in listed.text and "In the fridge." in listed.text and "a nurse" in listed.text
    assert "Wren" not in listed.text and "Harbour House" not in listed.text
    form = writing.get(link(listed, "Begin a page"))
    draft = writing.submit(form, button="Begin the page", section="principles")
    assert "The page is begun." in draft.html and TEXT in draft.html
    with db.connection():
        assert Page.get(Page.slug == "how-long-it-keeps").section == "principles"
    assert "None is waiting." in writing.get("meetings.list_handed").text
    assert "Authors began a page with it on 22 November 2026" in box(answered, house).text
    writing.get(form.path)
    answered.post("meetings.take_back_draft", organisation_id=house.id, question_id=stored()[0].id)
    assert stored()[0].handed_on is not None


def test_an_address_that_is_taken_or_none_is_said_at_the_field(app, shipped, house, answered, author):
    hand_on(answered, house)
    writing = Browser(app).sign_in(author)
    form = writing.get(link(writing.get("meetings.list_handed"), "Begin a page"))
    assert "Choose a section." in writing.submit(form, button="Begin the page").text
    taken = writing.submit(form, button="Begin the page", section="principles", slug="equality")
    assert "There is a page at this address" in taken.text
    odd = writing.submit(taken, button="Begin the page", slug="Not an address!")
    assert "Use a–z, 0–9 and single hyphens" in odd.text
    assert "How long it keeps" in odd.html and stored()[0].begun_on is None


def test_what_was_handed_on_is_taken_back(app, house, answered, author):
    told = hand_on(answered, house, question="What keeps?")
    assert "Handed to the authors on 22 November 2026" in told.text
    back = answered.submit(told, button="Take it back from them")
    assert "cannot read it any more" in back.html
    writing = Browser(app).sign_in(author)
    assert "None is waiting." in writing.get("meetings.list_handed").text
    page = writing.get("meetings.begin_page", question_id=stored()[0].id)
    assert page.heading == "Questions for a page" and "was taken back" in page.html


def test_a_question_is_handed_on_with_its_answer_or_not_at_all(browser, login, house, trainer):
    login(trainer)
    ask(browser, house)
    page = browser.get("meetings.hand_on_question", organisation_id=house.id, question_id=stored()[0].id)
    assert page.heading == "Answer a question" and "Write the answer first." in page.html


def test_of_an_exported_person_everything_comes_along(app, house, answered, wren):
    from portal.meetings.feature import FEATURE

    with db.connection():
        exported = FEATURE.export_person(wren.id)
    assert exported["questions"][0]["question"] == TEXT and exported["hours"] == exported["leads"] == []
