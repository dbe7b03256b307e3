"""The box for questions to experts: asking, answering, and handing on to those who write the portal's pages."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import text
from portal.config import setting
from portal.editing import services as editing
from portal.editing.services import AddressTaken, AddressUnsuitable
from portal.forms import acts
from portal.guidance.shelf import KIND as GUIDANCE
from portal.i18n import language
from portal.meetings import handing, questions
from portal.meetings.forms import AnswerForm, AskForm, BeginPageForm, HandOnForm
from portal.meetings.questions import Asked, Draft
from portal.meetings.routes import bp
from portal.organisations.services import get_organisation
from portal.permissions import Permission, allowed, needs

_BASE = "/organisations/<uuid:organisation_id>/questions"


def _to_box(organisation_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("meetings.list_questions", organisation_id=organisation_id), 303)


def _question(organisation_id: UUID, question_id: UUID) -> Asked:
    return questions.get_question(organisation_id, question_id, current_user.id) or abort(404)


@bp.route(_BASE, methods=["GET", "POST"])
@needs(Permission.TRAINING_DO)
def list_questions(organisation_id: UUID) -> ResponseReturnValue:
    """The box with its answers, and a form to ask."""
    form = AskForm()
    if form.validate_on_submit():
        named = bool(form.with_name.data)
        try:
            questions.ask(
                organisation_id, current_user.id, form.text.data or "", with_name=named, question_id=form.given_id
            )
        except questions.TooManyToday:
            form.text.errors = [_("That is a lot of questions for one day. Keep this one, and ask it tomorrow.")]
        else:
            flash(_("Your question is in the box.") if named else _("Your question is in the box, without a name."))
            return _to_box(organisation_id)
    answers = allowed(Permission.TRAINING_ASSIGN, organisation_id)
    waiting, answered = questions.list_questions(organisation_id, current_user.id, every=answers)
    return render_template(
        "meetings/list_questions.html",
        organisation=get_organisation(organisation_id) or abort(404),
        form=form,
        waiting=waiting,
        answered=answered,
        answers=answers,
    )


@bp.post(f"{_BASE}/<uuid:question_id>/delete")
@needs(Permission.TRAINING_DO)
def delete_question(organisation_id: UUID, question_id: UUID) -> ResponseReturnValue:
    every = allowed(Permission.TRAINING_ASSIGN, organisation_id)
    if acts() and questions.delete(organisation_id, question_id, current_user.id, every=every):
        flash(_("The question is gone, with its answer."))
    return _to_box(organisation_id)


@bp.route(f"{_BASE}/<uuid:question_id>", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def answer_question(organisation_id: UUID, question_id: UUID) -> ResponseReturnValue:
    question = _question(organisation_id, question_id)
    written = {"answer": question.answer, "expert": question.expert, "checked": question.checked_on is not None}
    opened = {"as_of": question.answer_state, **({"on": question.answered_on} if question.answered_on else {})}
    form, meanwhile = AnswerForm(data={**written, **opened}), None
    if form.validate_on_submit():
        try:
            still_there = questions.answer(
                organisation_id,
                question_id,
                form.answer.data or "",
                form.expert.data or "",
                form.on.data,  # type: ignore[arg-type]  # asked for by the form
                checked=bool(form.checked.data),
                as_of=form.as_of.data,
            )
        except questions.NotThatDay:
            form.on.errors = [_("Choose a day from the one it was asked on until today.")]
        except questions.AnsweredMeanwhile as answered:
            meanwhile = answered.now
            form.as_of.data = meanwhile.answer_state
        else:
            flash(
                _("Every member can read the answer now.")
                if still_there
                else _("The question was taken back meanwhile. Nothing was saved.")
            )
            return _to_box(organisation_id)
    return render_template(
        "meetings/answer_question.html",
        organisation=get_organisation(organisation_id) or abort(404),
        question=question,
        meanwhile=meanwhile,
        form=form,
    )


@bp.route(f"{_BASE}/<uuid:question_id>/hand-on", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def hand_on_question(organisation_id: UUID, question_id: UUID) -> ResponseReturnValue:
    question = _question(organisation_id, question_id)
    if question.answered_on is None:
        flash(_("Write the answer first. Then it can be handed on."))
        return redirect(url_for(".answer_question", organisation_id=organisation_id, question_id=question_id), 303)
    form = HandOnForm(data={"question": question.text, "answer": question.answer})
    if form.validate_on_submit():
        draft = Draft(form.title.data or "", form.question.data or "", form.answer.data or "")
        try:
            handed = questions.hand_on(organisation_id, question_id, draft)
        except questions.HandedAlready:
            flash(_("A page was begun with it already. Nothing was handed on twice."))
        else:
            flash(
                _("The portal’s authors can read it now.")
                if handed
                else _("The question was taken back meanwhile. Nothing was handed on.")
            )
        return _to_box(organisation_id)
    return render_template(
        "meetings/hand_on_question.html",
        organisation=get_organisation(organisation_id) or abort(404),
        question=question,
        form=form,
    )


@bp.post(f"{_BASE}/<uuid:question_id>/take-back")
@needs(Permission.TRAINING_ASSIGN)
def take_back_draft(organisation_id: UUID, question_id: UUID) -> ResponseReturnValue:
    if acts():
        try:
            questions.take_back(organisation_id, question_id)
        except questions.HandedAlready:
            flash(_("A page was begun with it already. Ask the authors if something has to change."))
        else:
            flash(_("The authors cannot read it any more."))
    return _to_box(organisation_id)


# --- for those who write the portal's pages ---


@bp.get("/manage/questions")
@needs(Permission.CONTENT_DRAFT)
def list_handed() -> ResponseReturnValue:
    return render_template("meetings/list_handed.html", handed=handing.list_handed())


@bp.route("/manage/questions/<uuid:question_id>", methods=["GET", "POST"])
@needs(Permission.CONTENT_DRAFT)
def begin_page(question_id: UUID) -> ResponseReturnValue:
    """A page of the guidance with question and answer as its first draft; whoever begins it goes on in the editor."""
    handed = handing.get_handed(question_id)
    if handed is None:
        flash(_("Somebody has begun a page with this question, or it was taken back."))
        return redirect(url_for(".list_handed"), 303)
    sections = {one.slug: one.title for one in editing.list_sections() if one.kind == GUIDANCE}
    form = BeginPageForm([*sections.items()], setting("LANGUAGES"), title=handed.draft.title, page_language=language())
    if form.validate_on_submit():
        title = form.title.data or ""
        slug = form.slug.data or text.slug(title)[: editing.LONGEST_SLUG].strip("-")
        try:
            page = handing.begin_page(
                question_id, form.section.data, slug, title, current_user.id, language=form.page_language.data
            )
        except AddressTaken:
            form.slug.errors = [_("There is a page at this address, perhaps a withdrawn one. Choose another ending.")]
        except AddressUnsuitable:
            form.slug.errors = [_("Use a–z, 0–9 and single hyphens, such as fair-pay; “index” is taken.")]
        else:
            if page is None:
                return redirect(url_for(".list_handed"), 303)
            flash(_("The page is begun. Readers see it once it is published."))
            return redirect(url_for("editing.edit_page", page_id=page.id), 303)
    return render_template("meetings/begin_page.html", handed=handed, form=form)
