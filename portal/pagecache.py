"""Public pages kept as they were sent, in front of Flask: most readers are answered without it.

Only for visitors who send no cookie and no query string. What is kept was made from the path alone: nothing else that
a visitor sends reaches the page. It is good for one generation of the content and for one day, since pages may say the
date.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flask import Flask, Response, request, session
from werkzeug.datastructures import ResponseCacheControl
from werkzeug.exceptions import SecurityError
from werkzeug.http import parse_accept_header, parse_cache_control_header, parse_etags
from werkzeug.wsgi import get_host

from portal import clock, compression, generation, security

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_PAGES = 2000
MOST_BYTES = 32 * 1024 * 1024
SITE_FILES = frozenset({"/sitemap.xml", "/feed.atom", "/robots.txt"})
ASKED = "portal.asked_by_the_cache"  # in the environ of a request for a page that will be kept
FOR_EVERYBODY = "portal.for_everybody"  # in the environ of a request whose answer is the same for everybody

Headers = list[tuple[str, str]]


def init_app(app: Flask) -> None:
    """Comes before whatever tells the visitor's real address from the proxy's, which then lies in front of it."""
    app.wsgi_app = PageCache(app, app.wsgi_app)  # type: ignore[method-assign]


def mark_public() -> None:
    """Say that the answer to this request is the same for everybody, unless a session says something else."""
    if not session:
        request.environ[FOR_EVERYBODY] = True


def finish(response: Response) -> None:
    """Pack a public answer, and give it the ETag and the 304 that it has when it comes from the cache."""
    mark_public()
    asked_by_cache = ASKED in request.environ  # which packs and compares what it keeps itself
    if asked_by_cache or response.status_code != 200 or session or response.direct_passthrough:
        compression.compress(response)
        return
    digest = _digest(response.get_data())
    compression.compress(response)
    response.set_etag(f"{digest}-{response.content_encoding}" if response.content_encoding else digest)
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(response.get_etag()[0] or ""):
        response.status_code = 304
        response.set_data(b"")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


class Form(NamedTuple):
    """A page in one of the encodings it is sent in."""

    content: bytes
    etag: str
    headers: Headers
    headers_unchanged: Headers  # of the answer to a visitor who has the page already


class Page:
    """A public page as it is sent to everybody: as it is or packed, whole, without its body, or not again."""

    def __init__(self, headers: Headers, content: bytes) -> None:
        self._headers = [(name, value) for name, value in headers if name != "Content-Length"]
        self._digest = _digest(content)
        self.plain = self._form(content)
        self.size = 2 * len(content)  # packed it is no longer

    @functools.cached_property
    def packed(self) -> Form:
        """Made for the first visitor who takes it so."""
        kind, content = dict(self._headers).get("Content-Type", ""), self.plain.content
        if not kind.startswith(compression.TEXT) or len(content) < compression.SMALLEST:
            return self.plain
        return self._form(compression.pack(content), "gzip")

    def _form(self, content: bytes, encoding: str = "") -> Form:
        etag = f'"{self._digest}-{encoding}"' if encoding else f'"{self._digest}"'
        headers = [*self._headers, ("ETag", etag)]
        unchanged = [(name, value) for name, value in headers if name != "Content-Type"]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        return Form(content, etag, [*headers, ("Content-Length", str(len(content)))], unchanged)

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        form = self.packed if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else self.plain
        had = environ.get("HTTP_IF_NONE_MATCH")
        if had is not None and _names(had, form.etag):
            start_response("304 NOT MODIFIED", [*form.headers_unchanged])
            return ()
        start_response("200 OK", [*form.headers])
        return (form.content,) if environ["REQUEST_METHOD"] == "GET" else ()


@functools.lru_cache(maxsize=64)
def _takes_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted)["gzip"]) if accepted else False


def _names(etags: str, etag: str) -> bool:
    return etags == etag or parse_etags(etags).contains_weak(etag.strip('"'))


class PageCache:
    """A WSGI application around Flask's."""

    def __init__(self, app: Flask, flask: WSGIApplication) -> None:
        self.flask = flask
        self._prefixes = tuple(f"/{language}/" for language in app.config["LANGUAGES"])
        self._trusted_hosts = app.config["TRUSTED_HOSTS"]
        self._demo = app.config["DEMO"]
        self._lock = threading.Lock()
        self._pages: dict[tuple[str, str], Page] = {}
        self._bytes = 0
        self._good_for: tuple[UUID, dt.date] | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        stamp = generation.current() if self._is_asked(environ) else None
        if stamp is None:
            return self.flask(environ, start_response)
        good_for = (stamp, clock.today())
        if good_for != self._good_for:
            self._empty(good_for)
        key = (environ.get("SCRIPT_NAME", ""), environ["PATH_INFO"])
        page = self._pages.get(key)
        if page is not None:
            return page.answer(environ, start_response)
        status, headers, content, keep = self._ask_flask(environ)
        if not keep:
            start_response(status, headers)
            return (content,) if environ["REQUEST_METHOD"] == "GET" else ()
        page = Page(headers, content)
        self._keep(good_for, key, page)
        return page.answer(environ, start_response)

    def _is_asked(self, environ: WSGIEnvironment) -> bool:
        """Whether this request may be answered from here: nobody in particular asks for a page that may be public."""
        path = environ["PATH_INFO"]
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and "HTTP_COOKIE" not in environ
            and not environ.get("QUERY_STRING")
            and (path.startswith(self._prefixes) or path in SITE_FILES)
            and (not self._trusted_hosts or self._is_trusted(environ))
            and (not self._demo or security.is_this_machine(environ.get("REMOTE_ADDR")))
        )

    def _is_trusted(self, environ: WSGIEnvironment) -> bool:
        try:
            get_host(environ, self._trusted_hosts)
        except SecurityError:
            return False
        return True

    def _ask_flask(self, environ: WSGIEnvironment) -> tuple[str, Headers, bytes, bool]:
        """Status, headers and whole body of the page, and whether it is one to keep."""
        plain: WSGIEnvironment = {
            name: value for name, value in environ.items() if not name.startswith("HTTP_") or name == "HTTP_HOST"
        }
        plain |= {"REQUEST_METHOD": "GET", ASKED: True}
        started: list[Any] = []

        def start(status: str, headers: Headers, error: Any = None) -> Any:
            started[:] = [status, headers]
            return chunks.append

        chunks: list[bytes] = []
        answer = self.flask(plain, start)
        try:
            chunks.extend(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = started
        keep = status == "200 OK" and FOR_EVERYBODY in plain and _may_be_kept(headers)
        return status, headers, b"".join(chunks), keep

    def _empty(self, good_for: tuple[UUID, dt.date]) -> None:
        with self._lock:
            self._pages, self._bytes, self._good_for = {}, 0, good_for

    def _keep(self, good_for: tuple[UUID, dt.date], key: tuple[str, str], page: Page) -> None:
        """Unless the content has changed since the page was asked for: it may show what was before."""
        with self._lock:
            if good_for != self._good_for or key in self._pages or page.size > MOST_BYTES:
                return
            while self._pages and (len(self._pages) == MOST_PAGES or self._bytes + page.size > MOST_BYTES):
                oldest = next(iter(self._pages))
                self._bytes -= self._pages.pop(oldest).size
            self._pages[key] = page
            self._bytes += page.size


def _may_be_kept(headers: Headers) -> bool:
    names = {name.lower(): value for name, value in headers}
    control = parse_cache_control_header(names.get("cache-control"), None, ResponseCacheControl)
    return "set-cookie" not in names and not control.no_store and not control.private
