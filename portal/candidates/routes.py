"""The checklist, used without an account or kept with one. Copies and wishes have modules of their own."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from assessments.model import Words
from portal.candidates import checklist, services, soft_words
from portal.candidates.checklist import Card, Checklist
from portal.candidates.forms import KeepForm, SheetForm, sheet_form
from portal.i18n import language
from portal.permissions import public, signed_in

bp = Blueprint("candidates", __name__)

NUMBERS = (
    _l("one"), _l("two"), _l("three"), _l("four"), _l("five"), _l("six"), _l("seven"), _l("eight"), _l("nine"),
    _l("ten"), _l("eleven"), _l("twelve"),
)  # fmt: skip

SHEET_WIDTHS = {"words": 60, "show": 30, "do": 30, "grow": 30, "support": 30, "helps": 60}  # letters on a line
MOST_LARGE_LINES = 24  # of large print on an A4 page, beside headings


@bp.after_request
def keep_nothing(response: Response) -> Response:
    """An answer to a form has somebody's answers in it, also where nobody is signed in."""
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response


@bp.app_template_global()
def card_position(card: Card, words: Words) -> str:
    """Where a card lies, without figures: "Everyday working skills, card four of eight"."""
    section = words.sections[card.section].name
    if card.of == 1:
        return section
    number, count = NUMBERS[card.place - 1], NUMBERS[card.of - 1]
    return _("%(section)s, card %(number)s of %(count)s", section=section, number=number, count=count)


@bp.app_template_global()
def text_rows(text: str | None, width: int, least: int = 1) -> int:
    """How many lines a text takes, for browsers whose text boxes do not grow."""
    return max(least, sum(1 + len(line) // width for line in (text or "").splitlines()))


@bp.app_template_global()
def is_long(form: SheetForm) -> bool:
    """Whether the sheet needs small print to stay on one page. `checklist.js` counts the lines of its boxes alike."""
    rows = {part: text_rows(form[f"sheet_{part}"].data, width, 2) for part, width in SHEET_WIDTHS.items()}
    beside = max(rows["show"], rows["do"]) + max(rows["grow"], rows["support"])
    return rows["words"] + beside + rows["helps"] > MOST_LARGE_LINES


# --- for everybody: nothing is kept here ---


@bp.get("/<language>/candidates/checklist")
@public
def show_checklist() -> ResponseReturnValue:
    return _show(Checklist(), "start")


@bp.post("/<language>/candidates/checklist")
@public
def turn_card() -> ResponseReturnValue:
    """The answers travel in the form and come back with the next page: no redirect could carry them.

    No token is asked for: nothing on the server changes, and a token would need a cookie.
    """
    at = checklist.card(request.form.get("at", ""))
    return _show(*checklist.turn(_read(), at, request.form.get("go", "")), came_by_form=True)


def _read() -> Checklist:
    return checklist.read(request.form.to_dict(flat=False), checklist.words(language()))


def _show(found: Checklist, place: str, came_by_form: bool = False) -> str:
    words = checklist.words(language())
    bring, like = checklist.bring_and_like(found)
    sheet = checklist.sheet(found, words)
    here = checklist.card(place)
    return render_template(
        f"candidates/show_{'card' if here else 'checklist' if place == 'start' else place}.html",
        card=here,
        cards=checklist.cards(),
        checklist=found,
        words=words,
        bring=bring,
        like=like,
        ticked=checklist.ticked(found),
        sheet=sheet_form(sheet),
        patterns=soft_words.patterns(words.language),
        warnings=soft_words.kinds(sheet.values(), words),
        fields=checklist.fields(found, here),
        came_by_form=came_by_form,
    )


@bp.post("/<language>/candidates/checklist/keep")
@public
def confirm_keeping() -> ResponseReturnValue:
    """Says what keeping means and asks again. No token is asked for: the form on the page that follows has one."""
    found = _read()
    return _show(found, "result", True) if checklist.is_empty(found) else _confirm(found, KeepForm(formdata=None))


def _confirm(found: Checklist, form: KeepForm, too_long: list[str] | None = None) -> str:
    kept = services.get_kept(current_user.id) if current_user.is_authenticated else None
    return render_template(
        "candidates/confirm_keeping.html",
        form=form,
        kept=kept,
        fields=checklist.fields(found),
        too_long=[_place_of(name) for name in too_long or []],
    )


def _place_of(field: str) -> tuple[str, str]:
    """The button that leads to a field of the checklist, and what it is called."""
    kind, _dash, key = field.partition("-")
    card = checklist.card(key)
    if kind == "sheet" or card is None:
        return "sheet", _("Your page")
    words = checklist.words(language())
    return f"at {key}", words.items[key].statement if key in words.items else words.sections[card.section].name


# --- kept with the account ---


@bp.get("/me/checklist")
@signed_in
def show_kept_checklist() -> ResponseReturnValue:
    kept = services.get_kept(current_user.id)
    bring, like = checklist.bring_and_like(kept.checklist) if kept else ([], [])
    words = checklist.words(language())
    return render_template(
        "candidates/show_kept_checklist.html",
        kept=kept,
        words=words,
        bring=bring,
        like=like,
        wishes=checklist.wishes(kept.checklist) if kept else [],
        fields=checklist.fields(kept.checklist) if kept else [],
    )


@bp.post("/me/checklist")
@signed_in
def keep_checklist() -> ResponseReturnValue:
    form, found = KeepForm(), _read()
    if checklist.is_empty(found):
        flash(_("There was nothing to keep yet. Answer a card first."))
        return redirect(url_for(".show_kept_checklist"), 303)
    if not form.validate_on_submit():
        return _confirm(found, form)
    try:
        services.keep(current_user.id, found)
    except services.TextTooLong as error:
        return _confirm(found, form, error.fields)
    flash(_("Kept. Only you can read it."))
    return redirect(url_for(".show_kept_checklist"), 303)


@bp.get("/me/checklist/download")
@signed_in
def download_checklist() -> ResponseReturnValue:
    kept = services.get_kept(current_user.id) or abort(404)
    text = json.dumps(services.in_words(kept.checklist, language()), ensure_ascii=False, indent=2)
    # The name of a file in a list of downloads tells nothing.
    headers = {"Content-Disposition": "attachment; filename=notes.json"}
    return Response(text + "\n", mimetype="application/json", headers=headers)


@bp.post("/me/checklist/delete")
@signed_in
def delete_checklist() -> ResponseReturnValue:
    services.delete_kept(current_user.id)
    flash(_("Your checklist is deleted."))
    return redirect(url_for(".show_kept_checklist"), 303)


from portal.candidates import copy_routes, growth_routes  # noqa: E402,F401 - views of the same blueprint
