"""Smaller answers for old phones: files of ours and public pages. Pages that hold a secret are sent as they are,
because the length of a compressed page can betray what it holds to somebody who may add to it."""

from __future__ import annotations

import functools
import gzip

from flask import Response, current_app, request, session

from portal.permissions import Label, access_of

SMALLEST = 500  # bytes; below, the wrapping outweighs the gain
TEXT = ("text/", "application/javascript", "image/svg+xml", "application/json")


def compress(response: Response) -> None:
    """Wrap the answer where that is safe and worth it, and the browser asks for it."""
    if not (response.mimetype or "").startswith(TEXT) or response.status_code != 200:
        return
    if request.endpoint != "static" and not _is_public():
        return
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip") or response.content_encoding:
        return
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(_gzip_file(body) if request.endpoint == "static" else gzip.compress(body, 6, mtime=0))
        response.content_encoding = "gzip"
        _weaken_etag(response)


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and access_of(view) is Label.PUBLIC and not session


@functools.lru_cache(maxsize=32)
def _gzip_file(body: bytes) -> bytes:
    """Files of ours are few and do not change while the portal runs."""
    return gzip.compress(body, 9, mtime=0)


def _weaken_etag(response: Response) -> None:
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
