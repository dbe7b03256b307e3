from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.candidates import copies, services
from portal.candidates.routes import bp
from portal.feature import Feature, NavigationItem

FEATURE = Feature(
    bp,
    without_csrf=("turn_card", "confirm_keeping"),
    navigation=(NavigationItem(_l("What I bring"), "candidates.show_checklist", order=30, prefix="/candidates"),),
    tick=copies.end_due,
    export_person=services.export_person,
    forget_person=services.forget_person,
)
