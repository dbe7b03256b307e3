from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.forms import PortalForm
from portal.meetings.attendance import MOST_MINUTES
from portal.meetings.models import About, Meeting
from portal.meetings.people import LONGEST_NICKNAME, Offered
from portal.meetings.questions import LONGEST_ANSWER, LONGEST_QUESTION
from portal.meetings.services import Plan

_FARTHEST = dt.timedelta(days=731)
_SAME = ("place", "day", "starts", "ends", "paid", "travel", "food", "childcare", "other_support")  # in form and plan
_CLOCK = ["%H:%M", "%H:%M:%S", "%H.%M"]  # as browsers send it, and as people type it


def plain(text: str | None) -> str:
    """What was typed with line ends as in files."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def uuids(values: Iterable[str] | None) -> set[UUID]:
    """The ids among what a form brought."""
    found = set()
    for value in values or ():
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    return found


def drop_unknown(field: Any) -> None:
    """Tick boxes without those that are not offered any more."""
    field.data = [value for value, _label in field.choices if value in field.data]


def line_field(label: Any, longest: int, *validators: Any) -> StringField:
    message = _l("At most %(longest)s letters, please.", longest=longest)
    return StringField(label, [*validators, Length(max=longest, message=message)], filters=[plain])


def text_field(label: Any, longest: int, *validators: Any) -> TextAreaField:
    message = _l("At most %(longest)s letters, please.", longest=f"{longest:,}")
    return TextAreaField(label, [*validators, Length(max=longest, message=message)], filters=[plain])


def boxes_field(label: Any) -> SelectMultipleField:
    # What was ticked and is not offered any more is left to the service, which says why.
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )


def _day(label: Any, **kwargs: Any) -> DateField:
    return DateField(label, [DataRequired(_l("Type a day, such as 2026-12-24."))], **kwargs)


def _time(label: Any) -> TimeField:
    return TimeField(label, [DataRequired(_l("Type a time, such as 14:30."))], format=_CLOCK)


class Minutes(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Type whole minutes, such as 90.")) from None


def minutes_field(label: Any, *validators: Any) -> Minutes:
    message = _l("Type minutes from 0 to %(most)s.", most=MOST_MINUTES)
    return Minutes(label, [*validators, NumberRange(0, MOST_MINUTES, message=message)])


class NewForm(PortalForm):
    """Carries the new thing's id, so that sending it twice makes one."""

    new_id = HiddenField(default=lambda: str(uuid4()))

    @property
    def given_id(self) -> UUID:
        return next(iter(uuids([str(self.new_id.data)])), uuid4())


class MeetingForm(NewForm):
    version = HiddenField()  # of the meeting this form was opened with
    about = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose one of the two."))],
        default=About.MODULE.value,
    )
    module = SelectField(_l("Module"), validate_choice=False)
    title = line_field(_l("Or what else?"), 120)
    place = line_field(_l("Place"), 120, DataRequired(_l("Say where it is, such as Drop-in, first floor.")))
    day = _day(_l("Day"))
    starts = _time(_l("From"))
    ends = _time(_l("To"))
    leaders = boxes_field(_l("Who leads it?"))
    guests = text_field(_l("Who leads it without an account?"), 2000)
    paid = BooleanField(_l("Coming is paid time"), default=True)
    travel = BooleanField(_l("Travel is paid or a ride is there"))
    food = BooleanField(_l("There is something to eat"))
    childcare = BooleanField(_l("Children are looked after"))
    other_support = line_field(_l("What else helps to come?"), 300)
    anyway = BooleanField(_l("Save it all the same"))

    def __init__(self, offered: Offered, modules: list[tuple[str, str]], meeting: Meeting | None, **data: Any) -> None:
        super().__init__(obj=meeting, data=data)
        self.leaders.choices = [(str(person), nickname) for person, nickname in offered.people.items()]
        self.about.choices = [(About.MODULE.value, _("A module")), (About.OTHER.value, _("Something else"))]
        known = dict(modules)
        if meeting and meeting.module and meeting.module not in known:
            modules = [(meeting.module, _("%(code)s (taken away since)", code=meeting.module)), *modules]
        self.module.choices = [("", _("Choose")), *modules]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        today = clock.today()
        wrong: list[tuple[Any, Any]] = []
        if "about" in self and self.about.data == About.MODULE and not self.module.data:
            wrong.append((self.module, _("Choose the module.")))
        if "about" in self and self.about.data == About.OTHER and not self.title.data:
            wrong.append((self.title, _("Say in a few words what it is about.")))
        if self.day.data and abs(self.day.data - today) > _FARTHEST:
            wrong.append((self.day, _("Choose a day within two years from today.")))
        if self.starts.data and self.ends.data and self.ends.data <= self.starts.data:
            wrong.append((self.ends, _("The end comes after the start, on the same day.")))
        if any(len(guest) > LONGEST_NICKNAME for guest in self.guest_list):
            wrong.append((self.guests, _("One of these is longer than 80 letters. Write one nickname a line.")))
        for field, message in wrong:
            field.errors = [*field.errors, message]
        return valid and not wrong

    @property
    def guest_list(self) -> list[str]:
        return [line for line in map(str.strip, (self.guests.data or "").splitlines()) if line]

    @property
    def plan(self) -> Plan:
        """What was typed, of a form that is valid."""
        about = About(self.about.data) if "about" in self else About.SUPPORT
        same: dict[str, Any] = {name: self[name].data for name in _SAME}
        module = self.module.data if about is About.MODULE else None
        title = str(self.title.data) if about is About.OTHER else ""
        return Plan(about=about, module=module, title=title, **same)

    def for_support(self) -> None:
        """A mutual-support meeting has no subject."""
        del self.about, self.module, self.title


class AskForm(NewForm):
    text = text_field(_l("Your question"), LONGEST_QUESTION, DataRequired(_l("Type your question.")))
    with_name = BooleanField(_l("Ask with my nickname, so that I can take the question back"))


class AnswerForm(PortalForm):
    as_of = HiddenField()  # the state of the answer this form was opened with
    answer = text_field(_l("Answer"), LONGEST_ANSWER, DataRequired(_l("Type the answer.")))
    expert = line_field(_l("Who answers?"), 120, DataRequired(_l("Say who answers: a name, or a role such as nurse.")))
    on = _day(_l("Answered on"), default=clock.today)
    checked = BooleanField(_l("An expert has checked this answer"))


class HandOnForm(PortalForm):
    title = line_field(_l("Title for a page"), 200, DataRequired(_l("Give the authors a title to begin with.")))
    question = text_field(_l("Question"), LONGEST_QUESTION, DataRequired(_l("Type the question.")))
    answer = text_field(_l("Answer"), LONGEST_ANSWER, DataRequired(_l("Type the answer.")))


class BeginPageForm(PortalForm):
    page_language = SelectField(_l("Language"))
    title = line_field(_l("Title"), 200, DataRequired(_l("Type the title of the page.")))
    section = RadioField(_l("In which section?"), [DataRequired(_l("Choose a section."))])
    slug = line_field(_l("End of its address"), 80)

    def __init__(self, sections: list[tuple[str, str]], languages: list[str], **data: Any) -> None:
        super().__init__(data=data)
        self.section.choices = sections
        self.page_language.choices = [(one, one) for one in languages]
