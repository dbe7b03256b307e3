"""Codes that people copy from paper or read out: Crockford's base 32, in groups of four."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16  # of 5 bits each: 80 bits together

_ALIKE = str.maketrans("OIL", "011")


def new_code() -> str:
    """A new secret, as it is hashed: 80 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain_code(typed: str) -> str:
    """A code as it is hashed, whatever its case, whatever stands between, with O read as 0 and I or L as 1."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return letters.translate(_ALIKE)


def is_code(plain: str) -> bool:
    """Whether it could be one at all."""
    return len(plain) == LENGTH and set(plain) <= set(ALPHABET)


def in_groups(code: str) -> str:
    """The code as it is shown: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
