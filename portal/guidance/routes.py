from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.config import setting
from portal.frames import same_for_everybody
from portal.guidance import entries, feeds, library, redirects, services, titles, try_it
from portal.guidance.files import INDEX
from portal.guidance.shelf import KIND, Line
from portal.i18n import language
from portal.permissions import public
from portal.views import fixed_url

bp = Blueprint("guidance", __name__)

# Sections whose pages are steps to be taken in order.
IN_STEPS = frozenset({"prepare"})


def _elsewhere(section: str, slug: str) -> NoReturn:
    """Lead readers to where a page has gone; where none was, there is nothing here."""
    address = redirects.led_to(KIND, language(), section, slug) or abort(404)
    answer = redirect(request.script_root + address, 301)
    answer.headers["Cache-Control"] = "no-cache"  # the page may come home
    abort(answer)


@bp.app_template_global()
def page_address(line: Line) -> str:
    """The address of a page or section, without asking ``url_for`` each time: a page has dozens of them."""
    return f"{fixed_url('guidance.list_sections')}/{line.address}"


@bp.get("/<language>/guidance")
@public
@same_for_everybody
def list_sections() -> str:
    pages = services.list_pages(language())
    sections = [(page, [one for one in pages if one.section == page.section][1:]) for page in pages if page.is_section]
    return render_template(
        "guidance/list_sections.html",
        sections=sections,
        topics=services.list_topics(language()),
        entries=entries.list_entries(services.by_name(language())),
    )


@bp.get("/<language>/guidance/<section>")
@public
@same_for_everybody
def show_section(section: str) -> str:
    text = services.get_text(language(), section, INDEX) or _elsewhere(section, INDEX)
    return render_template(
        "guidance/show_section.html",
        text=text,
        principles=[(page, try_it.question_of(page.mark, language())) for page in text.pages if page.mark],
        in_steps=section in IN_STEPS,
    )


@bp.get("/<language>/guidance/<section>/<page>")
@public
@same_for_everybody
def show_page(section: str, page: str) -> str:
    text = (page != INDEX and services.get_text(language(), section, page)) or _elsewhere(section, page)
    names = text.header["try_it"]
    modules = try_it.modules_in(names)
    named = titles.of_kind("module", language()) if modules else {}
    return render_template(
        "guidance/show_page.html",
        text=text,
        try_it=try_it.list_questions(names, language()),
        modules=[(code, named[code]) for code in modules if code in named],
    )


@bp.get("/<language>/topics/<topic>")
@public
@same_for_everybody
def show_topic(topic: str) -> str:
    topics = services.list_topics(language())
    shown = next((one for one in topics if one.slug == topic), None) or abort(404)
    pages = services.list_about(language(), topic)
    return render_template(
        "guidance/show_topic.html",
        topic=shown,
        topics=topics,
        pages=pages,
        terms=library.used_on(library.list_terms(language()), pages, services.by_name(language())),
        resources=library.about(library.list_resources(), topic),
    )


@bp.get("/<language>/glossary")
@public
@same_for_everybody
def list_terms() -> str:
    terms, pages = library.list_terms(language()), services.by_name(language())
    return render_template("guidance/list_terms.html", letters=library.by_letter(terms, pages))


@bp.get("/<language>/resources")
@public
@same_for_everybody
def list_resources() -> str:
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
        absolute=feeds.absolute,
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
