"""Meetings in the words people read. A module goes by its code, unless somebody chose titles for themselves."""

from __future__ import annotations

import datetime as dt

from babel import dates
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from portal.i18n import language
from portal.meetings.models import About, Meeting, MeetingMove, Part
from portal.meetings.services import Clash
from portal.training.words import module_name

PARTS = {
    Part.ATTENDED: _("was there"),
    Part.LED: _("led it"),
    Part.PREPARED: _("prepared it"),
}


_NAMED = 5  # people with a link in one sentence


def part_words(part: Part) -> str:
    return str(PARTS[part])


def neutral_meeting(about: str, module: str | None, titles: dict[str, str] | None = None) -> str:
    """What a meeting is called where others may look, such as on a payroll; with its title where one is given."""
    if about == About.MODULE and module:
        return module_name(module, titles)
    return str(_("Mutual support") if about == About.SUPPORT else _("Meeting"))


def meeting_words(meeting: Meeting) -> str:
    """What a meeting is called among the organisation's own people."""
    return meeting.title or neutral_meeting(meeting.about, meeting.module)


def weekday(day: dt.date) -> str:
    """Tuesday 24 November 2026, its parts on one line."""
    locale = "en_GB" if language() == "en" else language()
    return dates.format_date(day, "EEEE d MMMM y", locale=locale).replace(" ", "\u00a0")


def month_words(month: dt.date) -> str:
    return dates.format_date(month, "LLLL y", locale=language())


def hours(starts: dt.time, ends: dt.time) -> str:
    """10:00–12:00"""
    return f"{starts:%H:%M}–{ends:%H:%M}"


def when_and_where(day: dt.date, starts: dt.time, ends: dt.time, place: str) -> str:
    return f"{weekday(day)}, {hours(starts, ends)}, {place}"


def moment_words(meeting: Meeting | MeetingMove) -> str:
    """Day, from–to and place."""
    return when_and_where(meeting.day, meeting.starts, meeting.ends, meeting.place)


def support_to_come(meeting: Meeting) -> list[str]:
    """What makes it easier to come, in a few words each."""
    told = {
        gettext("Coming is paid time"): meeting.paid,
        gettext("travel is paid or a ride is there"): meeting.travel,
        gettext("there is something to eat"): meeting.food,
        gettext("children are looked after"): meeting.childcare,
        meeting.other_support: bool(meeting.other_support),
    }
    return [words for words, holds in told.items() if holds]


def clash_words(clash: Clash) -> str:
    """A sentence for each thing that is needed twice at one time."""
    when = {"starts": f"{clash.starts:%H:%M}", "ends": f"{clash.ends:%H:%M}"}
    told = [
        gettext("%(nickname)s leads another meeting from %(starts)s to %(ends)s.", nickname=nickname, **when)
        for nickname in clash.nicknames
    ]
    if clash.place:
        told.append(gettext("%(place)s is taken from %(starts)s to %(ends)s.", place=clash.place, **when))
    return " ".join(told)


def changed_words(meeting: Meeting) -> str:
    """What to say to somebody who was noting attendance while the meeting was changed."""
    if meeting.cancelled_on is not None:
        return gettext(
            "This meeting was cancelled meanwhile. What you ticked is still here. If people came all the same, look it "
            "over and save again."
        )
    return gettext(
        "This meeting was changed meanwhile. It is now: %(now)s. What you ticked is still here. See which day it is "
        "for, look it over and save again.",
        now=moment_words(meeting),
    )


def still_marked(module: str, addresses: dict[str, str]) -> Markup:
    """What to say of people who were not at a meeting after all and keep its module; nicknames by address."""
    shown = list(addresses.items())[:_NAMED]  # it waits in a cookie, which has an end
    links = Markup(", ").join(Markup('<a href="{}">{}</a>').format(address, nickname) for address, nickname in shown)
    more = len(addresses) - len(shown)
    others = ngettext("and %(num)s other", "and %(num)s others", more) if more else ""
    told = gettext("%(module)s stays marked for people who were not there after all:", module=module)
    why = gettext("It was refreshed or marked again since, or they were at another meeting. Look whether it is right.")
    return Markup("{} {} {}. {}").format(told, links, others, why)
