from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from assessments.model import Mode, RaterGroup
from portal.i18n import language
from portal.organisations import services as organisations
from portal.permissions import Permission, needs
from portal.qr import qr_code
from portal.rounds import closing, instruments, opening, places, refusals, services, words
from portal.rounds.forms import CloseForm, NewRoundForm, SlipsForm, ThresholdForm
from portal.rounds.models import Round

bp = Blueprint("rounds", __name__)
bp.add_app_template_global(words.group_words)
bp.add_app_template_global(words.mode_words)
bp.add_app_template_global(words.change_words)


def _covered(organisation_id: UUID, permission: Permission, programme: UUID) -> bool:
    """Whether a role of the person that has this permission covers the programme."""
    return any(
        held.organisation == organisation_id and permission in held.permissions and held.covers(programme)
        for held in current_user.held
    )


def _get_round(organisation_id: UUID, round_id: UUID, permission: Permission) -> Round:
    """The round, or the page that says there is nothing here."""
    round_ = services.get_round(organisation_id, round_id)
    if round_ is None or not _covered(organisation_id, permission, round_.programme_id):
        abort(404)
    return round_


@bp.get("/organisations/<uuid:organisation_id>/rounds")
@needs(Permission.RESULTS_VIEW)
def list_rounds(organisation_id: UUID) -> ResponseReturnValue:
    rounds = [
        round_
        for round_ in services.list_rounds(organisation_id)
        if _covered(organisation_id, Permission.RESULTS_VIEW, round_.programme_id)
    ]
    programmes = [
        programme
        for programme in organisations.list_programmes(organisation_id)
        if _covered(organisation_id, Permission.ROUND_OPEN, programme.id)
    ]
    return render_template(
        "rounds/list_rounds.html",
        organisation=organisations.get_organisation(organisation_id),
        rounds=[(round_, instruments.words_of(round_, language()).title) for round_ in rounds],
        programmes=programmes,
    )


@bp.route("/organisations/<uuid:organisation_id>/programmes/<uuid:programme_id>/rounds/new", methods=["GET", "POST"])
@needs(Permission.ROUND_OPEN)
def new_round(organisation_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    programme = organisations.get_programme(organisation_id, programme_id)
    if programme is None or not _covered(organisation_id, Permission.ROUND_OPEN, programme_id):
        abort(404)
    form = NewRoundForm()
    offered = instruments.list_offered(language())
    form.instrument.choices = [(stored.name, words_.title) for stored, words_ in offered]
    if not form.instrument.data and offered:
        form.instrument.data = offered[0][0].name
    if form.validate_on_submit():
        try:
            round_, codes = opening.open_round(
                organisation_id,
                programme_id,
                instrument=form.instrument.data,
                modes=form.modes,
                smallest_group=form.smallest_group.data,
                closes_on=form.closes_on.data,
                changed=form.changed.data,
                slips=form.slips,
                round_id=form.given_id,
            )
        except refusals.RoundExists:
            flash(_("This round is open already. Codes of slips were shown once and cannot be shown again."))
            return _to_round(organisation_id, form.given_id)
        except refusals.RoundRefused as refused:
            form.refuse(refused.field, refused.group, words.refusal_words(refused))
        else:
            return _show_slips(organisation_id, round_.id, codes) if codes else _opened(organisation_id, round_.id)
    members = list(organisations.raters_of(organisation_id, programme_id).values())
    return render_template(
        "rounds/new_round.html",
        form=form,
        organisation=organisations.get_organisation(organisation_id),
        programme=programme,
        members={group: members.count(group.value) for group in RaterGroup},
        contact=places.has_peer_contact(organisation_id, programme_id),
    )


def _opened(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    flash(_("The round is open."))
    return _to_round(organisation_id, round_id)


def _to_round(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show_round", organisation_id=organisation_id, round_id=round_id), 303)


def _show_slips(organisation_id: UUID, round_id: UUID, codes: dict[RaterGroup, list[str]]) -> str:
    """The answer to the form that made the slips: what is stored cannot be turned back into the codes."""
    base = (current_app.config["BASE_URL"] or request.url_root).rstrip("/")
    links = {code: f"{base}/answer/place/{code}" for made in codes.values() for code in made}
    return render_template(
        "rounds/show_slips.html",
        round=services.get_round(organisation_id, round_id),
        organisation=organisations.get_organisation(organisation_id),
        codes=codes,
        links=links,
        drawings={code: qr_code(link) for code, link in links.items()},
    )


@bp.get("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>")
@needs(Permission.RESULTS_VIEW)
def show_round(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    return _show_round(_get_round(organisation_id, round_id, Permission.RESULTS_VIEW))


def _show_round(round_: Round, slips_form: SlipsForm | None = None, threshold_form: ThresholdForm | None = None) -> str:
    organisation_id = round_.organisation_id
    slips_form = slips_form or SlipsForm(formdata=None)
    slips_form.group.choices = _slip_groups(round_)
    if not slips_form.group.data and slips_form.group.choices:
        slips_form.group.data = slips_form.group.choices[0][0]
    mine = services.rounds_for_member(current_user.id, current_user.held, round_id=round_.id)
    return render_template(
        "rounds/show_round.html",
        round=round_,
        words=instruments.words_of(round_, language()),
        organisation=organisations.get_organisation(organisation_id),
        mine=mine[0] if mine else None,
        may_close=_covered(organisation_id, Permission.ROUND_CLOSE, round_.programme_id),
        slips_form=slips_form,
        threshold_form=threshold_form or ThresholdForm(formdata=None),
        results=f"/organisations/{organisation_id}/rounds/{round_.id}/results",
    )


def _slip_groups(round_: Round) -> list[tuple[str, str]]:
    """Groups for which the person may make slips: a lead, but for peer workers their contact if they have one."""
    organisation_id, programme_id = round_.organisation_id, round_.programme_id
    lead = _covered(organisation_id, Permission.ROUND_OPEN, programme_id)
    contact = _has_mark("peer_contact", organisation_id, programme_id)
    taken_care_of = lead and not contact and places.has_peer_contact(organisation_id, programme_id)
    may_make = dict.fromkeys(RaterGroup, lead) | {RaterGroup.PEER: contact or (lead and not taken_care_of)}
    return [
        (group.rater_group, words.group_words(group.rater_group))
        for group in round_.groups
        if group.mode == Mode.INDIVIDUAL.value and may_make[RaterGroup(group.rater_group)]
    ]


def _has_mark(mark: str, organisation_id: UUID, programme: UUID) -> bool:
    return any(
        held.organisation == organisation_id and mark in held.marks and held.covers(programme)
        for held in current_user.held
    )


@bp.post("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/slips")
@needs(Permission.ROUND_ANSWER)
def add_slips(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    """By a lead, or by the peer workers' contact: which group's slips somebody may make is seen by ``_slip_groups``."""
    round_ = _get_round(organisation_id, round_id, Permission.ROUND_ANSWER)
    form = SlipsForm()
    form.group.choices = _slip_groups(round_)
    if not form.group.choices:
        flash(_("Slips are made by a lead, those for peer workers by their contact."))
        return _to_round(organisation_id, round_id)
    if form.validate_on_submit():
        group = RaterGroup(form.group.data)
        try:
            codes = opening.add_slips(organisation_id, round_id, group, form.how_many.data, first=form.given_id)
        except (refusals.SlipsExist, refusals.RoundClosed) as refused:
            flash(words.refusal_words(refused))
            return _to_round(organisation_id, round_id)
        except refusals.RoundRefused as refused:
            form.how_many.errors = [words.refusal_words(refused)]
        else:
            return _show_slips(organisation_id, round_id, {group: codes})
    return _show_round(round_, slips_form=form)


@bp.post("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/threshold")
@needs(Permission.ROUND_CLOSE)
def raise_threshold(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    round_ = _get_round(organisation_id, round_id, Permission.ROUND_CLOSE)
    form = ThresholdForm()
    if form.validate_on_submit():
        try:
            opening.raise_smallest_group(organisation_id, round_id, form.smallest_group.data)
        except refusals.RoundClosed as refused:
            flash(words.refusal_words(refused))
            return _to_round(organisation_id, round_id)
        except refusals.ThresholdTooLow:
            now = round_.smallest_group
            form.smallest_group.errors = [_("The number may rise and never falls. It is %(now)d now.", now=now)]
        except refusals.RoundRefused as refused:
            form.smallest_group.errors = [words.refusal_words(refused)]
        else:
            flash(_("From now on a group needs %(least)d answers.", least=form.smallest_group.data))
            return _to_round(organisation_id, round_id)
    return _show_round(round_, threshold_form=form)


@bp.route("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/close", methods=["GET", "POST"])
@needs(Permission.ROUND_CLOSE)
def close_round(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    round_ = _get_round(organisation_id, round_id, Permission.ROUND_CLOSE)
    form = CloseForm()
    if round_.closed_at is not None:
        flash(_("This round was closed before. Nothing has changed."))
        return _to_round(organisation_id, round_id)
    if form.validate_on_submit():
        try:
            closing.close_round(organisation_id, round_id)
        except refusals.RoundClosed:
            flash(_("This round was closed before. Nothing has changed."))
        else:
            flash(_("The round is closed. Answers are counted."))
        return _to_round(organisation_id, round_id)
    return render_template(
        "rounds/close_round.html",
        form=form,
        round=round_,
        organisation=organisations.get_organisation(organisation_id),
    )
