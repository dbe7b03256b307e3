"""What a person wants to work on: marking it, showing it to trainers, what trainers see."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.candidates import checklist, growth, services
from portal.candidates.forms import ShowWishesForm, WishesForm
from portal.candidates.routes import bp
from portal.i18n import language
from portal.organisations.services import get_organisation
from portal.permissions import Permission, needs, signed_in


@bp.route("/me/checklist/growth", methods=["GET", "POST"])
@signed_in
def edit_wishes() -> ResponseReturnValue:
    kept = services.get_kept(current_user.id)
    if kept is None:
        flash(_("Keep your checklist with your account first. Then you can mark what you want to work on."))
        return redirect(url_for(".show_kept_checklist"), 303)
    bring, like = checklist.bring_and_like(kept.checklist)
    statements = {code: item.statement for code, item in checklist.words(language()).items.items()}
    form = WishesForm(data={"like": kept.checklist.wishes, "bring": kept.checklist.wishes})
    form.like.choices = [(code, statements[code]) for code in like]
    form.bring.choices = [(code, statements[code]) for code in bring]
    if form.validate_on_submit():
        growth.mark(current_user.id, form.wishes)
        flash(_("Saved. Your marks stay with you until you show one."))
        return redirect(url_for(".show_kept_checklist"), 303)
    shown = dict.fromkeys(one.item for one in growth.list_own(current_user.id))  # once, in order
    return render_template("candidates/growth_edit.html", form=form, shown=[statements[code] for code in shown])


@bp.route("/me/checklist/growth/show", methods=["GET", "POST"])
@signed_in
def show_wishes() -> ResponseReturnValue:
    kept = services.get_kept(current_user.id)
    wishes = checklist.wishes(kept.checklist) if kept else []
    if not wishes:
        flash(_("Mark what you want to work on first. Then you can show single ones."))
        return redirect(url_for(".edit_wishes"), 303)
    words = checklist.words(language())
    form = ShowWishesForm()
    form.organisation.choices = [(str(id_), name) for id_, name in growth.organisations_open_to(current_user.id)]
    form.items.choices = [(code, words.items[code].statement) for code in wishes]
    if form.validate_on_submit():
        growth.show(current_user.id, UUID(form.organisation.data), form.items.data or [], words)
        flash(_("Shown to the trainers. You can take it back at any time."))
        return redirect(url_for(".list_copies"), 303)
    return render_template("candidates/growth_show.html", form=form)


@bp.post("/me/checklist/growth/<uuid:shown_id>/take-back")
@signed_in
def take_back_wish(shown_id: UUID) -> ResponseReturnValue:
    growth.take_back(current_user.id, shown_id)
    flash(_("Taken back. No trainer can see it any more."))
    return redirect(url_for(".list_copies"), 303)


@bp.get("/organisations/<uuid:organisation_id>/training/growth")
@needs(Permission.GROWTH_VIEW)
def list_growth(organisation_id: UUID) -> ResponseReturnValue:
    return render_template(
        "candidates/growth_list.html",
        organisation=get_organisation(organisation_id) or abort(404),
        shown=growth.list_shown(organisation_id),
    )
