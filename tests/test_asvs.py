"""Every line of level 2 of a public standard has tests that are there, or a reason in plain words."""

import ast
import functools
import pathlib
import re
import tomllib

import pytest

PROJECT = pathlib.Path(__file__).parents[1]
CHAPTERS = tomllib.loads((PROJECT / "tests/asvs.toml").read_text())
LINES = [line for lines in CHAPTERS.values() for line in lines]
# How many lines of levels 1 and 2 each chapter of ASVS 4.0.3 has: 259 in all.
COUNTS = {
    "V1": 38, "V2": 53, "V3": 18, "V4": 9, "V5": 30, "V6": 13, "V7": 12, "V8": 15, "V9": 7, "V10": 5, "V11": 8,
    "V12": 15, "V13": 13, "V14": 23,
}  # fmt: skip
FIRST_WORDS = ("Not here: ", "Instead: ", "Untested: ", "Not met: ")


@functools.cache
def functions_in(path):
    tree = ast.parse((PROJECT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_no_line_is_missing():
    assert {chapter: len(lines) for chapter, lines in CHAPTERS.items()} == COUNTS


def test_ids_are_well_formed_and_in_order_and_each_is_there_once():
    numbers = []
    for chapter, lines in CHAPTERS.items():
        for line in lines:
            assert re.fullmatch(rf"{chapter}\.[1-9][0-9]*\.[1-9][0-9]*", line["id"]), line["id"]
            numbers.append(tuple(int(number) for number in line["id"][1:].split(".")))
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_a_line_has_tests_that_are_there_or_a_reason(line):
    assert 3 <= len(line["about"].split()) <= 10
    assert set(line) in ({"id", "about", "tests"}, {"id", "about", "reason"})
    if "reason" in line:
        assert line["reason"].startswith(FIRST_WORDS) and line["reason"].endswith("."), line["reason"]
        return
    assert line["tests"] and len(line["tests"]) == len(set(line["tests"]))
    for named in line["tests"]:
        path, _, test = named.partition("::")
        assert test in functions_in(path), f"{line['id']} names {named}, which is not there"
