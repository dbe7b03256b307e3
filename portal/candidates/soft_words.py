"""A kind word where a text for others holds what nobody needs to tell; it never stops them (instruments.md §2.4.3)."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from assessments.model import Words

FOLDER = Path(__file__).parent / "sensitive"
HEALTH, LAW, CONTACT = "health", "law", "contact"
# E-mail addresses, handles, telephone numbers, dates with a year. Written so that Python and browsers read it alike.
CONTACT_PATTERN = r"\S+@\S+\.\S+|(?:^|\s)@\w{3,}|\+?\d[\d ()./-]{6,}\d|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b"


@functools.cache
def patterns(language: str) -> dict[str, str]:
    """Kind of warning to the pattern that calls for it, for Python and for the script of the page."""
    path = FOLDER / f"{language}.toml"
    lists = tomllib.loads((path if path.exists() else FOLDER / "en.toml").read_text(encoding="utf-8"))
    found = {kind: rf"\b(?:{'|'.join(_pattern(word) for word in lists[kind])})\b" for kind in (HEALTH, LAW)}
    return {**found, CONTACT: CONTACT_PATTERN}


def _pattern(word: str) -> str:
    return re.sub(r"[^\w -]", "", word) + (r"\w*" if word.endswith("*") else "")


def kinds(texts: Iterable[str], words: Words) -> list[str]:
    """Which of health, law and contact the texts touch; lines taken over from the checklist do not count."""
    ours = {line for item in words.items.values() for line in (item.statement, *item.support)}
    own = "\n".join(line for text in texts for line in text.splitlines() if line.strip() not in ours)
    return [kind for kind, pattern in patterns(words.language).items() if re.search(pattern, own, re.IGNORECASE)]
