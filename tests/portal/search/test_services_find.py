"""Finding, on both engines."""

from __future__ import annotations

import pytest

from portal.search import services
from portal.search.models import FoundText, FoundWord, IndexState
from tests.portal.search.conftest import made

ODD = (
    'a" OR (', '"', "'", "''", "%", "_", "*", "a*", "NEAR(a b)", "a AND", "NOT", "a:b", "{a}", "^a", "\\", "\0",
    "(", "))", "!", "&", "|", "<->", "a <-> b", ":*", "a:*", "-", '-"', '--a', "?", "$1", "%s", "😀", "x" * 5000,
    "a " * 500, "\u0301", "1e5 0x1F -3.5", "http://a.b/c?d=e", "a@b.c", "<script>", "ﷺ", "naïve\u0301", "\ud7ff",
    "αbв1234" * 4,
)  # fmt: skip


def keys(typed, language="en", most=services.MOST):
    return [hit.address.rpartition("/")[2] for hit in services.find(language, typed, most).hits]


@pytest.fixture
def filled(index):
    index(
        made("pay", "Pay and motivation", "Money for work, and why people come. Work is paid."),
        made("exchange", "Needle exchange", "Sterile equipment for used equipment, at the van. Nothing about money."),
        made("order", "Putting things in order", "Exchange of a needle; then the money. Not the other way round."),
        made("lodz", "Łódź", "Straße, νόμος und ΕΠΙΖΏΝΤΕΣ, насилство, élèves, COVID-19."),
        made("question", "Peers are paid for their work.", weight=0, kind="question"),
        made("nl", "Betaling", "Geld voor werk: money.", language="nl"),
    )


def test_titles_come_first_and_words_may_be_unfinished(filled):
    assert keys("needle exchange") == ["exchange", "order"]
    assert keys("exch") == ["exchange", "order"]
    assert keys("motivat") == ["pay"]
    assert keys("exch needle") == []


def test_phrases_and_words_that_must_not_be_there(filled):
    assert keys('"needle exchange"') == ["exchange"]
    assert keys('"exchange of"') == ["order"]
    assert set(keys("money")) == {"pay", "exchange", "order"}
    assert set(keys("money -needle")) == {"pay"}
    assert set(keys('money -"needle exchange"')) == {"pay", "order"}
    assert keys("-money") == []


def test_folded_words_are_found(filled):
    for typed in ("strasse", "Straße", "νομος", "ΝΌΜΟΣ", "επιζω", "lodz", "łódź", "насил", "eleves", "covid-19"):
        assert keys(typed) == ["lodz"], typed


def test_one_slip_is_forgiven(filled):
    for typed in ("nedle", "needel", "neeedle", "neddle", "neeble"):
        found = services.find("en", typed)
        assert {hit.address.rpartition("/")[2] for hit in found.hits} == {"exchange", "order"}, typed
        assert found.instead == ("needle",)
        assert "<mark>Needle</mark> exchange" in [hit.title for hit in found.hits]


def test_a_word_that_is_there_is_not_taken_for_another(filled):
    assert services.find("en", "order").instead == ()
    assert keys("motovation money") == ["pay"]
    assert keys("nothingatall") == []


@pytest.fixture
def joined(index):
    index(
        made("self", "Self-determination", "People decide. They drop a word in."),
        made("exchange", "Needle exchange", "A needle-exchange is one way in."),
        made("drop", "Drop-in", "A place to come in, in from the cold, in any weather. The inner door is open."),
        made("talk", "Two-way talk", "Both learn."),
        made("other", "Exchange", "A needle, then: the exchange. Covid 19, determination, and the way there."),
    )


@pytest.mark.parametrize(
    ("typed", "key", "instead"),
    [
        ("Self-determintaion", "self", "self determination"),
        ("slef-determination", "self", "self determination"),
        ("nedle-exchange", "exchange", "needle exchange"),
        ("nedle-exchagne", "exchange", "needle exchange"),
        ("nedle-exch", "exchange", "needle exch"),
        ("drop-inn", "drop", "drop in"),
        ("Tw-way", "talk", "two way"),
        ('"nedle exchange"', "exchange", "needle exchange"),
        ('"two wya talk"', "talk", "two way talk"),
    ],
)
def test_one_slip_in_each_word_of_several_is_forgiven(joined, typed, key, instead):
    found = services.find("en", typed)
    assert [hit.address.rpartition("/")[2] for hit in found.hits] == [key]
    assert found.instead == (instead,)
    assert "<mark>" in found.hits[0].title


def test_words_that_are_there_stay_as_they_were_typed_beside_a_slip(joined):
    assert keys("determination-exchange") == []
    assert keys("covid-18") == []
    assert keys("nedle-way") == []
    assert keys("x-way") == []


def test_a_long_phrase_of_unknown_words_is_answered(joined):
    assert keys('"' + " ".join(["nedle"] * 30) + '"') == []
    assert keys(" ".join(["nedle-exchagne-nedle"] * 12)) == []


def test_letters_of_one_language_alone_are_found(index):
    index(made("ca", "Coŀlega", "Un col·lega."), made("uk", "Ґанок", "На ґанку."), made("se", "Eŋgel", "Ədəb"))
    asked = (("collega", "ca"), ("col·lega", "ca"), ("coŀle", "ca"), ("ганок", "uk"), ("engel", "se"), ("edeb", "se"))
    for typed, key in asked:
        assert keys(typed) == [key], typed
    assert services.find("en", "collega").hits[0].excerpt == "Un <mark>col·lega</mark>."


def test_readers_of_a_language_find_what_is_offered_to_them(filled):
    assert keys("money", "nl") == ["nl"]
    assert keys("money", "pl") == []


def test_excerpts_show_the_original_with_marks_and_nothing_else(index):
    index(
        made("a", "Ties & <b>knots</b>", "Before. " * 60 + "The Straße <i>is</i> long & wide. " + "After. " * 60),
        made("b", "Strasse", "Nothing of that."),
    )
    second, first = services.find("en", "strasse").hits
    assert second.title == "<mark>Strasse</mark>"
    assert second.excerpt == "Nothing of that."
    assert first.title == "Ties &amp; &lt;b&gt;knots&lt;/b&gt;"
    assert "The <mark>Straße</mark> &lt;i&gt;is&lt;/i&gt; long &amp; wide." in first.excerpt
    assert first.excerpt.startswith("… Before.") and first.excerpt.endswith(" …")
    assert len(first.excerpt) < 350


def test_equal_ones_come_by_title_and_no_more_than_twenty(index):
    index(*(made(f"p{number:02}", f"Title {30 - number:02}", "The same words.") for number in range(30)))
    assert keys("same") == [f"p{30 - number:02}" for number in range(1, 21)]
    assert len(keys("words", most=8)) == 8


def test_odd_input_is_answered(filled):
    for typed in ODD:
        services.find("en", typed)


def test_an_empty_index_finds_nothing(database):
    assert keys("money") == []


def test_the_index_is_made_anew_only_when_a_text_has_changed(index):
    first, second = made("a", "One", "Some words."), made("b", "Two", "Other words.")
    assert index(first, second)
    before = list(IndexState.select().tuples())
    assert not index(second, first)
    assert list(IndexState.select().tuples()) == before
    assert index(second)
    assert keys("words") == ["b"]
    assert FoundText.select().count() == IndexState.select().count() == 1
    assert sorted(word for (word,) in FoundWord.select(FoundWord.word).tuples()) == ["other", "two", "words"]


def test_what_breaks_off_leaves_the_index_as_it_was(index):
    index(made("a", "One", "Some words."))
    with pytest.raises(TypeError):
        index(made("b", "Two", "Other words."), made("c", "Three", None))
    assert keys("words") == ["a"]


def test_long_texts_and_long_words_are_taken(index):
    index(made("a", "One", "needle " + "word " * 60_000), made("b", "Two", "y" * 5000 + " needle"))
    assert set(keys("needle")) == {"a", "b"}


def test_who_read_before_somebody_else_changed_something_does_not_undo_it(database):
    """Two pages are published at once: the later index is made first, and stays."""
    before, after = [made("pay", "Pay")], [made("pay", "Pay"), made("order", "Order")]
    times = []

    def every():
        times.append(1)
        if len(times) == 1:
            services.rebuild(after)
            return before
        return after

    services.bring_up_to_date(every)
    assert keys("order") == ["order"]


def test_the_index_is_read_once_where_nothing_changed(database):
    texts, times = [made("pay", "Pay")], []
    services.bring_up_to_date(lambda: texts)
    assert not services.bring_up_to_date(lambda: times.append(1) or texts)
    assert times == [1]
