"""A certificate in words: the same table on the page, on paper and in the badge, and the PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext as _

from portal import pdf
from portal.i18n import language
from portal.qr import qr_code
from portal.records.services import Certificate, Content, Line
from portal.training.words import module_name
from portal.views import day


@dataclass(frozen=True)
class Table:
    heads: list[str]
    rows: list[list[str]]  # a cell for each head; the first one names the module


def table(content: Content) -> Table:
    """What a certificate lists. Columns nobody needs are left out."""
    columns: dict[str, list[str]] = {
        _("Module"): [_name(line) for line in content.lines],
        _("Done"): [_done(line) for line in content.lines],
        _("Practised with a mentor"): [day(line.practised_on) for line in content.lines],
        _("Refreshed"): [day(line.refreshed_on) for line in content.lines],
        _("With"): [line.organisation for line in content.lines],
    }
    used = {head: cells for head, cells in columns.items() if any(cells)}
    return Table(list(used), [[cell or "–" for cell in row] for row in zip(*used.values(), strict=True)])


def _name(line: Line) -> str:
    return module_name(line.code, {line.code: line.title})


def _done(line: Line) -> str:
    return _("counted from experience, %(day)s", day=day(line.done_on)) if line.experience else day(line.done_on)


def notes() -> list[str]:
    """What has to be said under every certificate."""
    return [_("Days are as they were recorded when this was made. Nobody was given marks.")]


def make_certificate_pdf(certificate: Certificate, content: Content, address: str) -> bytes:
    """A4, tagged, with the address that verifies it as words, link and QR code. Raises pdf.PdfError."""
    listed = table(content)
    drawing = str(qr_code(address)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    data = {
        "title": _("Record of learning"),
        "name": content.name,
        "done": _("has done the following:"),
        "heads": listed.heads,
        "rows": [[cell.replace("\u00a0", " ") for cell in row] for row in listed.rows],  # narrow columns
        "notes": notes(),
        "made": _made(certificate.made_on, content.site),
        "check": _("Does this still stand?"),
        "how": _(
            "Open this address, or point a camera at the picture. It shows the same record, unless it was withdrawn."
        ),
        "address": address,
        "qr": drawing,
        "qr_words": _("QR code of the address %(address)s", address=address),
        "made_on": [certificate.made_on.year, certificate.made_on.month, certificate.made_on.day],
    }
    return pdf.make_pdf("certificate", data, language())


def _made(on: dt.date, site: str) -> str:
    if site:
        return _("Made on %(day)s with %(site)s.", day=day(on), site=site)
    return _("Made on %(day)s.", day=day(on))
