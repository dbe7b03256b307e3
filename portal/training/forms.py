from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal import clock
from portal.forms import Boxes, Day, PortalForm, WholeNumber
from portal.training import words
from portal.training.models import Way

Choices = Iterable[tuple[str, str]]

_LONGEST_REASON = 300


class Choice(SelectField):
    data: Any
    choices: Any


class Words(StringField):
    data: Any


AUDIENCES = [
    ("people", _l("The people ticked below")),
    ("group", _l("A group, and whoever joins it later")),
    ("role", _l("Everyone in a role, and whoever takes it up later")),
    ("growth", _l("Whoever shows us that they want to work on something")),
]


class AssignForm(PortalForm):
    modules = Boxes(_l("Modules"), [DataRequired(_l("Choose one module at least."))])
    audience = RadioField(_l("For whom"), [InputRequired(_l("Say for whom."))], default="people")
    people = Boxes(_l("People"))
    group = Choice(_l("Group"), validate_choice=False)
    role = Choice(_l("Role"), validate_choice=False)
    item = Choice(_l("What they want to work on"), validate_choice=False)
    due_on = Day(_l("By this day"), [Optional()])
    due_days = WholeNumber(
        _l("Or so many days after joining"),
        [Optional(), NumberRange(1, 1000, message=_l("Give a number of days between 1 and 1,000."))],
    )
    reason = Words(
        _l("Why, in a sentence they will read"),
        [Length(max=_LONGEST_REASON, message=_l("At most 300 letters, please."))],
    )

    def offer(
        self, modules: Choices, people: Choices, groups: Choices, roles: Choices, items: Choices, *, wishes: bool
    ) -> None:
        """``wishes``: whether this reader may know of any."""
        self.modules.choices, self.people.choices = list(modules), list(people)
        self.group.choices, self.role.choices, self.item.choices = list(groups), list(roles), list(items)
        self.audience.choices = [one for one in AUDIENCES if wishes or one[0] != "growth"]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.due_on.data and self.due_days.data:
            self.due_days.errors = [_l("Give a day or a number of days, not both.")]
            return False
        if self.due_on.data and self.due_on.data < clock.today():
            self.due_on.errors = [_l("This day is over. Choose today or later, or leave it empty.")]
            return False
        missing = {
            "people": (self.people, _l("Tick one person at least.")),
            "group": (self.group, _l("Choose a group. If there is none yet, make one first.")),
            "role": (self.role, _l("Choose a role.")),
            "growth": (self.item, _l("Choose what they want to work on. If the list is empty, nobody shows anything.")),
        }
        field, message = missing.get(self.audience.data, (None, "")) if not self.audience.errors else (None, "")
        if field is not None and not field.data:
            field.errors = [message]
            return False
        return valid


class GroupForm(PortalForm):
    name = Words(
        _l("Name of the group"),
        [DataRequired(_l("Give the group a name.")), Length(max=80, message=_l("At most 80 letters, please."))],
    )
    people = Boxes(_l("Who belongs to it"))
    before = HiddenField()  # who belonged to it when the form was opened


def _today() -> dt.date:
    return clock.today()


class DoneForm(PortalForm):
    """Marking by hand: one person's module, or a catch-up for several after a day without a connection."""

    on = Day(_l("On this day"), [InputRequired(_l("Give the day, such as 2026-11-23."))], default=_today)
    way = Choice(_l("How"), default=Way.ONE_TO_ONE.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way.choices = [(way.value, label) for way, label in words.WAYS.items()]


class CatchUpForm(DoneForm):
    module = Choice(_l("Module"))
    people = Boxes(_l("Who did it"), [DataRequired(_l("Tick one person at least."))])


class ChoiceForm(PortalForm):
    full_titles = BooleanField(_l("Use the full titles of modules on my plan, calendar and certificates"))
    reminders = BooleanField(_l("Remind me of what is due, on this page and in my calendar"))
