"""QR codes, drawn into the page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """The text as an inline SVG without styles of its own."""
    return Markup(segno.make(text, error="m").svg_inline(scale=5, border=4, dark="#1B2A2E", light="#FFF"))  # noqa: S704
