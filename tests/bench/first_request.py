"""Issue 4, Speed: the first uncached request of a page ≤ 2 × a bare Flask + Jinja + one-query page.

Every guidance page is asked for once after the content has changed, so that nothing made from the content is kept any
more. Beside it the bare application sends the same texts: one peewee query, one template with a menu. CPU time in one
process, interleaved; the quietest run counts. A garbage collection of the whole process belongs to neither.
"""

from __future__ import annotations

from flask import Flask, render_template
from jinja2 import DictLoader

from tests.bench import demo
from tests.bench.in_process import cost
from tests.bench.server import say

ROUNDS = 12
TEMPLATE = """<!DOCTYPE html>
<html lang="en"><head><title>{{ page.title }} – Peerwork</title>
<link rel="stylesheet" href="{{ url_for('static', filename='site.css') }}"></head>
<body><header><nav><ul>
{% for item in menu %}<li><a href="{{ url_for('show', section=item, slug='index') }}">{{ item }}</a></li>{% endfor %}
</ul></nav></header>
<main><h1>{{ page.title }}</h1><p>{{ page.summary }}</p>
<ol>{% for point in page.in_short %}<li>{{ point }}</li>{% endfor %}</ol>
{{ page.html|safe }}
{% for heading in page.headings %}<a href="#{{ heading.anchor }}">{{ heading.title }}</a>{% endfor %}
</main></body></html>"""


def bare() -> Flask:
    """A route that reads a page with one query and draws it."""
    from portal.guidance.models import Page, Revision

    app = Flask(__name__)
    app.jinja_loader = DictLoader({"page.html": TEMPLATE})

    @app.get("/en/guidance/<section>/<slug>")
    def show(section: str, slug: str) -> str:
        page = (
            Revision.select().join(Page).where(Page.section == section, Page.slug == slug, Page.language == "en").get()
        )
        return render_template("page.html", page=page, menu=("why", "principles", "prepare", "practice"))

    return app


def main() -> None:
    demo.prepare()
    from portal import create_app, db, generation
    from portal.guidance.models import Page

    app, other = create_app(), bare()
    with db.connection():
        rows = Page.select(Page.section, Page.slug).where(Page.kind == "guidance", Page.slug != "index").tuples()
        paths = [f"/en/guidance/{section}/{slug}" for section, slug in rows]
        ours, theirs = [], []
        for _ in range(ROUNDS):
            generation.raise_it()
            ours.append(cost(app.wsgi_app, paths))
            theirs.append(cost(other.wsgi_app, paths))
    say(
        pages=len(paths),
        **{
            "first request µs": round(min(ours)),
            "bare page µs": round(min(theirs)),
            "ratio (≤ 2)": round(min(ours) / min(theirs), 2),
        },
    )


if __name__ == "__main__":
    main()
