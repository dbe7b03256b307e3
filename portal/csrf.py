"""The token of every form: Flask-WTF's own, signed once for a session and not again for each of its pages."""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

from portal import here

READING = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_KEPT = 1000  # tokens, one for each session


class SignedOnce(CSRFProtect):  # type: ignore[misc]  # Flask-WTF says nothing of its types
    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.extensions["csrf tokens"] = {}
        app.jinja_env.globals["csrf_token"] = token
        app.context_processor(lambda: {"csrf_token": token})

    def protect(self, apply_exemptions: bool = False) -> None:
        """Requests that only read go on without a look at who is exempt."""
        if here.asked().method not in READING:
            super().protect(apply_exemptions)


def token() -> str:
    """The token of this session, which has one from here on. It has no age: see WTF_CSRF_TIME_LIMIT."""
    kept: dict[Any, str] = here.app().extensions["csrf tokens"]
    raw, noted = session.get("csrf_token"), here.noted()
    found = kept.get(raw)
    if found is not None:
        noted.csrf_token = found  # where Flask-WTF looks before it signs another
        return found
    if raw is None:
        noted.pop("csrf_token", None)  # of a session that this request has ended
    found = generate_csrf()
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[session["csrf_token"]] = found
    return found
