from __future__ import annotations

from portal.demo import services
from portal.demo.commands import demo
from portal.demo.routes import bp
from portal.feature import Feature

FEATURE = Feature(bp, commands=(demo,), prepare=services.prepare)
