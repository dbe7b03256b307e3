"""One's own account: sign-ins, settings, second factor, new key words, deleting it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import new_words, second_factor, services, sign_ins
from portal.accounts.forms import DeleteForm, NewWordsForm, SecondFactorForm, SettingsForm
from portal.accounts.routes import bp
from portal.forms import acts
from portal.i18n import language
from portal.permissions import signed_in
from portal.qr import qr_code
from portal.views import discreet, neutral_name


@bp.get("/me/sign-ins")
@signed_in
def list_sign_ins() -> ResponseReturnValue:
    found = sign_ins.list_sign_ins(current_user.id)
    return render_template("accounts/list_sign_ins.html", sign_ins=found, own=current_user.sign_in)


@bp.post("/me/sign-ins/<uuid:sign_in_id>")
@signed_in
def change_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    if not acts():
        pass
    elif request.form.get("do") == "end":
        sign_ins.end_sign_in(current_user.id, sign_in_id)
    else:
        sign_ins.name_sign_in(current_user.id, sign_in_id, request.form.get("label", ""))
    return redirect(url_for(".list_sign_ins"), 303)


@bp.post("/me/sign-ins/end-all")
@signed_in
def end_all_sign_ins() -> ResponseReturnValue:
    if not acts():
        return redirect(url_for(".list_sign_ins"), 303)
    sign_ins.end_all_sign_ins(current_user.id)
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
            second_factor.set_second_factor(
                current_user.id,
                form.secret.data or "",
                form.code.data or "",
                form.proof.data or "",
                current_user.sign_in,
            )
        except services.NotConfirmed:
            form.code.errors = [_("This code is not right. Is the clock of your phone right? Type the one shown now.")]
        except second_factor.NotProven:
            form.proof.errors = [_not_proven()]
        except services.TooManyTries:
            abort(429)
        else:
            flash(_("From now on you sign in with your words and a code."))
            return redirect(url_for("home.show_my_page"), 303)
    issuer = neutral_name() if discreet() else current_app.config["SITE_NAME"]  # it shows in the list of the app
    secret, address = second_factor.draft_second_factor(current_user.nickname, issuer, form.secret.data)
    form.secret.data = secret
    return render_template("accounts/set_up_second_factor.html", form=form, secret=secret, qr=qr_code(address))


@bp.route("/me/key-words", methods=["GET", "POST"])
@signed_in
def change_key_words() -> ResponseReturnValue:
    with_code = current_user.has_second_factor
    form = NewWordsForm(with_code=with_code)
    if form.validate_on_submit():
        try:
            new_words.change_key_words(
                current_user.id,
                form.token.data or "",
                form.typed.data or "",
                form.proof.data or "",
                current_user.sign_in,
            )
        except services.NotConfirmed:
            form.typed.errors = [_("These are not the new words. Your old ones are still good; begin again.")]
        except second_factor.NotProven:
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
    draft = new_words.draft_key_words(current_user.id, current_user.nickname, language())
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
