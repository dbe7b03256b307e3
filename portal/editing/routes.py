from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _
from flask_login import current_user

from portal import text
from portal.config import setting
from portal.editing import drafts, history, menu, publishing, services, words
from portal.editing.drafts import EditConflict, Editing
from portal.editing.forms import NewPageForm, PageForm
from portal.editing.typed import of_revision
from portal.feature import content_changed
from portal.forms import acts
from portal.guidance import services as guidance
from portal.guidance.shelf import KIND as GUIDANCE
from portal.i18n import language
from portal.permissions import Permission, needs

bp = Blueprint("editing", __name__)
bp.add_app_template_global(words.field_words)
bp.add_app_template_global(words.kind_words)


def open_page(page_id: UUID) -> Editing:
    return drafts.open_page(page_id) or abort(404)


def _open_to_write(page_id: UUID) -> Editing:
    """The page; where somebody has thrown it away meanwhile, what was typed is shown to be copied."""
    now = drafts.open_page(page_id)
    return now if now is not None else _show_gone()


def _show_gone() -> NoReturn:
    names = ("title", "summary", "point_1", "point_2", "point_3", "body", "related", "try_it", "more", "note")
    written = [(name, request.form[name]) for name in names if request.form.get(name, "").strip()]
    abort(make_response(render_template("editing/gone.html", written=written), 410) if written else 404)


def _form(now: Editing) -> PageForm:
    topics = [(topic.slug, topic.title) for topic in guidance.list_topics(now.page.language)]
    sources = [
        (one.key, f"{one.key}: {one.fields['author']}, {one.fields['title']}") for one in services.list_sources()
    ]
    return PageForm(now.typed, now.version, topics, sources)


def _show(now: Editing, form: PageForm, **more: Any) -> str:
    return render_template(
        "editing/edit_page.html",
        now=now,
        form=form,
        preview=publishing.preview(now.page, form.typed),
        may_move=menu.may_move(now.page),
        **_other_text(now, form),
        **more,
    )


def _other_text(now: Editing, form: PageForm) -> dict[str, Any]:
    """Where both texts are to be seen: the other one, and how it differs. Also after a preview from there."""
    seen = (form.version.data or "")[-1:]
    if seen == drafts.SEEN_PUBLISHED and now.live:
        other = of_revision(now.page, now.live)
    elif seen == drafts.SEEN_DRAFT:
        other = now.typed
    else:
        return {"conflict": None}
    return {"conflict": seen, "other": other, "differs": history.differences_between(other, form.typed)}


def _show_conflict(conflict: EditConflict, form: PageForm) -> ResponseReturnValue:
    """Both texts; what is sent from here replaces the other one, which the person has then seen."""
    form.version.data = conflict.now.version + conflict.seen
    return _show(conflict.now, form), 409


def to_editor(page_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".edit_page", page_id=page_id), 303)


@bp.app_template_global("section_anchor")
def section_anchor(kind: str, language: str, section: str) -> str:
    """Where a section begins in the list of pages."""
    return f"{kind}-{language}-{section}"


def _said(form: Any) -> str:
    return next((str(errors[0]) for errors in form.errors.values()), "")


@bp.get("/manage/pages")
@needs(Permission.CONTENT_DRAFT)
def list_pages() -> ResponseReturnValue:
    sections = services.list_sections()
    drafts_there = [page for section in sections for page in section.pages if page.draft_at]
    return render_template(
        "editing/list_pages.html",
        sections=sections,
        waiting=sorted(drafts_there, key=lambda page: (page.draft_at, page.id)),
        languages=setting("LANGUAGES"),
    )


@bp.route("/manage/pages/new", methods=["GET", "POST"])
@needs(Permission.CONTENT_DRAFT)
def new_page() -> ResponseReturnValue:
    languages = [(one, one) for one in setting("LANGUAGES")]
    sections = {one.slug: one.title for one in services.list_sections() if one.kind == GUIDANCE}
    form = NewPageForm([*sections.items()], languages, data={"page_language": language()})
    if form.validate_on_submit():
        title = form.title.data or ""
        try:
            page = services.create_page(
                form.chosen_section,
                form.slug.data or text.slug(title)[: services.LONGEST_SLUG].strip("-"),
                title,
                current_user.id,
                language=form.page_language.data,
                page_id=form.given_id,
            )
        except services.AddressTaken:
            form.slug.errors = [_("There is a page at this address, perhaps a withdrawn one. Choose another ending.")]
        except services.AddressUnsuitable:
            form.slug.errors = [
                _("Use a–z, 0–9 and single hyphens, such as fair-pay; “index” and “booklet” are taken.")
            ]
        else:
            return to_editor(page.id)
    return render_template("editing/new_page.html", form=form)


# --- writing ---


@bp.route("/manage/pages/<uuid:page_id>/edit", methods=["GET", "POST"])
@needs(Permission.CONTENT_DRAFT)
def edit_page(page_id: UUID) -> ResponseReturnValue:
    now = _open_to_write(page_id)
    form = _form(now)
    if not form.validate_on_submit():
        return _show(now, form)
    try:
        drafts.save(page_id, form.typed, form.version.data or "", current_user.id)
    except EditConflict as conflict:
        return _show_conflict(conflict, form)
    except LookupError:
        _show_gone()
    flash(_("Your draft is saved."))
    return to_editor(page_id)


@bp.post("/manage/pages/<uuid:page_id>/draft")
@needs(Permission.CONTENT_DRAFT)
def save_draft(page_id: UUID) -> ResponseReturnValue:
    """For the script, which saves while somebody writes."""
    gone = {"said": _("Somebody threw this page away while you wrote. Copy your text before you leave.")}, 410
    now = drafts.open_page(page_id)
    if now is None:
        return gone
    form = _form(now)
    if not form.validate_on_submit():
        return {"said": _said(form)}, 422
    try:
        saved = drafts.save(page_id, form.typed, form.version.data or "", current_user.id)
    except LookupError:
        return gone
    except EditConflict:
        return {"said": _("Somebody else changed this page meanwhile. Save the draft to see both texts.")}, 409
    moment = format_time(saved.changed_at, "HH:mm")
    return {"version": saved.version, "said": _("Your draft is saved (%(time)s).", time=moment)}


@bp.post("/manage/pages/<uuid:page_id>/preview")
@needs(Permission.CONTENT_DRAFT)
def preview_page(page_id: UUID) -> ResponseReturnValue:
    """Saves nothing. The script asks for the preview alone."""
    now = _open_to_write(page_id)
    form = _form(now)
    if "X-Requested-With" in request.headers:
        preview = publishing.preview(now.page, form.typed)
        return render_template("editing/preview.html", preview=preview, page=now.page)
    return _show(now, form)


@bp.post("/manage/pages/<uuid:page_id>/publish")
@needs(Permission.CONTENT_PUBLISH)
def publish_page(page_id: UUID) -> ResponseReturnValue:
    """What is in the form is saved first, so that nothing is lost whatever the checks say."""
    now = _open_to_write(page_id)
    form = _form(now)
    if not form.validate_on_submit():
        return _show(now, form)
    try:
        now = drafts.save(page_id, form.typed, form.version.data or "", current_user.id)
        form.version.data = now.version
        published = publishing.publish(page_id, now.version, current_user.id)
    except EditConflict as conflict:
        return _show_conflict(conflict, form)
    except publishing.NotSound as found:
        return _show(now, form, problems=found.problems), 422
    except LookupError:
        _show_gone()
    if published is None:
        flash(_("There is nothing new to publish: readers see this text."))
    else:
        content_changed()
        flash(_("Published. Readers see this text now."))
    return to_editor(page_id)


@bp.route("/manage/pages/<uuid:page_id>/discard", methods=["GET", "POST"])
@needs(Permission.CONTENT_DRAFT)
def discard_draft(page_id: UUID) -> ResponseReturnValue:
    now = open_page(page_id)
    if now.draft is None:
        return to_editor(page_id)
    changed = False
    if acts():
        try:
            still_there = drafts.discard(page_id, request.form.get("version", ""))
        except EditConflict as conflict:
            now, changed = conflict.now, True
        else:
            flash(_("The draft is gone."))
            return to_editor(page_id) if still_there else redirect(url_for(".list_pages"), 303)
    return render_template("editing/discard_draft.html", now=now, changed=changed)


# --- what was before ---


@bp.get("/manage/pages/<uuid:page_id>/revisions")
@needs(Permission.CONTENT_DRAFT)
def list_revisions(page_id: UUID) -> ResponseReturnValue:
    now = open_page(page_id)
    return render_template(
        "editing/list_revisions.html",
        now=now,
        revisions=history.list_revisions(page_id),
        replaced=history.list_replaced(page_id),
        draft=history.DRAFT,
    )


@bp.get("/manage/pages/<uuid:page_id>/differences")
@needs(Permission.CONTENT_DRAFT)
def show_differences(page_id: UUID) -> ResponseReturnValue:
    """Between two revisions, ``?old=…&new=…`` by id, or ``draft``; else between what readers see and the draft."""
    now = open_page(page_id)
    revisions = history.list_revisions(page_id)
    usual = [*([history.DRAFT] if now.draft else []), *(one.id.hex for one in revisions)]
    new = request.args.get("new") or usual[0]
    old = request.args.get("old") or next((name for name in usual if name != new), usual[0])
    before, after = history.text_of(page_id, old), history.text_of(page_id, new)
    if before is None or after is None:
        abort(404)
    return render_template(
        "editing/show_differences.html",
        now=now,
        revisions=revisions,
        replaced=history.list_replaced(page_id),
        old=old,
        new=new,
        draft=history.DRAFT,
        differs=history.differences_between(before, after),
    )


@bp.post("/manage/pages/<uuid:page_id>/revisions/<uuid:revision_id>/revert")
@needs(Permission.CONTENT_DRAFT)
def revert(page_id: UUID, revision_id: UUID) -> ResponseReturnValue:
    if not acts():
        return redirect(url_for(".list_revisions", page_id=page_id), 303)
    try:
        if not history.revert(page_id, revision_id, current_user.id):
            abort(404)
    except drafts.DraftOpen:
        flash(_("There is a draft already. Publish it or throw it away first; then come back."))
        return redirect(url_for(".list_revisions", page_id=page_id), 303)
    flash(_("The old text is now your draft. Readers see it once it is published."))
    return to_editor(page_id)
