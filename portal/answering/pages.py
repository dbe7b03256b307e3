"""The pages of answering that several addresses answer with, and the cookie that holds the return key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assessments.answers import EVIDENCE_ONLY, InvalidAnswer, Problem, neighbours
from assessments.model import Scale
from portal import clock
from portal.answering import return_key, services, starting
from portal.answering.forms import KeepForm, ReturnForm
from portal.answering.services import HeldSheet
from portal.i18n import language
from portal.qr import qr_code

COOKIE, COOKIE_PATH = "answer_key", "/answer"
TYPED = ("answer", "reason", "evidence", "differed", "comment")  # what a question form holds


class NoSheet(Exception):
    """This browser holds no return key, or one that opens nothing."""


class RoundOver(Exception):
    """The round takes no answers any more; the argument is the sheet."""


class SheetGone(Exception):
    """The sheet was deleted, from another window or device, while it was open here."""


# --- the cookie and what it opens ---


def with_key(page: Any, key: str, seconds: int | None = None) -> Response:
    """The page with the cookie that opens the sheet, until the browser closes if no time is given."""
    response = make_response(page)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, key, max_age=seconds, path=COOKIE_PATH, httponly=True, samesite="Lax", secure=secure)
    return response


def without_key(page: Any) -> Response:
    response = make_response(page)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="Lax", secure=secure)
    return response


def held_key() -> str:
    return return_key.read(request.cookies.get(COOKIE, ""))


def open_sheet() -> HeldSheet:
    """The sheet this browser may answer. Raises NoSheet or RoundOver, which become pages of their own."""
    sheet = services.find_sheet(held_key())
    if sheet is None:
        raise NoSheet
    if not sheet.open:
        raise RoundOver(sheet)
    return sheet


def by_script() -> bool:
    """Whether answering.js saves on the way: it wants a status and no page."""
    return request.headers.get("X-Requested-With") == "fetch"


def ask_again(_error: Exception) -> ResponseReturnValue:
    return ("", 409) if by_script() else ask_key(None, (request.view_args or {}).get("item", ""), typed())


def say_over(error: Exception) -> ResponseReturnValue:
    """Answers come too late; what was typed is shown, so that it is not lost unseen."""
    if by_script():
        return "", 409
    sheet = error.args[0]
    early = sheet.round.closes_on >= clock.today()  # closed by a lead, or with its organisation
    return without_key(render_template("answering/closed.html", sheet=sheet, early=early, typed=typed()))


def say_gone(_error: Exception) -> ResponseReturnValue:
    """There is nothing to save into any more; what was typed is shown."""
    if by_script():
        return "", 409
    return without_key(render_template("answering/gone.html", typed=typed()))


# --- starting and coming back ---


def show_start(beginning: starting.Beginning, action: str, *, member: bool) -> str:
    """The return key comes with the form, so that sending the form twice leads to one sheet and one key."""
    key = return_key.new(language())
    begun = services.find_sheet(held_key()) is not None
    return render_template(
        "answering/start.html", beginning=beginning, action=action, member=member, key=key, begun=begun
    )


def show_key(key: str) -> Response:
    address = url_for(".come_back_by_link", key=key)
    base = current_app.config["BASE_URL"].rstrip("/") or request.host_url.rstrip("/")
    page = render_template(
        "answering/show_key.html", words=return_key.as_words(key), link=base + address, qr=qr_code(base + address),
        form=KeepForm(formdata=None),
    )  # fmt: skip
    return with_key(page, key)


def ask_key(form: ReturnForm | None, item: str, typed: dict[str, str], *, unknown: bool = False) -> ResponseReturnValue:
    """The page that asks for the return key; what was typed without one comes along. A key that opens nothing goes.

    ``unknown``: the key just typed opens nothing. Whether its round has closed or never was, nobody can tell any more.
    """
    form = form or ReturnForm(formdata=None)
    wrong = bool(request.cookies.get(COOKIE)) and services.find_sheet(held_key()) is None
    if unknown or (wrong and not form.errors):
        form.words.errors = [unknown_key()]
    carried = {name: value for name, value in typed.items() if value}
    page = render_template(
        "answering/come_back.html", form=form, item=item, carried=carried, opens_nothing=unknown or wrong
    )
    return without_key(page) if wrong else page


def ask_to_replace(key: str) -> str:
    """Whether the key of the link should take the place of the one in this browser; the form sends it as words."""
    form = ReturnForm(formdata=None)
    return render_template("answering/replace_key.html", form=form, words=return_key.as_words(key))


def unknown_key() -> str:
    return _(
        "No open questionnaire has this return key. Look at the words once more. "
        "If the round has closed, the answers you saved count."
    )


# --- one question ---


def typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in TYPED}


def saved(sheet: HeldSheet, item: str) -> dict[str, str]:
    """The answer given so far, as the form would send it."""
    answer = services.get_answer(sheet, item)
    if answer is None:
        return dict.fromkeys(TYPED, "")
    value = f"{answer.value}:{answer.evidence}" if answer.value == EVIDENCE_ONLY else answer.value
    return {
        "answer": value,
        "reason": answer.reason or "",
        "evidence": answer.evidence or "",
        "differed": "1" if answer.differed else "",
        "comment": answer.text,
    }


def show_item(
    sheet: HeldSheet, code: str, typed: dict[str, str], *, wrong: InvalidAnswer | None = None, go: str = "",
    unsaved: bool = False, found: Sequence[str] = (),
) -> str:  # fmt: skip
    if not sheet.asks(code):
        abort(404)
    item = next(asked for asked in sheet.items if asked.code == code)
    words = services.words_of(sheet, language())
    siblings = [asked.code for asked in sheet.items if asked.section == item.section]
    before, _next = neighbours(sheet.items, code)
    return render_template(
        "answering/show_item.html",
        sheet=sheet,
        item=item,
        words=words.items[code],
        levels=words.scales[Scale.LEVELS],
        section=sheet.instrument.section(item.section),
        section_name=words.sections[item.section].name,
        place=siblings.index(code) + 1,
        of=len(siblings),
        before=before,
        typed=typed,
        wrong=(wrong.field, _problem(wrong)) if wrong else None,
        go=go,
        unsaved=unsaved,
        found=found,
    )


def _problem(wrong: InvalidAnswer) -> str:
    words = {
        Problem.CHOOSE_AN_ANSWER: _("Choose one line. “I can’t tell” and “Skip” are answers, too."),
        Problem.CHOOSE_A_REASON: _("Choose why it does not apply."),
        Problem.CHOOSE_HOW_YOU_KNOW: _("Choose how you know."),
        Problem.TEXT_TOO_LONG: _("Your words are too long to keep. Shorten them to 2,000 letters."),
    }
    return words.get(wrong.message_key, _("Choose one line."))
