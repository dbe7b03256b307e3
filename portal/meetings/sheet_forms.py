"""The form on which attendance is noted: everybody on one page, without script."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.accounts.words import fold
from portal.forms import PortalForm
from portal.meetings import words
from portal.meetings.attendance import MOST_MINUTES, AsOf, Noted, Sheet, length, sound
from portal.meetings.forms import boxes_field, minutes_field, text_field, uuids
from portal.meetings.models import About
from portal.meetings.people import LONGEST_NICKNAME, Leader

MOST_GUESTS = 100
_GUEST, _LED, _PREPARED = "guest_", "led_", "prepared_"


class AttendanceForm(PortalForm):
    """One page for everybody. ``sheet_form`` adds the fields of the people."""

    as_of = HiddenField()
    shown = HiddenField()  # the minutes that stood on the page, so that what was changed on it can be told
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

    def take_in(self) -> None:
        """Bring what somebody else noted meanwhile together with what was typed here.

        What was not changed here becomes what they noted. Where both changed something, what was typed stays; whom
        they noted otherwise and who was taken out here comes back. What they noted is then said beside it.
        """
        sheet, typed = self.sheet, sound(self.noted, self.sheet)
        shown = _read(self.shown.data or "")
        if AsOf.read(self.as_of.data or "").day != sheet.day.isoformat():
            # Of this day nothing was shown but what is filled in beforehand for those who lead.
            shown = {name: minutes for name, minutes in shown.items() if name.startswith((_LED, _PREPARED))}
        guests = _guests_by_name(sheet.noted) | _guests_by_name(typed)
        merged, both = _merged(shown, _by_name(typed), _by_name(sheet.noted))
        self._fill(merged, guests)
        self._say(both, guests)
        self.as_of.data, self.shown.data = sheet.as_of, urlencode(_by_name(sheet.noted))

    def _fill(self, minutes: dict[str, int], guests: dict[str, str]) -> None:
        usual = self.minutes.data or 0
        there = [person for person in self.sheet.people if own_name(person) in minutes]
        self.there.data = [str(person) for person in there]
        own = {own_name(person): minutes[own_name(person)] for person in there}
        values = {name: None if value == usual else value for name, value in own.items()}
        values |= {name: minutes.get(name, 0) for leader in self.sheet.leaders for name in _names(leader)}
        for name, value in values.items():
            self[name].data, self[name].raw_data = value, None  # what was sent would be shown
        self.guests.data = _lines({guests[name]: value for name, value in minutes.items() if name in guests}, usual)

    def _say(self, both: dict[str, int | None], guests: dict[str, str]) -> None:
        lines = []
        for name, minutes in both.items():
            if name in guests:
                told = _("%(nickname)s is not on their list", nickname=guests[name])
                lines.append(told if minutes is None else f"{guests[name]}, {minutes}")
            elif minutes is None and not name.startswith((_LED, _PREPARED)):
                self[name].errors = [_("Somebody else took them out meanwhile. Look whether they were there.")]
            else:
                self[name].errors = [
                    _("Somebody else noted %(minutes)s here meanwhile. Look which is right.", minutes=minutes or 0)
                ]
        if lines:
            self.guests.errors = [_("Somebody else noted meanwhile: %(lines)s.", lines="; ".join(lines))]


def own_name(person: UUID) -> str:
    return f"minutes_{person.hex}"


def leader_key(leader: Leader) -> str:
    return leader.person.hex if leader.person else hashlib.sha256(leader.nickname.encode()).hexdigest()[:32]


def _names(leader: Leader) -> tuple[str, str]:
    """The fields for the minutes somebody led and prepared."""
    return _LED + leader_key(leader), _PREPARED + leader_key(leader)


def _by_name(noted: Noted) -> dict[str, int]:
    """Everything that is noted, by the name of its field; guests share one and have names of their own."""
    guests = {_guest_name(guest): minutes for guest, minutes in noted.guests.items()}
    led = {_names(leader)[0]: minutes for leader, minutes in noted.led.items() if minutes}
    prepared = {_names(leader)[1]: minutes for leader, minutes in noted.prepared.items() if minutes}
    return {own_name(person): minutes for person, minutes in noted.there.items()} | guests | led | prepared


def _guests_by_name(noted: Noted) -> dict[str, str]:
    return {_guest_name(guest): guest for guest in noted.guests}


def _guest_name(guest: str) -> str:
    return _GUEST + fold(guest)


def _read(text: str) -> dict[str, int]:
    """The minutes a page brings back of what it had shown."""
    return {name: int(minutes) for name, minutes in parse_qsl(text) if re.fullmatch("[0-9]{1,6}", minutes)}


def _merged(
    shown: dict[str, int], typed: dict[str, int], noted: dict[str, int]
) -> tuple[dict[str, int], dict[str, int | None]]:
    """What should stand on the page now, and what somebody else noted of that which both changed."""
    merged, both = dict(typed), {}
    for name in {**typed, **noted}:
        before, mine, theirs = shown.get(name), typed.get(name), noted.get(name)
        if theirs in (mine, before):
            continue
        if mine != before:
            both[name] = theirs
        if theirs is not None and mine in (before, None):
            merged[name] = theirs
        elif mine == before:
            del merged[name]
    return merged, both


def _lines(guests: dict[str, int], usual: int | None) -> str:
    return "\n".join(guest if minutes == usual else f"{guest}, {minutes}" for guest, minutes in guests.items())


def sheet_form(sheet: Sheet) -> AttendanceForm:
    """The form for a sheet, filled with what is noted; before that, with the length of the meeting."""
    noted, planned = sheet.noted, length(sheet.meeting)
    usual = noted.usual if noted.usual is not None else planned if sheet.meeting.paid else 0
    led = dict.fromkeys(sheet.leaders, planned) if noted.is_empty else noted.led
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "as_of": sheet.as_of,
        "shown": urlencode(_by_name(replace(noted, led=led))),
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
        data[f"led_{key}"] = led.get(leader, 0)
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
