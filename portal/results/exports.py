"""The figures of the results page as rows for CSV and JSON: same gate, same visibility (scoring.md §3.4.2.8)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from assessments.model import RaterGroup
from assessments.published import ItemFigure, Reason, SectionFigure
from portal.results.item_words import item_gap_words
from portal.results.view import ItemLine, Result, Row

NOT_ASKED = "not_asked"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula

Value = str | int | float | None


@dataclass(frozen=True)
class Cell:
    """One figure. Without a ``value``, ``reason`` says why there is none; a value of 0 is a figure."""

    part: str  # group, section, item
    code: str
    name: str
    group: str
    measure: str
    value: Value
    reason: str = ""


def cells(result: Result) -> list[Cell]:
    """Every figure of the page, in the page's order."""
    found = list(_answered(result))
    for row in result.rows:
        found += _section(row, result)
    for row in result.in_order:
        for line in row.items:
            found += _item(line, result)
    return found


def _answered(result: Result) -> Iterator[Cell]:
    for group, answered in result.answered.items():
        yield Cell("group", group.value, "", group.value, "answered", answered.band)
        if answered.exact is not None:
            yield Cell("group", group.value, "", group.value, "answered_exactly", answered.exact)


def _section(row: Row, result: Result) -> Iterator[Cell]:
    for group in result.groups:
        figure = row.groups.get(group)
        if figure is None:
            yield Cell("section", row.code, row.name, group.value, "points", None, NOT_ASKED)
        else:
            for measure, value, reason in _section_measures(figure):
                yield Cell("section", row.code, row.name, group.value, measure, value, reason)
    for gap in row.section.gaps:
        yield Cell("section", row.code, row.name, gap.group.value, "gap", gap.word.value)
        yield Cell("section", row.code, row.name, gap.group.value, "gap_questions", gap.questions)
        if gap.higher is not None:
            yield Cell("section", row.code, row.name, gap.group.value, "gap_higher", gap.higher.value)
            if gap.points is not None:
                yield Cell("section", row.code, row.name, gap.group.value, "gap_points", gap.points)
    if row.section.balanced is not None:
        yield Cell("section", row.code, row.name, "", "balanced_points", row.section.balanced.points)


def _section_measures(figure: SectionFigure) -> Iterator[tuple[str, Value, str]]:
    reason = figure.reason.value if figure.reason else ""
    yield "points", figure.points, reason
    if figure.band is not None:
        yield "band", figure.band.value, ""
    if figure.points is None:
        return
    if figure.stop is not None:
        yield "points_stop", figure.stop.value, ""
    if figure.critical is not None:
        yield "band_because_of", figure.critical, ""
    if figure.questions < figure.of:
        yield "questions", figure.questions, ""
        yield "questions_of", figure.of, ""
    if figure.partly_applicable:
        yield "partly_applicable", "yes", ""
    if figure.evidenced_points not in (None, figure.points):
        yield "evidenced_points", figure.evidenced_points, ""


def _item(line: ItemLine, result: Result) -> Iterator[Cell]:
    def cell(group: RaterGroup, measure: str, value: Value, reason: str = "") -> Cell:
        return Cell("item", line.code, line.short, group.value, measure, value, reason)

    for group, figure in line.figures.items():
        if figure is None:
            yield cell(group, "level", None, NOT_ASKED)
            continue
        for measure, value, reason in _item_measures(figure):
            yield cell(group, measure, value, reason)
        if group in line.differed:
            yield cell(group, "differed", "yes")
        for text in line.texts[group]:
            yield cell(group, "text", text)
    for gap in line.gaps:
        if item_gap_words(gap) and gap.higher is not None:
            yield cell(gap.group, "gap_higher", gap.higher.value)
            if gap.levels:
                yield cell(gap.group, "gap_levels", gap.levels)


def _item_measures(figure: ItemFigure) -> Iterator[tuple[str, Value, str]]:
    if figure.evidence_only == {}:
        yield "evidence", None, Reason.NOT_ENOUGH_ANSWERS.value
    elif figure.evidence_only is not None:
        for code, number in figure.evidence_only.items():
            yield f"evidence_{code}", number, ""
    else:
        yield "level", figure.level, figure.reason.value if figure.reason else ""
    if figure.nearly_all:
        yield "nearly_all", "yes", ""
    if figure.mean is not None:
        yield "mean", figure.mean, ""
    if figure.agreement is not None:
        yield "agreement", figure.agreement.value, ""
    if figure.deviation is not None:
        yield "deviation", figure.deviation, ""
    for level, number in enumerate(figure.distribution or ()):
        yield f"level_{level}", number, ""
    if figure.evidence is not None and figure.evidence.claimed:
        yield "claimed", figure.evidence.claimed, ""
        yield "claimed_without_evidence", figure.evidence.without, ""
        for code, number in figure.evidence.by_code.items():
            yield f"evidence_{code}", number, ""
        yield "evidenced_mean", figure.evidenced_mean, ""
    if figure.cannot_tell is not None:
        yield "cannot_tell_three_in_ten", "yes" if figure.cannot_tell.three_in_ten else "no", ""
        if figure.cannot_tell.percent is not None:
            yield "cannot_tell_percent", figure.cannot_tell.percent, ""


def to_csv(result: Result) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such; no text can become a formula."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["part", "code", "name", "group", "measure", "value", "reason"])
    for cell in cells(result):
        guarded = replace(cell, name=_guarded(cell.name), value=_guarded(cell.value))
        table.writerow(["" if value is None else value for value in asdict(guarded).values()])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _guarded(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def to_json(result: Result, **about: str) -> bytes:
    """The same rows; ``about`` says which round they are of. A figure that is not shown is null with a reason."""
    told = {**about, "threshold": result.threshold, "figures": [asdict(cell) for cell in cells(result)]}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
