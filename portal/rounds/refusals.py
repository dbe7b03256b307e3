"""Why a round cannot be opened, changed or closed as somebody asked. ``words.refusal_words`` says it on a page."""

from __future__ import annotations

from assessments.model import RaterGroup


class RoundRefused(Exception):
    """Why a round cannot be opened or changed like this. ``field`` names the argument to put right, ``group`` whose."""

    field = ""

    def __init__(self, group: RaterGroup | None = None) -> None:
        super().__init__(type(self).__name__, group)
        self.group = group


class UnknownProgramme(RoundRefused):
    field = "programme"


class UnsuitableInstrument(RoundRefused):
    """Not released, not there, or without rounds."""

    field = "instrument"


class OneRoundAtATime(RoundRefused):
    """The programme has an open round of this instrument."""

    field = "instrument"


class RoundExists(RoundRefused):
    """The same form was sent twice: the round is there, its codes were shown once."""


class SlipsExist(RoundRefused):
    """The same form was sent twice: the slips are there, their codes were shown once."""


class NobodyAsked(RoundRefused):
    field = "modes"


class UnsuitableMode(RoundRefused):
    """A group the instrument does not ask, or management answering otherwise than as one statement."""

    field = "modes"


class NoPlaces(RoundRefused):
    """A group that has neither members nor slips cannot be asked."""

    field = "modes"


class OnePersonsAnswer(RoundRefused):
    """A group of one that would answer together: its answer is shown, so it would be that person's."""

    field = "modes"


class UnsuitableSlips(RoundRefused):
    """Fewer than none, too many at once, or for a group that cannot use them."""

    field = "slips"


class SlipsByPeerContact(RoundRefused):
    """Peer workers have a contact, who alone makes their slips."""

    field = "slips"


class ThresholdTooLow(RoundRefused):
    field = "smallest_group"


class ThresholdTooHigh(RoundRefused):
    field = "smallest_group"


class UnsuitableClosingDay(RoundRefused):
    """Not between tomorrow and LONGEST_ROUND from today."""

    field = "closes_on"


class UnknownChange(RoundRefused):
    field = "changed"


class RoundClosed(RoundRefused):
    """The round takes no answers any more."""


class UnknownRound(RoundRefused):
    """No such round in this organisation."""
