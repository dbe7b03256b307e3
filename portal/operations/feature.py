from __future__ import annotations

from portal.feature import Feature
from portal.operations import services
from portal.operations.commands import COMMANDS
from portal.operations.routes import bp

FEATURE = Feature(bp, commands=COMMANDS, tick=services.do_what_is_due)
