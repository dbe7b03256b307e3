from __future__ import annotations

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import clock, csrf
from portal.frames import own_page, same_for_everybody
from portal.home import services
from portal.permissions import allowed, public, signed_in

bp = Blueprint("home", __name__)

# Address, drawing and name of each principle, in the order of the sources.
PRINCIPLES = (
    ("equality", "equality", _l("Equality")),
    ("self-determination", "self-determination", _l("Self-determination")),
    ("genuine-and-full-involvement", "involvement", _l("Genuine and full involvement")),
    ("building-on-strengths", "strengths", _l("Building on strengths")),
    ("community-development", "community", _l("Community development")),
    ("meeting-people-where-they-are", "meeting", _l("Meeting people where they are")),
    ("mutual-respect", "respect", _l("Mutual respect")),
)


@bp.get("/")
@public
def choose_language() -> ResponseReturnValue:
    response = redirect(url_for(".show_front_page"))
    response.headers["Vary"] = "Accept-Language"
    return response


@bp.get("/<string(minlength=2, maxlength=3):language>/")
@public
@same_for_everybody
def show_front_page() -> str:
    return render_template("home/show_front_page.html", principles=PRINCIPLES)


@bp.get("/<language>/safety")
@public
@same_for_everybody
def show_safety() -> str:
    return render_template("home/show_safety.html")


@bp.get("/<language>/who-reads-what")
@public
@same_for_everybody
def show_who_reads_what() -> str:
    return render_template("home/show_who_reads_what.html")


@bp.get("/<language>/accessibility")
@public
@same_for_everybody
def show_accessibility() -> str:
    return render_template("home/show_accessibility.html")


@bp.get("/me")
@signed_in
def show_my_page() -> ResponseReturnValue:
    person, invited = current_user._get_current_object(), "invitation" in session
    open_rounds, offered = services.waiting_for(person.id, person.held, clock.today())
    return own_page(
        "home/show_my_page.html",
        {"nickname": person.nickname, "token": csrf.token()},
        invited=invited,
        offered=offered,
        open_rounds=open_rounds,
        organisations=services.organisations_of(person.held),
        waiting=invited + offered + sum(one.can_start for one in open_rounds),
        may_create=allowed("organisation:create"),
        may_draft=allowed("content:draft"),
        may_close=allowed("organisation:close"),
        looks_after=bool(person.portal_roles),
    )


@bp.get("/me/programme")
@signed_in
def show_our_programme() -> ResponseReturnValue:
    """The organisation's page for those who belong to one; the list of them for everybody else."""
    organisations = {held.organisation for held in current_user.held}
    if len(organisations) == 1:
        return redirect(url_for("organisations.show_organisation", organisation_id=organisations.pop()))
    return redirect(url_for(".show_my_page"))
