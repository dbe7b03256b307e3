from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.feature import Feature, NavigationItem
from portal.home.routes import bp

FEATURE = Feature(
    bp,
    navigation=(NavigationItem(_l("Our programme"), "home.show_our_programme", order=20, prefix="/organisations"),),
    listed=("home.show_front_page", "home.show_safety", "home.show_who_reads_what", "home.show_accessibility"),
)
