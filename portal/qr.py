"""QR codes, drawn into the page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """The text as an inline SVG without styles of its own."""
    drawing = segno.make(text, error="m").svg_inline(scale=5, border=4, dark="#1B2A2E", light="#FFF")
    # Its squares are lines one unit wide: site.css gives drawings thicker ones, and then no phone can read them.
    return Markup(drawing.replace(" stroke=", ' stroke-width="1" stroke='))  # noqa: S704
