"""Flask's sessions in a signed cookie, without working out keys, settings and signature anew at every request."""

from __future__ import annotations

import copy
import datetime as dt
import functools
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import clock

KNOWN_COOKIES = 1000  # whose signature was found right, in memory


class SignedCookies(SecureCookieSessionInterface):
    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)
        self._name = self.get_cookie_name(app)
        self._longest = int(app.permanent_session_lifetime.total_seconds())
        self._read = functools.lru_cache(maxsize=KNOWN_COOKIES)(self._check_and_read)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        cookie = request.cookies.get(self._name)
        if not cookie or self._serializer is None:
            return SecureCookieSession()
        try:
            # A copy: what a request does to its session must not show in the next one.
            return SecureCookieSession(copy.deepcopy(self._read(cookie, clock.today())))
        except BadSignature:
            return SecureCookieSession()

    def _check_and_read(self, cookie: str, _today: dt.date) -> Any:
        """What a cookie holds whose signature is right. Looked at again each day, since cookies grow too old."""
        return self._serializer.loads(cookie, max_age=self._longest) if self._serializer else {}

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed and "Vary" in response.headers:
            response.vary.add("Cookie")
        elif session.accessed:
            response.headers.add("Vary", "Cookie")
