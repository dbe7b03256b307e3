from __future__ import annotations

from portal import throttle
from portal.feature import Feature
from portal.operations.commands import COMMANDS
from portal.operations.routes import bp

FEATURE = Feature(bp, commands=COMMANDS, tick=throttle.forget_old)
