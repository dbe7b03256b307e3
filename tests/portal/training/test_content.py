"""What a module's file must hold: each mistake is named with its place and what would be right."""

from __future__ import annotations

import pytest

from portal import paths
from portal.guidance import checks, files
from portal.training import content
from tests.support.modules import CHOICE, Modules, module_text

MISTAKES = {
    "code": ({"code": '"K9"'}, "must be the name of the file, K1."),
    "minutes too many": ({"minutes": "900"}, "must lie between 1 and 480."),
    "minutes that the steps do not give": ({"minutes": "45"}, "The steps take 30 minutes together"),
    "minutes in words": ({"minutes": '"30"'}, "must be a whole number."),
    "yes instead of true": ({"before_solo_work": '"yes"'}, "must be true or false, without quotes."),
    "refresh": ({"refresh_months": "-1"}, "must lie between 0 (never) and 60."),
    "an item nobody has": ({"develops": '["F9.99"]'}, "candidate-1 has no such item"),
    "review in the past": ({"review_by": "2026-01-01"}, "must be later than “written”."),
    "no question": ({"checks": "", "check": "[]"}, "must hold one question at least"),
    "a list in place of a kind": ({"checks": CHOICE.replace('"choice"', "[]")}, "“kind” must be one of"),
    "an unknown kind": ({"checks": CHOICE.replace('"choice"', '"quiz"')}, "“kind” must be one of"),
    "keys out of order": (
        {"checks": '[[check]]\nquestion = "Q?"\nkind = "free"\nexplanation = "E."\n'},
        "has the keys kind, question, explanation, in this order.",
    ),
    "a key beyond the options": ({"checks": CHOICE.replace("[1]", "[3]")}, "from 1 to 2."),
    "a key twice": ({"checks": CHOICE.replace("[1]", "[1, 1]")}, "each number once."),
    "one option": ({"checks": CHOICE.replace(', "A smile"', "")}, "two or more answers"),
    "an empty question": (
        {"checks": CHOICE.replace("What can be shared by mistake?", " ")},
        "“question” must be words",
    ),
    "a key nobody knows": ({"colour": '"red"'}, "is no header key"),
    "a missing key": ({"review_by": None}, "The header has no “review_by”."),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return Modules(tmp_path / "content")


def findings(folder):
    return [f"{one.file}:{one.line} {one.message}" for one in checks.check_folder(folder.root)[1]]


def test_the_modules_of_the_tests_are_sound(folder):
    assert findings(folder) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(folder, mistake):
    header, message = MISTAKES[mistake]
    folder.write("K1", **header)
    found = findings(folder)
    assert any("en/modules/K1.md" in one and message in one for one in found), found


def test_headings_and_steps_are_the_same_in_every_module(folder):
    path = folder.root / "en/modules/K1.md"
    whole = path.read_text()
    path.write_text(whole.replace("## Why it matters", "## Reasons"))
    assert "A module has these headings" in findings(folder)[0]
    path.write_text(whole.replace(" · 10 minutes", ""))
    assert "Each step of the meeting is a heading such as" in findings(folder)[0]


def test_the_name_of_a_file_is_its_code(folder):
    (folder.root / "en/modules/basics.md").write_text(module_text("basics"))
    assert any("“basics” cannot be part of an address. Use one capital letter" in one for one in findings(folder))


def test_a_page_may_lead_to_a_module_and_not_to_one_that_is_not_there(folder):
    folder.write(
        "C1", good_to_know="[First](/en/modules/K1#why-it-matters), [then](/en/modules/K9), [no](/en/modules/K1#x)."
    )
    found = findings(folder)
    assert len(found) == 2
    assert "“/en/modules/K9” is dead: there is no such page" in found[1] + found[0]
    assert "that page has no anchor #x" in found[0] + found[1]


@pytest.mark.parametrize(
    "path", sorted(paths.resource_dir("content").glob("en/modules/*.md")), ids=lambda path: path.stem
)
def test_a_shipped_module_stands_in_its_one_form(path):
    found: list = []
    page = files.parse_page(path.name, content.MODULES, "en", "modules", path.stem, path.read_text(), found)
    assert found == []
    assert list(content.check(page)) == []
    assert files.header_lines(page.header, content.MODULES) == list(page.header_lines)
    assert page.header["checked"] == [], "filled in only when a person has really checked it"


def test_all_28_modules_are_there():
    codes = {path.stem for path in paths.resource_dir("content").glob("en/modules/*.md")}
    blocks = {"O": 1, "K": 7, "C": 5, "S": 5, "T": 8, "A": 2}
    assert codes == {f"{letter}{number}" for letter, most in blocks.items() for number in range(1, most + 1)}
