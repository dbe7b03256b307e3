"""Every change that is recorded here has words, and meetings are named without a module's title."""

import datetime as dt
import pathlib
import re

import portal.meetings
from portal.meetings import words
from portal.meetings.models import About, Meeting, Part
from portal.organisations.words import action_words


def test_every_recorded_action_has_words(app):
    sources = pathlib.Path(portal.meetings.__file__).parent.glob("*.py")
    calls = [call for source in sources for call in re.findall(r"record\([^)]*\)", source.read_text())]
    recorded = {action for call in calls for action in re.findall(r'"(meetings\.[a-z_]+)"', call)}
    assert len(recorded) == 12
    with app.test_request_context():
        assert sorted(action for action in recorded if action_words(action) == action) == []


def test_a_meeting_is_named_without_its_subject_where_others_may_look(app):
    with app.test_request_context():
        told = [words.neutral_meeting(about, module) for about, module in (("module", "K2"), ("other", None))]
        assert [*told, words.neutral_meeting(About.SUPPORT, None)] == ["Module K2", "Meeting", "Mutual support"]
        assert words.meeting_words(Meeting(about="other", title="Wounds")) == "Wounds"
        assert words.meeting_words(Meeting(about="module", module="K2", title="")) == "Module K2"
        assert {words.part_words(part) for part in Part} == {"was there", "led it", "prepared it"}


def test_a_moment_has_its_weekday_and_stays_on_one_line(app):
    with app.test_request_context():
        assert words.weekday(dt.date(2026, 11, 24)) == "Tuesday\u00a024\u00a0November\u00a02026"
        assert words.month_words(dt.date(2026, 11, 1)) == "November 2026"
