"""Every change that is recorded has words for the people who read the record."""

import pathlib
import re

import portal
from portal.organisations.words import action_words

SOURCES = pathlib.Path(portal.__file__).parent.rglob("*.py")
FAMILIES = "[a-z]+"


def test_every_recorded_action_has_words(app):
    recorded = set()
    for source in SOURCES:
        recorded |= set(re.findall(rf'record\(\s*"((?:{FAMILIES})\.[a-z_]+)"', source.read_text()))
    assert len(recorded) > 40
    with app.test_request_context():
        assert sorted(action for action in recorded if action_words(action) == action) == []
