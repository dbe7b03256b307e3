from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import DataRequired, InputRequired, Optional

from assessments.model import Mode, RaterGroup
from portal import clock
from portal.config import setting
from portal.forms import Day, PortalForm, WholeNumber
from portal.rounds.opening import CHANGES
from portal.rounds.words import change_words

USUAL = dt.timedelta(days=28)
NOT_ASKED = ""


class NewRoundForm(PortalForm):
    """The settings of a round. It carries the round's id, so that sending it twice opens one round."""

    new_id = HiddenField(default=lambda: str(uuid4()))
    instrument = RadioField(_l("What is asked"), validate_choice=False)
    peer = RadioField(_l("Peer workers"), default=Mode.INDIVIDUAL.value)
    peer_slips = WholeNumber(_l("Slips for peer workers without an account"), [Optional()])
    staff = RadioField(_l("Staff"), default=Mode.INDIVIDUAL.value)
    staff_slips = WholeNumber(_l("Slips for staff without an account"), [Optional()])
    mgmt = RadioField(_l("Management"), default=Mode.STATEMENT.value)
    smallest_group = WholeNumber(
        _l("Answers a group needs before its figures show"), [InputRequired(_l("Type a number, such as 5."))]
    )
    closes_on = Day(_l("Last day for answers"), [InputRequired(_l("Choose the last day."))])
    changed = RadioField(_l("Since the last round, how many left or joined?"), default="none")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("smallest_group", setting("SMALLEST_GROUP"))
        kwargs.setdefault("closes_on", clock.today() + USUAL)
        super().__init__(*args, **kwargs)
        together = [
            (Mode.INDIVIDUAL.value, _("Each on their own")),
            (Mode.GROUP.value, _("As a group, one agreed answer")),
            (NOT_ASKED, _("Not asked this time")),
        ]
        self.peer.choices = together
        self.staff.choices = together
        self.mgmt.choices = [(Mode.STATEMENT.value, _("One statement, named as theirs")), together[-1]]
        self.changed.choices = [(change, change_words(change).capitalize()) for change in CHANGES]

    @property
    def given_id(self) -> UUID:
        return _given_id(self.new_id.data)

    @property
    def modes(self) -> dict[RaterGroup, Mode]:
        chosen = {RaterGroup.PEER: self.peer.data, RaterGroup.STAFF: self.staff.data, RaterGroup.MGMT: self.mgmt.data}
        return {group: Mode(mode) for group, mode in chosen.items() if mode}

    @property
    def slips(self) -> dict[RaterGroup, int]:
        typed = {RaterGroup.PEER: self.peer_slips.data, RaterGroup.STAFF: self.staff_slips.data}
        return {group: number for group, number in typed.items() if number}

    def refuse(self, field: str, group: RaterGroup | None, why: str) -> None:
        """Say it at the field that the refusal is about."""
        name = {"modes": group.value if group else "peer", "slips": f"{group}_slips"}.get(field, field)
        self[name].errors = [why]


class SlipsForm(PortalForm):
    """More slips for one group. It carries the first one's id, so that sending it twice makes them once."""

    new_id = HiddenField(default=lambda: str(uuid4()))
    group = RadioField(_l("For"))
    how_many = WholeNumber(_l("How many"), [InputRequired(_l("Type a number, such as 5."))])

    @property
    def given_id(self) -> UUID:
        return _given_id(self.new_id.data)


class ThresholdForm(PortalForm):
    smallest_group = WholeNumber(
        _l("Answers a group needs from now on"), [InputRequired(_l("Type a number, such as 7."))]
    )


class CloseForm(PortalForm):
    sure = BooleanField(_l("Yes, close this round"), [DataRequired(_l("Tick the box if you are sure."))])


def _given_id(text: str | None) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return uuid4()
