"""The published state as files again: byte for byte what was loaded where nothing was edited."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.config import setting
from portal.guidance import kinds, markup
from portal.guidance.files import FENCE, INDEX, KEYS, header_lines, toml
from portal.guidance.kinds import Kind
from portal.guidance.models import Page, Redirect, Revision, StoredFile
from portal.guidance.shelf import live_revision

# JSON knows no dates, and PostgreSQL's forgets the order of keys.
_DATES = frozenset({"written", "on", "review_by"})
_ORDERS = {"checked": ("on", "by"), "check": ("kind", "question", "options", "key", "explanation")}
_LINK = re.compile(
    r"/(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?)/(?P<folder>[a-z]+)"
    r"/(?P<rest>[A-Za-z0-9-]+(?:/[a-z0-9-]+)?)(?P<anchor>#[\w-]+)?"
)
_ROW = re.compile(r"(?P<key>[\w-]+) = (?P<value>\[.*\])")


class FolderInUse(Exception):
    """There is something in the folder already."""


@dataclass(frozen=True)
class Places:
    """Where pages stand now, for texts that still name an address which was left."""

    anchors: dict[tuple[str, str], frozenset[str]]  # of every page that readers can open, by language and address
    left: dict[tuple[str, str], str]  # where readers of an address are led instead; empty: nowhere

    def now(self, language: str, place: str) -> str:
        """The place (an address, perhaps with ``#anchor``) as it must be named now; empty where there is none."""
        address, mark, anchor = place.partition("#")
        for name in (language, setting("DEFAULT_LANGUAGE")):
            if (name, address) in self.anchors:
                break
            if (name, address) in self.left:
                address = self.left[name, address]
                break
        known = self.anchors.get((language, address)) or self.anchors.get((setting("DEFAULT_LANGUAGE"), address))
        if known is None:
            return ""
        return f"{address}{mark}{anchor}" if anchor in known else address


def export(folder: Path) -> int:
    """Write pages and tables into a new or empty folder; how many files. Raises FolderInUse."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse
    pages = list_published()
    places = _places(pages)
    for page, revision in pages:
        _write(folder / file_name(page), _as_file(page, revision, places))
    tables = list(StoredFile.select().order_by(StoredFile.name))
    for table in tables:
        _write(folder / table.name, _as_table(table, places))
    return len(pages) + len(tables)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def list_published() -> list[tuple[Page, Revision]]:
    """Every page that is not withdrawn with its live revision, by language, kind, section and slug."""
    rows = (
        Revision.select(Revision, Page)
        .join(Page)
        .where(Revision.id == live_revision(), ~Page.withdrawn)
        .order_by(Page.language, Page.kind, Page.section, Page.slug)
    )
    return [(revision.page, revision) for revision in rows]


def file_name(page: Page) -> str:
    """From the content folder on."""
    kind = kinds.of(page.kind)
    folder = f"{kind.folder}/{page.section}" if kind.in_sections else kind.folder
    return f"{page.language}/{folder}/{page.slug}.md"


def address(page: Page | Redirect) -> str:
    """As headers name it: ``section`` or ``section/page``."""
    return page.section if page.slug == INDEX else f"{page.section}/{page.slug}"


def path(kind: Kind, language: str, address: str) -> str:
    """Where readers find a page, from the root of the site."""
    return f"/{language}/{kind.folder}/{address}" if kind.in_sections else f"/{language}/{address}"


def header(page: Page, revision: Revision) -> dict[str, Any]:
    """The header as its file holds it: TOML's values, the keys in their order, ``order`` as the page stands now."""
    own = {"title": revision.title, "summary": revision.summary, "in_short": revision.in_short}
    stored = own | revision.header | {"order": page.position}
    return in_order({key: _from_json(key, value) for key, value in stored.items()}, page.kind)


def in_order(values: dict[str, Any], kind: str) -> dict[str, Any]:
    """The keys of a page's header in their order; those that nobody knows come last."""
    return {key: values[key] for key in (*KEYS, *kinds.of(kind).keys, *values) if key in values}


def _from_json(key: str, value: Any) -> Any:
    if key in _DATES and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if isinstance(value, list):
        return [_from_json(key, one) for one in value]
    if isinstance(value, dict):
        order = _ORDERS.get(key, ())
        return {name: _from_json(name, value[name]) for name in dict.fromkeys((*order, *value)) if name in value}
    return value


def as_text(kind: Kind, values: dict[str, Any], body: str, *, between: str = "\n") -> str:
    """A page's file."""
    return "\n".join([FENCE, *header_lines(values, kind), FENCE]) + "\n" + between + body


def _as_file(page: Page, revision: Revision, places: Places) -> str:
    values = header(page, revision)
    related = (places.now(page.language, name) for name in values["related"])
    values["related"] = [name for name in dict.fromkeys(related) if "/" in name]
    tried = (places.now(page.language, one) if _is_left(one, page, places) else one for one in values["try_it"])
    values["try_it"] = [one for one in dict.fromkeys(tried) if one]
    kind = kinds.of(page.kind)
    text = as_text(kind, values, _LINK.sub(lambda link: _relink(link, places), revision.body))
    # Nothing says whether an empty line stood before the text of the file: its digest does.
    without = as_text(kind, values, revision.body, between="")
    return without if hashlib.sha256(without.encode()).hexdigest() == revision.from_file else text


def _is_left(name: str, page: Page, places: Places) -> bool:
    return any((language, name) in places.left for language in (page.language, setting("DEFAULT_LANGUAGE")))


def _relink(link: re.Match[str], places: Places) -> str:
    kind = next((one for one in kinds.every() if one.folder == link["folder"]), None)
    if kind is None:
        return link[0]
    language, address = link["language"], link["rest"] if kind.in_sections else f"{kind.folder}/{link['rest']}"
    if (language, address) not in places.left:
        return link[0]
    now = places.now(language, address + (link["anchor"] or ""))
    return path(kind, language, now) if now else link[0]


def _places(pages: Iterable[tuple[Page, Revision]]) -> Places:
    anchors = {(page.language, address(page)): markup.anchors(revision.html) for page, revision in pages}
    gone = {(page.language, address(page)): "" for page in Page.select().where(Page.withdrawn).order_by(Page.id)}
    led = {(one.language, address(one)): one.target for one in Redirect.select().order_by(Redirect.id)}
    return Places(anchors, gone | led)


def _as_table(table: StoredFile, places: Places) -> str:
    """The file as it was read. Where it names pages, they are named as they stand now."""
    name = table.name.rpartition("/")[2]
    if name == "inventory.toml":
        return _renamed(table.text, lambda _key: True, setting("DEFAULT_LANGUAGE"), places)
    if name == "glossary.toml":
        return _renamed(table.text, lambda key: key == "used", table.name.partition("/")[0], places)
    return table.text


def _renamed(text: str, names_pages: Any, language: str, places: Places) -> str:
    """The lines whose lists name pages, with these as they stand now; a list that is left empty goes."""
    lines = []
    for line in text.split("\n"):
        row = _ROW.fullmatch(line)
        if row is None or not names_pages(row["key"]):
            lines.append(line)
            continue
        before = tomllib.loads(line)[row["key"]]
        now = [name for name in dict.fromkeys(places.now(language, one) for one in before) if name]
        if now:
            lines.append(line if now == before else f"{row['key']} = {toml(now)}")
    return "\n".join(lines)
