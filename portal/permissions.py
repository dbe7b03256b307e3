"""Who may do what: permissions, roles, the label every route carries, and the one check that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import here

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """What somebody may do, as ``resource:action``."""

    ORGANISATION_CREATE = "organisation:create"
    ORGANISATION_CLOSE = "organisation:close"
    ACCOUNT_BLOCK = "account:block"
    AUDIT_VIEW = "audit:view"
    MEMBER_INVITE = "member:invite"
    MEMBER_REMOVE = "member:remove"
    PROGRAMME_EDIT = "programme:edit"
    ROUND_OPEN = "round:open"
    ROUND_CLOSE = "round:close"
    ROUND_ANSWER = "round:answer"
    RESULTS_VIEW = "results:view"
    RESULTS_RELEASE = "results:release"
    PEER_CONTACT_NAME = "peer_contact:name"
    COPY_VIEW = "copy:view"
    ORGANISATION_VIEW = "organisation:view"
    CONTENT_DRAFT = "content:draft"
    CONTENT_REVIEW = "content:review"
    CONTENT_PUBLISH = "content:publish"
    GROWTH_VIEW = "growth:view"
    TRAINING_ASSIGN = "training:assign"
    TRAINING_DO = "training:do"
    SUPPORT_MEET = "support:meet"


class Label(StrEnum):
    """What a route says when it asks for no permission."""

    PUBLIC = "public"  # anybody
    TOKEN = "token"  # whoever holds the link or the key; the view checks it
    SIGNED_IN = "signed in"  # the person's own things
    DEMO = "demo"  # anybody, in demo mode only; 404 elsewhere


P = Permission
PORTAL_ROLES: dict[str, frozenset[Permission]] = {
    "administrator": frozenset({P.ORGANISATION_CREATE, P.ORGANISATION_CLOSE, P.ACCOUNT_BLOCK, P.AUDIT_VIEW}),
    "editor": frozenset({P.CONTENT_DRAFT, P.CONTENT_REVIEW, P.CONTENT_PUBLISH}),
    "author": frozenset({P.CONTENT_DRAFT}),
    "reviewer": frozenset({P.CONTENT_REVIEW}),
}
ORGANISATION_ROLES: dict[str, frozenset[Permission]] = {  # in the order lists have
    "peer_worker": frozenset(
        {
            P.ORGANISATION_VIEW, P.ROUND_ANSWER, P.RESULTS_VIEW, P.RESULTS_RELEASE, P.PEER_CONTACT_NAME, P.TRAINING_DO,
            P.SUPPORT_MEET,
        }
    ),
    "staff": frozenset({P.ORGANISATION_VIEW, P.ROUND_ANSWER, P.RESULTS_VIEW, P.TRAINING_DO}),
    "lead": frozenset(
        {
            P.ORGANISATION_VIEW, P.AUDIT_VIEW, P.MEMBER_INVITE, P.MEMBER_REMOVE, P.PROGRAMME_EDIT, P.ROUND_OPEN,
            P.ROUND_CLOSE, P.ROUND_ANSWER, P.RESULTS_VIEW, P.COPY_VIEW, P.TRAINING_ASSIGN, P.TRAINING_DO,
        }
    ),
    "trainer": frozenset({P.ORGANISATION_VIEW, P.GROWTH_VIEW, P.TRAINING_ASSIGN, P.TRAINING_DO}),
    "candidate": frozenset({P.ORGANISATION_VIEW, P.TRAINING_DO}),
}  # fmt: skip
MARKS: dict[str, frozenset[Permission]] = {
    "peer_contact": frozenset({P.AUDIT_VIEW}),
    "page_editor": frozenset(),
}
# Roles whose holders can read what concerns others: they sign in with a second factor.
SECOND_FACTOR_ROLES = frozenset({"lead", "trainer", *PORTAL_ROLES})


@dataclass(frozen=True)
class Held:
    """One role of a person in an organisation, for these programmes (none named: all of them)."""

    organisation: UUID
    role: str
    programmes: frozenset[UUID] = frozenset()
    marks: frozenset[str] = frozenset()
    organisation_name: str = field(default="", compare=False)

    @property
    def permissions(self) -> frozenset[Permission]:
        return ORGANISATION_ROLES[self.role].union(*(MARKS[mark] for mark in self.marks))

    def covers(self, programme: UUID) -> bool:
        return not self.programmes or programme in self.programmes


def needs(permission: Permission) -> Callable[[View], View]:
    """Label a view with the permission it asks for. Above or below the route makes no difference."""
    return _label(permission)


def _label(label: Permission | Label) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = label  # type: ignore[attr-defined]
        return view

    return mark


public = _label(Label.PUBLIC)
by_token = _label(Label.TOKEN)
signed_in = _label(Label.SIGNED_IN)
demo_only = _label(Label.DEMO)


def access_of(view: Callable[..., Any]) -> Permission | Label | None:
    return getattr(view, "access", None)


def allowed(permission: Permission | str, organisation: UUID | None = None) -> bool:
    """Whether the person signed in may do this, in the organisation if one is named. Templates ask it, too."""
    person = here.person()
    if not person.is_authenticated:
        return False
    permission = Permission(permission)
    if organisation is None:
        if permission is P.ORGANISATION_CREATE and current_app.config["REGISTRATION"] == "open":
            return True
        return any(permission in PORTAL_ROLES[role] for role in person.portal_roles)
    return any(held.organisation == organisation and permission in held.permissions for held in person.held)


def init_app(app: Flask, ask_to_sign_in: Callable[[], ResponseReturnValue]) -> None:
    """``ask_to_sign_in`` answers those who have to sign in first."""
    app.extensions["ask to sign in"] = ask_to_sign_in
    app.jinja_env.globals["allowed"] = allowed


def check() -> ResponseReturnValue | None:
    """Whether this request may go on, by its view's label; else the answer it gets."""
    endpoint, app = here.asked().endpoint, here.app()
    if endpoint is None or endpoint == "static":
        return None  # an unknown address becomes a 404 by itself
    access = access_of(app.view_functions[endpoint])
    if access is None:
        abort(403)
    if access is Label.DEMO and not app.config["DEMO"]:
        abort(404)
    if not isinstance(access, Permission) and access is not Label.SIGNED_IN:
        return None
    person = here.person()
    if not person.is_authenticated:
        answer: ResponseReturnValue = app.extensions["ask to sign in"]()
        return answer
    if person.owes_second_factor and endpoint not in WITHOUT_SECOND_FACTOR:
        return redirect(url_for(SECOND_FACTOR_SET_UP), 303)
    if isinstance(access, Permission):
        _check_permission(access)
    return None


SECOND_FACTOR_SET_UP = "accounts.set_up_second_factor"
# Nobody is held: whoever owes a second factor may still go, and take their things along.
WITHOUT_SECOND_FACTOR = frozenset(
    {
        SECOND_FACTOR_SET_UP,
        "accounts.sign_out",
        "accounts.list_sign_ins",
        "accounts.change_sign_in",
        "accounts.end_all_sign_ins",
        "accounts.delete_account",
        "organisations.leave",
        "candidates.list_copies",
        "candidates.show_copy",
        "candidates.take_back_copy",
        "candidates.take_back_wish",
    }
)


def _check_permission(permission: Permission) -> None:
    organisation = (request.view_args or {}).get("organisation_id")
    # That an organisation exists is nobody's business but its members'.
    if organisation is not None and all(held.organisation != organisation for held in here.person().held):
        abort(404)
    if not allowed(permission, organisation):
        abort(403)
