"""Codes of an app beside the key words, and the proof that is asked before either changes."""

from __future__ import annotations

import re
from uuid import UUID

import pyotp

from portal import audit, clock, db, keys, throttle
from portal.accounts import services, sign_ins
from portal.accounts.models import Person


class NotProven(Exception):
    """Neither the key words that are in force nor a code of the app in use."""


def second_step(person: Person) -> str:
    """A token that says: these key words were right a moment ago."""
    return services.signer("second step").dumps([str(person.id)])


def check_code(token: str, code: str) -> Person | None:
    """The person whose app gave this code, or None. A code works once. Raises PageTooOld, TooManyTries."""
    (person_id,) = services.read_token("second step", token)
    if not throttle.allow("code", person_id, limit=services.TRIES_PER_ACCOUNT, seconds=services.QUARTER):
        raise services.TooManyTries
    person = _take_code(UUID(person_id), code)
    if person is not None:
        throttle.give_back("code", person_id, seconds=services.QUARTER)
    return person


@db.transaction
def _take_code(person_id: UUID, code: str) -> Person | None:
    person = Person.get_or_none(Person.id == person_id)
    if person is None or person.blocked or person.totp_sealed is None:
        return None
    step = _step_of(keys.unseal(person.totp_sealed, f"totp:{person.id}"), code)
    if step is None or step <= person.totp_last:
        return None
    Person.update(totp_last=step).where(Person.id == person.id).execute()
    return person


def _step_of(secret: str, code: str) -> int | None:
    """The half minute a code belongs to: this one, the one before or the one after; None if none of them."""
    totp = pyotp.TOTP(secret)
    current = int(clock.now().timestamp()) // totp.interval
    typed = "".join(code.split())
    return next((step for step in (current, current - 1, current + 1) if totp.generate_otp(step) == typed), None)


def draft_second_factor(nickname: str, issuer: str, secret: str | None = None) -> tuple[str, str]:
    """A TOTP secret (a new one where none of ours is given), and the address an app reads from a QR code."""
    secret = secret if secret and _is_secret(secret) else pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=nickname, issuer_name=issuer)


def _is_secret(text: str) -> bool:
    return bool(re.fullmatch("[A-Z2-7]{32}", text))


def set_second_factor(person: UUID, secret: str, code: str, proof: str, keep: UUID) -> None:
    """Turn the second factor on once its first code was typed; other sign-ins end.

    Raises NotConfirmed; NotProven and TooManyTries as ``prove``.
    """
    step = _step_of(secret, code) if _is_secret(secret) else None
    if step is None:
        raise services.NotConfirmed
    prove(person, proof)
    _turn_second_factor_on(person, secret, step, keep)


@db.transaction
def _turn_second_factor_on(person: UUID, secret: str, step: int, keep: UUID) -> None:
    sealed = keys.seal(secret, f"totp:{person}")
    Person.update(totp_sealed=sealed, totp_last=step).where(Person.id == person).execute()
    sign_ins.drop_sign_ins(person, keep)
    audit.record("accounts.set_second_factor", f"person/{person}")


def prove(person_id: UUID, proof: str) -> None:
    """A device left open must not be enough to take an account over.

    Raises NotProven unless ``proof`` is a code of the app in use, or the key words where there is none; TooManyTries.
    """
    if not throttle.allow("proof", str(person_id), limit=services.TRIES_PER_ACCOUNT, seconds=services.QUARTER):
        raise services.TooManyTries
    person = services.get_person(person_id)
    if person is None or person.blocked:
        raise NotProven
    with_code = person.totp_sealed is not None
    if not (_take_code(person_id, proof) if with_code else services.matches(person.key_words_hash, proof)):
        raise NotProven
    throttle.give_back("proof", str(person_id), seconds=services.QUARTER)
