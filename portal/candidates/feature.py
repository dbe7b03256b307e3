from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.candidates import copies, growth, services
from portal.candidates.routes import bp
from portal.feature import Feature, NavigationItem


def end_due() -> None:
    copies.end_due()
    growth.end_due()


def export_person(person: UUID) -> dict[str, Any]:
    return services.export_person(person) | {"wishes_shown": growth.export_own(person)}


FEATURE = Feature(
    bp,
    without_csrf=("turn_card", "confirm_keeping"),
    navigation=(NavigationItem(_l("What I bring"), "candidates.show_checklist", order=30, prefix="/candidates"),),
    listed=("candidates.show_checklist",),
    tick=end_due,
    export_person=export_person,
    forget_person=services.forget_person,
)
