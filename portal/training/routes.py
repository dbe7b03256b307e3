"""Modules for everybody to read, and a person's own plan. What trainers do is in trainer_routes.py."""

from __future__ import annotations

import datetime as dt
from typing import NoReturn
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.editing import differences
from portal.forms import acts
from portal.guidance import redirects, try_it
from portal.guidance import services as guidance
from portal.i18n import language
from portal.permissions import public, signed_in
from portal.training import content, library, marking, plans, services, suggestions, words
from portal.training.forms import ChoiceForm, DoneForm
from portal.training.models import Assignment, State, Way

bp = Blueprint("training", __name__)
bp.add_app_template_global(words.seen_words)
bp.add_app_template_global(words.way_words)
bp.add_app_template_global(words.block_words)
bp.add_app_template_global(words.module_name)
bp.add_app_template_global(words.suggestion_words)


# --- modules to read ---


@bp.get("/<language>/modules")
@public
def list_modules() -> ResponseReturnValue:
    modules = library.list_modules(language())
    blocks = [(block, [one for one in modules if one.block == block]) for block in library.BLOCKS]
    return render_template("training/list_modules.html", blocks=[one for one in blocks if one[1]])


def _elsewhere(code: str) -> NoReturn:
    """Lead readers to what took the place of a module; where nothing did, there is nothing here."""
    address = redirects.led_to(content.NAME, language(), content.MODULES.folder, code) or abort(404)
    answer = redirect(request.script_root + address, 301)
    answer.headers["Cache-Control"] = "no-cache"  # the module may come back
    abort(answer)


@bp.get("/<language>/modules/<code>")
@public
def show_module(code: str) -> ResponseReturnValue:
    text = library.get_module(language(), code) or _elsewhere(code)
    return render_template("training/show_module.html", text=text, **_around(text))


@bp.get("/<language>/modules/<code>/guide")
@public
def show_guide(code: str) -> ResponseReturnValue:
    text = library.get_module(language(), code) or _elsewhere(code)
    return render_template("training/show_guide.html", text=text, **_around(text))


def _around(text: library.ModuleText) -> dict[str, object]:
    """Neighbours in the list, related pages and questions to try."""
    modules = library.list_modules(language())
    place = next(number for number, one in enumerate(modules) if one.code == text.module.code)
    return {
        "before": modules[place - 1] if place else None,
        "after": modules[place + 1] if place + 1 < len(modules) else None,
        "related": guidance.named(text.related, guidance.by_name(language())),
        "try_it": try_it.list_questions(text.try_it, language()),
        "guide_heading": content.HEADINGS[content.GUIDE_FROM],
    }


# --- one's own plan ---


@bp.get("/me/training")
@signed_in
def show_plan() -> ResponseReturnValue:
    return _show_plan(DoneForm(), "")


def _show_plan(form: DoneForm, problem: str, *, to_delete: UUID | None = None) -> str:
    """``to_delete``: the line about which the page asks whether it shall really go."""
    plan, held = plans.plan(current_user.id, language()), current_user.held
    still_open, organisations = plan.before_solo(held), {one.organisation: one.organisation_name for one in held}
    return render_template(
        "training/show_plan.html",
        plan=plan,
        still_open=still_open,
        suggestions=suggestions.list_suggestions(current_user.id, held, plan.have(still_open), language()),
        others=plan.others(organisations),
        organisations=organisations,
        to_delete=next((line for line in (*plan.lines, *plan.left) if line.id == to_delete), None),
        choices=ChoiceForm(data={"full_titles": plan.full_titles, "reminders": plan.reminders}),
        form=form,
        problem=problem,
        today=clock.today(),
    )


_ANSWERS = {"accept": State.ACCEPTED, "later": State.LATER, "no thanks": State.DECLINED}


@bp.post("/me/training/<uuid:assignment_id>")
@signed_in
def change_own(assignment_id: UUID) -> ResponseReturnValue:
    """Answer, mark one's own (done, practised, refreshed, marked by mistake), or delete it."""
    row = services.get_own(current_user.id, assignment_id) or abort(404)
    step, form = request.form.get("do", ""), DoneForm()
    if not acts():
        return _show_plan(form, "")
    if step in _ANSWERS:
        services.respond(current_user.id, assignment_id, _ANSWERS[step])
        return redirect(url_for(".show_plan"), 303)
    if step == "delete":
        return _delete_own(assignment_id)
    if not form.validate():
        return _show_plan(form, _("Give the day, such as 2026-11-23."))
    if problem := refused(row, step, form.on.data, Way(form.way.data)):
        return _show_plan(form, problem)
    return redirect(url_for(".show_plan"), 303)


def _delete_own(assignment_id: UUID) -> ResponseReturnValue:
    """The first press is asked about, the second deletes."""
    if not request.form.get("sure"):
        return _show_plan(DoneForm(), "", to_delete=assignment_id)
    if not plans.delete_line(current_user.id, assignment_id):
        return _show_plan(DoneForm(), _("Others asked for this one, so it stays. Nothing was changed."))
    flash(_("Deleted."))
    return redirect(url_for(".show_plan"), 303)


def refused(row: Assignment, step: str | None, on: dt.date, way: Way, *, by_trainer: bool = False) -> str:
    """Mark what the pressed button says; why it could not be done, in words, or nothing."""
    try:
        if step == "done":
            marking.finish(row, on, way)
        elif step == "practised":
            marking.practise(row, on)
        elif step == "refreshed":
            marking.refresh(row, on)
        elif step == "undo":
            marking.undo(row, by_trainer=by_trainer)
        else:
            return _("This button is not known here. Nothing was changed.")
    except marking.NotThatDay:
        return _("That day does not fit: it has not come yet, or lies before the day the module was done.")
    except marking.WrongOrder:
        return _("Practising and refreshing come after doing. Mark it done first.")
    return ""


@bp.post("/me/training/take-on")
@signed_in
def take_on() -> ResponseReturnValue:
    """A module becomes an accepted one in the organisation the person names: people there see it."""
    asked, code = request.form.get("organisation"), request.form.get("module", "")
    chosen = next((one.organisation for one in current_user.held if str(one.organisation) == asked), None)
    if chosen is None:
        flash(_("Choose the organisation first. Nothing was changed."))
    elif not code:
        flash(_("Choose the module first. Nothing was changed."))
    elif acts():
        try:
            services.take_on(current_user.id, chosen, code)
        except services.ModulesGone:
            flash(_("This module was taken away meanwhile."))
    return redirect(url_for(".show_plan"), 303)


@bp.post("/me/training/choices")
@signed_in
def save_choices() -> ResponseReturnValue:
    form = ChoiceForm()
    if form.validate_on_submit():
        plans.choose(current_user.id, full_titles=form.full_titles.data, reminders=form.reminders.data)
        flash(_("Saved."))
    return redirect(url_for(".show_plan"), 303)


@bp.get("/me/training/<uuid:assignment_id>/changes")
@signed_in
def show_changes(assignment_id: UUID) -> ResponseReturnValue:
    """What is different in the module's text since the person did it."""
    row = services.get_own(current_user.id, assignment_id) or abort(404)
    change = library.change_since(row.module, row.text_done) or abort(404)
    return render_template(
        "training/show_changes.html",
        code=row.module,
        change=change,
        passages=differences.passages(differences.compare(change.before, change.now)),
    )


from portal.training import pack_routes, trainer_routes  # noqa: E402,F401 - their views belong to this blueprint
