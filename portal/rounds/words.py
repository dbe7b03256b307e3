"""Codes of groups, ways of answering and refusals in plain words."""

from __future__ import annotations

from flask_babel import gettext as _

from assessments.model import Mode, RaterGroup
from portal import clock
from portal.config import setting
from portal.rounds import opening, places, refusals
from portal.views import day


def group_words(group: str) -> str:
    """The rater group at the beginning of a line."""
    return {
        RaterGroup.PEER: _("Peer workers"),
        RaterGroup.STAFF: _("Staff"),
        RaterGroup.MGMT: _("Management"),
        RaterGroup.COMMUNITY: _("People we reach"),
    }[RaterGroup(group)]


def mode_words(mode: str) -> str:
    return {
        Mode.INDIVIDUAL: _("each on their own"),
        Mode.GROUP: _("as a group, one agreed answer"),
        Mode.STATEMENT: _("one statement, named as theirs"),
    }[Mode(mode)]


def change_words(changed: str) -> str:
    return {"none": _("nobody"), "few": _("fewer than five"), "many": _("five or more")}[changed]


def refusal_words(refused: refusals.RoundRefused) -> str:
    """What is wrong, and what would be right."""
    group = group_words(refused.group) if refused.group else ""
    last = clock.today() + opening.LONGEST_ROUND
    match refused:
        case refusals.UnsuitableInstrument():
            return _("This questionnaire cannot be asked in a round. Choose another one.")
        case refusals.OneRoundAtATime():
            return _("This programme has an open round of the same questionnaire. Close that one first.")
        case refusals.NobodyAsked():
            return _("Nobody would be asked. Choose at least one group.")
        case refusals.UnsuitableMode():
            return _("%(group)s cannot be asked in this way. Choose another one.", group=group)
        case refusals.NoPlaces():
            return _("Nobody could answer here: the group has no members yet. Make slips for it, or do not ask it.")
        case refusals.OnePersonsAnswer():
            return _(
                "Fewer than two would answer together, so this would be one person’s answer. "
                "Ask each on their own and make slips for more people, or do not ask this group this time."
            )
        case refusals.SlipsByPeerContact():
            return _("Peer workers have a contact, who makes their slips on the page of the round. Leave this empty.")
        case refusals.UnsuitableSlips():
            return _(
                "From 0 to %(most)d slips for people who answer on their own, one for a group that answers together, "
                "none for management and for groups that are not asked.",
                most=places.MOST_SLIPS,
            )
        case refusals.ThresholdTooLow():
            least = setting("SMALLEST_GROUP")
            return _("Too low: figures of so few could point at somebody. Choose %(least)d or more.", least=least)
        case refusals.ThresholdTooHigh():
            return _("At most %(most)d: with more, no figure would ever show.", most=opening.HIGHEST_THRESHOLD)
        case refusals.UnsuitableClosingDay():
            return _("Choose a day from tomorrow until %(last)s.", last=day(last))
        case refusals.RoundClosed():
            return _("This round is closed.")
        case refusals.SlipsExist():
            return _("These slips were made already. Their codes were shown once and cannot be shown again.")
    return _("Choose one of the answers.")
