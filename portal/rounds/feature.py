from __future__ import annotations

from portal.feature import Feature
from portal.rounds import closing
from portal.rounds.commands import instruments
from portal.rounds.instruments import load_instruments
from portal.rounds.routes import bp


def tick() -> None:
    """Rounds whose last day is over are closed, old raw rows go, and what was deleted leaves the files."""
    closing.close_due()
    closing.purge_due()
    closing.tidy_files()


FEATURE = Feature(bp, commands=(instruments,), tick=tick, prepare=load_instruments)
