from __future__ import annotations

from portal.feature import Feature
from portal.home.routes import bp

FEATURE = Feature(bp)
