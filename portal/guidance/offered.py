"""A text that is offered in another language than the reader's: its links keep readers in theirs."""

from __future__ import annotations

import re
from collections.abc import Container

# Attribute values may hold ">"; what is stored has double quotes only.
_LINK = re.compile(r'(<a\s(?:[^">]|"[^"]*")*?\bhref="/)([A-Za-z-]+)(?=[/"#?])(/guidance/([^"#?]+))?')


def in_language(html: str, written_in: str, language: str, pages: Container[str]) -> str:
    """The HTML with its links to this site leading to the language of its readers.

    Of guidance only to ``pages``, named as readers find them; what is not there for them is offered as it was.
    """
    if language == written_in:
        return html

    def lead(link: re.Match[str]) -> str:
        opening, into, rest, page = link.groups(default="")
        stays = into != written_in or (page and page not in pages)
        return link[0] if stays else f"{opening}{language}{rest}"

    return _LINK.sub(lead, html)
