"""QR codes, drawn into the page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """The text as an inline SVG without styles of its own."""
    code = segno.make(text, error="m")
    drawing = code.svg_inline(scale=5, border=4, dark="#1B2A2E", light="#FFF", omitsize=True)
    # With a size and a view box it shrinks as a whole where there is less room.
    width, height = code.symbol_size(scale=5, border=4)
    drawing = drawing.replace("<svg", f'<svg width="{width}" height="{height}"', 1)
    # Its squares are lines one unit wide: site.css gives drawings thicker ones, and then no phone can read them.
    return Markup(drawing.replace(" stroke=", ' stroke-width="1" stroke='))  # noqa: S704
