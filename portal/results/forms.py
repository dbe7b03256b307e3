from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from portal.forms import PortalForm
from portal.results.release import Choice

LABELS = {
    Choice.ALL: _l("Open everything"),
    Choice.TALK: _l("Talk first"),
    Choice.BACK: _l("Take it back"),
}


class ReleaseForm(PortalForm):
    choice = RadioField(
        _l("What should happen with your figures?"),
        [InputRequired(_l("Choose one of these."))],
        coerce=str,
        validate_choice=False,  # what is offered depends on the day; the service answers for what is not
    )

    def offer(self, choices: Iterable[Choice]) -> None:
        self.choice.choices = [(choice.value, LABELS[choice]) for choice in choices]
