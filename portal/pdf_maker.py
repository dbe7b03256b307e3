"""Makes one PDF in a process of its own: an order in JSON comes in, the PDF goes out (portal/pdf.py).

The typst library keeps what it has laid out: hundreds of megabytes for a long document, which only the end of a
process gives back.
"""

from __future__ import annotations

import json
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import typst

_PROBE = str(Path(__file__).parent / "typst" / "probe.typ")


def make(template: str, data: Any) -> bytes:
    """The PDF; raises typst.TypstError with what is wrong in the template or the data."""
    try:
        return _compile(template, data)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error) and "disallowed codepoint" not in str(error):
            raise
        return _compile(template, _replaced(data, _missing(data)))


def _compile(template: str, data: Any) -> bytes:
    with tempfile.TemporaryDirectory() as empty:
        return typst.compile(
            template,
            root=str(Path(template).parent),
            sys_inputs={"data": json.dumps(data)},
            pdf_standards=["ua-1"],
            ignore_system_fonts=True,  # else the machine decides how it looks
            timestamp=0,
            format="pdf",
            package_path=empty,
            package_cache_path=empty,
        )


def _missing(data: Any) -> dict[str, str]:
    """What no font has, each with the words to be put in its place. Letters and their marks are tried together."""
    clusters = {cluster for words in _strings(data) for cluster in _clusters(words)}
    return {cluster: _named(cluster) for cluster in _without_font(sorted(clusters))}


def _without_font(clusters: list[str]) -> list[str]:
    """Halves are tried until single ones are left: a few letters among many cost few tries."""
    if not clusters or _shows(clusters):
        return []
    if len(clusters) == 1:
        return clusters
    middle = len(clusters) // 2
    return _without_font(clusters[:middle]) + _without_font(clusters[middle:])


def _shows(clusters: list[str]) -> bool:
    try:
        _compile(_PROBE, clusters)
    except typst.TypstError:
        return False
    return True


def _clusters(words: str) -> list[str]:
    """Characters, each with the marks that sit on it."""
    found: list[str] = []
    for one in words:
        if found and unicodedata.category(one) in ("Mn", "Me", "Mc"):
            found[-1] += one
        else:
            found.append(one)
    return found


def _named(cluster: str) -> str:
    """[slightly smiling face]; nothing for what has no name, such as control characters."""
    names = [unicodedata.name(one, "") for one in cluster if unicodedata.category(one) not in ("Cf", "Cc", "Mn")]
    return "".join(f"[{name.lower()}]" for name in names if name)


def _strings(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        data = list(data.values())
    return [one for part in data for one in _strings(part)] if isinstance(data, list) else []


def _replaced(data: Any, names: dict[str, str]) -> Any:
    if isinstance(data, str):
        return "".join(names.get(cluster, cluster) for cluster in _clusters(data))
    if isinstance(data, dict):
        return {key: _replaced(value, names) for key, value in data.items()}
    return [_replaced(one, names) for one in data] if isinstance(data, list) else data


def main() -> int:
    order = json.load(sys.stdin)
    try:
        made = make(order["template"], order["data"])
    except typst.TypstError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
