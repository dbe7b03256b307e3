"""Word by word: what is told as changed adds up to both texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.editing.differences import Change, Part, by_line, compare, passages

WORDS = st.text(st.sampled_from("ab .,\n#é"), max_size=60)


def joined(parts, change):
    return "".join(part.text for part in parts if part.change in (Change.KEPT, change))


@given(WORDS, WORDS)
def test_kept_and_out_are_the_old_text_kept_and_in_the_new(old, new):
    parts = compare(old, new)
    assert joined(parts, Change.OUT) == old
    assert joined(parts, Change.IN) == new
    assert all(part.text for part in parts)


@given(st.text(max_size=80), st.text(max_size=80))
def test_so_it_is_with_any_letters(old, new):
    parts = compare(old, new)
    assert (joined(parts, Change.OUT), joined(parts, Change.IN)) == (old, new)


@given(WORDS)
def test_nothing_changed_is_one_kept_part(text):
    assert compare(text, text) == ([Part(Change.KEPT, text)] if text else [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("one two three", "one 2 three", "one [-two-][+2+] three"),
        ("one two three four", "one 2 3 four", "one [-two three-][+2 3+] four"),
        ("one", "one two", "one[+ two+]"),
        ("a\nb\nc\n", "a\nc\n", "a\n[-b\n-]c\n"),
        ("Pay people.\n", "Pay everybody.\n", "Pay [-people.-][+everybody.+]\n"),
    ],
)
def test_words_are_compared_not_letters(old, new, told):
    signs = {Change.KEPT: "{}", Change.OUT: "[-{}-]", Change.IN: "[+{}+]"}
    assert "".join(signs[part.change].format(part.text) for part in compare(old, new)) == told


def test_a_very_long_change_is_told_as_a_whole():
    old, new = "a b " * 2000, "a c " * 2000
    assert compare(old, new) == [Part(Change.OUT, old), Part(Change.IN, new)]


def test_very_many_lines_are_told_as_a_whole_at_once():
    """Comparing them would keep a worker busy for an hour."""
    old, new = "a\n" * 90_000, "a\n" * 89_999 + "b\n"
    assert compare(old, new) == [Part(Change.OUT, old), Part(Change.IN, new)]


def test_lines_far_from_a_change_are_folded_away():
    old = "\n".join(f"line {number}" for number in range(10))
    found = passages(compare(old, old.replace("line 5", "line five")))
    assert [(one.changed, len(one.lines)) for one in found] == [(False, 4), (True, 3), (False, 3)]
    assert by_line(compare("a\n\nb", "a\n\nb")) == [(Part(Change.KEPT, "a"),), (Part(Change.KEPT, "b"),)]
