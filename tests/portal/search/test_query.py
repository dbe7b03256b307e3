"""What people type: phrases, words to leave out, an unfinished last word, and anything else."""

from __future__ import annotations

import pytest

from portal.search import query


@pytest.mark.parametrize(
    ("typed", "sqlite"),
    [
        ("pay", '("pay"*)'),
        ("needle exchange", '("needle") AND ("exchange"*)'),
        ('"needle exchange"', '("needle exchange")'),
        ("“needle exchange", '("needle exchange")'),
        ("„Nadel Tausch“ pay", '("nadel tausch") AND ("pay"*)'),
        ("covid-19", '("covid 19"*)'),
        ("pay -police", '(("pay")) NOT ("police")'),
        ('pay -"drop in"', '(("pay")) NOT ("drop in")'),
        ("pay pay pays", '("pay") AND ("pays"*)'),
        ("x", '("x")'),
        ("", ""), ("-", ""), ("-pay", ""), ('"', ""), ("%", ""), ("--", ""),
    ],
)  # fmt: skip
def test_reading(typed, sqlite):
    asked = query.read(typed)
    assert (asked.for_sqlite if asked.parts else "") == sqlite


def test_postgres_is_asked_the_same():
    assert query.read('"needle exchange" -police pay').for_postgres == (
        "(('needle' <-> 'exchange')) & (('pay':*)) & !('police')"
    )
