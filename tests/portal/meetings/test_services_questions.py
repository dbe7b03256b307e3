"""The box for questions: sealed, without a trace of who asked unless they want it, handed on without a name."""

import datetime as dt
import json
import uuid
from pathlib import Path

import pytest
from playhouse.test_utils import assert_query_count, count_queries

from portal import audit, clock, db
from portal.accounts import services as accounts
from portal.editing import drafts
from portal.editing.services import AddressTaken
from portal.guidance.models import Page
from portal.meetings import handing, questions
from portal.meetings.models import Question
from portal.meetings.questions import Draft
from portal.organisations import services as organisations
from portal.throttle import Throttle
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database")
TODAY = NOW.date()
SECRET = "zebrafinch"
DRAFT = Draft("About water", "How much water?", "Enough.\n\nNot too much.")


def ask(house, person, text=f"What about {SECRET}?", *, with_name=False):
    question = uuid.uuid4()
    questions.ask(house.id, person.id, text, with_name=with_name, question_id=question)
    return question


def answer(house, question, text="Drink water.", on=TODAY, *, checked=False):
    return questions.answer(house.id, question, text, "a nurse", on, checked=checked)


def get(house, question, reader):
    return questions.get_question(house.id, question, reader.id)


def everything_stored():
    """Every byte of the SQLite files, or every row of the tables as PostgreSQL holds them."""
    if db.is_sqlite():
        file = Path(db.database.obj.database)
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    tables = (Question, audit.AuditRow, audit.AuditActor, Throttle)
    return b"".join(
        repr([bytes(value) if isinstance(value, memoryview) else value for value in row]).encode()
        for table in tables
        for row in table.select().tuples()
    )


# --- asking ---


def test_without_a_name_nothing_leads_from_the_question_to_the_person(house, wren, heron):
    audit.acting_as(wren.id)
    question = ask(house, wren)
    row = Question.get_by_id(question)
    assert row.asked_by_id is None
    recorded = audit.AuditRow.get(audit.AuditRow.action == "meetings.ask")
    assert recorded.actor is None and recorded.object == f"question/{question}"
    asked = get(house, question, wren)
    assert (asked.is_own, asked.nickname) == (False, None)
    assert questions.export_own(wren.id) == []
    assert wren.id.hex not in json.dumps([row.key for row in Throttle.select()])


def test_questions_and_answers_are_sealed(house, wren):
    question = ask(house, wren, with_name=True)
    answer(house, question, f"An answer about {SECRET}.")
    questions.hand_on(house.id, question, Draft(SECRET, SECRET, SECRET))
    assert SECRET.encode() not in everything_stored()
    assert get(house, question, wren).answer == f"An answer about {SECRET}."


def test_the_same_question_sent_twice_is_asked_once(house, wren):
    question = ask(house, wren)
    questions.ask(house.id, wren.id, "Again?", with_name=True, question_id=question)
    assert Question.select().count() == 1
    assert get(house, question, wren).nickname is None


def test_many_questions_in_a_day_look_like_a_mistake(house, wren, heron):
    for _ in range(questions.MOST_A_DAY):
        ask(house, wren)
    with pytest.raises(questions.TooManyToday):
        ask(house, wren)
    ask(house, heron)
    clock.stop(NOW + dt.timedelta(days=1))
    ask(house, wren)


def test_open_questions_are_seen_by_whoever_answers_and_by_whoever_asked_with_a_name(house, wren, heron, trainer):
    own, nameless = ask(house, wren, with_name=True), ask(house, wren)
    other = ask(house, heron, with_name=True)
    waiting, answered = questions.list_questions(house.id, wren.id, every=False)
    assert ([one.id for one in waiting], answered) == ([own], [])
    waiting, _ = questions.list_questions(house.id, trainer.id, every=True)
    assert {one.id: one.nickname for one in waiting} == {own: "Wren", nameless: None, other: "Heron"}
    answer(house, nameless)
    for reader in (wren, heron, trainer):
        _, answered = questions.list_questions(house.id, reader.id, every=False)
        assert [(one.id, one.answer) for one in answered] == [(nameless, "Drink water.")]


def test_questions_belong_to_their_organisation(house, make, wren, trainer):
    other = make.organisation("Elsewhere")
    question = ask(house, wren, with_name=True)
    assert get(other, question, trainer) is None
    assert questions.list_questions(other.id, trainer.id, every=True) == ([], [])
    assert not answer(other, question)
    assert not questions.delete(other.id, question, wren.id, every=True)
    assert not questions.hand_on(other.id, question, DRAFT)
    assert Question.select().count() == 1


def test_the_box_costs_one_statement(house, wren, trainer):
    for number in range(12):
        answer(house, ask(house, wren, with_name=bool(number % 2)))
    with assert_query_count(1):
        assert len(questions.list_questions(house.id, trainer.id, every=True)[1]) == 12


# --- taking back ---


def test_a_question_asked_with_a_name_can_be_taken_back_by_whoever_asked(house, wren, heron):
    question = ask(house, wren, with_name=True)
    assert not questions.delete(house.id, question, heron.id, every=False)
    assert questions.delete(house.id, question, wren.id, every=False)
    assert Question.select().count() == 0
    assert audit.AuditRow.get(audit.AuditRow.action == "meetings.delete_question").actor is None


def test_a_question_without_a_name_can_be_taken_out_by_whoever_answers_alone(house, wren, trainer):
    question = ask(house, wren)
    audit.acting_as(trainer.id)
    assert not questions.delete(house.id, question, wren.id, every=False)
    assert questions.delete(house.id, question, trainer.id, every=True)
    assert audit.AuditRow.get(audit.AuditRow.action == "meetings.delete_question").actor is not None


def test_what_was_asked_with_a_name_is_exported_and_goes_with_the_account(house, wren):
    question = ask(house, wren, with_name=True)
    nameless = ask(house, wren)
    answer(house, question)
    (exported,) = questions.export_own(wren.id)
    assert exported == {
        "organisation": "Harbour House",
        "asked_on": "2026-11-22",
        "question": f"What about {SECRET}?",
        "answer": "Drink water.",
        "answered_on": "2026-11-22",
    }
    accounts.delete_person(wren.id, [organisations.forget_person])
    assert [row.id for row in Question.select()] == [nameless]


# --- answering ---


@pytest.mark.parametrize("days", [-1, 1])
def test_nothing_is_answered_before_it_was_asked_or_tomorrow(house, wren, days):
    question = ask(house, wren)
    with pytest.raises(questions.NotThatDay):
        answer(house, question, on=TODAY + dt.timedelta(days=days))
    assert get(house, question, wren).answered_on is None


def test_an_answer_is_checked_later_and_a_new_wording_anew(house, wren):
    question = ask(house, wren)
    answer(house, question)
    assert get(house, question, wren).checked_on is None
    clock.stop(NOW + dt.timedelta(days=3))
    answer(house, question, checked=True)
    assert get(house, question, wren).checked_on == dt.date(2026, 11, 25)
    clock.stop(NOW + dt.timedelta(days=5))
    answer(house, question, checked=True)
    assert get(house, question, wren).checked_on == dt.date(2026, 11, 25)
    answer(house, question, "Other words.", checked=True)
    assert get(house, question, wren).checked_on == dt.date(2026, 11, 27)
    answer(house, question, "Other words.", checked=False)
    assert get(house, question, wren).checked_on is None


def test_an_answer_that_somebody_else_gave_meanwhile_is_not_written_over(house, wren):
    question = ask(house, wren)
    opened = get(house, question, wren).answer_state
    answer(house, question, "A nurse says: a day.")

    def save(text, as_of):
        return questions.answer(house.id, question, text, "a nurse", TODAY, checked=False, as_of=as_of)

    assert save("A nurse says: a day.", opened), "sent twice: it says the same"
    with pytest.raises(questions.AnsweredMeanwhile) as raised:
        save("Ask a chemist.", opened)
    assert raised.value.now.answer == get(house, question, wren).answer == "A nurse says: a day."
    assert save("Both.", raised.value.now.answer_state)
    assert get(house, question, wren).answer == "Both."


def test_two_who_write_the_same_question_wait_for_each_other(house, wren, trainer):
    """On PostgreSQL; SQLite's writers queue by themselves. Whoever comes second finds what the first one wrote."""
    question = ask(house, wren)
    answer(house, question)
    writing = {
        "answer": lambda: answer(house, question, "Tea."),
        "hand_on": lambda: questions.hand_on(house.id, question, DRAFT),
        "take_back": lambda: questions.take_back(house.id, question),
        "delete": lambda: questions.delete(house.id, question, trainer.id, every=True),
    }
    for name, write in writing.items():
        with count_queries() as counted:
            write()
        locks = [sql for sql, _values in (one.msg for one in counted.get_queries()) if "FOR UPDATE" in sql]
        assert len(locks) == (0 if db.is_sqlite() else 1), name


# --- handing on ---


@pytest.fixture
def author(make):
    return make.person("Brook", portal_role="author")


def begin(question, author, slug="about-water"):
    return handing.begin_page(question, "principles", slug, "About water", author.id, language="en")


def test_authors_read_what_was_handed_on_without_name_and_organisation(house, wren):
    question = ask(house, wren, with_name=True)
    assert not questions.hand_on(house.id, question, DRAFT)
    answer(house, question)
    assert handing.list_handed() == []
    questions.hand_on(house.id, question, DRAFT)
    (handed,) = handing.list_handed()
    assert (handed.draft, handed.expert, handed.is_checked) == (DRAFT, "a nurse", False)
    assert not {"Wren", "Harbour House"} & set(map(str, vars(handed).values()))


def test_what_was_handed_on_can_be_taken_back_or_said_in_other_words(house, wren):
    question = ask(house, wren)
    answer(house, question)
    questions.hand_on(house.id, question, DRAFT)
    questions.hand_on(house.id, question, Draft("Other", "words", "here"))
    assert [one.draft.title for one in handing.list_handed()] == ["Other"]
    questions.take_back(house.id, question)
    questions.take_back(house.id, question)
    assert handing.list_handed() == [] and handing.get_handed(question) is None
    assert Question.get_by_id(question).sealed_draft is None


def test_a_page_begins_with_question_and_answer_as_its_draft(house, wren, author):
    question = ask(house, wren)
    answer(house, question)
    questions.hand_on(house.id, question, DRAFT)
    page = begin(question, author)
    assert begin(question, author) is None
    now = drafts.open_page(page.id)
    assert now.live is None and now.typed.title == "About water"
    assert now.typed.body.startswith(
        "> How much water?\n\nEnough.\n\nNot too much.\n\nAnswered by a nurse on 2026-11-22."
    )
    assert "Not yet checked by an expert." in now.typed.body
    row = Question.get_by_id(question)
    assert (row.begun_on, row.sealed_draft) == (TODAY, None)
    assert handing.list_handed() == []
    assert Page.select().where(Page.slug == "about-water").count() == 1


def test_once_a_page_is_begun_it_cannot_be_taken_back_or_handed_on_again(house, wren, author):
    question = ask(house, wren, with_name=True)
    answer(house, question)
    questions.hand_on(house.id, question, DRAFT)
    page = begin(question, author)
    for again in (
        lambda: questions.take_back(house.id, question),
        lambda: questions.hand_on(house.id, question, DRAFT),
    ):
        with pytest.raises(questions.HandedAlready):
            again()
    questions.delete(house.id, question, wren.id, every=False)
    assert drafts.open_page(page.id) is not None


def test_an_address_that_is_taken_leaves_the_question_waiting(house, wren, author):
    first, second = ask(house, wren), ask(house, wren)
    for question in (first, second):
        answer(house, question)
        questions.hand_on(house.id, question, DRAFT)
    begin(first, author)
    with pytest.raises(AddressTaken):
        begin(second, author)
    assert [one.id for one in handing.list_handed()] == [second]


def test_of_a_closed_organisation_nothing_waits(house, wren):
    question = ask(house, wren)
    answer(house, question)
    questions.hand_on(house.id, question, DRAFT)
    organisations.close_organisation(house.id)
    assert handing.list_handed() == []
