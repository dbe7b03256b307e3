"""Smaller answers for old phones: files of ours and public pages. Pages that hold a secret are sent as they are,
because the length of a compressed page can betray what it holds to somebody who may add to it.
"""

from __future__ import annotations

import functools
import gzip

from flask import Response, request, session

SMALLEST = 500  # bytes; below, the wrapping outweighs the gain
TEXT = (
    "text/", "application/javascript", "image/svg+xml", "application/json", "application/xml", "application/atom+xml",
)  # fmt: skip


def pack(body: bytes) -> bytes:
    """The same bytes for the same body, in every worker."""
    return gzip.compress(body, 6, mtime=0)


def compress(response: Response) -> None:
    """Wrap an answer that is nobody's own, where that is worth it and the browser asks for it."""
    if not (response.mimetype or "").startswith(TEXT) or response.status_code != 200:
        return
    if request.endpoint != "static" and session:
        return
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip") or response.content_encoding:
        return
    response.direct_passthrough = False
    body = response.get_data()
    if request.endpoint == "static":
        response.close()  # the file has been read; a browser that leaves may keep the answer from being closed
    if len(body) >= SMALLEST:
        response.set_data(_gzip_file(body) if request.endpoint == "static" else pack(body))
        response.content_encoding = "gzip"
        _weaken_etag(response)


@functools.lru_cache(maxsize=32)
def _gzip_file(body: bytes) -> bytes:
    """Files of ours are few and do not change while the portal runs."""
    return gzip.compress(body, 9, mtime=0)


def _weaken_etag(response: Response) -> None:
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
