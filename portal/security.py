"""What every answer carries: one strict content policy, no traces of personal pages, and whose network it was."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import Flask, Response, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import here
from portal.permissions import Label, access_of
from portal.sessions import SignedCookies

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
PERSONAL = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
FILE_SENT = (200, 206, 304)  # any other answer among the files is a page that says who is signed in
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def init_app(app: Flask) -> None:
    https = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="peerwork",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # Referrer-Policy: no-referrer leaves nothing to compare
        MAX_CONTENT_LENGTH=app.config["MAX_UPLOAD_MB"] * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
    )
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    app.extensions["headers"] = {
        personal: [*(HEADERS | (TRANSPORT if https else {}) | (PERSONAL if personal else {})).items()]
        for personal in (False, True)
    }
    app.session_interface = SignedCookies(app)


def add_headers(response: Response, personal: bool) -> None:
    """The whole set, errors too; what a view has set itself stays."""
    headers = response.headers
    there = {name.lower() for name, _value in headers}
    for name, value in here.app().extensions["headers"][personal]:
        if name.lower() not in there:
            headers.add(name, value)


def refuse_strangers() -> None:
    """A demo lets anybody in as anybody: it answers this machine only, whatever server it runs on."""
    if not is_this_machine(request.remote_addr):
        abort(403)


def is_this_machine(address: str | None) -> bool:
    """Whether a request from this address was sent by the machine it is answered on."""
    try:
        return address in ("127.0.0.1", "::1") or ip_address(address or "").is_loopback
    except ValueError:
        return False


def is_personal(status: int) -> bool:
    """Whether an answer with this status could tell something about a person: then nobody may keep it."""
    endpoint = here.asked().endpoint or ""
    if endpoint == "static":
        return status not in FILE_SENT
    view = here.app().view_functions.get(endpoint)
    return view is None or access_of(view) is not Label.PUBLIC or bool(here.person().is_authenticated)


def network() -> str:
    """The visitor's network, for throttling only: an IPv6 /64 is one household."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)
