"""What must hold of the content files, before any of it is loaded: every mistake with file, line and remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from portal.config import setting
from portal.guidance import bodies, library_checks, markup, try_it
from portal.guidance.files import (
    INDEX,
    KEYS,
    LONGEST_SLUG,
    SLUG,
    ContentSet,
    Finding,
    PageFile,
    TableFile,
    header_lines,
    read_content,
)
from portal.guidance.kinds import GUIDANCE

SOURCE_KEYS = {"author": str, "title": str, "publisher": str, "year": int, "kind": str, "note": str}
SOURCE_KINDS = ("text", "study", "guide", "standard")
LOCAL_CHECKS = ("health", "law")
TAKEN = frozenset({bodies.BOOKLET})  # addresses in every section that are no page's
KINDS: dict[type, str] = {
    str: "words in double quotes",
    int: "a whole number",
    bool: "true or false, without quotes",
    list: "a list in square brackets",
    dt.date: "a date without quotes, such as 2026-11-22",
}
TYPES: dict[str, type] = dict.fromkeys(KEYS, list) | {"title": str, "summary": str, "order": int, "written": dt.date}
LAST_PLACE = 1_000_000
LISTS_OF_WORDS = ("in_short", "local_check", "topics", "sources", "related", "try_it")


def check_folder(root: Path) -> tuple[ContentSet, list[Finding]]:
    """The content of a folder and everything that is wrong with it, in order of file and line."""
    content, findings = read_content(root)
    findings += check_content(content)
    return content, sorted(findings, key=lambda one: (one.file, one.line or 0, one.message))


def check_content(content: ContentSet) -> Iterator[Finding]:
    rendered = {page.file: markup.render(page.body) for page in content.pages}
    anchors = {(page.language, page.address): markup.anchors(rendered[page.file][0]) for page in content.pages}
    languages_topics = {language: frozenset(file.tables) for language, file in content.topics.items()}
    known = bodies.Known(
        anchors,
        topics=languages_topics,
        sources=frozenset(content.sources.tables),
        terms={language: frozenset(file.tables) for language, file in content.glossaries.items()},
        resources=frozenset(content.resources.tables) if content.resources else frozenset(),
    )
    yield from _duplicates(content)
    for page in content.pages:
        if page.kind.in_sections and page.slug in TAKEN:
            message = f"“{page.slug}” is the address of the section's booklet. Give the page another name."
            yield Finding(page.file, None, message)
        if page.kind.in_sections and known.anchors_at(page.language, page.section) is None:
            message = f"There is no section “{page.section}”: add {page.section}/{INDEX}.md, or move this file."
            yield Finding(page.file, None, message)
        wrong = list(check_header(page))
        yield from wrong
        if not wrong:
            yield from check_names(page, known)
            yield from page.kind.check(page)
        yield from bodies.check_body(page, *rendered[page.file], known)
    yield from _sources(content.sources)
    for topics in content.topics.values():
        yield from _topics(topics)
    for language, glossary in content.glossaries.items():
        yield from library_checks.check_glossary(glossary, language, known)
    if content.resources is not None:
        yield from library_checks.check_resources(content.resources, known)
    if content.inventory is not None:
        yield from _inventory(content.inventory, known)


def _duplicates(content: ContentSet) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for page in content.pages:
        address = (page.language, page.address.lower().replace("_", "-"))
        if address in seen:
            yield Finding(page.file, None, f"{seen[address]} has the same address. Rename one of the two.")
        seen.setdefault(address, page.file)


def check_header(page: PageFile) -> Iterator[Finding]:
    """Keys, types and the one accepted form; later checks may rely on them."""
    types, sound = TYPES | page.kind.keys, True
    for key in page.header:
        if key not in types:
            sound = False
            yield Finding(page.file, page.line_of(key), f"“{key}” is no header key. Known: {', '.join(types)}.")
    for key, kind in types.items():
        if key not in page.header:
            sound = False
            yield Finding(page.file, 1, f"The header has no “{key}”. It holds {KINDS[kind]}.")
        elif message := _wrong_value(key, kind, page.header[key]):
            sound = False
            yield Finding(page.file, page.line_of(key), f"“{key}” {message}")
    if sound:
        yield from _form(page)


def _wrong_value(key: str, kind: Any, value: Any) -> str:
    """What is wrong with the value of a header key, with the remedy; empty when nothing is."""
    # A date with a time is a date to Python, and true is a number; both are mistakes here.
    if type(value) is not kind:
        return f"must be {KINDS[kind]}."
    if key in LISTS_OF_WORDS and not all(isinstance(one, str) and one.strip() for one in value):
        return "must hold words in double quotes only, none of them empty."
    if key in ("title", "summary") and not value.strip():
        return "must not be empty."
    if key == "title" and len(value) > 200:
        return "must not be longer than 200 characters."
    if key == "order" and not 0 <= value <= LAST_PLACE:
        return f"must be between 0 and {LAST_PLACE:,}."
    if key == "summary" and bodies.sentences(value) > 2:
        return f"has {bodies.sentences(value)} sentences. Two are the most."
    if key == "in_short" and not 1 <= len(value) <= 3:
        return f"has {len(value)} points. Give one to three."
    if key == "local_check" and not set(value) <= set(LOCAL_CHECKS):
        return 'takes only "health" and "law".'
    if key == "checked" and not all(_is_check(one) for one in value):
        return 'must look like [{ on = 2027-01-10, by = "peer worker" }], or [] until a person has checked it.'
    return ""


def _is_check(value: Any) -> bool:
    if not isinstance(value, dict) or list(value) != ["on", "by"]:
        return False
    return type(value["on"]) is dt.date and isinstance(value["by"], str) and bool(value["by"].strip())


def _form(page: PageFile) -> Iterator[Finding]:
    """The first place where the header is not written as an export would write it."""
    order = [*KEYS, *page.kind.keys]
    if list(page.header) != order:
        before = next(key for key, right in zip(page.header, order, strict=True) if key != right)
        message = f"The keys are out of order from “{before}” on. The order is: {', '.join(order)}."
        yield Finding(page.file, page.line_of(before), message)
        return
    should = header_lines(page.header, page.kind)
    for number, line in enumerate(page.header_lines):
        right = should[number] if number < len(should) else None
        if line != right:
            remedy = f"Write the line as: {right}" if right else "Take this line out."
            yield Finding(page.file, number + 2, f"The header is not in its one form. {remedy}")
            return


def check_names(page: PageFile, known: bodies.Known) -> Iterator[Finding]:
    """Topics, sources, pages and questions that the header names but nobody has."""

    def unknown(key: str, fits: Callable[[str], bool], remedy: str) -> Iterator[Finding]:
        for name in page.header[key]:
            if not fits(name):
                yield Finding(page.file, page.line_of(key), f"“{key}” names “{name}”, {remedy}")

    topics, language = known.topics_in(page.language), known.language_of_topics(page.language)
    yield from unknown("topics", topics.__contains__, f"which is not in {language}/topics.toml. Add it there.")
    yield from unknown("sources", known.sources.__contains__, "which is not in sources.toml. Add it there.")
    yield from unknown(
        "related",
        lambda name: "/" in name and known.anchors_at(page.language, name) is not None,
        "but there is no such page. Name it as section/page.",
    )
    yield from unknown(
        "try_it",
        lambda name: try_it.exists(name) or (known.anchors_at(page.language, name) is not None and "/" in name),
        "but no instrument has that item and there is no such module. Write principles-1/EQ1 or modules/A1.",
    )


def _sources(sources: TableFile) -> Iterator[Finding]:
    for key, fields in sources.tables.items():
        if not isinstance(fields, dict):
            yield Finding(sources.file, None, f"“{key}” stands outside a source. Begin a source with a line [{key}].")
            continue
        if len(key) > 16:
            yield Finding(sources.file, sources.line_of(key), f"The key “{key}” is longer than 16 characters.")
        for name in fields:
            if name not in SOURCE_KEYS:
                message = f"“{name}” does not belong to a source. Known: {', '.join(SOURCE_KEYS)}."
                yield Finding(sources.file, sources.line_of(key, name), message)
        for name, kind in SOURCE_KEYS.items():
            if name == "year" and name not in fields:
                continue
            value = fields.get(name)
            if type(value) is not kind or value == "":
                message = f"Source {key}: “{name}” must be {KINDS[kind]}."
                yield Finding(sources.file, sources.line_of(key, name), message)
            elif name == "kind" and value not in SOURCE_KINDS:
                message = f"Source {key}: “kind” must be one of {', '.join(SOURCE_KINDS)}."
                yield Finding(sources.file, sources.line_of(key, name), message)


def _topics(topics: TableFile) -> Iterator[Finding]:
    for slug, fields in topics.tables.items():
        if not isinstance(fields, dict):
            yield Finding(topics.file, None, f"“{slug}” stands outside a topic. Begin a topic with a line [{slug}].")
            continue
        if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
            message = f"“{slug}” cannot be part of an address. Use {GUIDANCE.slug_words}, at most {LONGEST_SLUG}."
            yield Finding(topics.file, topics.line_of(slug) or topics.line_of(f'"{slug}"'), message)
        for name in ("title", "summary"):
            if not isinstance(fields.get(name), str) or not fields[name].strip():
                message = f"Topic {slug}: “{name}” must be words in double quotes."
                yield Finding(topics.file, topics.line_of(slug, name), message)
            elif name == "title" and len(fields[name]) > 120:
                message = f"Topic {slug}: “title” must not be longer than 120 characters."
                yield Finding(topics.file, topics.line_of(slug, name), message)
        for name in set(fields) - {"title", "summary"}:
            message = f"“{name}” does not belong to a topic. Known: title, summary."
            yield Finding(topics.file, topics.line_of(slug, name), message)


def _inventory(inventory: TableFile, known: bodies.Known) -> Iterator[Finding]:
    for table in set(inventory.tables) - {"reading", "tools"}:
        yield Finding(inventory.file, inventory.line_of(table), f"“{table}” is not known. Use [reading] and [tools].")
    reading, tools = (inventory.tables.get(table, {}) for table in ("reading", "tools"))
    for table, rows in (("reading", reading), ("tools", tools)):
        if not isinstance(rows, dict):
            message = f"“{table}” must be a table: a line [{table}], and its rows below."
            yield Finding(inventory.file, inventory.line_of(table), message)
            return
    for row, places in reading.items():
        line = inventory.line_of("reading", row)
        if not isinstance(places, list) or not places or not all(isinstance(place, str) for place in places):
            yield Finding(inventory.file, line, f'{row} must be a list such as ["prepare/selection#opinion-leaders"].')
            continue
        for place in places:
            address, _, anchor = place.partition("#")
            anchors = known.anchors_at(setting("DEFAULT_LANGUAGE"), address)
            if anchors is None:
                yield Finding(inventory.file, line, f"{row} names “{place}”, but there is no page {address}.")
            elif anchor and anchor not in anchors:
                yield Finding(inventory.file, line, f"{row} names “{place}”, but {address} has no anchor #{anchor}.")
    for row, words in tools.items():
        if not isinstance(words, str) or not words.strip():
            line = inventory.line_of("tools", row)
            yield Finding(inventory.file, line, f"{row} must name the tool in double quotes.")
