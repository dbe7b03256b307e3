"""Issue 4, Speed: a page takes as long among 100,000 pages as among 100 (within 20 %).

Sections of twenty pages, each with the text of a shipped one. A page is asked for from the cache, and drawn for the
first time; what all pages share is read once after each edit, which is told apart. CPU time in one process.
"""

from __future__ import annotations

import sys
import uuid

from tests.bench import demo
from tests.bench.in_process import cost
from tests.bench.server import say

PER_SECTION = 20
ASKED = 200


def fill(count: int) -> list[str]:
    """Make so many pages; the addresses of some of them, far apart."""
    from portal import clock, db, generation
    from portal.guidance.models import Page, Revision

    like = Revision.select().join(Page).where(Page.slug == "equality").get()
    kept = {name: getattr(like, name) for name in Revision._meta.fields if name not in ("id", "page", "from_file")}
    pages, revisions, addresses = [], [], []
    for number in range(count):
        section, place = f"s{number // PER_SECTION}", number % PER_SECTION
        slug = f"p{place}" if place else "index"
        page = Page(id=uuid.uuid4(), kind="guidance", language="en", section=section, slug=slug, position=number)
        pages.append(page)
        revisions.append(Revision(id=uuid.uuid4(), page=page, **{**kept, "published_at": clock.now()}))
        if place == 7:
            addresses.append(f"/en/guidance/{section}/{slug}")

    @db.transaction
    def save() -> None:
        Page.bulk_create(pages, batch_size=500)
        Revision.bulk_create(revisions, batch_size=500)
        generation.raise_it()

    save()
    return addresses[:: max(1, len(addresses) // ASKED)][:ASKED]


def main(count: int) -> None:
    demo.prepare()
    from portal import create_app, db, generation

    app = create_app()
    with db.connection():
        paths = fill(count)
        after_edit = cost(app.wsgi_app, paths[:1])
        drawn = [cost(app.wsgi_app, paths[1:])]
        for _ in range(4):
            generation.raise_it()
            cost(app.wsgi_app, paths[:1])
            drawn.append(cost(app.wsgi_app, paths[1:]))
        cached = min(cost(app.wsgi_app, paths * 5) for _ in range(5))
    say(
        pages=count,
        **{
            "from the cache, µs": round(cached, 1),
            "drawn, µs": round(min(drawn)),
            "first after an edit, ms": round(after_edit / 1e3),
        },
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100)
