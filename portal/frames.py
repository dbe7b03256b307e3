"""What stands around every page, and pages that are the same for everybody: kept as HTML.

Drawing menus anew would cost more than most pages, and drawing a page of guidance more than all the rest of it.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any, ParamSpec

from flask import Flask, g, render_template, request, url_for
from markupsafe import Markup, escape

from portal import generation, here
from portal.feature import Feature, NavigationItem
from portal.i18n import language
from portal.views import discreet, messages

P = ParamSpec("P")

MOST_KEPT = 2000  # pages of people's own, drawn once

_SIGN = f"\x01{secrets.token_hex(8)}"  # in no text that anybody has typed
_NAME = f"{_SIGN}\x02"  # stands for the nickname, which is put in at every request and never kept
_READERS = ("masthead", "said")  # the parts around a page that differ from reader to reader
# Where one of them, or something of the reader's own, goes into a page that is kept.
_PLACE = re.compile(f"{_SIGN}([a-z_]+)\x02")


def init_app(app: Flask, features: tuple[Feature, ...]) -> None:
    items = sorted((item for feature in features for item in feature.navigation), key=lambda item: item.order)
    app.extensions["navigation"] = items
    app.extensions["frames"] = {}
    app.extensions["own pages"] = {}
    app.jinja_env.globals.update(frame=frame)


def same_for_everybody(view: Callable[P, str]) -> Callable[P, str]:
    """Keep the page of a view that tells nobody anything of their own, until the content changes.

    Whatever its template asks of the reader but language and discreet mode would be shown to the next one, too.
    """

    @functools.wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> str:
        asked = here.asked()
        if asked.query_string:
            return view(*args, **kwargs)
        return _fill(draw(asked.script_root, language(), discreet(), *kwargs.items()), {})

    @generation.kept
    def draw(_root: str, _language: str, _discreet: bool, *values: tuple[str, Any]) -> list[str]:
        return _draw_for_everybody(lambda: view(**dict(values)))  # type: ignore[call-arg]

    return answer


def own_page(template: str, own: Mapping[str, str], **values: Hashable) -> str:
    """A page that is the same for all with the same values but for what is ``own``, such as a nickname.

    That is put in at every request; the rest is drawn once and stays in memory: no value may be a person's own.
    """
    kept: dict[tuple[object, ...], list[str]] = here.app().extensions["own pages"]
    key = (template, language(), here.asked().script_root, discreet(), *values.items())
    pieces = kept.get(key)
    if pieces is None:
        places = {name: Markup(_place(name)) for name in own}  # noqa: S704 - signs of ours
        pieces = _draw_for_everybody(lambda: render_template(template, **places, **values))
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = pieces
    return _fill(pieces, own)


def _draw_for_everybody(draw: Callable[[], str]) -> list[str]:
    """The page in pieces: text, what goes there, text, and so on."""
    g.draws_for_everybody = True
    try:
        page = draw()
    finally:
        g.draws_for_everybody = False
    if "csrf_token" in g and g.csrf_token in page:
        raise RuntimeError(f"{request.endpoint} has a form with somebody's token: it is not the same for everybody")
    return _PLACE.split(page)


def _fill(pieces: list[str], own: Mapping[str, str]) -> str:
    page = pieces.copy()
    for at in range(1, len(pieces), 2):
        name = pieces[at]
        page[at] = frame(name) if name in _READERS else escape(own[name])
    return "".join(page)


def _place(name: str) -> str:
    return f"{_SIGN}{name}\x02"


def frame(part: str) -> Markup:
    """``files``, ``masthead``, ``said`` or ``colophon`` as HTML, as it is for this reader and this place."""
    if part in _READERS and here.noted().get("draws_for_everybody"):
        return Markup(_place(part))  # noqa: S704 - a sign of ours
    if part == "masthead":
        return _masthead(here.person())
    if part == "said":
        said = messages()
        if said or not here.app().config["DEMO"]:
            return _draw("layouts/said.html", said=said) if said else Markup()
    kept: dict[tuple[object, ...], Markup] = here.app().extensions["frames"]
    key = (part, language(), here.asked().script_root)
    drawn = kept.get(key)
    if drawn is None:
        drawn = kept[key] = _draw(f"layouts/{part}.html")
    return drawn


def _draw(template: str, **values: Any) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 - a template of ours


def _masthead(person: Any) -> Markup:
    """Kept for each pattern of addresses: there are as many as routes, however many pages there may be."""
    kept: dict[tuple[object, ...], Markup] = here.app().extensions["frames"]
    asked = here.asked()
    pattern = asked.url_rule.rule if asked.url_rule else ""
    nickname = person.nickname if person.is_authenticated else ""
    neutral = discreet()
    key = (pattern, language(), asked.script_root, neutral, bool(nickname))
    masthead = kept.get(key)
    if masthead is None:
        items: list[NavigationItem] = here.app().extensions["navigation"]
        menu = [(item, url_for(item.endpoint), _current(item.endpoint, item.prefix, pattern)) for item in items]
        own = "home.show_my_page" if nickname else "accounts.sign_in"
        masthead = kept[key] = _draw(
            "layouts/masthead.html",
            menu=menu,
            nickname=_NAME if nickname else "",
            own=_current(own, "/me/" if nickname else "", pattern),
            discreet=neutral,
        )
    return masthead.replace(_NAME, escape(nickname)) if nickname else masthead


def _current(endpoint: str, prefix: str, pattern: str) -> str:
    """What ``aria-current`` says of a line of the menu: "page", "true" for its section, or nothing."""
    if request.endpoint == endpoint:
        return "page"
    return "true" if prefix and prefix in pattern else ""
