"""People: making an account, checking key words, keeping settings, deleting the account."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import peewee
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from itsdangerous import BadData, URLSafeTimedSerializer

from portal import audit, clock, db, forgetting, throttle
from portal.accounts import words
from portal.accounts.models import Person
from portal.config import setting

DRAFT_SECONDS = 3600  # how long a page of sign-up or second-factor set-up stays good
QUARTER = 900  # seconds
TRIES_PER_ACCOUNT = 5  # in a quarter of an hour
TRIES_PER_NETWORK = 150  # many people share one address at a drop-in
SIGN_UPS_PER_NETWORK = 60
NICKNAME_LENGTH = 40  # as kept, and as compared
BETWEEN_LETTERS = " .'’-_"

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


class StillNeeded(Exception):
    """The account cannot go yet; ``sentences`` say why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


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
    """The nickname as it is kept: composed and tidied. Raises NicknameUnsuitable or NicknameTaken."""
    controls = any(unicodedata.category(sign) == "Cc" for sign in nickname.strip())
    nickname = " ".join(unicodedata.normalize("NFC", nickname).split())
    fits = 2 <= len(nickname) <= NICKNAME_LENGTH and len(words.fold(nickname)) <= NICKNAME_LENGTH
    if controls or not fits or not _can_be_read(nickname):
        raise NicknameUnsuitable
    if Person.select(Person.id).where(Person.nickname_folded == words.fold(nickname)).exists():
        raise NicknameTaken
    return nickname


def _can_be_read(nickname: str) -> bool:
    """Letters or figures of any script, with the signs above and below them that many scripts write vowels with."""
    kinds = {unicodedata.category(sign)[0] for sign in nickname if sign not in BETWEEN_LETTERS}
    return kinds <= set("LNM") and bool(kinds & set("LN"))


def draft_account(nickname: str, language: str, network: str) -> Draft:
    """New key words for a nickname that is free. Raises TooManyTries, NicknameUnsuitable, NicknameTaken."""
    if not throttle.allow("sign-up", network, limit=SIGN_UPS_PER_NETWORK, seconds=QUARTER):
        raise TooManyTries
    nickname = check_nickname(nickname)
    key_words = words.new_key_words(language)
    hashed = hasher.hash(words.plain_words(key_words))
    return Draft(nickname, key_words, signer("sign-up").dumps([nickname, hashed]))


def confirm_account(token: str, typed: str, language: str) -> Person:
    """The new person, once the key words were typed again; the same one when the page was sent twice.

    Raises PageTooOld, NotConfirmed, NicknameTaken.
    """
    nickname, hashed = read_token("sign-up", token)
    if not matches(hashed, typed):
        raise NotConfirmed
    try:
        return create_person(nickname, hashed, language)
    except NicknameTaken:
        made = find_person(nickname)
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


def signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer([*setting("SECRET_KEY_FALLBACKS"), setting("SECRET_KEY")], salt=purpose)


def read_token(purpose: str, token: str) -> list[str]:
    try:
        values: list[str] = signer(purpose).loads(token, max_age=DRAFT_SECONDS)
    except BadData:
        raise PageTooOld from None
    return values


def matches(hashed: str, typed: str) -> bool:
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
    person = find_person(nickname)
    right = matches(person.key_words_hash if person else _NOBODY, typed)
    if person is None or not right or person.blocked:
        return None
    throttle.give_back("sign-in", folded, seconds=QUARTER)
    return person


def find_person(nickname: str) -> Person | None:
    """Whoever has this nickname; nobody where it could not be one (PostgreSQL takes no NUL)."""
    folded = words.fold(nickname)
    if len(folded) > NICKNAME_LENGTH or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in folded):
        return None
    person: Person | None = Person.get_or_none(Person.nickname_folded == folded)
    return person


# --- one's own account ---


def get_person(person: UUID) -> Person | None:
    return Person.get_or_none(Person.id == person)


@db.transaction
def save_settings(person: UUID, *, email: str | None, language: str, discreet: bool) -> None:
    Person.update(email=email or None, language=language, discreet=discreet).where(Person.id == person).execute()
    audit.record("accounts.save_settings", f"person/{person}")


Keeps = Callable[[UUID], list[str]]
Forget = Callable[[UUID], None]


def delete_person(person: UUID, forget: Collection[Forget], keeps: Collection[Keeps] = ()) -> None:
    """Let every feature forget the person, then take the account away, and the traces in the files after it.

    Raises StillNeeded when a feature keeps the person.
    """
    _delete_person(person, forget, keeps)
    tables: Any = db.every_model()  # what hung on the account lay in many of them
    forgetting.forget_deleted(*tables)


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
