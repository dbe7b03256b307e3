from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.config import setting
from portal.guidance import entries, feeds, library, services, try_it
from portal.guidance.files import INDEX
from portal.i18n import language
from portal.permissions import public

bp = Blueprint("guidance", __name__)

# Sections whose pages are steps to be taken in order.
IN_STEPS = frozenset({"prepare"})


@bp.get("/<language>/guidance")
@public
def list_sections() -> ResponseReturnValue:
    pages = services.list_pages(language())
    sections = [(page, [one for one in pages if one.section == page.section][1:]) for page in pages if page.is_section]
    return render_template(
        "guidance/list_sections.html",
        sections=sections,
        topics=services.list_topics(language()),
        entries=entries.list_entries(pages),
    )


@bp.get("/<language>/guidance/<section>")
@public
def show_section(section: str) -> ResponseReturnValue:
    text = services.get_text(language(), section, INDEX) or abort(404)
    return render_template(
        "guidance/show_section.html",
        text=text,
        principles=[(page, try_it.question_of(page.mark, language())) for page in text.pages if page.mark],
        in_steps=section in IN_STEPS,
    )


@bp.get("/<language>/guidance/<section>/<page>")
@public
def show_page(section: str, page: str) -> ResponseReturnValue:
    text = (page != INDEX and services.get_text(language(), section, page)) or abort(404)
    return render_template(
        "guidance/show_page.html", text=text, try_it=try_it.list_questions(text.header["try_it"], language())
    )


@bp.get("/<language>/topics/<topic>")
@public
def show_topic(topic: str) -> ResponseReturnValue:
    topics = services.list_topics(language())
    shown = next((one for one in topics if one.slug == topic), None) or abort(404)
    pages = services.list_about(language(), topic)
    return render_template(
        "guidance/show_topic.html",
        topic=shown,
        topics=topics,
        pages=pages,
        terms=library.used_on(library.list_terms(language()), pages),
        resources=library.about(library.list_resources(), topic),
    )


@bp.get("/<language>/glossary")
@public
def list_terms() -> ResponseReturnValue:
    terms, pages = library.list_terms(language()), services.list_pages(language())
    return render_template("guidance/list_terms.html", letters=library.by_letter(terms, pages))


@bp.get("/<language>/resources")
@public
def list_resources() -> ResponseReturnValue:
    """All of them, or those about ``?topic=…``; a topic nobody knows shows all of them and says so."""
    every, asked = library.list_resources(), request.args.get("topic", "")
    counts = library.count_topics(every)
    topics = [topic for topic in services.list_topics(language()) if topic.slug in counts]
    chosen = next((topic for topic in topics if topic.slug == asked), None)
    return render_template(
        "guidance/list_resources.html",
        resources=library.about(every, chosen.slug) if chosen else every,
        counts=counts,
        titles={topic.slug: topic.title for topic in topics},
        chosen=chosen,
        unknown=bool(asked) and chosen is None,
        total=len(every),
    )


@bp.get("/sitemap.xml")
@public
def show_sitemap() -> ResponseReturnValue:
    _needs_base_url()
    return Response(render_template("guidance/sitemap.xml", places=feeds.list_places()), mimetype="application/xml")


@bp.get("/feed.atom")
@public
def show_feed() -> ResponseReturnValue:
    _needs_base_url()
    changes = feeds.list_changes()
    feed = render_template(
        "guidance/feed.xml",
        changes=changes,
        updated=changes[0].moment if changes else clock.now(),
        site=feeds.absolute(url_for("guidance.list_sections", language=setting("DEFAULT_LANGUAGE"))),
        feed=feeds.absolute(url_for("guidance.show_feed")),
        language=setting("DEFAULT_LANGUAGE"),
    )
    return Response(feed, mimetype="application/atom+xml")


@bp.get("/robots.txt")
@public
def show_robots() -> ResponseReturnValue:
    lines = ["User-agent: *", *(f"Disallow: {prefix}" for prefix in feeds.not_to_list())]
    if setting("BASE_URL"):
        lines += ["", f"Sitemap: {feeds.absolute(url_for('guidance.show_sitemap'))}"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _needs_base_url() -> None:
    """Absolute addresses come from PORTAL_BASE_URL alone; without it there is nothing to give."""
    if not setting("BASE_URL"):
        abort(404)
