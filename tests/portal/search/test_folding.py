"""Folding: what people type without accents finds what was written with them."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from portal.search import folding

LETTERS = st.text(
    st.sampled_from(
        [
            letter
            for letter in (chr(code) for block in folding._BLOCKS for code in block)
            if letter.isalpha() and " " not in folding.fold(f"a{letter}a")  # some are a letter and a mark
        ]
    ),
    min_size=1,
)
WORDS = [
    ("Straße", "strasse"), ("νόμος", "νομοσ"), ("ΕΠΊΖΩΣ", "επιζωσ"), ("Łódź", "lodz"), ("COVID-19", "covid 19"),
    ("élèves", "eleves"), ("Ærø", "aero"), ("насилʼя", "насил я"), ("İstanbul ışık", "istanbul isik"),
    ("  a_b\t…", "a b"), ("ﬁne", "fine"), ("Ґанок", "ганок"),
    ("coŀlega", "collega"), ("COL·LEGA", "collega"), ("COĿLEGA", "collega"), ("l·l·l a·b", "ll l a b"),
    ("Ŋuorra ŧ", "nuorra t"), ("Ədəb", "edeb"), ("", ""), ("…", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "folded"), WORDS)
def test_words(written, folded):
    assert folding.fold(written) == folded


@given(st.text())
@example("ϓ")
@example("ſ")
def test_folding_twice_changes_nothing(text):
    once = folding.fold(text)
    assert folding.fold(once) == once


@given(LETTERS)
def test_letters_never_vanish(word):
    assert folding.fold(word)


@given(LETTERS)
def test_a_word_is_found_in_the_original_however_it_is_composed(word):
    phrase = folding.fold(word).split()
    assume("sss" not in phrase[0])  # s before ß: no language has it, and it is found, only not marked
    for text in (word, unicodedata.normalize("NFD", word), unicodedata.normalize("NFC", word)):
        assert re.search(folding.pattern(phrase), text), (phrase, text)


@pytest.mark.parametrize(
    ("folded", "written"),
    [("collega", "coŀlega"), ("collega", "Col·lega"), ("collega", "COĿLEGA"), ("collega", "Collega"),
     ("ганок", "ґанок"), ("nuorra", "Ŋuorra"), ("edeb", "ədəb")],
)  # fmt: skip
def test_letters_of_one_language_alone_are_found_in_the_original(folded, written):
    assert re.fullmatch(folding.pattern([folded]), written)


@pytest.mark.parametrize("typed", ["exchage", "exchangee", "exchenge", "exchnage", "xchange", "exchangw", "eexchange"])
def test_words_one_slip_apart(typed):
    assert folding.is_one_slip(typed, "exchange") and folding.is_one_slip("exchange", typed)
    assert folding.shortened(typed) & folding.shortened("exchange")


@pytest.mark.parametrize("typed", ["exchange", "exhcagne", "exchan", "change", "exhcnage", "interchange", ""])
def test_words_further_apart_or_the_same(typed):
    assert not folding.is_one_slip(typed, "exchange")


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_two_words_one_slip_apart_share_a_way_to_be_shortened(one, other):
    def slips(word):
        for place in range(len(word) + 1):
            before, after = word[:place], word[place:]
            yield before + after[1:]
            for letter in "abc":
                yield before + letter + after
                yield before + letter + after[1:]
            yield before + after[1:2] + after[:1] + after[2:]

    apart = other in set(slips(one)) - {one}
    assert folding.is_one_slip(one, other) == apart
    if apart:
        assert folding.shortened(one) & folding.shortened(other)
