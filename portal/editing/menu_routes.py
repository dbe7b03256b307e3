"""The menu: pages go up and down, to another address, away, and come back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.editing import menu, services
from portal.editing.forms import MoveForm, WithdrawForm
from portal.editing.routes import bp as bp  # passed on to feature.py
from portal.editing.routes import open_page, section_anchor, to_editor
from portal.feature import content_changed
from portal.forms import acts
from portal.permissions import Permission, needs


@bp.post("/manage/pages/<uuid:page_id>/shift")
@needs(Permission.CONTENT_PUBLISH)
def shift_page(page_id: UUID) -> ResponseReturnValue:
    page = open_page(page_id).page
    if acts():
        if services.shift(page_id, -1 if request.form.get("do") == "up" else 1):
            content_changed()
        else:
            flash(_("It stands at the end of its menu already."))
    return redirect(url_for(".list_pages", _anchor=section_anchor(page.kind, page.language, page.section)), 303)


@bp.route("/manage/pages/<uuid:page_id>/move", methods=["GET", "POST"])
@needs(Permission.CONTENT_PUBLISH)
def move_page(page_id: UUID) -> ResponseReturnValue:
    now = open_page(page_id)
    page = now.page
    if not menu.may_move(page):
        return to_editor(page_id)
    sections = [
        (one.slug, one.title)
        for one in services.list_sections()
        if (one.kind, one.language) == (page.kind, page.language) and one.pages[0].stands_in_menu
    ]
    form = MoveForm(sections, data={"section": page.section, "slug": page.slug})
    if form.validate_on_submit():
        try:
            note = _("Moved from %(section)s/%(slug)s", section=page.section, slug=page.slug)
            menu.move(page_id, form.section.data, form.slug.data or "", current_user.id, note)
        except menu.NoSuchPlace:
            form.section.errors = [_("The page cannot stand there. Choose another section.")]
        except services.AddressTaken:
            form.slug.errors = [_("There is a page at this address, perhaps a withdrawn one. Choose another ending.")]
        except services.AddressUnsuitable:
            form.slug.errors = [
                _("Use a–z, 0–9 and single hyphens, such as fair-pay; “index” and “booklet” are taken.")
            ]
        else:
            content_changed()
            flash(_("Moved. Who comes by the old address is led to the new one."))
            return redirect(
                url_for(".list_pages", _anchor=section_anchor(page.kind, page.language, form.section.data)), 303
            )
    return render_template("editing/move_page.html", now=now, form=form, naming=menu.list_naming(page))


@bp.route("/manage/pages/<uuid:page_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.CONTENT_PUBLISH)
def withdraw_page(page_id: UUID) -> ResponseReturnValue:
    now = open_page(page_id)
    if now.live is None or now.page.withdrawn:
        return to_editor(page_id)
    form = WithdrawForm(services.list_targets(now.page))
    if form.validate_on_submit():
        try:
            menu.withdraw(page_id, form.target.data or "")
        except menu.SectionInUse:
            form.form_errors.append(_("The section has pages. Move or withdraw them first."))
        except menu.NoSuchPlace:
            form.target.errors = [_("Readers cannot be led there. Choose another page.")]
        except menu.StillNamed:
            form.target.errors = [_("Other pages lead here. Choose where their readers should be led.")]
        else:
            content_changed()
            flash(_("Withdrawn. Readers no longer see it; no file brings it back."))
            return redirect(url_for(".list_pages"), 303)
    return render_template("editing/withdraw_page.html", now=now, form=form, naming=menu.list_naming(now.page))


@bp.post("/manage/pages/<uuid:page_id>/bring-back")
@needs(Permission.CONTENT_PUBLISH)
def bring_back_page(page_id: UUID) -> ResponseReturnValue:
    now = open_page(page_id)
    if acts() and now.page.withdrawn:
        try:
            problems = menu.bring_back(page_id)
        except menu.NoSuchPlace:
            flash(_("Its section is withdrawn. Bring back the section’s own page first."))
        else:
            content_changed()
            flash(_("It is back. Readers see it again."))
            if problems:
                flash(
                    _(
                        "Something in it has not kept up. Put it right and publish: %(problem)s",
                        problem=problems[0].message,
                    )
                )
                return to_editor(page_id)
    return redirect(url_for(".list_pages"), 303)
