"""Open Badges 3.0: a certificate as a credential, signed with a key of the portal's own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_babel import gettext as _

from portal import keys
from portal.config import setting
from portal.records import certificates
from portal.records.services import Certificate, Content
from portal.records.statements import start_of

KEY = "badge.key"
KEYS_PATH = "/-/badge-keys.json"
ISSUER_PATH = "/-/badge-issuer.json"
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def available() -> bool:
    """Whether the extra [badges] is installed."""
    return importlib.util.find_spec("joserfc") is not None


def credential(certificate: Certificate, content: Content, site: str, address: str) -> dict[str, Any]:
    """The certificate as an OpenBadgeCredential; its id is the address that verifies it."""
    table = certificates.table(content)
    names = [row[0] for row in table.rows]
    return {
        "@context": CONTEXT,
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _("Record of learning"),
        "issuer": issuer(site, content.site),
        "validFrom": start_of(certificate.made_on).isoformat(),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": content.name, "identityType": "name"}
            ],
            "achievement": {
                "id": uuid5(NAMESPACE_URL, "\n".join([site, *sorted(names)])).urn,
                "type": ["Achievement"],
                "achievementType": "CertificateOfCompletion",
                "name": names[0] if len(names) == 1 else _("Record of learning"),
                "description": _("Done: %(modules)s.", modules=", ".join(names)),
                "criteria": {
                    "narrative": _(
                        "Each module was worked through, or was counted from experience. Nobody was given marks."
                    )
                },
            },
        },
        "evidence": [
            {"type": ["Evidence"], "name": row[0], "narrative": _narrative(table.heads, row)} for row in table.rows
        ],
    }


def _narrative(heads: list[str], row: list[str]) -> str:
    return ". ".join(f"{head}: {cell}" for head, cell in zip(heads[1:], row[1:], strict=True))


def issuer(site: str, name: str = "") -> dict[str, Any]:
    """Who issues: an address of ours, and no name but a neutral one unless the person wants it."""
    return {"id": site + ISSUER_PATH, "type": ["Profile"], "name": name or _("Notes"), "url": site}


def sign(certificate: Certificate, content: Content, site: str, address: str) -> str:
    """The credential as a signed token (VC-JWT, EdDSA); the same for the same certificate."""
    from portal.records import signing  # needs the extra [badges]

    found = credential(certificate, content, site, address)
    since = int(start_of(certificate.made_on).timestamp())
    claims = {**found, "iss": found["issuer"]["id"], "jti": address, "nbf": since}
    private, public = _key_pair(_make_seed(), site)
    header = {"typ": "JWT", "kid": public["kid"], "jwk": public}
    return signing.sign(claims, private, header)


def public_keys(site: str) -> dict[str, Any]:
    """The JWK set that verifies badges; without a key while no badge was made."""
    try:
        seed = keys.read_key(KEY)
    except FileNotFoundError:
        return {"keys": []}
    return {"keys": [_key_pair(seed, site)[1]]}


def _key_pair(seed: bytes, site: str) -> tuple[dict[str, str], dict[str, str]]:
    """Private and public JWK."""
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    identity = f"{site}{KEYS_PATH}#{hashlib.sha256(raw).hexdigest()[:16]}"
    pair = {"kty": "OKP", "crv": "Ed25519", "x": _base64(raw)}
    return {**pair, "d": _base64(seed)}, {**pair, "alg": "EdDSA", "use": "sig", "kid": identity}


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _make_seed() -> bytes:
    """The key's 32 bytes, made at the first badge and kept in the data folder, readable by its owner only."""
    path = Path(setting("DATA_DIR")) / KEY
    if not path.exists():
        # Written aside and then linked: two workers who make it at once end up with the same whole file.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f"{KEY}.") as draft:
            draft.write(secrets.token_hex(32))
            draft.flush()
            os.fsync(draft.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, path)
    return keys.read_key(KEY)
