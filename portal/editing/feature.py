from __future__ import annotations

from portal.editing import drafts, services
from portal.editing.menu_routes import bp  # all views: it imports those of routes
from portal.feature import Feature

# A person who goes leaves drafts and revisions behind: the database takes their name off.
FEATURE = Feature(bp, tick=drafts.forget_replaced, export_person=services.export_person)
