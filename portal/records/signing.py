"""Signing a credential as a JSON Web Token with joserfc, which only the extra [badges] brings: imported when needed."""

from __future__ import annotations

from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

ALGORITHM = "EdDSA"


class _Registry(JWSRegistry):
    """Takes EdDSA without a warning: RFC 9864 calls it Ed25519 by now, but programs that verify badges do not yet."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


def sign(credential: dict[str, Any], key: dict[str, Any], header: dict[str, Any]) -> str:
    """The token; ``key`` is a private JWK of Ed25519. The same for the same input."""
    whole = {"alg": ALGORITHM, **header}
    return jwt.encode(whole, credential, OKPKey.import_key(key), registry=_Registry(algorithms=[ALGORITHM]))
