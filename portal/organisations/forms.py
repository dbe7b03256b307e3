from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.forms import PortalForm
from portal.organisations import words
from portal.organisations.invitations import USUAL
from portal.organisations.services import ROLES


def _last_day() -> dt.date:
    return clock.today() + USUAL


class NewForm(PortalForm):
    """A form that makes something: it carries the new thing's id, so that sending it twice makes one."""

    new_id = HiddenField(default=lambda: str(uuid4()))

    @property
    def given_id(self) -> UUID:
        try:
            return UUID(str(self.new_id.data))
        except ValueError:
            return uuid4()


def _name(label: Any, missing: Any) -> StringField:
    return StringField(label, [DataRequired(missing), Length(max=120, message=_l("At most 120 letters, please."))])


class OrganisationForm(NewForm):
    name = _name(_l("Name of the organisation"), _l("Type the name of the organisation."))
    programme = _name(_l("Its first programme"), _l("Type the name of one programme."))


class ProgrammeForm(NewForm):
    name = _name(_l("Name of the programme"), _l("Type the name of the programme."))
    about = TextAreaField(
        _l("What it does, in a sentence or two"), [Length(max=1000, message=_l("At most 1,000 letters, please."))]
    )


class InvitationForm(NewForm):
    role = RadioField(_l("What will they be?"), [DataRequired(_l("Choose one of these."))])
    programmes = SelectMultipleField(
        _l("In which programmes?"),
        coerce=lambda value: UUID(str(value)),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    ends_on = DateField(
        _l("The last day it works"), [DataRequired(_l("Type a day, such as 2026-12-24."))], default=_last_day
    )
    uses = IntegerField(_l("For how many people?"), [DataRequired(_l("Type a number from 1 to 500."))], default=1)

    def __init__(self, programmes: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = [(role, words.role_words(role)) for role in ROLES]
        self.programmes.choices = programmes


class PeerContactForm(PortalForm):
    NOBODY = "nobody"

    peer = RadioField(_l("Who should it be?"), [DataRequired(_l("Choose one, or “Nobody for now”."))])

    def __init__(self, peers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.peer.choices = [*peers, (self.NOBODY, _l("Nobody for now"))]

    @property
    def chosen(self) -> UUID | None:
        return None if self.peer.data == self.NOBODY else UUID(str(self.peer.data))
