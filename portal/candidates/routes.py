from __future__ import annotations

import json
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from assessments.model import Words
from portal.candidates import checklist, copies, services, soft_words
from portal.candidates.checklist import Card, Checklist
from portal.candidates.copies import Content, OpenProgramme, Purpose
from portal.candidates.forms import PURPOSES, KeepForm, ShareForm, sheet_form
from portal.i18n import language
from portal.permissions import Permission, needs, public, signed_in

bp = Blueprint("candidates", __name__)

NUMBERS = (
    _l("one"), _l("two"), _l("three"), _l("four"), _l("five"), _l("six"), _l("seven"), _l("eight"), _l("nine"),
    _l("ten"), _l("eleven"), _l("twelve"),
)  # fmt: skip
ROLES = {"lead": _l("lead")}


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
    fields = checklist.fields(kept.checklist) if kept else []
    return render_template(
        "candidates/show_kept_checklist.html", kept=kept, words=words, bring=bring, like=like, fields=fields
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


# --- copies a person shares ---


@bp.route("/me/checklist/share", methods=["GET", "POST"])
@signed_in
def share_copy() -> ResponseReturnValue:
    kept = services.get_kept(current_user.id)
    if kept is None:
        flash(_("Keep your checklist with your account first. Then you can share a copy of your page."))
        return redirect(url_for(".show_kept_checklist"), 303)
    words = checklist.words(language())
    programmes = copies.programmes_open_to(current_user.id)
    form = ShareForm(data={f"sheet_{part}": text for part, text in checklist.sheet(kept.checklist, words).items()})
    form.programme.choices = [(str(one.id), f"{one.name}, {one.organisation}") for one in programmes]
    answered = copies.chosen_items(kept.checklist, kept.checklist.answers, words)
    form.items.choices = [(item.code, f"{item.statement} ({item.answer})") for item in answered]
    if request.method == "GET":
        form.copy_id.data, form.ends_on.data = str(uuid4()), copies.usual_end()
    if programmes and form.validate_on_submit() and request.form.get("do") in ("preview", "share"):
        chosen = copies.chosen_items(kept.checklist, form.items.data or [], words)
        content = Content(form.sheet, chosen, language=words.language)
        looked_at = request.form.get("digest", "")
        if request.form["do"] == "preview" or looked_at != copies.digest(content):
            programme = next(one for one in programmes if str(one.id) == form.programme.data)
            return _preview(form, content, programme, changed=request.form["do"] == "share")
        purpose, ends_on = Purpose(form.purpose.data), form.ends_on.data or copies.usual_end()
        copies.share(_copy_id(form), current_user.id, UUID(form.programme.data), content, purpose, ends_on)
        flash(_("Shared. You can take it back at any time."))
        return redirect(url_for(".list_copies"), 303)
    return render_template(
        "candidates/share_copy.html",
        form=form,
        programmes=programmes,
        latest=copies.latest_end(),
        warnings=soft_words.kinds(form.sheet.values(), words),
    )


def _copy_id(form: ShareForm) -> UUID:
    try:
        return UUID(form.copy_id.data or "")
    except ValueError:
        return uuid4()


def _preview(form: ShareForm, content: Content, programme: OpenProgramme, *, changed: bool) -> str:
    """What would be shared; ``changed``: it is not what the person looked at before they pressed the button."""
    sent = request.form.items(multi=True)
    return render_template(
        "candidates/preview_copy.html",
        form=form,
        content=content,
        programme=programme,
        purpose=PURPOSES[Purpose(form.purpose.data)],
        fields=[(name, text) for name, text in sent if name not in ("csrf_token", "do", "digest")],
        digest=copies.digest(content),
        changed=changed,
        warnings=soft_words.kinds(content.sheet.values(), checklist.words(language())),
    )


@bp.get("/me/copies")
@signed_in
def list_copies() -> ResponseReturnValue:
    shared = copies.list_own(current_user.id)
    return render_template("candidates/list_copies.html", copies=shared, purposes=PURPOSES, roles=ROLES)


@bp.get("/me/copies/<uuid:copy_id>")
@signed_in
def show_copy(copy_id: UUID) -> ResponseReturnValue:
    copy = copies.get_own(current_user.id, copy_id) or abort(404)
    return render_template("candidates/show_copy.html", copy=copy, purposes=PURPOSES)


@bp.post("/me/copies/<uuid:copy_id>/take-back")
@signed_in
def take_back_copy(copy_id: UUID) -> ResponseReturnValue:
    copies.take_back(current_user.id, copy_id)
    flash(_("Taken back. The copy is deleted, and nobody can open it any more."))
    return redirect(url_for(".list_copies"), 303)


# --- copies shared with a programme ---


def _programmes_of_viewer(organisation_id: UUID) -> set[UUID] | None:
    """The programmes whose copies the person may see; None for every one of the organisation."""
    held = [
        one
        for one in current_user.held
        if one.organisation == organisation_id and Permission.COPY_VIEW in one.permissions
    ]
    if any(not one.programmes for one in held):
        return None
    return {programme for one in held for programme in one.programmes}


@bp.get("/organisations/<uuid:organisation_id>/copies")
@needs(Permission.COPY_VIEW)
def list_shared_copies(organisation_id: UUID) -> ResponseReturnValue:
    shared = copies.list_shared(organisation_id, _programmes_of_viewer(organisation_id))
    return render_template("candidates/list_shared_copies.html", copies=shared, purposes=PURPOSES)


@bp.get("/organisations/<uuid:organisation_id>/copies/<uuid:copy_id>")
@needs(Permission.COPY_VIEW)
def show_shared_copy(organisation_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """The one page that writes when it is read: the person who shared learns who looked, before anything is shown."""
    programmes = _programmes_of_viewer(organisation_id)
    copy = copies.look_at(organisation_id, programmes, copy_id, current_user.id, "lead") or abort(404)
    return render_template("candidates/show_shared_copy.html", copy=copy, purposes=PURPOSES)
