from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.forms import PortalForm


class Boxes(SelectMultipleField):
    """Tick boxes. What was ticked and is not offered any more is left to the service, which says why."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        pass


class CertificateForm(PortalForm):
    certificate_id = HiddenField()
    modules = Boxes(_l("Modules"), [DataRequired(_l("Tick one module at least."))])
    name = StringField(
        _l("Name on it"),
        [
            DataRequired(_l("Type a name. Your nickname is fine.")),
            Length(max=80, message=_l("At most 80 letters, please.")),
        ],
    )
    full_titles = BooleanField(_l("The full titles of the modules"))
    later_days = BooleanField(_l("The days I practised and refreshed them"))
    organisations = BooleanField(_l("The organisation I did each of them with"))
    site = BooleanField(_l("The name of this site"))

    def offer(self, modules: Iterable[tuple[str, str]]) -> None:
        self.modules.choices = list(modules)


class StatementsForm(PortalForm):
    with_nickname = BooleanField(_l("With my nickname"))


class CalendarForm(PortalForm):
    """Buttons only."""
