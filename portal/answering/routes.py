"""Everything under /answer: starting, coming back, one question a screen, leaving again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from assessments.answers import InvalidAnswer, neighbours, next_open, read_answer
from portal import security
from portal.answering import hints, pages, return_key, services, starting
from portal.answering.forms import KeepForm, ReturnForm
from portal.answering.services import HeldSheet
from portal.forms import CARRIED
from portal.i18n import language
from portal.permissions import by_token, signed_in

bp = Blueprint("answering", __name__)

CODE = "place_code"  # in the session: the code of the link or slip somebody came with


bp.register_error_handler(pages.NoSheet, pages.ask_again)
bp.register_error_handler(pages.RoundOver, pages.say_over)
bp.register_error_handler(pages.SheetGone, pages.say_gone)


# --- starting ---


@bp.get("/answer/place/<code>")
@by_token
def open_place(code: str) -> ResponseReturnValue:
    """The code leaves the address before anything is shown."""
    session[CODE] = code[:64]
    return redirect(url_for(".start"), 303)


@bp.route("/answer/start", methods=["GET", "POST"])
@by_token
def start() -> ResponseReturnValue:
    key = return_key.read(request.form.get("key", ""))
    if key and services.find_sheet(key):
        return _started(key)  # pressed twice: the same sheet, the same key
    beginning = starting.find_by_code(session[CODE]) if CODE in session else None
    if beginning is None:
        return _refuse_code()
    if request.method == "GET" or not key or request.form.get(CARRIED):
        return pages.show_start(beginning, url_for(".start"), member=False)
    return _begin(beginning, key) or _refuse("used", begun=_has_begun())


def _refuse_code() -> ResponseReturnValue:
    """A code that is wrong or over: the page says the same of both."""
    if request.method == "POST":
        _count_wrong("code")
    begun = _has_begun()
    return _refuse("started" if begun else "code", begun=begun), 200 if begun else 404


def _refuse(refusal: str, *, begun: bool) -> str:
    return render_template("answering/no_place.html", refusal=refusal, begun=begun)


def _has_begun() -> bool:
    """Whether this browser holds a key that opens a sheet."""
    return services.find_sheet(pages.held_key()) is not None


@bp.post("/answer/start/<uuid:round_id>")
@signed_in
def start_as_member(round_id: UUID) -> ResponseReturnValue:
    """The first press says what it is, the second takes the place: pressed twice by a shaky thumb, nothing is lost."""
    key = return_key.read(request.form.get("key", ""))
    beginning = starting.find_for_member(current_user.id, current_user.held, round_id) or abort(404)
    if key and services.find_sheet(key):
        return _started(key)
    if beginning.refusal:
        return _refuse(beginning.refusal.value, begun=_has_begun())
    if not key or request.form.get(CARRIED):
        return pages.show_start(beginning, url_for(".start_as_member", round_id=round_id), member=True)
    if (answer := _begin(beginning, key)) is not None:
        return answer
    now = starting.find_for_member(current_user.id, current_user.held, round_id)
    refusal = (now and now.refusal) or starting.Refusal.STARTED
    return _refuse(refusal.value, begun=_has_begun())


def _begin(beginning: starting.Beginning, key: str) -> ResponseReturnValue | None:
    """The page with the key; None where somebody else took the place meanwhile."""
    if starting.start(beginning, key) or services.find_sheet(key):
        return _started(key)
    return None


def _started(key: str) -> ResponseReturnValue:
    session.pop(CODE, None)
    return pages.show_key(key)


@bp.post("/answer/keep")
@by_token
def keep_key() -> ResponseReturnValue:
    """From the page with the key to the first question; on a device of one's own the key stays until closing."""
    form, sheet = KeepForm(), services.find_sheet(pages.held_key())
    response = redirect(url_for(".go_on"), 303)
    if sheet and form.validate_on_submit() and form.mine.data:
        pages.with_key(response, sheet.key, services.seconds_open(sheet))
    return response


def _count_wrong(what: str) -> None:
    try:
        services.count_wrong(what, security.network())
    except services.TooManyTries:
        abort(429)


# --- coming back ---


@bp.route("/answer/return", methods=["GET", "POST"])
@by_token
def come_back() -> ResponseReturnValue:
    form = ReturnForm()
    item, typed = request.form.get("item", ""), pages.typed()
    if form.validate_on_submit():
        sheet = services.find_sheet(return_key.read(form.words.data or ""))
        if sheet is None:
            _count_wrong("key")
            return pages.ask_key(form, item, typed, unknown=True)
        seconds = services.seconds_open(sheet) if form.mine.data else None
        if any(typed.values()) and sheet.asks(item) and sheet.open:
            return pages.with_key(pages.show_item(sheet, item, typed, unsaved=True), sheet.key, seconds)
        return pages.with_key(redirect(url_for(".go_on"), 303), sheet.key, seconds)
    return pages.ask_key(form, item, typed)


@bp.get("/answer/return/<key>")
@by_token
def come_back_by_link(key: str) -> ResponseReturnValue:
    """The key goes from the address into the cookie before anything is shown, but for a browser with another sheet.

    That one asks first: its key may be kept nowhere else, and with a link from somebody else these would be their
    answers.
    """
    key, held = return_key.read(key), services.find_sheet(pages.held_key())
    if key and held is not None and held.key != key:
        return pages.ask_to_replace(key)
    response = redirect(url_for(".go_on"), 303)
    return pages.with_key(response, key) if key else response


@bp.get("/answer")
@by_token
def go_on() -> ResponseReturnValue:
    sheet = pages.open_sheet()
    item = services.same_item(sheet.items, services.values_of(sheet))
    return redirect(url_for(".show_item", item=item) if item else url_for(".finish"), 303)


# --- one question ---


@bp.get("/answer/<item>")
@by_token
def show_item(item: str) -> ResponseReturnValue:
    sheet = pages.open_sheet()
    return pages.show_item(sheet, item, pages.saved(sheet, item))


@bp.post("/answer/<item>")
@by_token
def save_item(item: str) -> ResponseReturnValue:
    """Save the answer and go where the button says.

    A script that saves on the way hears 204, or 202 where the answer is not complete yet.
    """
    sheet, typed, go = pages.open_sheet(), pages.typed(), request.form.get("go", "")
    if request.form.get(CARRIED):
        return pages.show_item(sheet, item, typed, unsaved=True)
    if go == "clear":
        typed["comment"] = ""
    if go not in ("back", "stop") or typed["answer"] or typed["comment"]:
        try:
            _save(sheet, item, typed)
        except InvalidAnswer as wrong:
            return ("", 202) if pages.by_script() else pages.show_item(sheet, item, typed, wrong=wrong, go=go)
    if pages.by_script():
        return "", 204
    if go != "stop" and sheet.text_allowed and not request.form.get("looked") and hints.passages(typed["comment"]):
        return pages.show_item(sheet, item, typed, found=hints.passages(typed["comment"]))
    return _after(sheet, item, go)


def _save(sheet: HeldSheet, item: str, typed: dict[str, str]) -> None:
    if not sheet.asks(item):
        abort(404)
    value, separator, evidence = typed["answer"].partition(":")  # raters who only say how they know send both in one
    answer = read_answer(
        sheet.instrument,
        item,
        sheet.group,
        sheet.mode,
        value=value,
        reason=typed["reason"],
        evidence=evidence if separator else typed["evidence"],
        differed=bool(typed["differed"]),
        text=typed["comment"],
        text_allowed=sheet.text_allowed,
    )
    if not services.save(sheet, item, answer):
        raise pages.RoundOver(sheet) if services.is_over(sheet) else pages.SheetGone


def _after(sheet: HeldSheet, item: str, go: str) -> ResponseReturnValue:
    if go == "stop":
        return pages.without_key(redirect(url_for(".show_end", how="stopped"), 303))
    if go == "back":
        before, _next = neighbours(sheet.items, item)
        return redirect(url_for(".show_item", item=before) if before else url_for(".show_overview"), 303)
    following = next_open(sheet.items, services.values_of(sheet), after=item)
    return redirect(url_for(".show_item", item=following) if following else url_for(".finish"), 303)


# --- all of it, and leaving ---


@bp.get("/answer/overview")
@by_token
def show_overview() -> ResponseReturnValue:
    sheet = pages.open_sheet()
    values = services.values_of(sheet)
    sections = [
        (section, [item for item in sheet.items if item.section == section.code])
        for section in sheet.instrument.sections
    ]
    return render_template(
        "answering/show_overview.html",
        sheet=sheet,
        words=services.words_of(sheet, language()),
        sections=[(section, items) for section, items in sections if items],
        values=values,
        same=services.same_item(sheet.items, values),
    )


@bp.route("/answer/finish", methods=["GET", "POST"])
@by_token
def finish() -> ResponseReturnValue:
    """Nothing is marked as finished: unfinished sheets count like finished ones. The key leaves the browser."""
    if request.method == "POST":
        return pages.without_key(redirect(url_for(".show_end", how="finished"), 303))
    sheet = pages.open_sheet()
    return render_template(
        "answering/finish.html", sheet=sheet, same=services.same_item(sheet.items, services.values_of(sheet))
    )


@bp.post("/answer/stop")
@by_token
def stop() -> ResponseReturnValue:
    return pages.without_key(redirect(url_for(".show_end", how="stopped"), 303))


@bp.route("/answer/delete", methods=["GET", "POST"])
@by_token
def delete_sheet() -> ResponseReturnValue:
    sheet = pages.open_sheet()
    if request.method == "GET":
        return render_template("answering/delete_sheet.html")
    if not services.delete(sheet) and services.is_over(sheet):
        raise pages.RoundOver(sheet)
    return pages.without_key(redirect(url_for(".show_end", how="deleted"), 303))


@bp.get("/answer/stopped", defaults={"how": "stopped"})
@bp.get("/answer/finished", defaults={"how": "finished"})
@bp.get("/answer/deleted", defaults={"how": "deleted"})
@by_token
def show_end(how: str) -> ResponseReturnValue:
    return render_template("answering/show_end.html", how=how)
