from __future__ import annotations

from flask_babel import lazy_gettext

from portal.feature import Feature, NavigationItem
from portal.guidance import feeds, searchable
from portal.guidance.booklet_routes import bp  # all views: it imports those of routes
from portal.guidance.commands import content, prepare

FEATURE = Feature(
    bp,
    commands=(content,),
    navigation=(NavigationItem(lazy_gettext("Guidance"), "guidance.list_sections", order=10, prefix="/guidance"),),
    prepare=prepare,
    searchable=searchable.offer,
    published=feeds.published,
    listed=("guidance.list_sections", "guidance.list_terms", "guidance.list_resources"),
)
