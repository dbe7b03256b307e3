"""Each kind of bad input: named with its file, its line and what would be right."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from portal.guidance import checks, commands
from tests.portal.guidance.conftest import SOURCE
from tests.support.modules import module_text

PAGE = "content/en/guidance/principles/equality.md"


def findings(folder):
    return [(one.file, one.line, one.message) for one in checks.check_folder(folder.root)[1]]


def test_a_sound_folder_has_no_findings(folder):
    assert findings(folder) == []


@pytest.mark.parametrize(
    ("header", "line", "words"),
    [
        ({"summary": None}, 1, "The header has no “summary”. It holds words in double quotes."),
        ({"colour": '"red"'}, 13, "“colour” is no header key. Known: title, summary"),
        ({"order": "3000000000"}, 5, "“order” must be between 0 and 1,000,000."),
        ({"order": '"ten"'}, 5, "“order” must be a whole number."),
        ({"order": "true"}, 5, "“order” must be a whole number."),
        ({"written": "2026-11-22T10:00:00"}, 6, "“written” must be a date without quotes, such as 2026-11-22."),
        ({"title": '" "'}, 2, "“title” must not be empty."),
        ({"summary": '"One. Two. Three."'}, 3, "“summary” has 3 sentences. Two are the most."),
        ({"in_short": "[]"}, 4, "“in_short” has 0 points. Give one to three."),
        ({"in_short": '["a", "b", "c", "d"]'}, 4, "“in_short” has 4 points. Give one to three."),
        ({"topics": "[1]"}, 9, "“topics” must hold words in double quotes only"),
        ({"local_check": '["money"]'}, 8, 'takes only "health" and "law".'),
        ({"checked": '[{ by = "somebody" }]'}, 7, 'must look like [{ on = 2027-01-10, by = "peer worker" }]'),
        ({"topics": '["weather"]'}, 9, "“topics” names “weather”, which is not in en/topics.toml. Add it there."),
        ({"sources": '["R9"]'}, 10, "“sources” names “R9”, which is not in sources.toml. Add it there."),
        ({"related": '["principles/nowhere"]'}, 11, "“principles/nowhere”, but there is no such page."),
        ({"related": '["principles"]'}, 11, "Name it as section/page."),
        ({"try_it": '["principles-1/EQ99"]'}, 12, "“principles-1/EQ99”, but no instrument has that item"),
        ({"try_it": '["modules/one"]'}, 12, "“modules/one”, but no instrument has that item"),
        ({"title": "'Equality'"}, 2, 'not in its one form. Write the line as: title = "Equality"'),
        ({"topics": '[ "pay" ]'}, 9, 'Write the line as: topics = ["pay"]'),
        ({"title": "Equality"}, 2, "This is not TOML"),
    ],
)
def test_a_wrong_header_is_named_with_line_and_remedy(folder, header, line, words):
    folder.page("equality", **header)
    found = findings(folder)
    assert len(found) == 1
    assert found[0][:2] == (PAGE, line)
    assert words in found[0][2]


def test_a_real_check_is_accepted(folder):
    folder.page("equality", checked='[{ on = 2027-01-10, by = "peer worker" }]')
    assert findings(folder) == []


def test_a_module_is_named_where_it_is_there(folder):
    folder.page("equality", try_it='["modules/A1"]')
    assert "there is no such module" in findings(folder)[0][2]
    topics = '\n[training]\ntitle = "Training"\nsummary = "Learning."\n'
    folder.write("en/topics.toml", (folder.root / "en/topics.toml").read_text() + topics)
    folder.write("en/modules/A1.md", module_text("A1"))
    assert findings(folder) == []


def test_a_key_of_odd_letters_is_named(folder):
    folder.page("equality", **{'"luck("': "1"})
    assert findings(folder)[0][2].startswith("“luck(” is no header key.")


def test_an_address_too_long_for_the_database_is_named(folder):
    name = "a" * 81
    folder.page(name)
    assert f"“{name}” is longer than 80 characters." in findings(folder)[0][2]


def test_the_address_of_booklets_is_taken(folder):
    folder.page("booklet")
    assert any("“booklet” is the address of the section's booklet." in one[2] for one in findings(folder))


def test_keys_out_of_order_are_named(folder):
    path = folder.page("equality")
    lines = path.read_text().split("\n")
    lines[1], lines[2] = lines[2], lines[1]
    path.write_text("\n".join(lines))
    ((file, line, message),) = findings(folder)
    assert (file, line) == (PAGE, 2)
    assert message.startswith("The keys are out of order from “summary” on. The order is: title, summary")


def test_an_empty_line_in_the_header_is_named(folder):
    path = folder.page("equality")
    path.write_text(path.read_text().replace("order = 10", "\norder = 10"))
    ((_file, line, message),) = findings(folder)
    assert line == 5
    assert "Write the line as: order = 10" in message


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("# A title\n\nWords.\n", 15, "The text holds no title; the header does. Begin headings with ##."),
        ("### Too deep\n\nWords.\n", 15, "A heading of level 3 follows level 1. Write ##."),
        ("## First\n\n#### Too deep\n", 17, "A heading of level 4 follows level 2. Write ### or fewer."),
        ("Words.\n\n<h2>By hand</h2>\n", 17, "Write headings with ## instead of HTML"),
        ("Look: ![](/static/a.png)\n", 15, "A picture without words for those who do not see it."),
        ("See [that](/en/guidance/principles/gone).\n", 15, "there is no such page"),
        ("See [that](/en/guidance/principles/index).\n", 15, "there is no such page"),
        ("A\n\n[x](/en/guidance/principles#gone)\n", 17, "that page has no anchor #gone."),
        ("See [below](#gone).\n", 15, "The link to “#gone” is dead: no heading on this page has that anchor."),
        ("See [that](/en/topics/gone).\n", 15, "there is no such topic."),
        ("See [that](../equality).\n", 15, "write the whole address, beginning with /en/guidance/."),
        ("", 15, "The page has no text."),
    ],
)
def test_a_wrong_text_is_named_with_line_and_remedy(folder, body, line, words):
    folder.page("equality", body)
    found = findings(folder)
    assert len(found) == 1
    assert found[0][:2] == (PAGE, line)
    assert words in found[0][2]


def test_links_that_lead_somewhere_are_fine(folder):
    folder.page(
        "equality",
        "## A part\n\n[1](#a-part) [2](/en/guidance/principles#first) [3](/en/topics/pay) [4](/en/safety) "
        "[5](https://example.org/) [6](/en/guidance) ![A cup](/static/a.png)\n\n```\n# no heading\n```\n\n### Deeper\n",
    )
    assert findings(folder) == []


def test_a_page_without_a_section_is_named(folder):
    folder.page("alone", section="lost")
    ((file, _line, message),) = findings(folder)
    assert file == "content/en/guidance/lost/alone.md"
    assert message == "There is no section “lost”: add lost/index.md, or move this file."


def test_a_page_in_a_second_language_is_checked_against_the_first(folder):
    folder.page("equality", language="nl", topics='["pay", "weather"]')
    folder.page("alone", language="nl", section="lost")
    assert findings(folder) == [
        (
            "content/nl/guidance/lost/alone.md", None,
            "There is no section “lost”: add lost/index.md, or move this file.",
        ),
        ("content/nl/guidance/principles/equality.md", 9,
         "“topics” names “weather”, which is not in en/topics.toml. Add it there."),
    ]  # fmt: skip
    folder.write("nl/topics.toml", '[geld]\ntitle = "Geld"\nsummary = "Loon."\n')
    assert "“weather”, which is not in nl/topics.toml." in findings(folder)[-1][2]


def test_topics_are_needed_in_the_language_of_the_site(folder):
    (folder.root / "en/topics.toml").unlink()
    assert ("content/en/topics.toml", None, "The file is missing.") in findings(folder)


def test_two_files_with_one_address_are_named(folder):
    folder.page("Equality")
    messages = [message for file, _line, message in findings(folder)]
    assert "content/en/guidance/principles/Equality.md has the same address. Rename one of the two." in messages
    assert "“Equality” cannot be part of an address. Use a–z, 0–9 and single hyphens." in messages


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"Words.\n", 1, "must begin with a line +++"),
        (b"+++\ntitle = 1\n", 1, "The header is never closed. Put a line +++"),
        (b"+++\n\xff\n+++\n", None, "The file is not UTF-8 text. Save it as UTF-8."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder, text, line, words):
    folder.page("equality").write_bytes(text)
    ((file, found_line, message),) = findings(folder)
    assert (file, found_line) == (PAGE, line)
    assert words in message


def test_windows_line_ends_are_named(folder):
    path = folder.page("equality")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert (PAGE, 1, "Lines must end as on Unix (LF), not with CR LF.") in findings(folder)


def test_a_page_outside_a_section_is_named(folder):
    folder.write("en/guidance/stray.md", "+++\n+++\n")
    ((file, _line, message),) = findings(folder)
    assert file == "content/en/guidance/stray.md"
    assert "A page lies in a section's folder" in message


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("sources.toml", SOURCE.replace("An author", ""), 2, "Source R1: “author” must be words in double quotes."),
        ("sources.toml", SOURCE.replace("text", "song"), 5, "Source R1: “kind” must be one of text"),
        ("sources.toml", SOURCE + 'year = "2014"\n', 7, "Source R1: “year” must be a whole number."),
        ("sources.toml", SOURCE + "pages = 3\n", 7, "“pages” does not belong to a source."),
        ("en/topics.toml", '[pay]\ntitle = "Pay"\n', 1, "Topic pay: “summary” must be words"),
        ("en/topics.toml", '["Pay & more"]\ntitle = "Pay"\nsummary = "Money."\n', 1, "“Pay & more” cannot be part of"),
        ("en/topics.toml", f'[pay]\ntitle = "{"x" * 121}"\nsummary = "Money."\n', 2, "longer than 120 characters."),
        ("inventory.toml", "reading = 3\n", None, "“reading” must be a table: a line [reading], and its rows below."),
        ("inventory.toml", '[reading]\nA01 = ["principles/equality#gone"]\n', 2, "has no anchor #gone"),
        ("inventory.toml", '[reading]\nA01 = ["principles/gone"]\n', 2, "there is no page principles/gone"),
        ("inventory.toml", "[tools]\nA01 = 1\n", 2, "A01 must name the tool"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_named(folder, name, text, line, words):
    folder.page("index", title='"The principles"', topics="[]")
    folder.page("equality", topics="[]")
    folder.write(name, text)
    ((file, found_line, message),) = findings(folder)
    assert (file, found_line) == (f"content/{name}", line)
    assert words in message


def test_the_command_prints_findings_and_exits_1(folder, monkeypatch):
    monkeypatch.setattr(commands.paths, "resource_dir", lambda _name: folder.root)
    assert CliRunner().invoke(commands.content, ["check"]).exit_code == 0
    folder.page("equality", summary=None)
    told = CliRunner().invoke(commands.content, ["check"])
    assert told.exit_code == 1
    assert told.output == f"{PAGE}: 1: The header has no “summary”. It holds words in double quotes.\n"
    as_json = CliRunner().invoke(commands.content, ["check", "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.output)[0]["file"] == PAGE
