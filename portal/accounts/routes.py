from __future__ import annotations

import re
from typing import Any
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
from flask_login import current_user

from portal import security
from portal.accounts import login, services
from portal.accounts.forms import (
    BlockForm,
    CodeForm,
    ConfirmForm,
    DeleteForm,
    NewWordsForm,
    PortalRolesForm,
    SecondFactorForm,
    SettingsForm,
    SignInForm,
    SignUpForm,
)
from portal.forms import acts, carried_fields
from portal.i18n import language
from portal.permissions import PORTAL_ROLES, Permission, by_token, needs, public, signed_in
from portal.qr import qr_code as qr_code  # other features import it from here
from portal.views import DISCREET_COOKIE, discreet, neutral_name

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
    carried = _carried()
    if form.validate_on_submit():
        try:
            person = services.check_key_words(form.nickname.data or "", form.key_words.data or "", security.network())
        except services.TooManyTries:
            abort(429)
        if person and person.totp_sealed:
            shared = "1" if form.shared.data else ""
            code = CodeForm(formdata=None, step=services.second_step(person), next=form.next.data, shared=shared)
            return render_template("accounts/second_step.html", form=code, carried=carried)
        if person:
            return _signed_in(person.id, form.next.data, carried, shared=form.shared.data)
        form.key_words.errors = [_("Nickname and words do not belong together. Check both on your card.")]
    return render_template("accounts/sign_in.html", form=form, carried=carried)


@bp.post("/<language>/sign-in/code")
@public
def take_code() -> ResponseReturnValue:
    form = CodeForm()
    carried = _carried()
    if form.validate_on_submit():
        try:
            person = services.check_code(form.step.data or "", form.code.data or "")
        except services.TooManyTries:
            abort(429)
        except services.PageTooOld:
            return redirect(url_for(".sign_in", next=form.next.data), 303)
        if person:
            return _signed_in(person.id, form.next.data, carried, shared=bool(form.shared.data))
        form.code.errors = [_("This code is not right, or it was used already. Wait for the next one.")]
    return render_template("accounts/second_step.html", form=form, carried=carried)


def _carried() -> list[tuple[str, str]]:
    """What was typed into another form before somebody had to sign in."""
    own = ("nickname", "next", "shared", "step")
    return [(name, value) for name, value in carried_fields() if name not in own]


def _signed_in(
    person: UUID, address: str | None, carried: list[tuple[str, str]], *, shared: bool = False
) -> ResponseReturnValue:
    login.begin(person, shared_device=shared)
    if carried:
        return render_template("accounts/back_to_form.html", fields=carried, address=_local(address))
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
        services.sign_out_if_possible(session["sign_in"])
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
                _("Two to forty letters, figures, spaces, dots and hyphens, please. Not your real name.")
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
            if "set_up" in session:
                services.use_setup_link(session.pop("set_up"), person.id)
            return _signed_in(person.id, None, [])
    return _show_draft(None, form)


@bp.get("/set-up/<token>")
@by_token
def open_setup_link(token: str) -> ResponseReturnValue:
    if not services.is_setup_link(token):
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


# --- one's own account ---


@bp.get("/me/sign-ins")
@signed_in
def list_sign_ins() -> ResponseReturnValue:
    sign_ins = services.list_sign_ins(current_user.id)
    return render_template("accounts/list_sign_ins.html", sign_ins=sign_ins, own=current_user.sign_in)


@bp.post("/me/sign-ins/<uuid:sign_in_id>")
@signed_in
def change_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    if not acts():
        pass
    elif request.form.get("do") == "end":
        services.end_sign_in(current_user.id, sign_in_id)
    else:
        services.name_sign_in(current_user.id, sign_in_id, request.form.get("label", ""))
    return redirect(url_for(".list_sign_ins"), 303)


@bp.post("/me/sign-ins/end-all")
@signed_in
def end_all_sign_ins() -> ResponseReturnValue:
    if not acts():
        return redirect(url_for(".list_sign_ins"), 303)
    services.end_all_sign_ins(current_user.id)
    session.clear()
    return redirect(url_for(".sign_in"), 303)


@bp.route("/me/settings", methods=["GET", "POST"])
@signed_in
def edit_settings() -> ResponseReturnValue:
    person = services.get_person(current_user.id)
    form = SettingsForm(obj=person)
    if form.validate_on_submit():
        services.save_settings(
            current_user.id, email=form.email.data, language=form.language.data, discreet=form.discreet.data
        )
        flash(_("Your settings are saved."))
        return redirect(url_for(".edit_settings"), 303)
    return render_template("accounts/edit_settings.html", form=form)


@bp.route("/me/second-factor", methods=["GET", "POST"])
@signed_in
def set_up_second_factor() -> ResponseReturnValue:
    form = SecondFactorForm(with_code=current_user.has_second_factor)
    if form.validate_on_submit():
        try:
            services.set_second_factor(
                current_user.id,
                form.secret.data or "",
                form.code.data or "",
                form.proof.data or "",
                current_user.sign_in,
            )
        except services.NotConfirmed:
            form.code.errors = [_("This code is not right. Is the clock of your phone right? Type the one shown now.")]
        except services.NotProven:
            form.proof.errors = [_not_proven()]
        except services.TooManyTries:
            abort(429)
        else:
            flash(_("From now on you sign in with your words and a code."))
            return redirect(url_for("home.show_my_page"), 303)
    issuer = neutral_name() if discreet() else current_app.config["SITE_NAME"]  # it shows in the list of the app
    secret, address = services.draft_second_factor(current_user.nickname, issuer, form.secret.data)
    form.secret.data = secret
    return render_template("accounts/set_up_second_factor.html", form=form, secret=secret, qr=qr_code(address))


@bp.route("/me/key-words", methods=["GET", "POST"])
@signed_in
def change_key_words() -> ResponseReturnValue:
    with_code = current_user.has_second_factor
    form = NewWordsForm(with_code=with_code)
    if form.validate_on_submit():
        try:
            services.change_key_words(
                current_user.id,
                form.token.data or "",
                form.typed.data or "",
                form.proof.data or "",
                current_user.sign_in,
            )
        except services.NotConfirmed:
            form.typed.errors = [_("These are not the new words. Your old ones are still good; begin again.")]
        except services.NotProven:
            form.proof.errors = [_not_proven()]
        except services.TooManyTries:
            abort(429)
        except services.PageTooOld:
            flash(_("The page was open for too long. Your old words are still good; here are new ones."))
            return redirect(url_for(".change_key_words"), 303)
        else:
            flash(_("Your new words are in force. Destroy the old card. Other sign-ins of yours have ended."))
            return redirect(url_for("home.show_my_page"), 303)
    if acts():
        return render_template(
            "accounts/confirm_key_words.html", draft=None, form=form, action=url_for(".change_key_words")
        )
    draft = services.draft_key_words(current_user.id, current_user.nickname, language())
    form = NewWordsForm(formdata=None, token=draft.token, with_code=with_code)
    return render_template(
        "accounts/confirm_key_words.html", draft=draft, form=form, action=url_for(".change_key_words")
    )


def _not_proven() -> str:
    if current_user.has_second_factor:
        return _("This code is not right, or it was used already. Wait for the next one.")
    return _("These are not your key words. Look at your card and type them again.")


@bp.route("/me/delete", methods=["GET", "POST"])
@signed_in
def delete_account() -> ResponseReturnValue:
    form = DeleteForm()
    keeps = [feature.keeps_person for feature in _features() if feature.keeps_person]
    hindrances = [words for keeps_in_feature in keeps for words in keeps_in_feature(current_user.id)]
    if form.validate_on_submit() and not hindrances:
        forget = [feature.forget_person for feature in _features() if feature.forget_person]
        try:
            services.delete_person(current_user.id, forget, keeps)
        except services.StillNeeded as needed:
            hindrances = needed.sentences
        else:
            session.clear()
            return redirect(url_for("home.show_front_page"), 303)
    return render_template("accounts/delete_account.html", form=form, hindrances=hindrances)


def _features() -> tuple[Any, ...]:
    features: tuple[Any, ...] = current_app.extensions["features"]
    return features


# --- portal roles ---


@bp.get("/manage/people")
@needs(Permission.ACCOUNT_BLOCK)
def list_portal_people() -> ResponseReturnValue:
    return _show_portal_people(PortalRolesForm(formdata=None), BlockForm(formdata=None))


def _show_portal_people(form: PortalRolesForm, block_form: BlockForm) -> str:
    return render_template(
        "accounts/list_portal_people.html",
        people=services.list_portal_people(),
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
                services.set_portal_roles(form.nickname.data or "", set(roles))
            else:
                services.block(form.nickname.data or "", do == "block")
        except services.UnknownPerson:
            form.nickname.errors = [_("There is no account with this nickname. Check how it is written.")]
        except services.LastAdministrator:
            form.nickname.errors = [_("The portal needs one administrator. Name another one first.")]
        else:
            flash(_("Done."))
            return redirect(url_for(".list_portal_people"), 303)
    if isinstance(form, BlockForm):
        return _show_portal_people(PortalRolesForm(formdata=None), form)
    return _show_portal_people(form, BlockForm(formdata=None))
