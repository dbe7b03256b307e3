from __future__ import annotations

from portal.feature import Feature
from portal.records import services
from portal.records.routes import bp

FEATURE = Feature(bp, export_person=services.export_person, forget_person=services.forget_person)
