"""The table of contents of the code: the parts, the features, and the order they start in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask, Response, abort, request

from portal import (
    audit,
    compression,
    config,
    db,
    errors,
    frames,
    here,
    i18n,
    keys,
    pagecache,
    paths,
    permissions,
    plain_text,
    security,
    views,
)
from portal.accounts import feature as accounts
from portal.accounts import login
from portal.answering import feature as answering
from portal.candidates import feature as candidates
from portal.csrf import SignedOnce
from portal.demo import feature as demo
from portal.editing import feature as editing
from portal.guidance import feature as guidance
from portal.guidance import kinds
from portal.home import feature as home
from portal.meetings import feature as meetings
from portal.operations import feature as operations
from portal.operations.services import check_mark, is_demo
from portal.organisations import feature as organisations
from portal.organisations.services import held_from
from portal.records import feature as records
from portal.results import feature as results
from portal.rounds import feature as rounds
from portal.search import feature as search
from portal.training import feature as training

FEATURES = (
    accounts.FEATURE,
    organisations.FEATURE,
    guidance.FEATURE,
    rounds.FEATURE,
    answering.FEATURE,
    candidates.FEATURE,
    results.FEATURE,
    training.FEATURE,
    records.FEATURE,
    meetings.FEATURE,
    search.FEATURE,
    editing.FEATURE,
    home.FEATURE,
    operations.FEATURE,
    demo.FEATURE,
)

kinds.know(feature.content_kind for feature in FEATURES if feature.content_kind)

csrf = SignedOnce()


def create_app(**overrides: Any) -> Flask:
    """The web application. Keyword arguments override settings and the environment."""
    app = Flask("portal", template_folder=str(paths.resource_dir("templates")))
    app.jinja_environment = views.TemplateEnvironment
    app.request_class = plain_text.PlainTextRequest
    # No view here is a coroutine: Flask would look whether one is, at every call.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    app.config.update(config.load(overrides))
    app.config.update({name: value for name, value in overrides.items() if name not in config.DEFAULTS})
    _complete(app)
    db.init_app(app)
    db.check_schema()
    with db.connection():
        if app.config.get("DEMO_AS_MARKED"):  # a command, which serves nobody
            app.config["DEMO"] = is_demo()
            config.remember(DEMO=app.config["DEMO"])
        check_mark(app.config["DEMO"])
    app.before_request(arrive)
    csrf.init_app(app)
    app.before_request(permissions.check)
    app.after_request(leave)
    i18n.init_app(app)
    login.init_app(app, held_from)
    permissions.init_app(app, login.ask_to_sign_in)
    pagecache.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    views.init_app(app)
    frames.init_app(app, FEATURES)
    for feature in FEATURES:
        if feature.blueprint is not None:
            app.register_blueprint(feature.blueprint)
            for view in feature.without_csrf:
                csrf.exempt(app.view_functions[f"{feature.blueprint.name}.{view}"])
    app.extensions["features"] = FEATURES
    return app


def arrive() -> None:
    """What happens to every request before anything else, in this order."""
    asked = here.asked()
    if "\0" in asked.path:  # PostgreSQL takes it in no text
        abort(404)
    if asked.endpoint != "static":
        audit.acting_as(None)
        db.open_for_request()
        i18n.refuse_unknown_language()
    if here.app().config["DEMO"]:
        security.refuse_strangers()


def leave(response: Response) -> Response:
    """What happens to every answer last."""
    personal = security.is_personal(response.status_code)
    security.add_headers(response, personal)
    if personal:
        return response
    if request.endpoint == "static":
        compression.compress(response)
    else:
        pagecache.finish(response)
    return response


def _complete(app: Flask) -> None:
    """Settings that follow from others: the database in the data folder, the key kept there."""
    data_dir = app.config["DATA_DIR"]
    if not app.config["DATABASE_URL"]:
        app.config["DATABASE_URL"] = db.sqlite_url(data_dir)
    if not app.config["SECRET_KEY"]:
        try:
            app.config["SECRET_KEY"] = keys.read_key("secret.key").hex()
        except FileNotFoundError:
            raise config.ConfigError(
                f"There is no secret.key in {data_dir} and PORTAL_SECRET_KEY is not set. Run: portal migrate"
            ) from None
    config.remember(SECRET_KEY=app.config["SECRET_KEY"], DATABASE_URL=app.config["DATABASE_URL"])
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = dt.timedelta(days=365)
    if not app.config["TRUSTED_HOSTS"]:
        app.config["TRUSTED_HOSTS"] = None
