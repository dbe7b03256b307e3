from __future__ import annotations

from portal.feature import Feature
from portal.results.routes import bp

FEATURE = Feature(bp)
