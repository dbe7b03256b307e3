"""The form on which attendance is noted: everybody on one page, without script."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.accounts.words import fold
from portal.forms import PortalForm
from portal.meetings import words
from portal.meetings.attendance import MOST_MINUTES, Noted, Sheet, length
from portal.meetings.forms import boxes_field, minutes_field, text_field, uuids
from portal.meetings.models import About
from portal.meetings.people import LONGEST_NICKNAME, Leader

MOST_GUESTS = 100


class AttendanceForm(PortalForm):
    """One page for everybody. ``sheet_form`` adds the fields of the people."""

    as_of = HiddenField()
    there = boxes_field(_l("Who was there?"))
    minutes = minutes_field(_l("Paid minutes for each of them"), InputRequired(_l("Type minutes, or 0.")))
    guests = text_field(_l("Who was there without an account?"), 12_000)
    module_done = BooleanField()
    day = SelectField(_l("For which day?"), validate_choice=False)
    sheet: Sheet

    def validate_guests(self, _field: Any) -> None:
        if len(self._guests(0)) > MOST_GUESTS:
            raise ValidationError(_("At most 100 nicknames, please."))

    def _guests(self, usual: int) -> dict[str, int]:
        """Minutes by nickname, from lines such as “Robin” and “Robin, 60”. Raises ValidationError."""
        found = {}
        for line in (self.guests.data or "").splitlines():
            nickname, comma, number = line.rpartition(",")
            own = comma and number.strip().isascii() and number.strip().isdigit()
            nickname, minutes = (nickname, int(number.strip()[:6])) if own else (line, usual)
            if minutes > MOST_MINUTES:
                raise ValidationError(_("Type minutes from 0 to %(most)s.", most=MOST_MINUTES))
            if len(nickname.strip()) > LONGEST_NICKNAME:
                raise ValidationError(_("One of these is longer than 80 letters. Write one nickname a line."))
            if nickname.strip():
                found[nickname.strip()] = minutes
        return found

    @property
    def noted(self) -> Noted:
        """What was typed, of a form that is valid."""
        usual = self.minutes.data or 0
        own = {person: self[own_name(person)].data for person in self.sheet.people}
        led = {leader: self[f"led_{leader_key(leader)}"].data or 0 for leader in self.sheet.leaders}
        prepared = {leader: self[f"prepared_{leader_key(leader)}"].data or 0 for leader in self.sheet.leaders}
        there = {
            person: usual if own.get(person) is None else int(own[person] or 0) for person in uuids(self.there.data)
        }
        return Noted(there, self._guests(usual), led, prepared)

    def take_in(self, now: Noted) -> None:
        """Add what somebody else noted meanwhile to what was typed here."""
        typed, usual = uuids(self.there.data), self.minutes.data
        for person, minutes in now.there.items():
            if person not in typed and person in self.sheet.people:
                self.there.data = [*(self.there.data or []), str(person)]
                own = self[own_name(person)]
                own.data, own.raw_data = None if minutes == usual else minutes, None  # what was sent would be shown
        written = {fold(guest) for guest in self._guests(0)}
        more = {guest: minutes for guest, minutes in now.guests.items() if fold(guest) not in written}
        self.guests.data = "\n".join(filter(None, [self.guests.data, _lines(more, usual)]))


def own_name(person: UUID) -> str:
    return f"minutes_{person.hex}"


def leader_key(leader: Leader) -> str:
    return leader.person.hex if leader.person else hashlib.sha256(leader.nickname.encode()).hexdigest()[:32]


def _lines(guests: dict[str, int], usual: int | None) -> str:
    return "\n".join(guest if minutes == usual else f"{guest}, {minutes}" for guest, minutes in guests.items())


def sheet_form(sheet: Sheet) -> AttendanceForm:
    """The form for a sheet, filled with what is noted; before that, with the length of the meeting."""
    noted, planned = sheet.noted, length(sheet.meeting)
    usual = noted.usual if noted.usual is not None else planned if sheet.meeting.paid else 0
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "as_of": sheet.as_of,
        "there": [str(person) for person in noted.there],
        "minutes": usual,
        "guests": _lines(noted.guests, usual),
        "day": sheet.day.isoformat(),
    }
    for person, nickname in sheet.people.items():
        fields[own_name(person)] = minutes_field(nickname, Optional())
        if noted.there.get(person, usual) != usual:
            data[own_name(person)] = noted.there[person]
    for leader in sheet.leaders:
        key = leader_key(leader)
        fields[f"led_{key}"] = minutes_field(_l("Minutes %(nickname)s led", nickname=leader.nickname), Optional())
        fields[f"prepared_{key}"] = minutes_field(
            _l("Minutes %(nickname)s prepared", nickname=leader.nickname), Optional()
        )
        data[f"led_{key}"] = planned if noted.is_empty else noted.led.get(leader, 0)
        data[f"prepared_{key}"] = noted.prepared.get(leader, 0)
    made: type[AttendanceForm] = type("SheetForm", (AttendanceForm,), fields)
    form = made(data=data)
    form.sheet = sheet
    if sheet.meeting.about == About.SUPPORT:
        form.there.label.text = _("Who wants their time paid?")
        form.guests.label.text = _("Who else, without an account?")
    form.there.choices = [(str(person), nickname) for person, nickname in sheet.people.items()]
    form.day.choices = [(day.isoformat(), words.weekday(day)) for day in sorted({sheet.day, *sheet.other_days})]
    return form
