from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from portal.accounts import portal_people, sign_ins
from portal.accounts.routes import bp
from portal.feature import Feature


def keeps_person(person: UUID) -> list[str]:
    """A sentence for the only administrator of the portal."""
    if not portal_people.is_last_administrator(person):
        return []
    return [_("You are the only administrator of this portal. Make somebody else one first.")]


FEATURE = Feature(bp, without_csrf=("choose_discreet",), tick=sign_ins.forget_ended_sign_ins, keeps_person=keeps_person)
