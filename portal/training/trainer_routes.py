"""What trainers and leads do: see where everybody is, assign, mark what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.candidates import checklist, growth
from portal.forms import acts
from portal.i18n import language
from portal.organisations.services import ROLES, get_organisation, list_programmes
from portal.organisations.words import role_words
from portal.permissions import Permission, allowed, needs
from portal.training import boards, library, marking, rules, services
from portal.training.forms import AssignForm, CatchUpForm, DoneForm, GroupForm
from portal.training.models import Audience, Way
from portal.training.people import list_people, reach_of
from portal.training.routes import bp, refused

_BASE = "/organisations/<uuid:organisation_id>/training"


def _reach(organisation_id: UUID) -> frozenset[UUID]:
    return reach_of(current_user.held, organisation_id, Permission.TRAINING_ASSIGN)


@bp.get(_BASE)
@needs(Permission.TRAINING_ASSIGN)
def show_board(organisation_id: UUID) -> ResponseReturnValue:
    group = _uuid(request.args.get("group", ""))
    page = request.args.get("page", 1, type=int)
    board = boards.board(organisation_id, _reach(organisation_id), language(), group=group, page=page)
    return render_template(
        "training/show_board.html",
        organisation=get_organisation(organisation_id) or abort(404),
        board=board,
        group=group,
        only_open=request.args.get("show") == "open",
    )


@bp.route(f"{_BASE}/assign", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def assign_modules(organisation_id: UUID) -> ResponseReturnValue:
    form = AssignForm(request.form if request.method == "POST" else request.args)  # a link may tick people beforehand
    people = list_people(organisation_id, _reach(organisation_id))
    form.offer(
        modules=[(one.code, f"{one.code} {one.title}") for one in library.list_modules(language())],
        people=[(str(one.id), one.nickname) for one in people],
        groups=[(str(one.id), one.name) for one in rules.list_groups(organisation_id)],
        roles=[(role, role_words(role)) for role in ROLES],
        items=_items(organisation_id),
        wishes=allowed(Permission.GROWTH_VIEW, organisation_id),
    )
    if form.validate_on_submit() and (answer := _assign(form, organisation_id)):
        return answer
    return render_template(
        "training/assign_modules.html", organisation=get_organisation(organisation_id) or abort(404), form=form
    )


def _items(organisation_id: UUID) -> list[tuple[str, str]]:
    """What anybody showed to this organisation's trainers; leads who are no trainers are not offered it."""
    if not allowed(Permission.GROWTH_VIEW, organisation_id):
        return []
    items = checklist.words(language()).items  # shown by somebody in another language, it is the same wish
    return sorted({(one.item, items[one.item].statement) for one in growth.list_shown(organisation_id)})


def _assign(form: AssignForm, organisation_id: UUID) -> ResponseReturnValue | None:
    """Do what the form says; None where it has to be shown again, with the reason at the field."""
    due_on, reason, codes = form.due_on.data, (form.reason.data or "").strip(), form.modules.data
    try:
        if form.audience.data == "people":
            if form.due_days.data:
                due_on = clock.today() + dt.timedelta(days=form.due_days.data)
            people = {one for one in map(_uuid, form.people.data) if one}
            new = services.assign(
                organisation_id, _reach(organisation_id), people, codes, current_user.id, due_on=due_on, reason=reason
            )
        else:
            audience = Audience(form.audience.data)
            target = _target(form, audience, organisation_id)
            if target is None:
                return None
            _rule, new = rules.make_rule(
                organisation_id, audience, target, codes, current_user.id,
                reach=_reach(organisation_id), due_on=due_on, due_days=form.due_days.data, reason=reason,
            )  # fmt: skip
    except services.LeftMeanwhile:
        form.people.errors = [
            _("Somebody you ticked has left since. Look at the list again; nothing was assigned yet.")
        ]
        form.people.data = [one for one in form.people.data if one in {value for value, _label in form.people.choices}]
        return None
    except services.ModulesGone as gone:
        form.modules.errors = [_("%(codes)s cannot be assigned any more: taken away.", codes=", ".join(gone.codes))]
        return None
    flash(
        ngettext("%(num)s new assignment.", "%(num)s new assignments.", new)
        if new
        else _("Nothing new: they have these modules already.")
    )
    return redirect(url_for(".show_board", organisation_id=organisation_id), 303)


def _target(form: AssignForm, audience: Audience, organisation_id: UUID) -> UUID | str | None:
    if audience is Audience.GROUP:
        group = rules.get_group(organisation_id, _uuid(form.group.data) or UUID(int=0))
        if group is None:
            form.group.errors = [_("This group was taken away meanwhile. Choose another one.")]
            return None
        chosen: UUID = group.id
        return chosen
    field = form.role if audience is Audience.ROLE else form.item
    if field.data not in {value for value, _label in field.choices}:
        field.errors = [_("Choose one from the list.")]
        return None
    return str(field.data)


@bp.get(f"{_BASE}/rules")
@needs(Permission.TRAINING_ASSIGN)
def list_rules(organisation_id: UUID) -> ResponseReturnValue:
    found = rules.list_rules(organisation_id, wishes=allowed(Permission.GROWTH_VIEW, organisation_id))
    names = {str(one.id): one.name for one in list_programmes(organisation_id)}
    return render_template(
        "training/list_rules.html",
        organisation=get_organisation(organisation_id) or abort(404),
        rules=found,
        groups=rules.list_groups(organisation_id),
        programmes={one.id: ", ".join(names[id_] for id_ in one.programmes or () if id_ in names) for one in found},
        statements={code: item.statement for code, item in checklist.words(language()).items.items()},
    )


@bp.post(f"{_BASE}/rules/<uuid:rule_id>/end")
@needs(Permission.TRAINING_ASSIGN)
def end_rule(organisation_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    if acts():
        ended = rules.end_rule(organisation_id, rule_id, _reach(organisation_id))
        flash(
            _("Ended. Whoever has these modules keeps them.")
            if ended
            else _("This rule also gives modules in programmes that are not yours. Whoever made it can end it.")
        )
    return redirect(url_for(".list_rules", organisation_id=organisation_id), 303)


@bp.route(f"{_BASE}/groups/new", methods=["GET", "POST"], defaults={"group_id": None})
@bp.route(f"{_BASE}/groups/<uuid:group_id>", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def edit_group(organisation_id: UUID, group_id: UUID | None) -> ResponseReturnValue:
    group = rules.get_group(organisation_id, group_id) or abort(404) if group_id else None
    people = list_people(organisation_id, _reach(organisation_id))
    members = rules.members_of(group.id) if group else {}
    ids = [str(one) for one in members]
    form = GroupForm(data={"name": group.name if group else "", "people": ids, "before": " ".join(ids)})
    form.people.choices = [(str(one.id), one.nickname) for one in people]
    if form.validate_on_submit():
        in_sight = {one.id for one in people}
        ticked = {one for one in map(_uuid, form.people.data) if one in in_sight}
        # Members out of the trainer's reach, who left, or whom somebody else put in meanwhile, stay.
        taken_out = {one for one in map(_uuid, (form.before.data or "").split()) if one in in_sight} - ticked
        try:
            rules.save_group(organisation_id, form.name.data.strip(), ticked | (members.keys() - taken_out), group_id)
        except rules.NameTaken:
            form.name.errors = [_("There is a group of this name. Choose another one.")]
        else:
            return redirect(url_for(".list_rules", organisation_id=organisation_id), 303)
    return render_template(
        "training/edit_group.html",
        organisation=get_organisation(organisation_id) or abort(404),
        form=form,
        group=group,
    )


@bp.post(f"{_BASE}/groups/<uuid:group_id>/delete")
@needs(Permission.TRAINING_ASSIGN)
def delete_group(organisation_id: UUID, group_id: UUID) -> ResponseReturnValue:
    if acts():
        deleted = rules.delete_group(organisation_id, group_id, _reach(organisation_id))
        flash(
            _("The group is gone. What was assigned stays.")
            if deleted
            else _("People or rules of programmes that are not yours belong to this group, so it stays.")
        )
    return redirect(url_for(".list_rules", organisation_id=organisation_id), 303)


@bp.route(f"{_BASE}/people/<uuid:person_id>", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def show_person(organisation_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """One member's modules, and marking them: done, practised, refreshed, by mistake, taken back."""
    reach = _reach(organisation_id)
    row = boards.person_row(organisation_id, reach, person_id, language()) or abort(404)
    form, problem = DoneForm(), ""
    if acts():
        if form.validate() and not (problem := _mark(organisation_id, person_id, form)):
            return redirect(url_for(".show_person", organisation_id=organisation_id, person_id=person_id), 303)
        problem = problem or _("Give the day, such as 2026-11-23.")
    return render_template(
        "training/show_person.html",
        organisation=get_organisation(organisation_id) or abort(404),
        row=row,
        modules=library.modules_by_code(language()),
        own=services.taken_on_alone(organisation_id, person_id),
        form=form,
        problem=problem,
    )


def _mark(organisation_id: UUID, person_id: UUID, form: DoneForm) -> str:
    """Do what the pressed button says; what is wrong, in words."""
    assignment = _uuid(request.form.get("assignment", ""))
    row = services.get_assignment(organisation_id, assignment) if assignment else None
    if row is None or row.person_id != person_id:
        return _("This assignment is not there any more. Nothing was changed.")
    step = request.form.get("do")
    if step == "take back":
        try:
            services.take_back(organisation_id, row.id)
        except services.TakenOnAlone:
            return _("They took this module on by themselves, so it stays. Whether they do it is theirs to say.")
        return ""
    return refused(row, step, form.on.data, Way(form.way.data), by_trainer=True)


@bp.route(f"{_BASE}/catch-up", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def catch_up(organisation_id: UUID) -> ResponseReturnValue:
    """Enter afterwards what several people did, from a list on paper."""
    people = list_people(organisation_id, _reach(organisation_id))
    form = CatchUpForm()
    form.module.choices = [(one.code, f"{one.code} {one.title}") for one in library.list_modules(language())]
    form.people.choices = [(str(one.id), one.nickname) for one in people]
    if form.validate_on_submit():
        known = {one.id for one in people}
        chosen = {one for one in map(_uuid, form.people.data) if one in known}
        if len(chosen) < len(form.people.data):
            form.people.errors = [
                _("Somebody you ticked has left since. Look at the list again; nothing was saved yet.")
            ]
        elif form.on.data > clock.today():
            form.on.errors = [_("This day has not come yet.")]
        else:
            way = Way(form.way.data)
            done = marking.finish_many(organisation_id, chosen, form.module.data, form.on.data, way, current_user.id)
            if done.new or not done.refreshed:
                flash(ngettext("Marked for %(num)s person.", "Marked for %(num)s people.", done.new))
            if done.refreshed:
                flash(
                    ngettext(
                        "%(num)s person had done it before: refreshed.",
                        "%(num)s people had done it before: refreshed.",
                        done.refreshed,
                    )
                )
            return redirect(url_for(".show_board", organisation_id=organisation_id), 303)
    return render_template(
        "training/catch_up.html", organisation=get_organisation(organisation_id) or abort(404), form=form
    )


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
