"""Looking after the portal: its organisations, their first leads, and what was changed."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import audit
from portal.forms import acts
from portal.organisations import invitations, services
from portal.organisations.forms import NewForm
from portal.organisations.routes import bp, show_code
from portal.permissions import Permission, needs


@bp.get("/manage")
@needs(Permission.ORGANISATION_CLOSE)
def list_organisations() -> ResponseReturnValue:
    return render_template(
        "organisations/list_organisations.html", organisations=services.count_organisations(), new_id=uuid4
    )


# An administrator belongs to no organisation, so the argument is not the one that asks for membership.
@bp.route("/manage/organisations/<uuid:chosen_id>/close", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_CLOSE)
def close_organisation(chosen_id: UUID) -> ResponseReturnValue:
    organisation = services.get_organisation(chosen_id) or abort(404)
    if acts():
        services.close_organisation(chosen_id)
        flash(_("%(name)s is closed.", name=organisation.name))
        return redirect(url_for(".list_organisations"), 303)
    return render_template("organisations/close_organisation.html", organisation=organisation)


# Not organisation:create: where registration is open, everybody has that.
@bp.post("/manage/organisations/<uuid:chosen_id>/lead")
@needs(Permission.ORGANISATION_CLOSE)
def invite_lead(chosen_id: UUID) -> ResponseReturnValue:
    organisation = services.get_organisation(chosen_id) or abort(404)
    form = NewForm()
    if form.validate_on_submit():
        try:
            code = invitations.invite_lead(chosen_id, form.given_id)
            return show_code(code, organisation.name, role="lead", uses=1)
        except services.AlreadyMade:
            flash(_("It was made already, and its code cannot be shown again. Make a new one if you lost it."))
        except invitations.HasLead:
            flash(_("%(name)s has a lead, who can invite others, or it is closed.", name=organisation.name))
    return redirect(url_for(".list_organisations"), 303)


@bp.get("/manage/audit")
@needs(Permission.AUDIT_VIEW)
def list_portal_changes() -> ResponseReturnValue:
    return render_template("organisations/list_changes.html", rows=audit.rows_of(None), organisation=None)


@bp.get("/organisations/<uuid:organisation_id>/audit")
@needs(Permission.AUDIT_VIEW)
def list_changes(organisation_id: UUID) -> ResponseReturnValue:
    organisation = services.get_organisation(organisation_id)
    return render_template(
        "organisations/list_changes.html", rows=audit.rows_of(organisation_id), organisation=organisation
    )
