"""What administrators do: give roles of the portal, block accounts."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import portal_people
from portal.accounts.forms import BlockForm, PortalRolesForm
from portal.accounts.routes import bp
from portal.permissions import PORTAL_ROLES, Permission, needs


@bp.get("/manage/people")
@needs(Permission.ACCOUNT_BLOCK)
def list_portal_people() -> ResponseReturnValue:
    return _show_portal_people(PortalRolesForm(formdata=None), BlockForm(formdata=None))


def _show_portal_people(form: PortalRolesForm, block_form: BlockForm) -> str:
    return render_template(
        "accounts/list_portal_people.html",
        people=portal_people.list_portal_people(),
        form=form,
        block_form=block_form,
        roles=PORTAL_ROLES,
        ticked=request.form.getlist("role"),
    )


@bp.post("/manage/people")
@needs(Permission.ACCOUNT_BLOCK)
def change_portal_person() -> ResponseReturnValue:
    """Roles by the first form, blocked or let in by the second; anything else is no wish of ours to guess."""
    do, roles = request.form.get("do"), request.form.getlist("role")
    if do not in ("roles", "block", "unblock"):
        abort(400)
    form = PortalRolesForm() if do == "roles" else BlockForm()
    if do == "roles" and not roles:
        form.nickname.errors = [_("Tick what this person should be, or “no role any more”.")]
    elif form.validate_on_submit():
        try:
            if do == "roles":
                portal_people.set_portal_roles(form.nickname.data or "", set(roles))
            else:
                portal_people.block(form.nickname.data or "", do == "block")
        except portal_people.UnknownPerson:
            form.nickname.errors = [_("There is no account with this nickname. Check how it is written.")]
        except portal_people.LastAdministrator:
            form.nickname.errors = [_("The portal needs one administrator. Name another one first.")]
        else:
            flash(_("Done."))
            return redirect(url_for(".list_portal_people"), 303)
    if isinstance(form, BlockForm):
        return _show_portal_people(PortalRolesForm(formdata=None), form)
    return _show_portal_people(form, BlockForm(formdata=None))
