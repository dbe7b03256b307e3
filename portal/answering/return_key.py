"""The return key: at least 128 random bits as words, the only way back to a sheet."""

from __future__ import annotations

import re
import secrets
import unicodedata

from portal import keys
from portal.accounts.words import word_list

HOW_MANY = 12  # of 1,900 words or more each: over 130 bits
_LONGEST = 400  # characters; more is no key


def new(language: str) -> str:
    """A fresh key as it is stored in the cookie and in links: plain words with hyphens between."""
    return read(" ".join(secrets.choice(word_list(language)) for _ in range(HOW_MANY)))


def read(typed: str) -> str:
    """The key in what somebody typed or a link holds; empty where that cannot be one.

    Case, accents and whatever stands between the words make no difference.
    """
    if len(typed) > _LONGEST:
        return ""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", typed.casefold()) if not unicodedata.combining(sign))
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words) if len(words) == HOW_MANY else ""


def as_words(key: str) -> str:
    return key.replace("-", " ")


def hash_of(key: str) -> str:
    """What a sheet keeps of its key."""
    return keys.token_hash(key)
