from __future__ import annotations

import pytest

from portal.answering.hints import passages

FOUND = [
    ("Write to some.one@example.org for it", ["some.one@example.org"]),
    ("Call +31 20 123 45 67.", ["+31 20 123 45 67"]),
    ("She was born on 3-4-1987", ["3-4-1987"]),
    ("we asked Maria Jansen twice", ["Maria Jansen"]),
    ("as Élodie Brûlé said", ["Élodie Brûlé"]),
]
NOTHING = [
    "",
    "We chair every third week. It took a while before people got used to it.",
    "Peer workers decide. Staff listens.",
    "In 2025 we had 3 meetings of 90 minutes, and 1,200 visits",
    "on Monday the team met",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_might_show_who_is_meant_is_found(text, expected):
    assert passages(text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_ordinary_sentences_are_left_alone(text):
    assert passages(text) == []


def test_three_passages_are_enough():
    assert len(passages("a@b.org c@d.org e@f.org g@h.org")) == 3
