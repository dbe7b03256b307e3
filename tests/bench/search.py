"""performance.md, goal 6: searching ≤ 1.3 × the bare FTS5 statement with snippet, at 10,000 made-up pages.

Told as well: the time of a search at 100, 10,000 and 100,000 pages, and what making the index takes.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from portal import config, db, keys
from portal.feature import SearchText
from portal.search import services
from tests.bench.server import say

SIZES = (100, 10_000, 100_000)
WORDS = 20_000  # of the made-up language
LENGTH = 300  # words of a page
BARE = (
    "SELECT title, address, snippet(bare, 2, '<mark>', '</mark>', '…', 30) FROM bare "
    "WHERE bare MATCH ? ORDER BY rank LIMIT 20"
)
SYLLABLES = ("ba", "re", "mi", "lo", "ku", "ten", "sor", "wi", "pa", "nel", "dor", "ge", "fa", "hin", "tu", "vas")


def pages(number: int):
    chance = random.Random(7)
    words = sorted({"".join(made) for made in itertools.product(SYLLABLES, repeat=4)})
    chance.shuffle(words)
    words = words[:WORDS]
    often = list(itertools.accumulate(1 / place for place in range(1, WORDS + 1)))  # Zipf
    for page in range(number):
        text = chance.choices(words, cum_weights=often, k=LENGTH + 4)
        yield SearchText("page", str(page), "en", " ".join(text[:4]), " ".join(text[4:]) + ".", f"/en/guidance/{page}")


def classes() -> dict[str, str]:
    """What somebody types: words by how many pages have them, several words, a phrase, an unfinished word, a slip."""
    chance = random.Random(7)
    words = sorted({"".join(made) for made in itertools.product(SYLLABLES, repeat=4)})
    chance.shuffle(words)
    common, medium, rare = words[2], words[150], words[6000]
    return {
        "common": common, "medium": medium, "rare": rare, "two words": f"{common} {medium}",
        "phrase": f'"{common} {words[0]}"', "unfinished": medium[:5], "slip": f"{rare[:-1]}x",
    }  # fmt: skip


def right(typed: str) -> str:
    """What the bare statement is asked: it forgives no slip, so it gets the word as it should be."""
    classes_ = classes()
    return classes_["rare"] if typed == classes_["slip"] else typed


def as_fts(typed: str) -> str:
    """The same question in FTS5's words, as a bare application would put it."""
    return typed if typed.startswith('"') else " ".join(f'"{word}"' for word in typed.split()) + "*"


def measure(number: int, folder: Path) -> dict[str, dict[str, float]]:
    keys.make_keys(folder)
    config.load({"DATA_DIR": str(folder)})
    db.connect(db.sqlite_url(folder))
    db.migrate()
    bare = sqlite3.connect(folder / "bare.sqlite3")
    bare.execute("CREATE VIRTUAL TABLE bare USING fts5(title, address UNINDEXED, text, prefix='2 3 4')")
    bare.execute("INSERT INTO bare (bare, rank) VALUES ('rank', 'bm25(8.0, 0, 1.0)')")
    bare.executemany("INSERT INTO bare VALUES (?, ?, ?)", ((one.title, one.address, one.text) for one in pages(number)))
    bare.execute("INSERT INTO bare (bare) VALUES ('optimize')")
    bare.commit()
    with db.connection():
        began = time.perf_counter()
        services.rebuild(pages(number))
        say(pages=number, **{"seconds to make the index": round(time.perf_counter() - began, 1)})
        return {name: _compare(typed, bare) for name, typed in classes().items()}


def _compare(typed: str, bare: sqlite3.Connection) -> dict[str, float]:
    """Medians of interleaved runs, in milliseconds, and their ratio."""
    asked = as_fts(right(typed))
    own, other = [], []
    ends = time.perf_counter() + 4
    while (time.perf_counter() < ends and len(own) < 60) or len(own) < 5:
        began = time.perf_counter()
        found = services.find("en", typed)
        between = time.perf_counter()
        rows = bare.execute(BARE, (asked,)).fetchall()
        own.append(between - began)
        other.append(time.perf_counter() - between)
    assert len(found.hits) == len(rows) or len(rows) < services.FEW, (typed, len(found.hits), len(rows))
    mine, theirs = statistics.median(own), statistics.median(other)
    return {"ms": round(mine * 1000, 2), "bare ms": round(theirs * 1000, 2), "ratio": round(mine / theirs, 2)}


def main() -> None:
    for number in [int(size) for size in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            say(pages=number, **measure(number, Path(folder)))
            db.database.close()


if __name__ == "__main__":
    main()
