"""Parts and kinds of pages in plain words."""

from __future__ import annotations

from flask_babel import gettext as _


def field_words(field: str) -> str:
    words: dict[str, str] = {
        "title": _("Title"),
        "summary": _("Summary"),
        "in_short": _("In short"),
        "point_1": _("In short"),
        "point_2": _("Second point"),
        "point_3": _("Third point"),
        "body": _("Text"),
        "topics": _("Topics"),
        "sources": _("Sources"),
        "related": _("Read on"),
        "try_it": _("Try it"),
        "local_check": _("Have it checked locally"),
        "more": _("More of the header"),
        "note": _("What did you change?"),
    }
    return words.get(field, field)


def kind_words(kind: str) -> str:
    words: dict[str, str] = {"guidance": _("Guidance"), "module": _("Modules")}
    return words.get(kind, kind)
