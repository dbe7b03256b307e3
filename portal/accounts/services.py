"""Making an account, proving who one is, and ending sign-ins."""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import peewee
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from itsdangerous import BadData, URLSafeTimedSerializer

from portal import audit, clock, db, keys, throttle
from portal.accounts import words
from portal.accounts.models import Person, SetupLink, SignIn
from portal.config import setting
from portal.permissions import PORTAL_ROLES

LONGEST_SIGN_IN = dt.timedelta(hours=20)
DRAFT_SECONDS = 3600  # how long a page of sign-up or second-factor set-up stays good
QUARTER = 900  # seconds
TRIES_PER_ACCOUNT = 5  # in a quarter of an hour
TRIES_PER_NETWORK = 150  # many people share one address at a drop-in
SIGN_UPS_PER_NETWORK = 60
EXIT_SECONDS = 1
NICKNAME_LENGTH = 40  # as typed, and as compared

hasher = PasswordHasher()
# Verified in place of a hash that does not exist, so that unknown nicknames take as long as known ones.
_NOBODY = hasher.hash("nobody has these words")


class NicknameTaken(Exception):
    pass


class NicknameUnsuitable(Exception):
    pass


class TooManyTries(Exception):
    pass


class NotConfirmed(Exception):
    """What was typed again is not what was shown."""


class PageTooOld(Exception):
    """A page of several steps was left open too long, or was not made here."""


class NotProven(Exception):
    """Neither the key words that are in force nor a code of the app in use."""


class StillNeeded(Exception):
    """The account cannot go yet; ``sentences`` say why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


class UnknownPerson(Exception):
    pass


class LastAdministrator(Exception):
    """The portal is never without an administrator."""


@dataclass(frozen=True)
class Draft:
    """An account that is being made: nothing of it is stored before the key words are confirmed."""

    nickname: str
    key_words: str  # shown once, on this page only
    token: str  # carries nickname and hash to the next step


# --- nicknames and signing up ---


def offer_nicknames(how_many: int = 5) -> list[str]:
    """Made-up nicknames nobody has yet; with a number once the plain ones run out."""
    plain = [words.made_up_nickname() for _ in range(4 * how_many)]
    numbered = [f"{words.made_up_nickname()} {100 + secrets.randbelow(900)}" for _ in range(2 * how_many)]
    drawn = {words.fold(nickname): nickname for nickname in plain + numbered}
    taken: Any = Person.select(Person.nickname_folded).where(Person.nickname_folded.in_(list(drawn))).tuples()
    for (folded,) in list(taken):
        del drawn[folded]
    return list(drawn.values())[:how_many]


def check_nickname(nickname: str) -> str:
    """The nickname, tidied. Raises NicknameUnsuitable or NicknameTaken."""
    controls = any(unicodedata.category(sign) == "Cc" for sign in nickname.strip())
    nickname = " ".join(nickname.split())
    fits = 2 <= len(nickname) <= NICKNAME_LENGTH and len(words.fold(nickname)) <= NICKNAME_LENGTH
    if controls or not fits or not re.fullmatch(r"[\w .'’-]+", nickname):
        raise NicknameUnsuitable
    if Person.select(Person.id).where(Person.nickname_folded == words.fold(nickname)).exists():
        raise NicknameTaken
    return nickname


def draft_account(nickname: str, language: str, network: str) -> Draft:
    """New key words for a nickname that is free. Raises TooManyTries, NicknameUnsuitable, NicknameTaken."""
    if not throttle.allow("sign-up", network, limit=SIGN_UPS_PER_NETWORK, seconds=QUARTER):
        raise TooManyTries
    nickname = check_nickname(nickname)
    key_words = words.new_key_words(language)
    hashed = hasher.hash(words.plain_words(key_words))
    return Draft(nickname, key_words, _signer("sign-up").dumps([nickname, hashed]))


def confirm_account(token: str, typed: str, language: str) -> Person:
    """The new person, once the key words were typed again; the same one when the page was sent twice.

    Raises PageTooOld, NotConfirmed, NicknameTaken.
    """
    nickname, hashed = _read_token("sign-up", token)
    if not _matches(hashed, typed):
        raise NotConfirmed
    try:
        return create_person(nickname, hashed, language)
    except NicknameTaken:
        made = _find_person(nickname)
        # Words alone must not open what a second factor guards by now.
        if made is None or made.key_words_hash != hashed or made.blocked or made.totp_sealed is not None:
            raise
        return made


@db.transaction
def create_person(nickname: str, key_words_hash: str, language: str = "") -> Person:
    try:
        person: Person = Person.create(
            nickname=nickname,
            nickname_folded=words.fold(nickname),
            key_words_hash=key_words_hash,
            language=language,
            made_on=clock.today(),
        )
    except peewee.IntegrityError:
        raise NicknameTaken from None
    audit.acting_as(person.id)
    audit.record("accounts.sign_up", "person")  # without the id, which memberships name: nobody puts the two together
    return person


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer([*setting("SECRET_KEY_FALLBACKS"), setting("SECRET_KEY")], salt=purpose)


def _read_token(purpose: str, token: str) -> list[str]:
    try:
        values: list[str] = _signer(purpose).loads(token, max_age=DRAFT_SECONDS)
    except BadData:
        raise PageTooOld from None
    return values


def _matches(hashed: str, typed: str) -> bool:
    try:
        return hasher.verify(hashed, words.plain_words(typed))
    except VerificationError:
        return False


# --- signing in ---


def check_key_words(nickname: str, typed: str, network: str) -> Person | None:
    """The person, or None for an unknown nickname, wrong words or a blocked account alike. Raises TooManyTries."""
    folded = words.fold(nickname)
    if not throttle.allow("sign-in network", network, limit=TRIES_PER_NETWORK, seconds=QUARTER):
        raise TooManyTries
    if not throttle.allow("sign-in", folded, limit=TRIES_PER_ACCOUNT, seconds=QUARTER):
        raise TooManyTries
    person = _find_person(nickname)
    right = _matches(person.key_words_hash if person else _NOBODY, typed)
    if person is None or not right or person.blocked:
        return None
    throttle.give_back("sign-in", folded, seconds=QUARTER)
    return person


def _find_person(nickname: str) -> Person | None:
    """Whoever has this nickname; nobody where it could not be one (PostgreSQL takes no NUL)."""
    folded = words.fold(nickname)
    if len(folded) > NICKNAME_LENGTH or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in folded):
        return None
    person: Person | None = Person.get_or_none(Person.nickname_folded == folded)
    return person


def second_step(person: Person) -> str:
    """A token that says: these key words were right a moment ago."""
    return _signer("second step").dumps([str(person.id)])


def check_code(token: str, code: str) -> Person | None:
    """The person whose app gave this code, or None. A code works once. Raises PageTooOld, TooManyTries."""
    (person_id,) = _read_token("second step", token)
    if not throttle.allow("code", person_id, limit=TRIES_PER_ACCOUNT, seconds=QUARTER):
        raise TooManyTries
    person = _take_code(UUID(person_id), code)
    if person is not None:
        throttle.give_back("code", person_id, seconds=QUARTER)
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


@db.transaction
def sign_in(person: UUID, label: str = "") -> str:
    """A new sign-in; its token, which is not stored."""
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
    """Who is signed in, as every request needs to know."""

    id: UUID
    person: UUID
    nickname: str
    language: str
    discreet: bool
    portal_roles: frozenset[str]
    has_second_factor: bool


_FIND_SIGN_IN = """
SELECT s.id, p.id, p.nickname, p.language, p.discreet, p.portal_roles, p.totp_sealed IS NOT NULL
FROM sign_in s JOIN person p ON p.id = s.person_id
WHERE s.token_hash = ? AND s.ends > ? AND NOT p.blocked
"""


def find_sign_in(token: str) -> FoundSignIn | None:
    """The sign-in with its person, unless it ended or the account is blocked."""
    rows = db.fetch(_FIND_SIGN_IN, keys.token_hash(token), clock.now())
    if not rows:
        return None
    sign_in_id, person, nickname, language, discreet, roles, has_second_factor = rows[0]
    return FoundSignIn(
        db.uuid_of(sign_in_id),
        db.uuid_of(person),
        nickname,
        language,
        bool(discreet),
        frozenset(roles.split()),
        bool(has_second_factor),
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
    _end_sign_ins(person, but)
    audit.record("accounts.end_all_sign_ins", f"person/{person}")


def _end_sign_ins(person: UUID, but: UUID | None) -> None:
    SignIn.delete().where(SignIn.person == person, SignIn.id != but if but else SignIn.person == person).execute()


@db.transaction
def forget_ended_sign_ins() -> None:
    SignIn.delete().where(SignIn.ends <= clock.now()).execute()
    SetupLink.delete().where(SetupLink.ends <= clock.now()).execute()


# --- one's own account ---


def get_person(person: UUID) -> Person | None:
    return Person.get_or_none(Person.id == person)


@db.transaction
def save_settings(person: UUID, *, email: str | None, language: str, discreet: bool) -> None:
    Person.update(email=email or None, language=language, discreet=discreet).where(Person.id == person).execute()
    audit.record("accounts.save_settings", f"person/{person}")


def draft_key_words(person: UUID, nickname: str, language: str) -> Draft:
    """New key words for the person, not in force before they are confirmed."""
    key_words = words.new_key_words(language)
    hashed = hasher.hash(words.plain_words(key_words))
    return Draft(nickname, key_words, _signer("new words").dumps([str(person), hashed]))


def change_key_words(person: UUID, token: str, typed: str, proof: str, keep: UUID) -> None:
    """Put drafted words in force and end every other sign-in.

    Raises PageTooOld, NotConfirmed; NotProven and TooManyTries as ``_prove``.
    """
    owner, hashed = _read_token("new words", token)
    if owner != str(person):
        raise PageTooOld
    if not _matches(hashed, typed):
        raise NotConfirmed
    _prove(person, proof)
    _put_words_in_force(person, hashed, keep)


@db.transaction
def _put_words_in_force(person: UUID, hashed: str, keep: UUID) -> None:
    Person.update(key_words_hash=hashed).where(Person.id == person).execute()
    _end_sign_ins(person, keep)
    audit.record("accounts.change_key_words", f"person/{person}")


def _prove(person_id: UUID, proof: str) -> None:
    """A device left open must not be enough to take an account over.

    Raises NotProven unless ``proof`` is a code of the app in use, or the key words where there is none; TooManyTries.
    """
    if not throttle.allow("proof", str(person_id), limit=TRIES_PER_ACCOUNT, seconds=QUARTER):
        raise TooManyTries
    person = get_person(person_id)
    if person is None or person.blocked:
        raise NotProven
    with_code = person.totp_sealed is not None
    if not (_take_code(person_id, proof) if with_code else _matches(person.key_words_hash, proof)):
        raise NotProven
    throttle.give_back("proof", str(person_id), seconds=QUARTER)


def draft_second_factor(nickname: str, issuer: str, secret: str | None = None) -> tuple[str, str]:
    """A TOTP secret (a new one where none of ours is given), and the address an app reads from a QR code."""
    secret = secret if secret and _is_secret(secret) else pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=nickname, issuer_name=issuer)


def _is_secret(text: str) -> bool:
    return bool(re.fullmatch("[A-Z2-7]{32}", text))


def set_second_factor(person: UUID, secret: str, code: str, proof: str, keep: UUID) -> None:
    """Turn the second factor on once its first code was typed; other sign-ins end.

    Raises NotConfirmed; NotProven and TooManyTries as ``_prove``.
    """
    step = _step_of(secret, code) if _is_secret(secret) else None
    if step is None:
        raise NotConfirmed
    _prove(person, proof)
    _turn_second_factor_on(person, secret, step, keep)


@db.transaction
def _turn_second_factor_on(person: UUID, secret: str, step: int, keep: UUID) -> None:
    sealed = keys.seal(secret, f"totp:{person}")
    Person.update(totp_sealed=sealed, totp_last=step).where(Person.id == person).execute()
    _end_sign_ins(person, keep)
    audit.record("accounts.set_second_factor", f"person/{person}")


Keeps = Callable[[UUID], list[str]]
Forget = Callable[[UUID], None]


def delete_person(person: UUID, forget: Collection[Forget], keeps: Collection[Keeps] = ()) -> None:
    """Let every feature forget the person, then take the account away, and the traces in the files after it.

    Raises StillNeeded when a feature keeps the person.
    """
    _delete_person(person, forget, keeps)
    tables: Any = db.every_model()  # what hung on the account lay in many of them
    db.forget_deleted(*tables)


@db.transaction
def _delete_person(person: UUID, forget: Collection[Forget], keeps: Collection[Keeps]) -> None:
    # Before anybody asks: on PostgreSQL the audit's lock keeps two last ones from going at once.
    audit.record("accounts.delete_person", "person")
    sentences = [sentence for keeps_in_feature in keeps for sentence in keeps_in_feature(person)]
    if sentences:
        raise StillNeeded(sentences)
    for forget_in_feature in forget:
        forget_in_feature(person)
    Person.delete().where(Person.id == person).execute()
    audit.forget(person)


# --- portal roles ---


@db.transaction
def make_setup_link(valid: dt.timedelta = dt.timedelta(days=7)) -> str:
    """The token of a link that makes an administrator, once; earlier links stop working."""
    SetupLink.delete().execute()
    token = keys.new_token()
    SetupLink.create(token_hash=keys.token_hash(token), ends=clock.now() + valid)
    audit.record("accounts.make_setup_link", "portal")
    return token


def is_setup_link(token: str) -> bool:
    living = (SetupLink.token_hash == keys.token_hash(token)) & (SetupLink.ends > clock.now())
    return bool(SetupLink.select(SetupLink.id).where(living).exists())


@db.transaction
def use_setup_link(token: str, person: UUID) -> bool:
    """Make the person an administrator, if the link is still good."""
    living = (SetupLink.token_hash == keys.token_hash(token)) & (SetupLink.ends > clock.now())
    if not SetupLink.delete().where(living).execute():
        return False
    _set_roles(person, {"administrator"})
    return True


def has_administrator() -> bool:
    return bool(Person.select(Person.id).where(_administrates()).exists())


def is_last_administrator(person: UUID) -> bool:
    """Whether nobody but this person could administrate the portal."""
    administrators = [row.id for row in Person.select(Person.id).where(_administrates()).order_by(Person.id).limit(2)]
    return administrators == [person]


def _administrates() -> Any:
    return Person.portal_roles.contains("administrator") & ~Person.blocked


def list_portal_people() -> list[Person]:
    """Everybody with a role in the portal, by nickname."""
    return list(Person.select().where(Person.portal_roles != "").order_by(Person.nickname_folded))


@db.transaction
def set_portal_roles(nickname: str, roles: set[str]) -> None:
    """Give a person exactly these roles of the portal. Raises UnknownPerson."""
    person = _by_nickname(nickname)
    _set_roles(person.id, roles & set(PORTAL_ROLES))
    if "administrator" not in roles:
        _refuse_last_administrator(person)


def _set_roles(person: UUID, roles: set[str]) -> None:
    # First, as in block: on PostgreSQL the audit's lock keeps two administrators from taking each other's role.
    audit.record("accounts.set_portal_roles", f"person/{person}")
    text = " ".join(role for role in PORTAL_ROLES if role in roles)
    Person.update(portal_roles=text).where(Person.id == person).execute()


@db.transaction
def block(nickname: str, blocked: bool) -> None:
    """Shut an account out, or let it in again; its sign-ins end at once. Raises UnknownPerson."""
    person = _by_nickname(nickname)
    audit.record("accounts.block" if blocked else "accounts.unblock", person)
    if blocked:
        _refuse_last_administrator(person)
    Person.update(blocked=blocked).where(Person.id == person.id).execute()
    SignIn.delete().where(SignIn.person == person).execute()


def _refuse_last_administrator(person: Person) -> None:
    others = Person.select(Person.id).where(_administrates(), Person.id != person.id)
    if "administrator" in person.portal_roles.split() and not others.exists():
        raise LastAdministrator


def _by_nickname(nickname: str) -> Person:
    person = _find_person(nickname)
    if person is None:
        raise UnknownPerson
    return person
