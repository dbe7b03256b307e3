"""The modules that can be read and assigned, from guidance's store."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal import clock, generation
from portal.config import setting
from portal.guidance import offered
from portal.guidance.models import Page, Revision, Source
from portal.guidance.services import by_name
from portal.guidance.shelf import live_revision
from portal.training import content

_PART = re.compile(r"(?=<h2\b)")
# The first letter of a code says what it is about, in this order.
BLOCKS = ("O", "K", "C", "S", "T", "A")


@dataclass(frozen=True)
class Check:
    """A question to look at together or alone. What anybody answers is kept nowhere."""

    kind: str  # choice, free or private
    question: str
    explanation: str
    options: tuple[str, ...] = ()
    key: tuple[int, ...] = ()  # the right options, counted from 1


@dataclass(frozen=True)
class Module:
    """A module as it stands in a list."""

    revision: UUID
    language: str
    code: str
    title: str
    summary: str
    minutes: int
    before_solo_work: bool
    refresh_months: int  # 0: never
    develops: tuple[str, ...]  # item codes of candidate-1

    @property
    def block(self) -> str:
        return self.code[0]


@dataclass(frozen=True)
class ModuleText:
    """A module to be read: the learner's part and the trainer's guide."""

    module: Module
    in_short: list[str]
    parts: list[str]  # HTML, one for each of content.HEADINGS
    headings: list[dict[str, Any]]
    checks: list[Check]
    written: dt.date
    checked: list[tuple[dt.date, str]]
    review_by: dt.date
    local_check: list[str]
    related: list[str]
    try_it: list[str]
    topics: list[str]
    sources: list[dict[str, Any]] = field(default_factory=list)

    @property
    def learner(self) -> Markup:
        return Markup("".join(self.parts[: content.GUIDE_FROM]))  # noqa: S704 - cleaned when it was stored

    @property
    def guide(self) -> Markup:
        return Markup("".join(self.parts[content.GUIDE_FROM :]))  # noqa: S704 - likewise

    @property
    def needs_review(self) -> bool:
        return self.review_by < clock.today()


def _rows(language: str, *columns: Any) -> Any:
    """Live modules in this language and the site's own, the wanted one last; not withdrawn ones in either."""
    fallback = setting("DEFAULT_LANGUAGE")
    return (
        Page.select(Page.position, Page.withdrawn, Page.slug, Page.language, Revision.id, Revision.title,
                    Revision.summary, Revision.header, *columns)
        .join(Revision, on=(Revision.id == live_revision()))
        .where(Page.kind == content.NAME, Page.language.in_({language, fallback}))
        .order_by(Page.position, Page.slug)
        .tuples()
    )  # fmt: skip


@generation.kept
def list_modules(language: str) -> list[Module]:
    """Every module a reader of the language can open, in order; kept until content changes, else one statement."""
    chosen: dict[str, tuple[Any, ...]] = {}
    for row in sorted(_rows(language), key=lambda row: row[3] == language):
        chosen[row[2]] = row
    in_order = sorted((row for row in chosen.values() if not row[1]), key=lambda row: (row[0], row[2]))
    return [_module(row) for row in in_order]


def list_dated(language: str) -> list[tuple[Module, dt.datetime]]:
    """Every module written in this language, with the moment its text was published; one statement."""
    rows = _rows(language, Revision.published_at)
    return [(_module(row), row[8]) for row in rows if row[3] == language and not row[1]]


def modules_by_code(language: str) -> dict[str, Module]:
    return {module.code: module for module in list_modules(language)}


@generation.kept
def get_module(language: str, code: str) -> ModuleText | None:
    """A module with its text; None where there is none. Kept until content changes, else two statements."""
    columns = (Revision.in_short, Revision.html, Revision.headings)
    rows = list(_rows(language, *columns).where(Page.slug == code))
    row = max(rows, key=lambda row: row[3] == language, default=None)
    if row is None or row[1]:
        return None
    header: dict[str, Any] = row[7]
    in_short, html, headings = row[8:]
    if row[3] != language:
        html = offered.in_language(html, row[3], language, by_name(language))
    return ModuleText(
        module=_module(row),
        in_short=in_short,
        parts=[part for part in _PART.split(html) if part.strip()],
        headings=headings,
        checks=[_check(one) for one in header["check"]],
        written=dt.date.fromisoformat(header["written"]),
        checked=[(dt.date.fromisoformat(one["on"]), one["by"]) for one in header["checked"]],
        review_by=dt.date.fromisoformat(header["review_by"]),
        local_check=header["local_check"],
        related=header["related"],
        try_it=header["try_it"],
        topics=header["topics"],
        sources=_sources(header["sources"]),
    )


@dataclass(frozen=True)
class Change:
    """A module's text now, beside the one of the day somebody did it."""

    code: str
    since: dt.datetime  # when the text of now was published
    before: str  # all that is learnt from it, written out, as now
    now: str


def change_since(code: str, revision: UUID | None) -> Change | None:
    """What is different since that revision; None where nothing is, or either text is not there any more.

    Revisions of what was done are those of the site's own language, so a translation alone is no change.
    """
    module = modules_by_code("").get(code)
    if module is None or revision is None or module.revision == revision:
        return None
    found = _read({revision, module.revision})
    before, now = found.get(revision), found.get(module.revision)
    if before is None or now is None or _written_out(before) == _written_out(now):
        return None
    return Change(code, now.published_at, _written_out(before), _written_out(now))


@generation.kept
def changed(done: frozenset[tuple[str, UUID]]) -> frozenset[tuple[str, UUID]]:
    """Those of the modules, each named with the revision with which it was done, that read otherwise now.

    One statement at most, kept until content changes; none while every revision is still the newest.
    """
    known = modules_by_code("")
    newer = {one: known[one[0]].revision for one in done if one[0] in known and known[one[0]].revision != one[1]}
    if not newer:
        return frozenset()
    found = _read({*newer.values(), *(before for _code, before in newer)})
    texts = {revision: _written_out(row) for revision, row in found.items()}
    return frozenset(
        one for one, now in newer.items() if one[1] in texts and now in texts and texts[one[1]] != texts[now]
    )


def _read(revisions: set[UUID]) -> dict[UUID, Any]:
    columns = (
        Revision.id, Revision.title, Revision.summary, Revision.in_short, Revision.header, Revision.body,
        Revision.published_at,
    )  # fmt: skip
    rows: Any = Revision.select(*columns).where(Revision.id.in_(list(revisions))).order_by(Revision.id)
    return {row.id: row for row in rows}


def _written_out(revision: Any) -> str:
    """All that is learnt from a module, line by line, without what only says who checked it and when."""
    header, minutes, months = revision.header, revision.header["minutes"], revision.header["refresh_months"]
    lines = [
        revision.title,
        revision.summary,
        ngettext("%(num)s minute in the group", "%(num)s minutes in the group", minutes),
    ]
    if header["before_solo_work"]:
        lines.append(_("Comes before working alone"))
    if months:
        lines.append(ngettext("Refreshed every month", "Refreshed every %(num)s months", months))
    lines += [f"- {point}" for point in revision.in_short]
    for check in map(_check, header["check"]):
        lines.append(check.question)
        for number, option in enumerate(check.options, start=1):
            lines.append(f"- {option} {_('(right)')}" if number in check.key else f"- {option}")
        lines.append(check.explanation)
    lines += revision.body.splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _module(row: tuple[Any, ...]) -> Module:
    header = row[7]
    return Module(
        revision=row[4],
        language=row[3],
        code=row[2],
        title=row[5],
        summary=row[6],
        minutes=header["minutes"],
        before_solo_work=header["before_solo_work"],
        refresh_months=header["refresh_months"],
        develops=tuple(header["develops"]),
    )


def _check(one: dict[str, Any]) -> Check:
    options, key = tuple(one.get("options", ())), tuple(one.get("key", ()))
    return Check(one["kind"], one["question"], one["explanation"], options, key)


def _sources(keys: list[str]) -> list[dict[str, Any]]:
    rows = {row.key: row.fields for row in Source.select().where(Source.key.in_(keys)).order_by(Source.key)}
    return [rows[key] for key in keys if key in rows]
