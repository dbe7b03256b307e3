"""What stands around every page, and pages that are the same for everybody: kept as HTML.

Drawing menus anew would cost more than most pages, and drawing a page of guidance more than all the rest of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, ParamSpec

from flask import Flask, current_app, g, render_template, request, url_for
from flask.globals import request_ctx
from flask_login import current_user
from markupsafe import Markup, escape

from portal import generation
from portal.feature import Feature, NavigationItem
from portal.i18n import language
from portal.views import discreet, messages

P = ParamSpec("P")

MOST_KEPT = 2000  # parts drawn once

_NAME = "\x00"  # stands for the nickname, which is put in at every request and never kept
_MARKS = {"masthead": "\x01", "said": "\x02"}  # stand for the parts that differ from reader to reader


def init_app(app: Flask, features: tuple[Feature, ...]) -> None:
    items = sorted((item for feature in features for item in feature.navigation), key=lambda item: item.order)
    app.extensions["navigation"] = items
    app.extensions["frames"] = {}
    app.jinja_env.globals.update(frame=frame, fixed_part=fixed_part)


def same_for_everybody(view: Callable[P, str]) -> Callable[P, str]:
    """Keep the page of a view that tells nobody anything of their own, until the content changes.

    Whatever its template asks of the reader but language and discreet mode would be shown to the next one, too.
    """

    @functools.wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> str:
        asked = request_ctx.request
        if asked.query_string:
            return view(*args, **kwargs)
        before, between, after = draw(asked.script_root, language(), discreet(), *kwargs.items())
        return "".join((before, frame("masthead"), between, frame("said"), after))

    @generation.kept
    def draw(_root: str, _language: str, _discreet: bool, *values: tuple[str, Any]) -> tuple[str, str, str]:
        g.draws_for_everybody = True
        try:
            page = view(**dict(values))  # type: ignore[call-arg]
        finally:
            g.draws_for_everybody = False
        if "csrf_token" in g:
            raise RuntimeError(f"{request.endpoint} has a form with somebody's token: it is not the same for everybody")
        before, _, rest = page.partition(_MARKS["masthead"])
        between, _, after = rest.partition(_MARKS["said"])
        return before, between, after

    return answer


def frame(part: str) -> Markup:
    """``files``, ``masthead``, ``said`` or ``colophon`` as HTML, as it is for this reader and this place."""
    if part in _MARKS and g.get("draws_for_everybody"):
        return Markup(_MARKS[part])  # noqa: S704 - a sign of ours
    if part == "masthead":
        return _masthead()
    if part == "said":
        said = messages()
        if said or not current_app.config["DEMO"]:
            return _draw("layouts/said.html", said=said) if said else Markup()
    return fixed_part(f"layouts/{part}.html")


def fixed_part(template: str, **values: Hashable) -> Markup:
    """A template that shows everybody who reads a language the same for the same values at all times: drawn once.

    No value may be a person's own: what was drawn stays in memory.
    """
    kept: dict[tuple[object, ...], Markup] = current_app.extensions["frames"]
    key = (template, language(), request_ctx.request.script_root, *values.items())
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = _draw(template, **values)
    return kept[key]


def _draw(template: str, **values: Any) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 - a template of ours


def _masthead() -> Markup:
    """Kept for each pattern of addresses: there are as many as routes, however many pages there may be."""
    kept: dict[tuple[object, ...], Markup] = current_app.extensions["frames"]
    asked, person = request_ctx.request, current_user._get_current_object()
    pattern = asked.url_rule.rule if asked.url_rule else ""
    nickname = person.nickname if person.is_authenticated else ""
    key = (pattern, language(), asked.script_root, discreet(), bool(nickname))
    if key not in kept:
        items: list[NavigationItem] = current_app.extensions["navigation"]
        menu = [(item, url_for(item.endpoint), _current(item.endpoint, item.prefix, pattern)) for item in items]
        own = "home.show_my_page" if nickname else "accounts.sign_in"
        kept[key] = _draw(
            "layouts/masthead.html",
            menu=menu,
            nickname=_NAME if nickname else "",
            own=_current(own, "/me/" if nickname else "", pattern),
            discreet=discreet(),
        )
    return kept[key].replace(_NAME, escape(nickname)) if nickname else kept[key]


def _current(endpoint: str, prefix: str, pattern: str) -> str:
    """What ``aria-current`` says of a line of the menu: "page", "true" for its section, or nothing."""
    if request.endpoint == endpoint:
        return "page"
    return "true" if prefix and prefix in pattern else ""
