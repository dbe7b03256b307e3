"""A soft look at free text: what in it might show who is meant (protection.md PRIV-14)."""

from __future__ import annotations

import re

MOST = 3  # passages named at once

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DAY = re.compile(r"\b\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}\b")
_PHONE = re.compile(r"(?<![\w.])\+?\d(?:[ ()/.-]{0,2}\d){6,14}(?!\w)")
_TWO_WORDS = re.compile(r"(?<=[^\s.!?…]\s)(?=([^\W\d_]+[ -][^\W\d_]+))")


def passages(text: str) -> list[str]:
    """Mail addresses, telephone numbers, days and full names in the text, as they stand there; at most three."""
    found = [match.group() for pattern in (_MAIL, _DAY, _PHONE) for match in pattern.finditer(text)]
    found += [pair for pair in _TWO_WORDS.findall(text) if all(word.istitle() for word in re.split("[ -]", pair))]
    return list(dict.fromkeys(found))[:MOST]
