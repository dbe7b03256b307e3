from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired

from portal.forms import PortalForm


class KeepForm(PortalForm):
    """Whether the key may stay in this browser."""

    mine = BooleanField(_l("This device is mine: stay here until the round closes"))


class ReturnForm(KeepForm):
    words = StringField(
        _l("The twelve words of your return key"), [DataRequired(_l("Type the twelve words you kept."))]
    )
