"""Modules as content files: the keys their headers have beyond a page's, and what must hold of them
(architecture.md §1.11)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from portal.guidance import try_it
from portal.guidance.files import Finding, PageFile
from portal.guidance.kinds import Kind

NAME = "module"
CODE = re.compile(r"[A-Z][0-9]{1,2}")
# What every module's text has, in this order; from GUIDE_FROM on it is the trainer's guide. In other languages the
# number counts, the words are the translator's.
HEADINGS = (
    "What you will be able to do",
    "Why it matters",
    "Good to know",
    "Practise with your mentor",
    "For the trainer",
    "Handouts",
)
GUIDE_FROM = 4
LONGEST_MINUTES = 480
_STEP = re.compile(r"^#### .*?(?: · (\d+) minutes?)?$", re.MULTILINE)
_HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)
_CHECK_KEYS = {
    "choice": ["kind", "question", "options", "key", "explanation"],
    "free": ["kind", "question", "explanation"],
    "private": ["kind", "question", "explanation"],
}


def check(page: PageFile) -> Iterator[Finding]:
    """Every mistake in a module whose header keys have the right types."""
    yield from _check_header(page)
    for place, one in enumerate(page.header["check"]):
        if message := _wrong_check(one):
            yield Finding(page.file, _line_of_check(page, place), f"Check question {place + 1}: {message}")
    yield from _check_text(page)


def _check_header(page: PageFile) -> Iterator[Finding]:
    header = page.header

    def wrong(key: str, message: str) -> Finding:
        return Finding(page.file, page.line_of(key), f"“{key}” {message}")

    if header["code"] != page.slug:
        yield wrong("code", f"must be the name of the file, {page.slug}.")
    if not 1 <= header["minutes"] <= LONGEST_MINUTES:
        yield wrong("minutes", f"must lie between 1 and {LONGEST_MINUTES}.")
    if not 0 <= header["refresh_months"] <= 60:
        yield wrong("refresh_months", "must lie between 0 (never) and 60.")
    for item in header["develops"]:
        if not isinstance(item, str) or not try_it.exists(f"candidate-1/{item}"):
            yield wrong("develops", f"names {item!r}, but candidate-1 has no such item. Write codes such as F2.02.")
    if header["review_by"] <= header["written"]:
        yield wrong("review_by", "must be later than “written”.")
    if not header["check"]:
        yield wrong("check", "must hold one question at least: a line [[check]] and its keys.")


def _line_of_check(page: PageFile, place: int) -> int | None:
    lines = [number for number, line in enumerate(page.header_lines, start=2) if line == "[[check]]"]
    return lines[place] if place < len(lines) else page.line_of("check")


def _wrong_check(one: Any) -> str:
    """What is wrong with a check question, with the remedy; empty when nothing is."""
    kinds = ", ".join(_CHECK_KEYS)
    if not isinstance(one, dict) or str(one.get("kind")) not in _CHECK_KEYS:
        return f"“kind” must be one of {kinds}."
    if list(one) != _CHECK_KEYS[one["kind"]]:
        return f"a {one['kind']} question has the keys {', '.join(_CHECK_KEYS[one['kind']])}, in this order."
    for key in ("question", "explanation"):
        if not isinstance(one[key], str) or not one[key].strip():
            return f"“{key}” must be words in double quotes."
    if one["kind"] != "choice":
        return ""
    options, key = one["options"], one["key"]
    if not isinstance(options, list) or len(options) < 2 or not all(isinstance(o, str) and o.strip() for o in options):
        return "“options” must hold two or more answers in double quotes."
    if not isinstance(key, list) or not key or not all(type(k) is int and 1 <= k <= len(options) for k in key):
        return f"“key” must hold numbers of right options, from 1 to {len(options)}."
    return "" if sorted(set(key)) == key else "“key” must be in order, each number once."


def _check_text(page: PageFile) -> Iterator[Finding]:
    found = _HEADING.findall(page.body)
    if len(found) != len(HEADINGS) or (page.language == "en" and tuple(found) != HEADINGS):
        wanted = "; ".join(HEADINGS)
        yield Finding(page.file, page.body_line, f"A module has these headings with ##, in this order: {wanted}.")
        return
    minutes = _STEP.findall(page.body)
    if not minutes or not all(minutes):
        message = "Each step of the meeting is a heading such as: #### 1. Arriving · 10 minutes."
        yield Finding(page.file, page.body_line, message)
    elif sum(map(int, minutes)) != page.header["minutes"]:
        total = sum(map(int, minutes))
        message = f"The steps take {total} minutes together, and “minutes” says {page.header['minutes']}."
        yield Finding(page.file, page.line_of("minutes"), message)


MODULES = Kind(
    name=NAME,
    folder="modules",
    slug=CODE,
    slug_words="one capital letter and a number, such as K1",
    in_sections=False,
    keys={
        "code": str,
        "minutes": int,
        "before_solo_work": bool,
        "refresh_months": int,
        "develops": list,
        "review_by": dt.date,
        "check": list,
    },
    tables=frozenset({"check"}),
    check=check,
)
