from __future__ import annotations

from flask_babel import lazy_gettext

from portal.feature import Feature, NavigationItem
from portal.training import content, plans, rules, searchable
from portal.training.routes import bp

FEATURE = Feature(
    bp,
    content_kind=content.MODULES,
    navigation=(NavigationItem(lazy_gettext("Training"), "training.list_modules", order=40, prefix="/modules"),),
    tick=rules.apply_rules,
    searchable=searchable.offer,
    published=searchable.published,
    listed=("training.list_modules",),
    calendar_entries=plans.calendar_entries,
    export_person=plans.export_person,
)
