"""Meetings in a person's own calendar, under names that tell nothing unless the person chose full titles."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal.config import setting
from portal.feature import CalendarEntry
from portal.meetings import services, words
from portal.meetings.models import About, Meeting
from portal.organisations.services import roles_of
from portal.training.texts import chosen_titles


def calendar_entries(person: UUID) -> list[CalendarEntry]:
    """What comes next where the person belongs, without what was cancelled; modules named as the person chose."""
    coming, titles = services.list_coming_for(roles_of(person)), chosen_titles(person)
    return [_entry(one.meeting, titles) for one in coming if one.meeting.cancelled_on is None]


def _entry(meeting: Meeting, titles: dict[str, str]) -> CalendarEntry:
    support = meeting.about == About.SUPPORT
    return CalendarEntry(
        uid=f"meeting-{meeting.id}",
        begins=_moment(meeting.day, meeting.starts),
        ends=_moment(meeting.day, meeting.ends),
        all_day=False,
        title=str(_("Meeting")) if support else words.neutral_meeting(meeting.about, meeting.module, titles),
    )


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, ZoneInfo(setting("TIME_ZONE")))
