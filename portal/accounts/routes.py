"""Signing in and up, and leaving. One's own account is in settings_routes.py, roles in portal_people_routes.py."""

from __future__ import annotations

import re
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import security
from portal.accounts import login, portal_people, second_factor, services, sign_ins
from portal.accounts.forms import CodeForm, ConfirmForm, SignInForm, SignUpForm
from portal.forms import acts, carried_fields, own_names
from portal.i18n import language
from portal.permissions import by_token, public, signed_in
from portal.views import DISCREET_COOKIE

bp = Blueprint("accounts", __name__)


@bp.after_request
def keep_nothing(response: Response) -> Response:
    """Pages of signing in and up belong to one person, also where they are open to everybody."""
    response.headers.update(security.PERSONAL)
    return response


def _local(address: str | None) -> str:
    """Where to go next: an address of this site, else one's own page."""
    # The text as it is: what parsers leave out or put right, browsers may read as another site.
    safe = re.fullmatch(r"/(?![/\\])[^\x00-\x1f]*", address or "")
    return str(address) if safe else url_for("home.show_my_page")


# --- signing in ---


@bp.route("/<language>/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm(next=request.args.get("next", ""))
    if request.args.get("show"):
        form.show_words()
    carried = carried_fields()
    if form.validate_on_submit():
        try:
            person = services.check_key_words(form.nickname.data or "", form.key_words.data or "", security.network())
        except services.TooManyTries:
            abort(429)
        if person and person.totp_sealed:
            shared = "1" if form.shared.data else ""
            code = CodeForm(formdata=None, step=second_factor.second_step(person), next=form.next.data, shared=shared)
            return render_template("accounts/second_step.html", form=code, carried=carried)
        if person:
            return _signed_in(person.id, form.next.data, carried, shared=form.shared.data)
        form.key_words.errors = [_("Nickname and words do not belong together. Check both on your card.")]
    return render_template("accounts/sign_in.html", form=form, carried=carried)


@bp.post("/<language>/sign-in/code")
@public
def take_code() -> ResponseReturnValue:
    form = CodeForm()
    carried = carried_fields()
    if form.validate_on_submit():
        try:
            person = second_factor.check_code(form.step.data or "", form.code.data or "")
        except services.TooManyTries:
            abort(429)
        except services.PageTooOld:
            return redirect(url_for(".sign_in", next=form.next.data), 303)
        if person:
            return _signed_in(person.id, form.next.data, carried, shared=bool(form.shared.data))
        form.code.errors = [_("This code is not right, or it was used already. Wait for the next one.")]
    return render_template("accounts/second_step.html", form=form, carried=carried)


def _signed_in(
    person: UUID, address: str | None, carried: list[tuple[str, str]], *, shared: bool = False
) -> ResponseReturnValue:
    login.begin(person, shared_device=shared)
    if carried:
        return render_template("accounts/back_to_form.html", fields=own_names(carried), address=_local(address))
    return redirect(_local(address), 303)


@bp.post("/me/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    if not acts():
        return redirect(url_for("home.show_my_page"), 303)
    login.end()
    return redirect(url_for("home.show_front_page"), 303)


@bp.get("/exit")
@public
def leave_quickly() -> ResponseReturnValue:
    """A link, never a form: whoever must leave has one tap. The sign-in ends and this site's traces go."""
    if "sign_in" in session:
        sign_ins.sign_out_if_possible(session["sign_in"])
    session.clear()
    response = make_response(redirect(current_app.config["EXIT_URL"], 303))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.delete_cookie(current_app.config["SESSION_COOKIE_NAME"])
    response.delete_cookie(DISCREET_COOKIE)
    for feature in current_app.extensions["features"]:
        for name, path in feature.cookies:
            response.delete_cookie(name, path=path)
    return response


# --- signing up ---


@bp.route("/<language>/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> ResponseReturnValue:
    form = SignUpForm()
    if form.validate_on_submit():
        try:
            draft = services.draft_account(form.chosen, language(), security.network())
        except services.TooManyTries:
            abort(429)
        except services.NicknameTaken:
            form.own.errors = [_("Somebody has this nickname. Add a word or a number, or take another.")]
        except services.NicknameUnsuitable:
            form.own.errors = [
                _(
                    "Two to forty letters, figures, spaces, dots and hyphens, please, one letter or figure at least. "
                    "Not your real name."
                )
            ]
        else:
            return _show_draft(draft, ConfirmForm(formdata=None, token=draft.token))
    nicknames = services.offer_nicknames()
    form.offered.choices = [(nickname, nickname) for nickname in nicknames]
    return render_template("accounts/sign_up.html", form=form, first_administrator="set_up" in session)


def _show_draft(draft: services.Draft | None, form: ConfirmForm) -> str:
    return render_template(
        "accounts/confirm_key_words.html", draft=draft, form=form, action=url_for(".confirm_sign_up")
    )


@bp.post("/<language>/sign-up/confirm")
@public
def confirm_sign_up() -> ResponseReturnValue:
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            person = services.confirm_account(form.token.data or "", form.typed.data or "", language())
        except services.NotConfirmed:
            form.typed.errors = [
                _("These are not the seven words you were given. Look at your card and type them again.")
            ]
        except (services.PageTooOld, services.NicknameTaken):
            flash(_("That took too long, or somebody was faster. Please begin again; nothing was stored."))
            return redirect(url_for(".sign_up"), 303)
        else:
            if "set_up" in session and not portal_people.use_setup_link(session.pop("set_up"), person.id):
                flash(
                    _(
                        "Your account is made, but the set-up link had ended before, so you do not look after the "
                        "portal. Run “portal setup-link”, open the new link and sign up with it."
                    )
                )
            return _signed_in(person.id, None, [])
    return _show_draft(None, form)


@bp.get("/set-up/<token>")
@by_token
def open_setup_link(token: str) -> ResponseReturnValue:
    if not portal_people.is_setup_link(token):
        abort(404)
    session["set_up"] = token
    return redirect(url_for(".sign_up"), 303)


@bp.post("/discreet")
@public
def choose_discreet() -> ResponseReturnValue:
    """No token is asked for: the worst a foreign page could do is make our titles neutral."""
    response = make_response(redirect(url_for("home.show_safety"), 303))
    if request.form.get("discreet"):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(DISCREET_COOKIE, "1", httponly=True, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(DISCREET_COOKIE)
    return response


from portal.accounts import portal_people_routes, settings_routes  # noqa: E402,F401 - views of the same blueprint
