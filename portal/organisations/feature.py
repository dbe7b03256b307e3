from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from portal.feature import Feature
from portal.organisations import services
from portal.organisations.routes import bp


def keeps_person(person: UUID) -> list[str]:
    """A sentence for each organisation that would have no lead without the person."""
    return [
        _(
            "You are the only lead of %(name)s. Invite another lead first, or ask an administrator to close it.",
            name=organisation.name,
        )
        for organisation in services.sole_lead_of(person)
    ]


FEATURE = Feature(bp, without_csrf=("enter_code",), keeps_person=keeps_person, forget_person=services.forget_person)
