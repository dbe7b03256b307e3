"""Putting new key words in the place of the old ones."""

from __future__ import annotations

from uuid import UUID

from portal import audit, db
from portal.accounts import second_factor, services, sign_ins, words
from portal.accounts.models import Person


def draft_key_words(person: UUID, nickname: str, language: str) -> services.Draft:
    """New key words for the person, not in force before they are confirmed."""
    key_words = words.new_key_words(language)
    hashed = services.hasher.hash(words.plain_words(key_words))
    return services.Draft(nickname, key_words, services.signer("new words").dumps([str(person), hashed]))


def change_key_words(person: UUID, token: str, typed: str, proof: str, keep: UUID) -> None:
    """Put drafted words in force and end every other sign-in.

    Raises PageTooOld, NotConfirmed; NotProven and TooManyTries as ``second_factor.prove``.
    """
    owner, hashed = services.read_token("new words", token)
    if owner != str(person):
        raise services.PageTooOld
    if not services.matches(hashed, typed):
        raise services.NotConfirmed
    second_factor.prove(person, proof)
    _put_words_in_force(person, hashed, keep)


@db.transaction
def _put_words_in_force(person: UUID, hashed: str, keep: UUID) -> None:
    Person.update(key_words_hash=hashed).where(Person.id == person).execute()
    sign_ins.drop_sign_ins(person, keep)
    audit.record("accounts.change_key_words", f"person/{person}")
