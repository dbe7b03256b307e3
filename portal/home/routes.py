from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import public, signed_in

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def choose_language() -> ResponseReturnValue:
    return redirect(url_for(".show_front_page"))


@bp.get("/<language>/")
@public
def show_front_page() -> ResponseReturnValue:
    return render_template("home/show_front_page.html")


@bp.get("/<language>/safety")
@public
def show_safety() -> ResponseReturnValue:
    return render_template("home/show_safety.html")


@bp.get("/<language>/who-reads-what")
@public
def show_who_reads_what() -> ResponseReturnValue:
    return render_template("home/show_who_reads_what.html")


@bp.get("/<language>/accessibility")
@public
def show_accessibility() -> ResponseReturnValue:
    return render_template("home/show_accessibility.html")


@bp.get("/me")
@signed_in
def show_my_page() -> ResponseReturnValue:
    return render_template("home/show_my_page.html")
