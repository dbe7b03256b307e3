"""Blocks and inline content of a document: portal/pdf_text.py makes them, portal/typst/document.typ draws them."""

from __future__ import annotations

import re
from typing import Any

Block = dict[str, Any]
Inline = Any  # words, or a dictionary of kind and content

SPACE = re.compile(r"[ \t\n\r\f]+")


def tidy(content: list[Inline]) -> list[Inline]:
    """Runs of white space as one space, none at the ends, as a browser shows them."""
    tidied, _space = _tidied(content, True)
    while tidied and isinstance(tidied[-1], str):
        tidied[-1] = tidied[-1].rstrip(" \u00a0")
        if tidied[-1]:
            break
        tidied.pop()
    return tidied


def _tidied(content: list[Inline], space_before: bool) -> tuple[list[Inline], bool]:
    found: list[Inline] = []
    for one in content:
        if isinstance(one, str):
            words = SPACE.sub(" ", one)
            words = words[1:] if space_before and words.startswith(" ") else words
            if not words:
                continue
            space_before = words.endswith(" ")
            if found and isinstance(found[-1], str):
                found[-1] += words
            else:
                found.append(words)
        elif one["t"] in ("note", "again", "anchor"):
            found.append(one)
        elif one["t"] in ("br", "code"):
            found.append(one)
            space_before = one["t"] == "br"
        else:
            inner, space_before = _tidied(one["c"], space_before)
            if inner:
                found.append({**one, "c": inner})
    return found, space_before


def anchored(anchor: str, blocks: list[Block]) -> list[Block]:
    """The anchor goes to the first words, or a link would lead to the page before them."""
    first: Block = blocks[0] if blocks else {"t": "p", "c": []}
    rest = blocks[1:]
    if first["t"] == "h" and "id" not in first:
        return [{**first, "id": anchor}, *rest]
    if first["t"] in ("p", "ask"):
        return [{**first, "c": [{"t": "anchor", "id": anchor}, *first["c"]]}, *rest]
    if first["t"] in ("lang", "box", "quote", "figure") and first["c"]:
        return [{**first, "c": anchored(anchor, first["c"])}, *rest]
    return [{"t": "p", "c": [{"t": "anchor", "id": anchor}]}, *blocks]


def without_links(content: Any, dead: set[str]) -> Any:
    """The same with links to these anchors as plain words: what carries them has no place of its own."""
    if isinstance(content, dict):
        whole = {key: without_links(value, dead) for key, value in content.items()}
        return {"t": "span", "c": whole["c"]} if content.get("t") == "ref" and content["id"] in dead else whole
    return [without_links(one, dead) for one in content] if isinstance(content, list) else content
