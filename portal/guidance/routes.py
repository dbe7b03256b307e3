from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from portal.guidance import services, try_it
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
    return render_template("guidance/list_sections.html", sections=sections, topics=services.list_topics(language()))


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
    return render_template(
        "guidance/show_topic.html", topic=shown, topics=topics, pages=services.list_about(language(), topic)
    )
