"""Codes of training in the words people read."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.candidates import checklist
from portal.training.models import Way
from portal.training.services import Seen
from portal.training.suggestions import RuleKind, Suggestion

SEEN = {
    Seen.OPEN: _("Not taken yet"),
    Seen.ACCEPTED: _("Accepted"),
    Seen.DONE: _("Done"),
    Seen.PRACTISED: _("Practised"),
    Seen.REFRESHED: _("Refreshed"),
}
WAYS = {
    Way.MEETING: _("at a meeting"),
    Way.ONE_TO_ONE: _("one to one with a mentor"),
    Way.ALONE: _("on their own"),
    Way.EXPERIENCE: _("counted from experience"),
}
BLOCKS = {
    "O": _("Orientation"),
    "K": _("Knowledge"),
    "C": _("Communication"),
    "S": _("Yourself"),
    "T": _("At work"),
    "A": _("For the organisation"),
}


def seen_words(seen: Seen) -> str:
    return str(SEEN[seen])


def way_words(way: str) -> str:
    return str(WAYS[Way(way)])


def block_words(block: str) -> str:
    return str(BLOCKS.get(block, block))


def module_name(code: str, titles: dict[str, str] | None = None) -> str:
    """What a module is called where others may look: its code alone, unless its title is given."""
    neutral = str(_("Module %(code)s", code=code))
    title = (titles or {}).get(code)
    return f"{neutral}: {title}" if title else neutral


def refresher_name(code: str, titles: dict[str, str] | None = None) -> str:
    """Likewise, for the day on which it is due again."""
    return str(_("Refresh %(module)s", module=module_name(code, titles)))


def suggestion_words(suggestion: Suggestion, language: str) -> str:
    """Which rule led to a suggestion, with the statements the person marked."""
    statements = [checklist.words(language).items[item].statement for item in suggestion.items]
    marked = " ".join(f"“{statement}”" for statement in statements)
    if suggestion.rule is RuleKind.MENTORING:
        return gettext(
            "You want to work on: %(marked)s There is no course for this. It grows by practice, with a mentor.",
            marked=marked,
        )
    if suggestion.rule is RuleKind.WISH:
        return gettext("You want to work on: %(marked)s This module is about it.", marked=marked)
    of_roles: dict[str, str] = {
        "peer_worker": gettext("Peer workers do this module before they work on their own."),
        "lead": gettext("This module is for people who lead or supervise peer workers."),
        "staff": gettext("This module is for everybody who works with peer colleagues."),
    }
    return of_roles[suggestion.role]
