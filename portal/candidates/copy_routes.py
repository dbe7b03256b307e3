"""Copies of the page: a person shares them and takes them back, leads look at them."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.candidates import checklist, copies, copy_content, growth, services, soft_words
from portal.candidates.copies import OpenProgramme, Purpose
from portal.candidates.copy_content import Content
from portal.candidates.forms import PURPOSES, ShareForm
from portal.candidates.routes import bp
from portal.i18n import language
from portal.permissions import Permission, needs, signed_in

ROLES = {"lead": _l("lead")}


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
    answered = copy_content.chosen_items(kept.checklist, kept.checklist.answers, words)
    form.items.choices = [(item.code, f"{item.statement} ({item.answer})") for item in answered]
    if request.method == "GET":
        form.copy_id.data, form.ends_on.data = str(uuid4()), copies.usual_end()
    if programmes and form.validate_on_submit() and request.form.get("do") in ("preview", "share"):
        chosen = copy_content.chosen_items(kept.checklist, form.items.data or [], words)
        content = Content(form.sheet, chosen, language=words.language)
        looked_at = request.form.get("digest", "")
        if request.form["do"] == "preview" or looked_at != copy_content.digest(content):
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
        digest=copy_content.digest(content),
        changed=changed,
        warnings=soft_words.kinds(content.sheet.values(), checklist.words(language())),
    )


@bp.get("/me/copies")
@signed_in
def list_copies() -> ResponseReturnValue:
    shared = copies.list_own(current_user.id)
    return render_template(
        "candidates/list_copies.html",
        copies=shared,
        wishes=growth.list_own(current_user.id),
        purposes=PURPOSES,
        roles=ROLES,
    )


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


# --- the leads' side ---


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
