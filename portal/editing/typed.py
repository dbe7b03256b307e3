"""A page as it stands in the editor's form: every part as it was typed, sound or not."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from portal.guidance import exporting, files, kinds
from portal.guidance.models import Page, Revision

POINTS = 3  # "In short"
# Header keys with a field of their own; where the page stands is changed in the menu.
OWN_FIELDS = frozenset(
    {"title", "summary", "in_short", "order", "local_check", "topics", "sources", "related", "try_it"}
)


@dataclass(frozen=True)
class Typed:
    title: str = ""
    summary: str = ""
    in_short: tuple[str, ...] = ("",) * POINTS
    body: str = ""
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    related: str = ""  # one a line
    try_it: str = ""  # one a line
    local_check: tuple[str, ...] = ()
    more: str = ""  # the other keys of the header, as TOML
    note: str = ""  # what was changed, for the list of revisions; no part of the page

    @property
    def points(self) -> list[str]:
        return [point.strip() for point in self.in_short if point.strip()]

    @property
    def text(self) -> str:
        """The body as it is published: without empty lines around it."""
        return self.body.strip("\n").rstrip() + "\n"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def settled(self) -> Typed:
        """As it would be published: spaces that make no difference are gone, and so is the note."""
        points = (*self.points, *[""] * POINTS)[: len(self.in_short)]
        return replace(
            self,
            title=self.title.strip(),
            summary=" ".join(self.summary.split()),
            in_short=points,
            body=self.text,
            related=_lines(_names(self.related)),
            try_it=_lines(_names(self.try_it)),
            more=self.more.strip(),
            note="",
        )


@dataclass(frozen=True)
class Problem:
    """What keeps a page from being published, and what would be right."""

    message: str
    field: str = ""  # of the form; empty: the page as a whole
    line: int | None = None  # of the text in that field
    words: str = ""  # the beginning of that line


def of_json(texts: dict[str, Any]) -> Typed:
    known = {field.name for field in fields(Typed)}
    values: Any = {name: tuple(v) if isinstance(v, list) else v for name, v in texts.items() if name in known}
    return Typed(**values)


def of_revision(page: Page, revision: Revision) -> Typed:
    header = exporting.header(page, revision)
    return Typed(
        title=revision.title,
        summary=revision.summary,
        in_short=(*revision.in_short, *[""] * (POINTS - len(revision.in_short))),
        body=revision.body,
        topics=tuple(header["topics"]),
        sources=tuple(header["sources"]),
        related=_lines(header["related"]),
        try_it=_lines(header["try_it"]),
        local_check=tuple(header["local_check"]),
        more=_as_toml({key: header[key] for key in header if key not in OWN_FIELDS}, kinds.of(page.kind).tables),
    )


def of_new(title: str, today: dt.date) -> Typed:
    return Typed(title=title, more=_as_toml({"written": today, "checked": []}, frozenset()))


def header(typed: Typed, page: Page) -> tuple[dict[str, Any], list[Problem]]:
    """The header as a file would hold it, and what could not be read of it."""
    more, problems = _read_more(typed.more)
    values = {
        **more,
        "title": typed.title.strip(),
        "summary": " ".join(typed.summary.split()),
        "in_short": typed.points,
        "order": page.position,
        "local_check": list(typed.local_check),
        "topics": list(typed.topics),
        "sources": list(typed.sources),
        "related": _names(typed.related),
        "try_it": _names(typed.try_it),
    }
    for key in kinds.of(page.kind).tables & values.keys():
        if not isinstance(values[key], list) or not all(isinstance(table, dict) for table in values[key]):
            problems.append(Problem(f"“{key}” is written as tables: a line [[{key}]], and its keys below.", "more"))
    return exporting.in_order(values, page.kind), problems


def _names(lines: str) -> list[str]:
    return list(dict.fromkeys(name for name in re.split(r"[\s,]+", lines) if name))


def _lines(names: list[str]) -> str:
    return "\n".join(names)


def _read_more(text: str) -> tuple[dict[str, Any], list[Problem]]:
    try:
        more = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        message = f"This is not TOML: {reason}. Words stand in double quotes, one key a line."
        return {}, [Problem(message, "more", line, line_of(text, line))]
    problems = [
        Problem(f"“{key}” has a field of its own, or is changed in the menu. Take it out here.", "more")
        for key in more
        if key in OWN_FIELDS
    ]
    return {key: value for key, value in more.items() if key not in OWN_FIELDS}, problems


def line_of(text: str, number: int) -> str:
    """The beginning of a line, counted from 1."""
    lines = text.split("\n")
    return lines[number - 1].strip()[:60] if 0 < number <= len(lines) else ""


def _as_toml(values: dict[str, Any], tables: frozenset[str]) -> str:
    """Keys one a line, then those that are tables."""
    lines = [f"{key} = {files.toml(value)}" for key, value in values.items() if key not in tables]
    for key in tables & values.keys():
        for table in values[key]:
            lines += ["", f"[[{key}]]", *(f"{name} = {files.toml(one)}" for name, one in table.items())]
    return "\n".join(lines) + "\n"
