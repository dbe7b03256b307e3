"""Modules to take along where there is no connection: one text for the printed booklet and for the file."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from portal.config import setting
from portal.training import library
from portal.training.library import ModuleText

# Attribute values may hold ">"; what is stored has double quotes only.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^">]|"[^"]*")*)>')
_ID = re.compile(r'\bid="([^"]*)"')
_HREF = re.compile(r'\bhref="([^"]*)"')
_MODULE = re.compile(r"/[a-zA-Z-]{2,6}/modules/([A-Z][0-9]{1,2})(?:/guide)?(?:#(.*))?")
_DEEPEST = 6


@dataclass(frozen=True)
class Chapter:
    """A module in the pack. Anchors in its HTML begin with its code, so that they stay unique."""

    text: ModuleText
    learner: Markup
    guide: Markup


def get_pack(language: str, codes: Collection[str]) -> list[Chapter]:
    """The modules of these codes in the order of the list; codes nobody can open are left out."""
    wanted = [module.code for module in library.list_modules(language) if module.code in codes]
    texts = [text for code in wanted if (text := library.get_module(language, code))]
    return [
        Chapter(text, in_pack(text.learner, text.module.code, wanted), in_pack(text.guide, text.module.code, wanted))
        for text in texts
    ]


def in_pack(html: str, code: str, codes: Collection[str]) -> Markup:
    """A module's HTML one heading level lower. Links lead inside the pack, or to the site where it has an address;
    where it has none, their words stay and the link goes."""
    dropped = False

    def rewrite(tag: re.Match[str]) -> str:
        nonlocal dropped
        closing, name, rest = tag[1], tag[2], tag[3]
        if re.fullmatch("h[2-6]", name):
            name = f"h{min(_DEEPEST, int(name[1]) + 1)}"
        if name == "a":
            if closing:
                return "" if dropped else "</a>"
            link = _HREF.search(rest)
            lead = _lead(link[1], code, codes) if link else ""
            dropped = link is not None and not lead
            if dropped:
                return ""
            rest = _HREF.sub(f'href="{lead}"', rest)
        rest = _ID.sub(rf'id="{code}:\1"', rest)
        return f"<{closing}{name}{rest}>"

    return Markup(_TAG.sub(rewrite, html))  # noqa: S704 - cleaned when it was stored


def _lead(link: str, code: str, codes: Collection[str]) -> str:
    """Where a link leads from the pack; empty where it cannot lead anywhere."""
    if link.startswith("#"):
        return f"#{code}:{link[1:]}"
    module = _MODULE.fullmatch(link)
    if module and module[1] in codes:
        return f"#{module[1]}:{module[2]}" if module[2] else f"#{module[1]}"
    site = str(setting("BASE_URL")).rstrip("/")
    return f"{site}{link}" if site and link.startswith("/") else ""
