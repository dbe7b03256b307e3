"""The base of every form: it never loses what somebody typed."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm

# Set by the page after an expired sign-in: the form shows what came along with it and saves nothing yet.
CARRIED = "carried_over"
SECRETS = frozenset({"csrf_token", "key_words", "code", "typed", "secret", "proof", CARRIED})


class PortalForm(FlaskForm):
    """A form with a CSRF token whose errors name what is wrong and what would be right."""

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        if request.form.get(CARRIED):
            return False
        valid: bool = super().validate_on_submit(extra_validators)
        return valid


def acts() -> bool:
    """Whether this request should do what its button says: not when it was only carried through a sign-in."""
    return request.method == "POST" and not request.form.get(CARRIED)


def carried_fields() -> list[tuple[str, str]]:
    """What was posted and should come along through a sign-in: everything but secrets."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in SECRETS]
