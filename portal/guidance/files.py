"""What people read, as files: pages with a TOML header, sources, topics, glossary, resources, inventory
(architecture.md §1.11).

Reading never stops at the first mistake: each one becomes a Finding, and what could be read comes back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.config import setting
from portal.guidance import kinds
from portal.guidance.kinds import GUIDANCE, Kind

FENCE = "+++"
INDEX = "index"  # the file, and the slug, of a section's own page
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
SLUG = GUIDANCE.slug
LONGEST_SLUG = 80
KEYS = (
    "title", "summary", "in_short", "order", "written", "checked", "local_check", "topics", "sources", "related",
    "try_it",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Finding:
    file: str  # from the content folder on: content/en/guidance/principles/equality.md
    line: int | None
    message: str  # what is wrong and what would be right


@dataclass(frozen=True)
class PageFile:
    """A file that could be read. The header holds TOML's values and may lack keys or hold wrong ones."""

    file: str
    kind: Kind
    language: str
    section: str
    slug: str
    header_lines: tuple[str, ...]
    header: dict[str, Any]
    body: str
    body_line: int  # line of the file on which the body's first line stands
    digest: str  # SHA-256 of the file

    @property
    def address(self) -> str:
        """As other pages name it: ``section`` or ``section/page``."""
        return self.section if self.slug == INDEX else f"{self.section}/{self.slug}"

    def line_of(self, key: str) -> int | None:
        """The line of the file on which a header key, or the first of its tables, stands."""
        for number, line in enumerate(self.header_lines, start=2):
            if re.match(rf"{re.escape(key)}\s*=|\[\[{re.escape(key)}\]\]", line):
                return number
        return None


@dataclass(frozen=True)
class TableFile:
    """A TOML file whose tables each describe one thing."""

    file: str
    tables: dict[str, Any]
    text: str  # as it was read

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def line_of(self, table: str, key: str = "") -> int | None:
        """The line of ``[table]``, or of its key where it has one."""
        found = None
        for number, line in enumerate(self.lines, start=1):
            if line.strip() == f"[{table}]":
                found = number
            elif line.startswith("[") and found:
                break
            elif key and found and re.match(rf"{re.escape(key)}\s*=", line):
                return number
        return found


@dataclass(frozen=True)
class ContentSet:
    pages: tuple[PageFile, ...]  # by language, kind, section, file name
    sources: TableFile
    topics: dict[str, TableFile]  # by language; only the site's own must have them
    glossaries: dict[str, TableFile]  # by language; a language may have none
    resources: TableFile | None
    inventory: TableFile | None


def read_content(root: Path) -> tuple[ContentSet, list[Finding]]:
    """Everything in a content folder, and what could not be read."""
    findings: list[Finding] = []
    pages, topics, glossaries = [], {}, {}
    languages = sorted(path for path in root.iterdir() if path.is_dir() and LANGUAGE.fullmatch(path.name))
    for folder in languages:
        for kind in kinds.every():
            for path in sorted((folder / kind.folder).rglob("*.md")):
                page = _read_page(root, kind, folder.name, path, findings)
                if page is not None:
                    pages.append(page)
        # Where a language has none of its own, the topics of the site's own stand in.
        needed = folder.name == setting("DEFAULT_LANGUAGE")
        tables = (_read_tables if needed else _read_if_there)(root, folder / "topics.toml", findings)
        if tables is not None:
            topics[folder.name] = tables
        glossary = _read_if_there(root, folder / "glossary.toml", findings)
        if glossary is not None:
            glossaries[folder.name] = glossary
    sources = _read_tables(root, root / "sources.toml", findings)
    return (
        ContentSet(
            pages=tuple(pages),
            sources=sources,
            topics=topics,
            glossaries=glossaries,
            resources=_read_if_there(root, root / "resources.toml", findings),
            inventory=_read_if_there(root, root / "inventory.toml", findings),
        ),
        findings,
    )


def _name(root: Path, path: Path) -> str:
    return f"{root.name}/{path.relative_to(root).as_posix()}"


def _read_text(root: Path, path: Path, findings: list[Finding]) -> str | None:
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        findings.append(Finding(_name(root, path), None, "The file is missing."))
        return None
    except UnicodeDecodeError:
        findings.append(Finding(_name(root, path), None, "The file is not UTF-8 text. Save it as UTF-8."))
        return None
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        findings.append(Finding(_name(root, path), line, "Lines must end as on Unix (LF), not with CR LF."))
    return text


def _read_page(root: Path, kind: Kind, language: str, path: Path, findings: list[Finding]) -> PageFile | None:
    file = _name(root, path)
    parts = path.relative_to(root / language / (kind.folder if kind.in_sections else "")).with_suffix("").parts
    if len(parts) != 2:
        place = f"{kind.folder}/<section>/<page>.md" if kind.in_sections else f"{kind.folder}/<page>.md"
        where = "in a section's folder" if kind.in_sections else f"in the folder {kind.folder} itself"
        findings.append(Finding(file, None, f"A page lies {where}: {place}."))
        return None
    text = _read_text(root, path, findings)
    if text is None:
        return None
    return parse_page(file, kind, language, parts[0], parts[1], text, findings)


def parse_page(
    file: str, kind: Kind, language: str, section: str, slug: str, text: str, findings: list[Finding]
) -> PageFile | None:
    """A page from its text; what is wrong with the text, or with the names in its address, goes to ``findings``."""
    for name, pattern, words in (
        (section, SLUG, GUIDANCE.slug_words),
        (slug, SLUG if slug == INDEX else kind.slug, kind.slug_words),
    ):
        if not pattern.fullmatch(name):
            findings.append(Finding(file, None, f"“{name}” cannot be part of an address. Use {words}."))
        if len(name) > LONGEST_SLUG:
            findings.append(Finding(file, None, f"“{name}” is longer than {LONGEST_SLUG} characters."))
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0] != FENCE:
        findings.append(Finding(file, 1, "The file must begin with a line +++ that opens the header."))
        return None
    if FENCE not in lines[1:]:
        findings.append(Finding(file, 1, "The header is never closed. Put a line +++ after its last key."))
        return None
    end = lines.index(FENCE, 1)
    header = _read_toml(file, "\n".join(lines[1:end]), 1, findings)
    if header is None:
        return None
    body_line = end + 2
    body = lines[end + 1 :]
    if body and not body[0].strip():
        body, body_line = body[1:], body_line + 1
    return PageFile(
        file=file,
        kind=kind,
        language=language,
        section=section,
        slug=slug,
        header_lines=tuple(lines[1:end]),
        header=header,
        body="\n".join(body),
        body_line=body_line,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _read_tables(root: Path, path: Path, findings: list[Finding]) -> TableFile:
    file = _name(root, path)
    text = _read_text(root, path, findings) or ""
    return TableFile(file, _read_toml(file, text, 0, findings) or {}, text)


def _read_if_there(root: Path, path: Path, findings: list[Finding]) -> TableFile | None:
    return _read_tables(root, path, findings) if path.exists() else None


def _read_toml(file: str, text: str, lines_before: int, findings: list[Finding]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        line = (int(at[1]) if at else text.count("\n") + 1) + lines_before
        reason = re.sub(r" \(at .*\)$", "", str(error))
        findings.append(
            Finding(file, line, f"This is not TOML: {reason}. Words stand in double quotes, one key a line.")
        )
        return None


def header_lines(header: dict[str, Any], kind: Kind = GUIDANCE) -> list[str]:
    """The header as it must stand in the file: the keys in their order, one a line; tables last, a blank line before
    each."""
    keys = [key for key in (*KEYS, *kind.keys) if key in header]
    in_tables = [key for key in keys if key in kind.tables and header[key]]
    lines = [f"{key} = {toml(header[key])}" for key in keys if key not in in_tables]
    for key in in_tables:
        for table in header[key]:
            lines += ["", f"[[{key}]]", *(f"{name} = {toml(value)}" for name, value in table.items())]
    return lines


def toml(value: Any) -> str:
    """A header value in its one accepted form."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    # What TOML lets nobody write as it is.
    escaped = re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return f'"{escaped}"'
