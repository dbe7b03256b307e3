from __future__ import annotations

from portal import db, throttle
from portal.feature import Feature
from portal.operations.commands import COMMANDS
from portal.operations.routes import bp


def tick() -> None:
    """Old tries are forgotten; what could not leave SQLite's log when it was deleted leaves it now."""
    throttle.forget_old()
    db.checkpoint()


FEATURE = Feature(bp, commands=COMMANDS, tick=tick)
