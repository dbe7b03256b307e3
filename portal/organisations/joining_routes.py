"""Joining an organisation: typing a code, opening an invitation, taking it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import security
from portal.forms import acts
from portal.organisations import codes, invitations
from portal.organisations.routes import bp
from portal.permissions import by_token


@bp.post("/join")
@by_token
def enter_code() -> ResponseReturnValue:
    """No token is asked for: it changes nothing, it only leads to the page that the code belongs to."""
    code = codes.plain_code(request.form.get("code", ""))[:40]
    if not code:
        return redirect(url_for(".show_invitation"), 303)
    known = invitations.is_invitation(code)
    return redirect(url_for(".open_invitation", token=code) if known else f"/answer/place/{code}", 303)


@bp.get("/join/<token>")
@by_token
def open_invitation(token: str) -> ResponseReturnValue:
    """The secret leaves the address at once; whether it is good is found out on the next page."""
    code = codes.plain_code(token)
    session.pop("invitation", None)
    if codes.is_code(code):
        session["invitation"] = code
    return redirect(url_for(".show_invitation"), 303)


@bp.get("/join/invitation")
@by_token
def show_invitation() -> ResponseReturnValue:
    code = session.get("invitation")
    if not code:
        return _no_invitation()
    if not current_user.is_authenticated:
        return render_template("organisations/show_invitation.html", invitation=None)
    joined = invitations.organisation_joined(code, current_user.id)
    if joined:
        session.pop("invitation")
        return redirect(url_for(".show_organisation", organisation_id=joined), 303)
    invitation = invitations.find_invitation(code)
    if invitation is None:
        return _no_invitation()
    return render_template("organisations/show_invitation.html", invitation=invitation)


@bp.post("/join/invitation")
@by_token
def join() -> ResponseReturnValue:
    if not current_user.is_authenticated or "invitation" not in session or not acts():
        return redirect(url_for(".show_invitation"), 303)
    try:
        organisation_id = invitations.join(session["invitation"], current_user.id)
    except invitations.NoInvitation:
        return _wrong_code()
    session.pop("invitation")
    flash(_("You have joined."))
    return redirect(url_for(".show_organisation", organisation_id=organisation_id), 303)


def _wrong_code() -> ResponseReturnValue:
    try:
        invitations.count_wrong_code(security.network())
    except invitations.TooManyTries:
        abort(429)
    return _no_invitation()


def _no_invitation() -> ResponseReturnValue:
    """The same for wrong, used up, ended and revoked ones."""
    session.pop("invitation", None)
    return render_template("organisations/no_invitation.html"), 404
