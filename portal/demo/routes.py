from __future__ import annotations

import pyotp
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import login
from portal.demo import services
from portal.demo.people import EVERYBODY
from portal.permissions import demo_only

bp = Blueprint("demo", __name__)


@bp.get("/demo")
@demo_only
def find_demo() -> ResponseReturnValue:
    return redirect(url_for(".show_demo"))


@bp.get("/<language>/demo")
@demo_only
def show_demo() -> ResponseReturnValue:
    codes = {one.nickname: pyotp.TOTP(one.totp).now() for one in EVERYBODY if one.totp}
    return render_template("demo/show_demo.html", everybody=EVERYBODY, codes=codes, gone=services.list_gone())


@bp.post("/demo/sign-in")
@demo_only
def sign_in_as() -> ResponseReturnValue:
    person = services.sign_in_as(request.form.get("nickname", "")) or abort(404)
    login.begin(person)
    return redirect(url_for("home.show_my_page"), 303)
