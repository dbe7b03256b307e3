"""The PDF of a booklet of 60 pages ≤ 2 × plain typst on the same words.

Plain typst: markup with headings, paragraphs, lists and tables, its own look, a contents, the same fonts and standard,
compiled with nothing around it. Ours: from the stored pages to the bytes, in a process of its own as it is served.
Told as well: what asking for the same booklet again costs.
"""

from __future__ import annotations

import io
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pikepdf
import typst

from portal import config, create_app, db, keys, paths, pdf, pdf_text
from portal.guidance import loading, services
from portal.guidance.booklets import get_booklet
from tests.bench.server import say

ROUNDS = 7
SPECIAL = re.compile(r"([\\#$*_`@<>\[\]~=+\-/'\"])")


def escaped(words: str) -> str:
    return SPECIAL.sub(r"\\\1", words)


def plain(block) -> str:
    """The same as somebody would type it."""
    if isinstance(block, str):
        return escaped(block)
    if isinstance(block, list):
        return "".join(plain(one) for one in block)
    kind = block["t"]
    content = plain(block["c"]) if "c" in block and kind not in ("code", "pre") else ""
    if kind == "h":
        return "\n" + "=" * block["level"] + f" {content}\n\n"
    if kind in ("ul", "ol"):
        sign = "-" if kind == "ul" else "+"
        items = [plain(item).strip().replace("\n", "\n  ") for item in block["items"]]
        return "".join(f"{sign} {item}\n" for item in items) + "\n"
    if kind == "dl":
        return "".join(f"/ {plain(item['term'])}: {plain(item['c']).strip()}\n" for item in block["items"]) + "\n"
    if kind == "table":
        cells = [f"[{plain(cell['c']).strip()}]" for row in [*block["head"], *block["rows"]] for cell in row]
        return f"#table(columns: {block['columns']}, {', '.join(cells)})\n\n"
    if kind == "p":
        return content.replace("\n", " ").strip() + "\n\n"
    if kind in ("strong", "em"):
        return f"#{'strong' if kind == 'strong' else 'emph'}[{content}]"
    if kind == "quote":
        return f"#quote(block: true)[{content} {plain(block['by'])}]\n\n"
    if kind == "note":
        return f"#footnote[{content.strip()}]"
    if kind in ("code", "pre"):
        return escaped(block["c"])
    return content


def blocks_of(pages: int) -> list:
    """The first pages of the shipped library that fill a booklet."""
    found: list = []
    for section in dict.fromkeys(line.section for line in services.list_pages("en")):
        booklet = get_booklet("en", section)
        for chapter in booklet.chapters:
            html = f"<section><h2>{chapter.line.title}</h2>{chapter.html}</section>"
            found += pdf_text.convert(re.sub(r'(id="|href="#)', rf"\1{section}-", html))
            if count(found) >= pages:
                return found
    raise RuntimeError("The library is too small.")


def count(blocks: list) -> int:
    """About as many pages as they fill: every chapter begins one, and about 470 words stand on each."""
    chapters: list[int] = []
    for block in blocks:
        if block["t"] == "h" and block["level"] == 1:
            chapters.append(0)
        chapters[-1] += len(plain(block).split())
    return sum(-(-words // 470) for words in chapters)


def compile_plain(source: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as empty:
        return typst.compile(
            source, root=empty, pdf_standards=["ua-1"], ignore_system_fonts=True, timestamp=0, format="pdf"
        )


def pages(made: bytes) -> int:
    with pikepdf.open(io.BytesIO(made)) as opened:
        return len(opened.pages)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        keys.make_keys(Path(folder))
        config.load({"DATA_DIR": folder})
        db.connect(db.sqlite_url(Path(folder)))
        db.migrate()
        app = create_app(DATA_DIR=folder)
        with app.app_context(), db.connection():
            loading.load(paths.resource_dir("content"))
            blocks = blocks_of(wanted)
        source = f'#set document(title: "T")\n#set text(lang: "en")\n#outline()\n{plain(blocks)}'.encode()
        data = {"title": "T", "summary": "S", "notice": "N", "contents": "Contents", "written": [2026, 1, 1]}
        ours, theirs = [], []
        for number in range(ROUNDS):
            changed = {"t": "p", "c": [f"Round {number}."]}  # typst keeps what it has laid out
            began = time.perf_counter()
            made = pdf.make_pdf("document", {**data, "blocks": [*blocks, changed]}, "en")
            between = time.perf_counter()
            other = compile_plain(source + f"Round {number}.".encode())
            ours.append(between - began)
            theirs.append(time.perf_counter() - between)
        client = app.test_client()
        client.get("/en/guidance/prepare/booklet.pdf")
        again = []
        for _ in range(20):
            began = time.perf_counter()
            client.get("/en/guidance/prepare/booklet.pdf")
            again.append(time.perf_counter() - began)
    first, mine, plainly = theirs[0], statistics.median(ours), statistics.median(theirs)
    say(
        pages=pages(made),
        plain_pages=pages(other),
        ms=round(mine * 1000),
        plain_ms=round(plainly * 1000),
        plain_first_ms=round(first * 1000),
        ratio=round(mine / plainly, 2),
        ratio_to_first=round(mine / first, 2),
        again_ms=round(statistics.median(again) * 1000, 1),
    )


if __name__ == "__main__":
    main()
