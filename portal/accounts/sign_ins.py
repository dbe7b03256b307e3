"""Sign-ins: a token made, found, named, and ended."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import peewee

from portal import audit, clock, db, keys
from portal.accounts.models import SetupLink, SignIn

LONGEST_SIGN_IN = dt.timedelta(hours=20)
EXIT_SECONDS = 1


@db.transaction
def sign_in(person: UUID, label: str = "", *, in_place_of: str | None = None) -> str:
    """A new sign-in, in place of the one with that token; its own token, which is not stored."""
    if in_place_of:
        SignIn.delete().where(SignIn.token_hash == keys.token_hash(in_place_of)).execute()
    token = keys.new_token()
    SignIn.create(
        token_hash=keys.token_hash(token),
        person=person,
        made_on=clock.today(),
        ends=clock.now() + LONGEST_SIGN_IN,
        label=label,
    )
    return token


@dataclass(frozen=True, slots=True)
class FoundSignIn:
    """Who is signed in, as ``login`` needs to know."""

    id: UUID
    person: UUID
    nickname: str
    language: str
    discreet: bool
    portal_roles: frozenset[str]
    has_second_factor: bool
    ends: dt.datetime
    memberships: list[tuple[Any, ...]]  # for organisations.services.held_from


# Memberships are not this feature's. They come along because a second statement would cost every signed-in page more.
_FIND_SIGN_IN = """
SELECT s.id, p.id, p.nickname, p.language, p.discreet, p.portal_roles, p.totp_sealed IS NOT NULL, s.ends,
    m.id, m.organisation_id, m.role, m.peer_contact, m.page_editor, o.name, mp.programme_id
FROM sign_in s JOIN person p ON p.id = s.person_id
LEFT JOIN (membership m JOIN organisation o ON o.id = m.organisation_id AND o.closed_on IS NULL) ON m.person_id = p.id
LEFT JOIN membership_programme mp ON mp.membership_id = m.id
WHERE s.token_hash = ? AND s.ends > ? AND NOT p.blocked
ORDER BY m.organisation_id, m.role
"""
_MEMBERSHIP = 8  # columns before those of the membership


def find_sign_in(token: str) -> FoundSignIn | None:
    """The sign-in with its person and what the person belongs to, unless it ended or the account is blocked."""
    rows = db.fetch(_FIND_SIGN_IN, keys.token_hash(token), clock.now())
    if not rows:
        return None
    sign_in_id, person, nickname, language, discreet, roles, has_second_factor, ends = rows[0][:_MEMBERSHIP]
    return FoundSignIn(
        db.uuid_of(sign_in_id),
        db.uuid_of(person),
        nickname,
        language,
        bool(discreet),
        frozenset(roles.split()),
        bool(has_second_factor),
        db.moment_of(ends),
        [row[_MEMBERSHIP:] for row in rows if row[_MEMBERSHIP] is not None],
    )


@db.transaction
def sign_out(token: str) -> None:
    SignIn.delete().where(SignIn.token_hash == keys.token_hash(token)).execute()


def sign_out_if_possible(token: str) -> None:
    """For whoever must leave now: a database that is locked or away keeps nobody for more than EXIT_SECONDS."""
    worker = threading.Thread(target=_try_to_sign_out, args=[token], daemon=True, name="sign out")
    worker.start()
    worker.join(EXIT_SECONDS)


def _try_to_sign_out(token: str) -> None:
    try:
        with db.connection():
            sign_out(token)
    except (peewee.PeeweeException, OSError):
        logging.getLogger("portal").exception("a sign-in could not be ended; it ends by itself")


def list_sign_ins(person: UUID) -> list[SignIn]:
    """Newest first."""
    living = (SignIn.person == person) & (SignIn.ends > clock.now())
    return list(SignIn.select().where(living).order_by(SignIn.ends.desc(), SignIn.id))


@db.transaction
def name_sign_in(person: UUID, sign_in_id: UUID, label: str) -> None:
    SignIn.update(label=label.strip()[:40]).where(SignIn.person == person, SignIn.id == sign_in_id).execute()


@db.transaction
def end_sign_in(person: UUID, sign_in_id: UUID) -> None:
    SignIn.delete().where(SignIn.person == person, SignIn.id == sign_in_id).execute()
    audit.record("accounts.end_sign_in", f"person/{person}")


@db.transaction
def end_all_sign_ins(person: UUID, but: UUID | None = None) -> None:
    """End every sign-in of the person, except the one given."""
    drop_sign_ins(person, but)
    audit.record("accounts.end_all_sign_ins", f"person/{person}")


def drop_sign_ins(person: UUID, but: UUID | None) -> None:
    """End them as part of what the caller records in the audit."""
    SignIn.delete().where(SignIn.person == person, SignIn.id != but if but else SignIn.person == person).execute()


@db.transaction
def forget_ended_sign_ins() -> None:
    SignIn.delete().where(SignIn.ends <= clock.now()).execute()
    SetupLink.delete().where(SetupLink.ends <= clock.now()).execute()
