"""A few words of the original around what was looked for."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from portal.search.query import Part

_BEFORE, _LENGTH = 70, 240  # characters
_DRIFT = 200  # characters by which a place in the original is looked for too late, at most


def excerpt(text: str, folded: str, parts: tuple[Part, ...], marker: re.Pattern[str]) -> Markup:
    """About two lines around the rarest of the parts, or the beginning; what was looked for in ``<mark>``."""
    start = max(0, _place(text, folded, parts, marker) - _BEFORE)
    if start:
        start = text.find(" ", start) + 1
    end = start + _LENGTH
    if end < len(text):
        end = text.rfind(" ", start, end) if " " in text[start:end] else end
    shown = f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
    return highlight(shown, marker)


def highlight(text: str, marker: re.Pattern[str]) -> Markup:
    """The text as HTML, with what was looked for in ``<mark>``."""
    marked = escape(marker.sub("\x02\\g<0>\x03", text))
    return Markup(str(marked).replace("\x02", "<mark>").replace("\x03", "</mark>"))  # noqa: S704 - escaped above


def _place(text: str, folded: str, parts: tuple[Part, ...], marker: re.Pattern[str]) -> int:
    """Where the rarest part first stands in the original; 0 where none does.

    Searching the folded text is many times quicker, and the two run nearly side by side.
    """
    counted = [(number, part.needle) for part in parts if (number := folded.count(part.needle))]
    if not counted:
        return 0
    about = folded.index(min(counted)[1]) * len(text) // len(folded)
    found = marker.search(text, max(0, about - _DRIFT)) or marker.search(text)
    return found.start() if found else 0
