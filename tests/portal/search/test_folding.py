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
    ("  a_b\t…", "a b"), ("ﬁne", "fine"), ("", ""), ("…", ""),
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


def test_near_words_are_one_slip_away():
    near = set(folding.near("exchange"))
    assert {"exchage", "exchangee", "exchenge", "exchnage", "xchange"} <= near
    assert "exhcagne" not in near
    assert "νομο" in set(folding.near("νομοσ"))
