from __future__ import annotations

from importlib.metadata import version

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from portal.operations import services
from portal.permissions import public

bp = Blueprint("operations", __name__)


@bp.get("/-/health")
@public
def show_health() -> ResponseReturnValue:
    answers = services.database_answers()
    if not answers:
        g.database_unreachable = True  # the connection is not asked again
    database = "ok" if answers else "unreachable"
    body = {"status": "ok" if answers else "failing", "version": version("peerwork-portal"), "database": database}
    return jsonify(body), 200 if answers else 503
