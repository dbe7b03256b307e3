from __future__ import annotations

from flask import current_app
from flask_babel import lazy_gettext

from portal.feature import Feature, NavigationItem
from portal.search import services
from portal.search.routes import bp


def bring_up_to_date() -> None:
    """Index what every feature offers."""
    offers = [feature.searchable for feature in current_app.extensions["features"] if feature.searchable]
    services.bring_up_to_date(lambda: (text for offer in offers for text in offer()))


FEATURE = Feature(
    bp,
    navigation=(NavigationItem(lazy_gettext("Search"), "search.find", order=40),),
    prepare=bring_up_to_date,
    content_changed=bring_up_to_date,
)
