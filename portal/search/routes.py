from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l

from portal.i18n import language
from portal.permissions import public
from portal.search import query, services

bp = Blueprint("search", __name__)

KINDS = {
    "page": _l("Guidance"),
    "term": _l("Word explained"),
    "resource": _l("Resource"),
    "question": _l("Question"),
    "module": _l("Module"),
}


@bp.get("/<language>/search")
@public
def find() -> Response:
    """What was typed is in the address, as on every public page that works without script, and stays nowhere here."""
    typed = request.args.get("q", "")[: query.LONGEST]
    found = services.find(language(), typed) if typed.strip() else None
    template = "search/found.html" if "part" in request.args else "search/find.html"
    response = make_response(render_template(template, typed=typed, found=found, kinds=KINDS, most=services.MOST))
    if typed:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response
