"""The keys in the data folder, made once and readable by the owner only, and what is sealed with them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.config import ConfigError, setting

NAMES = ("secret.key", "text.key", "audit.key")
# What is stored depends on these for good: with a new one, texts cannot be opened and the audit does not hold.
LASTING = ("text.key", "audit.key")
_NONCE = 12  # bytes, as AES-GCM wants it
_BYTES = 32


class KeyMissing(ConfigError, FileNotFoundError):
    """A key that should be in the data folder is not."""


def make_keys(data_dir: Path) -> None:
    """Make the keys that are missing. A key that exists is never touched."""
    for name in NAMES:
        _make(data_dir / name)


def _make(path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(_BYTES))
            file.flush()
            os.fsync(file.fileno())


def read_key(name: str) -> bytes:
    """The 32 bytes of a key file. Raises KeyMissing where there is none, ConfigError for an unusable one."""
    path = Path(setting("DATA_DIR")) / name
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise KeyMissing(f"{path} is missing. Put back the copy you keep apart from the backups.") from None
    except OSError as error:
        raise ConfigError(f"The key {path} cannot be read: {error.strerror}. Give its owner the right to.") from error
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise ConfigError(f"{path} holds no key. Put back the copy you keep apart from the backups.")
    return key


def seal(text: str, belongs_to: str) -> bytes:
    """The text encrypted with text.key. It opens only with the same ``belongs_to``, so rows cannot be swapped."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(read_key("text.key")).encrypt(nonce, text.encode(), belongs_to.encode())


def unseal(sealed: bytes, belongs_to: str) -> str:
    """The text again. Raises cryptography's InvalidTag when key, text or owner are not the same."""
    sealed = bytes(sealed)
    return AESGCM(read_key("text.key")).decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs_to.encode()).decode()


def new_token() -> str:
    """A secret for a link or a cookie: 128 random bits."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """What is stored of a token with 80 random bits or more: SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def blind(text: str, purpose: str) -> str:
    """64 bits in hex that stand for the text and cannot be turned back without secret.key."""
    secret = str(setting("SECRET_KEY")).encode()
    return hmac.new(secret, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()[:16]
