"""Error pages: what is wrong, what would be right, and nothing typed is lost."""

from __future__ import annotations

from flask import Flask, current_app, g, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal import db
from portal.forms import posted_fields


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, show_form_again)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(Exception, show_failure)


def show_form_again(_error: CSRFError) -> ResponseReturnValue:
    """The page was open too long, or cookies are off: keep what was typed and let the person send it again."""
    return render_template("errors/send_again.html", fields=posted_fields(), address=request.full_path), 400


def show_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400 or request_ctx.url_adapter is None:  # no page of ours can be drawn for a foreign host name
        return error
    title, words = _words(code)
    response = error.get_response()
    response.data = render_template("errors/error.html", title=title, words=words)
    response.content_type = "text/html; charset=utf-8"
    return response


def show_failure(error: Exception) -> ResponseReturnValue:
    """Something of ours broke. The log says what; the page never shows it."""
    if isinstance(error, db.UNREACHABLE):
        g.database_unreachable = True  # the error page must not ask it who is there
    if current_app.testing:
        raise error
    current_app.logger.error("%s failed", request.endpoint, exc_info=error)
    title, words = _words(500)
    return render_template("errors/error.html", title=title, words=words), 500


def _words(code: int) -> tuple[str, str]:
    pages = {
        400: (_("We could not read that"), _("Go back, check what you typed and send it again.")),
        403: (_("This is not open to you"), _("Your role does not include it. Ask a lead of your organisation.")),
        404: (_("Nothing here"), _("The address may be mistyped, or what stood here is gone or not yours to see.")),
        405: (_("Nothing here"), _("This address takes no such request. Go back and use the button on the page.")),
        413: (_("That is too much at once"), _("Send less text, or a smaller file.")),
        429: (_("Too many tries"), _("Wait a quarter of an hour, then try again. Nothing is lost.")),
        503: (_("We are not ready"), _("The portal is being started or repaired. Try again in a minute.")),
    }
    failure = (_("Something of ours broke"), _("It is not your fault. Try again in a minute; what was saved is safe."))
    return pages.get(code, failure if code >= 500 else pages[400])
