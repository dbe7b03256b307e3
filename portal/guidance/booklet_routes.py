"""Booklets: one text for both, so that paper and screen say the same."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.config import setting
from portal.guidance.booklets import Booklet, get_booklet
from portal.guidance.routes import bp as bp  # passed on to feature.py
from portal.i18n import language
from portal.pdf import keep_pdf, make_pdf
from portal.pdf_text import convert
from portal.permissions import public
from portal.views import day, discreet, file_name, window_title


@bp.get("/<language>/guidance/<section>/booklet")
@public
def show_booklet(section: str) -> ResponseReturnValue:
    booklet = get_booklet(language(), section) or abort(404)
    return render_template("guidance/booklet.html", booklet=booklet, notice=_notice(booklet))


@bp.get("/<language>/guidance/<section>/booklet.pdf")
@public
def download_booklet(section: str) -> ResponseReturnValue:
    booklet = get_booklet(language(), section) or abort(404)
    line, notice, contents = booklet.line, _notice(booklet), gettext("Contents")
    window = window_title(line.title)
    text = render_template("guidance/booklet_text.html", booklet=booklet)
    written = [booklet.published.year, booklet.published.month, booklet.published.day]

    def make() -> bytes:
        data = {
            "title": line.title,
            "window": window,
            "summary": line.summary,
            "notice": notice,
            "contents": contents,
            "written": written,
            "blocks": convert(text, site=setting("BASE_URL")),
        }
        return make_pdf("document", data, language())

    content = "\n".join([window, line.title, line.summary, notice, contents, setting("BASE_URL"), text])
    # Each way has a place of its own: neither is made anew whenever somebody asks for the other.
    name = f"{'notes' if discreet() else 'booklet'}-{language()}-{section}"
    made = Response(keep_pdf(name, content, make), mimetype="application/pdf")
    made.headers["Content-Disposition"] = f'inline; filename="{file_name(f"{section}.pdf")}"'
    return made


def _notice(booklet: Booklet) -> str:
    """Whose booklet it is and how old."""
    return gettext("%(site)s. As published on %(day)s.", site=setting("SITE_NAME"), day=day(booklet.published))
