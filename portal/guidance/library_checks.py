"""What must hold of glossary and resources, each mistake with file, line and remedy. Used by checks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from portal.config import setting
from portal.guidance.bodies import Known, sentences
from portal.guidance.files import LANGUAGE, LONGEST_SLUG, SLUG, Finding, TableFile

TERM_KEYS: dict[str, type] = {"term": str, "text": str, "used": list, "see": list, "sources": list}
TERM_EXTRA: dict[str, type] = {"forms": list}
RESOURCE_KEYS: dict[str, type] = {
    "author": str, "title": str, "publisher": str, "language": str, "topics": list, "good_for": str,
    "link_state": str, "archive_note": str,
}  # fmt: skip
RESOURCE_EXTRA: dict[str, type] = {"year": int, "url": str}
NO_LINK, NOT_VERIFIED = "not checked", "not verified"
OPENED = re.compile(r"(?P<found>works|dead), (?P<day>\d{4}-\d{2}-\d{2})", re.ASCII)
_KINDS = {str: "words in double quotes", int: "a whole number", list: "a list of words in square brackets"}


def check_glossary(glossary: TableFile, language: str, known: Known) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for slug, fields in glossary.tables.items():
        wrong = list(_entry(glossary, slug, fields, "term", TERM_KEYS, TERM_EXTRA))
        yield from wrong
        if not wrong:
            yield from _term(glossary, slug, fields, language, known)
            yield from _forms(glossary, slug, fields, owners)


def check_resources(resources: TableFile, known: Known) -> Iterator[Finding]:
    topics = known.topics_in(setting("DEFAULT_LANGUAGE"))
    for slug, fields in resources.tables.items():
        wrong = list(_entry(resources, slug, fields, "resource", RESOURCE_KEYS, RESOURCE_EXTRA))
        yield from wrong
        if wrong:
            continue
        for topic in fields["topics"]:
            if topic not in topics:
                message = (
                    f"Resource {slug}: “{topic}” is not in {setting('DEFAULT_LANGUAGE')}/topics.toml. Add it there."
                )
                yield Finding(resources.file, resources.line_of(slug, "topics"), message)
        if not LANGUAGE.fullmatch(fields["language"]):
            message = f'Resource {slug}: “language” must be a code such as "en".'
            yield Finding(resources.file, resources.line_of(slug, "language"), message)
        yield from _link(resources, slug, fields)


def _entry(
    file: TableFile, slug: str, fields: Any, kind: str, keys: dict[str, type], extra: dict[str, type]
) -> Iterator[Finding]:
    """Keys and types of one entry; later checks may rely on them."""
    if not isinstance(fields, dict):
        yield Finding(file.file, None, f"“{slug}” stands outside a {kind}. Begin a {kind} with a line [{slug}].")
        return
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        message = f"“{slug}” cannot be part of an address. Use a–z, 0–9 and single hyphens, at most {LONGEST_SLUG}."
        yield Finding(file.file, file.line_of(slug), message)
    for name in fields:
        if name not in keys | extra:
            message = f"“{name}” does not belong to a {kind}. Known: {', '.join(keys | extra)}."
            yield Finding(file.file, file.line_of(slug, name), message)
    for name, wanted in (keys | extra).items():
        if name in extra and name not in fields:
            continue
        value = fields.get(name)
        words = value if isinstance(value, list) else [value]
        sound = type(value) is wanted and (
            wanted is int or all(isinstance(one, str) and bool(one.strip()) for one in words)
        )
        if not sound:
            message = f"{kind.capitalize()} {slug}: “{name}” must be {_KINDS[wanted]}, not empty."
            yield Finding(file.file, file.line_of(slug, name), message)


def _term(file: TableFile, slug: str, fields: dict[str, Any], language: str, known: Known) -> Iterator[Finding]:
    def found(key: str, message: str) -> Finding:
        return Finding(file.file, file.line_of(slug, key), f"Term {slug}: {message}")

    if len(fields["term"]) > 120:
        yield found("term", "“term” must not be longer than 120 characters.")
    if (count := sentences(fields["text"])) != 2:
        yield found("text", f"“text” has {count} {'sentence' if count == 1 else 'sentences'}. Write two.")
    if not fields["used"]:
        yield found("used", "“used” names no page. Name at least one as section/page.")
    for address in fields["used"]:
        if known.anchors_at(language, address) is None:
            yield found("used", f"“used” names “{address}”, but there is no such page. Name it as section/page.")
    for other in fields["see"]:
        if other == slug or other not in file.tables:
            yield found("see", f"“see” names “{other}”, which is no other term of this file.")
    for source in fields["sources"]:
        if source not in known.sources:
            yield found("sources", f"“sources” names “{source}”, which is not in sources.toml. Add it there.")


def _forms(file: TableFile, slug: str, fields: dict[str, Any], owners: dict[str, str]) -> Iterator[Finding]:
    """Words may stand for one term only; ``owners`` remembers whose they are."""
    for key, form in [("term", fields["term"]), *(("forms", form) for form in fields.get("forms", []))]:
        owner = owners.setdefault(" ".join(form.lower().split()), slug)
        if owner != slug:
            message = f"Term {slug}: “{form}” already stands for the term {owner}. Take it out of one of the two."
            yield Finding(file.file, file.line_of(slug, key), message)


def _link(file: TableFile, slug: str, fields: dict[str, Any]) -> Iterator[Finding]:
    url, state = fields.get("url"), fields["link_state"]
    if url is None and state != NO_LINK:
        message = f'Resource {slug}: without “url”, “link_state” must be "{NO_LINK}".'
        yield Finding(file.file, file.line_of(slug, "link_state"), message)
    if url is not None and not url.startswith(("http://", "https://")):
        message = f"Resource {slug}: “url” must begin with http:// or https://."
        yield Finding(file.file, file.line_of(slug, "url"), message)
    if url is not None and state != NOT_VERIFIED and not _was_opened(state):
        message = (
            f'Resource {slug}: with “url”, “link_state” must be "{NOT_VERIFIED}", or what somebody found who opened it '
            'and the day: "works, 2027-01-10" or "dead, 2027-01-10".'
        )
        yield Finding(file.file, file.line_of(slug, "link_state"), message)


def _was_opened(state: str) -> bool:
    found = OPENED.fullmatch(state)
    if not found:
        return False
    try:
        dt.date.fromisoformat(found["day"])
    except ValueError:
        return False
    return True
