"""How Flask-Login finds the person: a random token in the signed cookie, its hash in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from portal import audit, clock, db, here
from portal.accounts import sign_ins
from portal.accounts.forms import SignInForm
from portal.config import setting
from portal.forms import send_along
from portal.permissions import SECOND_FACTOR_ROLES, Held
from portal.recall import until_written

SHARED_MINUTES = 10  # on a device that others use
KEPT = ("invitation",)  # what a person came with goes on after signing in
LEFT = "left"  # in the session: the token of a sign-in that was left unused for too long
RENEW_SECONDS = 60  # the time of last use in the cookie is renewed when older

Rows = Iterable[tuple[Any, ...]]  # of memberships


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The person at the other end, with every role held: read in one statement, until something is written."""

    id: UUID
    nickname: str
    language: str
    discreet: bool
    has_second_factor: bool
    portal_roles: frozenset[str]
    sign_in: UUID
    ends: dt.datetime
    held: tuple[Held, ...] = field(default=())

    @property
    def owes_second_factor(self) -> bool:
        """Whether a role lets the person read what concerns others while key words are all that guards it."""
        roles = self.portal_roles | {held.role for held in self.held}
        return not self.has_second_factor and bool(roles & SECOND_FACTOR_ROLES)

    def has_role(self, organisation: UUID, *roles: str) -> bool:
        return any(held.organisation == organisation and held.role in roles for held in self.held)


class TokenLoginManager(LoginManager):
    """Flask-Login as it is used here: a token in the session and nothing else.

    Its own way looks for a cookie that remembers, and makes a hash of address and browser, at every request.
    """

    def __init__(self, held_from: Callable[[Rows], tuple[Held, ...]]) -> None:
        super().__init__()
        self._held_from = held_from

    def _load_user(self) -> None:
        self._update_request_context_with_user(_find(self._held_from))


def init_app(app: Flask, held_from: Callable[[Rows], tuple[Held, ...]]) -> None:
    app.login_manager = TokenLoginManager(held_from)  # type: ignore[attr-defined]
    app.jinja_env.globals["current_user"] = current_user  # for macros
    app.context_processor(lambda: {"current_user": here.person()})  # asked for often by pages


def _find(held_from: Callable[[Rows], tuple[Held, ...]]) -> SignedIn | None:
    kept = session._get_current_object()  # type: ignore[attr-defined]
    token, seen = kept.get("sign_in"), kept.get("seen", 0)
    if not token or g.get("database_unreachable") or db.database.is_closed():
        return None
    moment = int(clock.now().timestamp())
    idle_minutes = min(setting("IDLE_MINUTES"), SHARED_MINUTES) if kept.get("shared") else setting("IDLE_MINUTES")
    found = _read(token, held_from) if moment - seen <= idle_minutes * 60 else None
    if found is None or found.ends <= clock.now():
        kept[LEFT] = kept.pop("sign_in")  # the next one ends it: to read a page writes nothing
        return None
    if moment - seen >= RENEW_SECONDS:
        kept["seen"] = moment
    audit.acting_as(found.id)
    return found


@until_written
def _read(token: str, held_from: Callable[[Rows], tuple[Held, ...]]) -> SignedIn | None:
    found = sign_ins.find_sign_in(token)
    if found is None:
        return None
    return SignedIn(
        found.person,
        found.nickname,
        found.language,
        found.discreet,
        found.has_second_factor,
        found.portal_roles,
        found.id,
        found.ends,
        held_from(found.memberships),
    )


def begin(person: UUID, *, shared_device: bool = False) -> None:
    """Sign this browser in with a new token; whatever it held before has ended, but for what KEPT names."""
    kept = {name: session[name] for name in KEPT if name in session}
    earlier = session.get("sign_in") or session.get(LEFT)
    session.clear()
    session.update(kept)
    session["sign_in"] = sign_ins.sign_in(person, in_place_of=earlier)
    session["seen"] = int(clock.now().timestamp())
    if shared_device:
        session["shared"] = True


def end() -> None:
    if "sign_in" in session:
        sign_ins.sign_out(session["sign_in"])
    session.clear()


def ask_to_sign_in() -> ResponseReturnValue:
    """The sign-in page, with what was typed carried along as hidden fields when a form was sent too late."""
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    fields = send_along()
    page_or_form = fields or "GET" in (request.url_rule.methods or ()) if request.url_rule else False
    form = SignInForm(formdata=None, next=request.path if page_or_form else url_for("home.show_my_page"))
    page = render_template("accounts/sign_in.html", form=form, carried=fields)
    return make_response(page, 401)
