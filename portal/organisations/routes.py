"""An organisation from inside. Joining is in joining_routes.py, what administrators do in manage_routes.py."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.forms import acts
from portal.organisations import codes, invitations, peer_contact, services, words
from portal.organisations.forms import InvitationForm, OrganisationForm, PeerContactForm, ProgrammeForm
from portal.permissions import Permission, allowed, needs, signed_in
from portal.qr import qr_code

bp = Blueprint("organisations", __name__)
bp.add_app_template_global(words.role_words)
bp.add_app_template_global(words.state_words)
bp.add_app_template_global(words.action_words)
bp.add_app_template_global(words.thing_words)


def _reach(organisation_id: UUID, permission: Permission) -> frozenset[UUID]:
    """The programmes for which the person signed in has this permission; empty for all of them."""
    here = [
        held for held in current_user.held if held.organisation == organisation_id and permission in held.permissions
    ]
    unlimited = any(not held.programmes for held in here)
    return services.EVERYWHERE if unlimited else frozenset().union(*(held.programmes for held in here))


def show_code(code: str, organisation: str, *, role: str, uses: int) -> str:
    """The answer to the form that made the invitation: what is stored cannot be turned back into the code."""
    base = current_app.config["BASE_URL"] or request.url_root
    link = base.rstrip("/") + url_for(".open_invitation", token=codes.in_groups(code))
    return render_template(
        "organisations/show_code.html",
        code=codes.in_groups(code),
        link=link,
        qr=qr_code(link),
        organisation=organisation,
        role=role,
        uses=uses,
    )


# --- the organisation and its programmes ---


@bp.get("/organisations/<uuid:organisation_id>")
@needs(Permission.ORGANISATION_VIEW)
def show_organisation(organisation_id: UUID) -> ResponseReturnValue:
    own = [held for held in current_user.held if held.organisation == organisation_id]
    programmes = services.list_programmes(organisation_id)
    is_lead = allowed(Permission.MEMBER_INVITE, organisation_id)
    reach = _reach(organisation_id, Permission.MEMBER_INVITE) if is_lead else services.EVERYWHERE
    members = services.list_members(organisation_id, reach)
    return render_template(
        "organisations/show_organisation.html",
        organisation=services.get_organisation(organisation_id),
        own=own,
        reach=reach,
        programmes=[programme for programme in programmes if any(held.covers(programme.id) for held in own)],
        is_lead=is_lead,
        members=members if is_lead else [],
        leads=[member for member in members if member.role == "lead"],
        invitations=invitations.list_invitations(organisation_id, reach) if is_lead else [],
    )


@bp.route("/organisations/new", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_CREATE)
def new_organisation() -> ResponseReturnValue:
    """An administrator gets the invitation of its first lead; anybody else becomes that lead."""
    form = OrganisationForm()
    for_others = "administrator" in current_user.portal_roles
    if form.validate_on_submit():
        name, programme, new_id = form.name.data or "", form.programme.data or "", form.given_id
        try:
            if for_others:
                code = invitations.create_with_invitation(name, programme, new_id)
                return show_code(code, name, role="lead", uses=1)
            invitations.create_with_lead(name, programme, new_id, current_user.id)
        except services.AlreadyMade:
            flash(_("This organisation is there already; nothing was made twice."))
        target = url_for(".list_organisations") if for_others else url_for(".show_organisation", organisation_id=new_id)
        return redirect(target, 303)
    return render_template("organisations/new_organisation.html", form=form, for_others=for_others)


@bp.route("/organisations/<uuid:organisation_id>/programmes/new", methods=["GET", "POST"])
@needs(Permission.PROGRAMME_EDIT)
def new_programme(organisation_id: UUID) -> ResponseReturnValue:
    if _reach(organisation_id, Permission.PROGRAMME_EDIT):
        abort(403)  # who leads some programmes could not see the new one
    form = ProgrammeForm()
    if form.validate_on_submit():
        try:
            services.create_programme(organisation_id, form.name.data or "", form.about.data or "", form.given_id)
        except services.AlreadyMade:
            flash(_("This programme is there already; nothing was made twice."))
        return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
    organisation = services.get_organisation(organisation_id)
    return render_template("organisations/edit_programme.html", form=form, organisation=organisation, programme=None)


@bp.route("/organisations/<uuid:organisation_id>/programmes/<uuid:programme_id>/edit", methods=["GET", "POST"])
@needs(Permission.PROGRAMME_EDIT)
def edit_programme(organisation_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    programme = services.get_programme(organisation_id, programme_id)
    if programme is None or not services.in_reach({programme_id}, _reach(organisation_id, Permission.PROGRAMME_EDIT)):
        abort(404)
    form = ProgrammeForm(obj=programme)
    if form.validate_on_submit():
        services.save_programme(organisation_id, programme_id, form.name.data or "", form.about.data or "")
        flash(_("Saved."))
        return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
    organisation = services.get_organisation(organisation_id)
    return render_template(
        "organisations/edit_programme.html", form=form, organisation=organisation, programme=programme
    )


# --- members ---


@bp.get("/organisations/<uuid:organisation_id>/members")
@needs(Permission.MEMBER_REMOVE)
def list_members(organisation_id: UUID) -> ResponseReturnValue:
    reach = _reach(organisation_id, Permission.MEMBER_REMOVE)
    return render_template(
        "organisations/list_members.html",
        organisation=services.get_organisation(organisation_id),
        members=services.list_members(organisation_id, reach),
        reach=reach,
        in_reach=services.in_reach,
    )


@bp.route("/organisations/<uuid:organisation_id>/members/<uuid:membership_id>/remove", methods=["GET", "POST"])
@needs(Permission.MEMBER_REMOVE)
def remove_member(organisation_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    reach = _reach(organisation_id, Permission.MEMBER_REMOVE)
    member = services.get_member(organisation_id, membership_id, reach) or abort(404)
    last_lead = False
    if acts():
        try:
            services.end_membership(organisation_id, membership_id)
        except services.LastLead:
            last_lead = True
        else:
            own_lead = member.person_id == current_user.id and member.role == "lead"
            flash(_("The membership has ended."))
            target = (
                url_for("home.show_my_page") if own_lead else url_for(".list_members", organisation_id=organisation_id)
            )
            return redirect(target, 303)
    organisation = services.get_organisation(organisation_id)
    return render_template(
        "organisations/remove_member.html", member=member, organisation=organisation, last_lead=last_lead
    )


@bp.route("/organisations/<uuid:organisation_id>/leave", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_VIEW)
def leave(organisation_id: UUID) -> ResponseReturnValue:
    organisation = services.get_organisation(organisation_id)
    if acts():
        try:
            services.leave(organisation_id, current_user.id)
        except services.LastLead:
            return redirect(url_for(".leave", organisation_id=organisation_id), 303)
        flash(_("You have left. Whoever asks you in again gives you a new invitation."))
        return redirect(url_for("home.show_my_page"), 303)
    last_lead = any(one.id == organisation_id for one in services.sole_lead_of(current_user.id))
    return render_template("organisations/leave.html", organisation=organisation, last_lead=last_lead)


# Nobody gets in there any more, so the address is one of the person's own.
@bp.get("/me/closed-organisations")
@signed_in
def list_closed() -> ResponseReturnValue:
    return render_template(
        "organisations/list_closed.html", organisations=services.closed_organisations_of(current_user.id)
    )


@bp.post("/me/closed-organisations/<uuid:chosen_id>/leave")
@signed_in
def leave_closed(chosen_id: UUID) -> ResponseReturnValue:
    chosen = [one for one in services.closed_organisations_of(current_user.id) if one.id == chosen_id]
    if chosen and acts():
        services.leave(chosen_id, current_user.id)
        flash(_("You have left %(name)s.", name=chosen[0].name))
    return redirect(url_for(".list_closed"), 303)


# --- invitations ---


@bp.route("/organisations/<uuid:organisation_id>/invitations/new", methods=["GET", "POST"])
@needs(Permission.MEMBER_INVITE)
def new_invitation(organisation_id: UUID) -> ResponseReturnValue:
    organisation = services.get_organisation(organisation_id) or abort(404)
    reach = _reach(organisation_id, Permission.MEMBER_INVITE)
    programmes = [one for one in services.list_programmes(organisation_id) if services.in_reach({one.id}, reach)]
    form = InvitationForm([(programme.id, programme.name) for programme in programmes])
    if form.validate_on_submit():
        try:
            code = invitations.invite(
                organisation_id,
                form.role.data,
                ends_on=form.ends_on.data or clock.today(),
                uses=form.uses.data or 0,
                programmes=form.programmes.data or (),
                reach=reach,
                invitation_id=form.given_id,
            )
        except invitations.UsesUnsuitable:
            form.uses.errors = [_("Type a number from 1 to 500; for a lead or a trainer it is 1.")]
        except invitations.DayUnsuitable:
            form.ends_on.errors = [_("Choose a day from today on, at most a year away.")]
        except services.AlreadyMade:
            flash(_("It was made already, and its code cannot be shown again. Make a new one if you lost it."))
            return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
        else:
            return show_code(code, organisation.name, role=form.role.data, uses=form.uses.data or 0)
    return render_template("organisations/new_invitation.html", form=form, organisation=organisation, reach=reach)


@bp.post("/organisations/<uuid:organisation_id>/invitations/<uuid:invitation_id>/revoke")
@needs(Permission.MEMBER_INVITE)
def revoke_invitation(organisation_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    if not acts():
        return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)
    reach = _reach(organisation_id, Permission.MEMBER_INVITE)
    if not invitations.revoke(organisation_id, invitation_id, reach):
        abort(404)
    flash(_("The invitation works no more. Whoever joined by it stays."))
    return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)


# --- the peers' contact ---


@bp.route("/organisations/<uuid:organisation_id>/peer-contact", methods=["GET", "POST"])
@needs(Permission.PEER_CONTACT_NAME)
def name_peer_contact(organisation_id: UUID) -> ResponseReturnValue:
    peers = peer_contact.list_peer_workers(organisation_id)
    others = [peer for peer in peers if peer.person_id != current_user.id]
    named = peer_contact.get_naming(organisation_id, current_user.id)
    before = next((str(peer.id) for peer in others if peer.person_id == named), PeerContactForm.NOBODY)
    form = PeerContactForm([(str(peer.id), peer.person.nickname) for peer in others], data={"peer": before})
    if form.validate_on_submit():
        try:
            peer_contact.name_peer_contact(organisation_id, current_user.id, form.chosen)
        except peer_contact.NotAPeerWorker:  # the page says it of oneself
            form.peer.errors = [_("This person is no peer worker here any more. Choose somebody else.")]
        else:
            flash(_("Saved. You can change it at any time."))
            return redirect(url_for(".name_peer_contact", organisation_id=organisation_id), 303)
    return render_template(
        "organisations/name_peer_contact.html",
        form=form,
        organisation=services.get_organisation(organisation_id),
        others=others,
        may_name=any(peer.person_id == current_user.id for peer in peers),
        contact=next((peer for peer in peers if peer.peer_contact), None),
    )


from portal.organisations import joining_routes, manage_routes  # noqa: E402,F401 - views of the same blueprint
