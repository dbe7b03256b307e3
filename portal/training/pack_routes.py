"""Modules as a booklet on paper and as one file for a day without a connection."""

from __future__ import annotations

from pathlib import Path

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from portal import clock
from portal.config import setting
from portal.i18n import language
from portal.pdf import keep_pdf, make_pdf
from portal.pdf_text import convert
from portal.permissions import public
from portal.training import packs
from portal.training.routes import bp
from portal.views import day, discreet, file_name, window_title


@bp.get("/<language>/modules/pack")
@public
def download_pack() -> ResponseReturnValue:
    """``?code=K1&code=K4``, and ``as=pdf`` for the booklet."""
    chapters = packs.get_pack(language(), request.args.getlist("code")) or abort(404)
    codes = [chapter.text.module.code for chapter in chapters]
    name = f"modules-{'-'.join(codes)}" if len(codes) <= 6 else f"modules-{len(codes)}"
    if request.args.get("as") == "pdf":
        answer = Response(_pdf(chapters, codes), mimetype="application/pdf")
        answer.headers["Content-Disposition"] = f'inline; filename="{file_name(f"{name}.pdf")}"'
        return answer
    style = Markup((Path(current_app.static_folder or "") / "site.css").read_text())  # noqa: S704 - a file of ours
    page = render_template("training/pack.html", chapters=chapters, codes=codes, style=style, made=clock.today())
    answer = Response(page, mimetype="text/html")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(f"{name}.html")}"'
    return answer


def _pdf(chapters: list[packs.Chapter], codes: list[str]) -> bytes:
    text = render_template("training/pack_text.html", chapters=chapters)
    newest = max(chapter.text.written for chapter in chapters)
    title = _("Modules %(codes)s", codes=", ".join(codes)) if len(codes) > 1 else _("Module %(code)s", code=codes[0])
    window = window_title(title)
    notice = _("%(site)s. Written until %(day)s.", site=setting("SITE_NAME"), day=day(newest))
    contents = _("Contents")

    def make() -> bytes:
        data = {
            "title": title,
            "window": window,
            "summary": "",
            "notice": notice,
            "contents": contents,
            "written": [newest.year, newest.month, newest.day],
            "blocks": convert(text, site=setting("BASE_URL")),
        }
        return make_pdf("document", data, language())

    content = "\n".join([window, title, notice, contents, setting("BASE_URL"), text])
    kind = "notes-modules" if discreet() else "modules"
    return keep_pdf(f"{kind}-{language()}-{'-'.join(codes)}"[:120], content, make)
