"""What stands around every page, kept as HTML: drawing menus anew would cost more than most pages."""

from __future__ import annotations

from flask import Flask, current_app, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from portal.feature import Feature, NavigationItem
from portal.i18n import language
from portal.views import discreet

_NAME = "\x00"  # stands for the nickname, which is put in at every request and never kept


def init_app(app: Flask, features: tuple[Feature, ...]) -> None:
    items = sorted((item for feature in features for item in feature.navigation), key=lambda item: item.order)
    app.extensions["navigation"] = items
    app.extensions["frames"] = {}
    app.jinja_env.globals["frame"] = frame


def frame(part: str) -> Markup:
    """``files``, ``masthead`` or ``colophon`` as HTML, as it is for this reader and this place."""
    kept: dict[tuple[object, ...], Markup] = current_app.extensions["frames"]
    if part != "masthead":
        key: tuple[object, ...] = (part, language(), request.script_root)
        if key not in kept:
            kept[key] = Markup(render_template(f"layouts/{part}.html"))  # noqa: S704 - a template of ours
        return kept[key]
    signed_in = bool(current_user.is_authenticated)
    here = tuple(_current(item) for item in _items())
    own = _own_page() if signed_in else ("page" if request.endpoint == "accounts.sign_in" else "")
    key = (part, language(), request.script_root, discreet(), signed_in, here, own)
    if key not in kept:
        menu = [(item, url_for(item.endpoint), mark) for item, mark in zip(_items(), here, strict=True)]
        name = _NAME if signed_in else ""
        html = render_template("layouts/masthead.html", menu=menu, nickname=name, own=own, discreet=discreet())
        kept[key] = Markup(html)  # noqa: S704 - a template of ours
    return kept[key].replace(_NAME, escape(current_user.nickname)) if signed_in else kept[key]


def _items() -> list[NavigationItem]:
    items: list[NavigationItem] = current_app.extensions["navigation"]
    return items


def _current(item: NavigationItem) -> str:
    """What ``aria-current`` says of a line of the menu: "page", "true" for its section, or nothing."""
    if request.endpoint == item.endpoint:
        return "page"
    return "true" if item.prefix and item.prefix in request.path else ""


def _own_page() -> str:
    if request.endpoint == "home.show_my_page":
        return "page"
    return "true" if request.path.startswith("/me/") else ""
