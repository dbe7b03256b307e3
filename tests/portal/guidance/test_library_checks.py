"""Each kind of bad entry in glossary and resources: named with file, line and what would be right."""

from __future__ import annotations

import pytest

from portal.guidance import checks
from tests.portal.guidance.conftest import GLOSSARY, RESOURCE


def findings(folder):
    return [(one.file, one.line, one.message) for one in checks.check_folder(folder.root)[1]]


def test_sound_files_have_no_findings(folder):
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("resources.toml", RESOURCE)
    folder.page("equality", "[1](/en/glossary#peer-worker) [2](/en/glossary) [3](/en/resources#a-manual)\n")
    assert findings(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('term = "peer worker"\n', "", 1, "Term peer-worker: “term” must be words in double quotes, not empty."),
        ("see = []", "see = []\ncolour = 1", 6, "“colour” does not belong to a term. Known: term, text"),
        ("see = []", "see = 1", 5, "“see” must be a list of words in square brackets"),
        (" It is paid.", "", 3, "“text” has 1 sentence. Write two."),
        ("It is paid.", "It is paid. It is work.", 3, "“text” has 3 sentences. Write two."),
        ("principles/equality", "principles/gone", 4, "“used” names “principles/gone”, but there is no such page."),
        ('used = ["principles/equality"]', "used = []", 4, "“used” names no page. Name at least one"),
        ("see = []", 'see = ["gone"]', 5, "“see” names “gone”, which is no other term of this file."),
        ("see = []", 'see = ["peer-worker"]', 5, "“see” names “peer-worker”, which is no other term"),
        ('"R1"', '"R9"', 6, "“R9”, which is not in sources.toml. Add it there."),
        ("[peer-worker]", "[Peer_worker]", 1, "“Peer_worker” cannot be part of an address."),
        ("peer worker\"", "p" * 121 + '"', 2, "must not be longer than 120 characters"),
        ("[peer-worker]", 'a = "b"\n[peer-worker]', None, "“a” stands outside a term. Begin a term with a line [a]."),
        ("term =", "term", 2, "This is not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_term_is_named(folder, old, new, line, words):
    folder.write("en/glossary.toml", GLOSSARY.replace(old, new))
    ((file, found_line, message),) = findings(folder)
    assert (file, found_line) == ("content/en/glossary.toml", line)
    assert words in message


def test_words_stand_for_one_term_only(folder):
    other = (
        GLOSSARY.replace("[peer-worker]", "[other]").replace('"peer worker"', '"other"').replace("peer w", "Peer  w")
    )
    folder.write("en/glossary.toml", GLOSSARY + other)
    ((_file, line, message),) = findings(folder)
    assert line == 14
    assert "“Peer  workers” already stands for the term peer-worker." in message


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('good_for = "Reading on."\n', "", 1, "a-manual: “good_for” must be words in double quotes, not empty."),
        ("year = 2014", 'year = "2014"', 5, "“year” must be a whole number"),
        ("year = 2014", "isbn = 2014", 5, "“isbn” does not belong to a resource."),
        ('"pay"', '"weather"', 7, "“weather” is not in en/topics.toml. Add it there."),
        ('"en"', '"English"', 6, '“language” must be a code such as "en".'),
        ('"not verified"', '"not checked"', 10, "with “url”, “link_state” must be \"not verified\", or what somebody"),
        ('"not verified"', '"works"', 10, "and the day: \"works, 2027-01-10\" or \"dead, 2027-01-10\"."),
        ('"not verified"', '"works, 10 January"', 10, "and the day: \"works, 2027-01-10\""),
        ('"not verified"', '"dead, 2027-02-30"', 10, "and the day: \"works, 2027-01-10\""),
        ('"not verified"', '"dead, 20270110"', 10, "and the day: \"works, 2027-01-10\""),
        ('"not verified"', '"works, 2027-01-10 "', 10, "and the day: \"works, 2027-01-10\""),
        ('url = "http://example.org/"\n', "", 9, "without “url”, “link_state” must be \"not checked\"."),
        ("http://", "javascript://", 9, "“url” must begin with http:// or https://."),
    ],
)  # fmt: skip
def test_a_wrong_resource_is_named(folder, old, new, line, words):
    folder.write("resources.toml", RESOURCE.replace(old, new))
    ((file, found_line, message),) = findings(folder)
    assert (file, found_line) == ("content/resources.toml", line)
    assert words in message


@pytest.mark.parametrize("state", ["works, 2027-01-10", "dead, 2027-01-10"])
def test_somebody_who_opened_a_link_may_say_so(folder, state):
    folder.write("resources.toml", RESOURCE.replace("not verified", state))
    assert findings(folder) == []
    folder.write("resources.toml", RESOURCE.replace("not verified", state).replace('url = "http://example.org/"\n', ""))
    assert "without “url”" in findings(folder)[0][2]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("/en/glossary#gone", "there is no such term in the glossary."),
        ("/en/resources#gone", "there is no such entry in resources.toml."),
    ],
)
def test_a_dead_link_into_the_library_is_named(folder, link, words):
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("resources.toml", RESOURCE)
    folder.page("equality", f"See [that]({link}).\n")
    ((_file, line, message),) = findings(folder)
    assert line == 15
    assert words in message
