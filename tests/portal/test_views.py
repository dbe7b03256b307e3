"""What templates ask of dates."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import views


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.date(2026, 11, 22), "22 November 2026"),
        (dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC), "23 November 2026"),  # after midnight in Amsterdam
        (dt.datetime(2026, 7, 1, 21, 59, tzinfo=dt.UTC), "1 July 2026"),
        (None, ""),
    ],
)
def test_a_moment_is_on_the_day_it_is_where_the_site_is(app, value, words):
    with app.test_request_context("/en/"):
        assert views.day(value).replace("\u00a0", " ") == words
