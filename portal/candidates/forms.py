from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.candidates import copies
from portal.candidates.checklist import LONGEST_TEXT, SHEET_PARTS
from portal.candidates.copies import Purpose
from portal.forms import PortalForm
from portal.views import day

PURPOSES = {
    Purpose.STARTING: _l("For our talk about starting as a peer worker"),
    Purpose.LEARNING: _l("For planning what I would like to learn"),
    Purpose.TASKS: _l("For finding tasks that fit me"),
}


def _text() -> Length:
    return Length(max=LONGEST_TEXT, message=_l("This is longer than a page can hold. Shorten it to 2,000 characters."))


class SheetFields:
    """The sheet, as every form that holds it names its parts."""

    sheet_name = StringField(
        _l("Name or nickname"), [Length(max=80, message=_l("At most 80 letters, please."))], name="sheet-name"
    )
    sheet_words = TextAreaField(_l("In my own words"), [_text()], name="sheet-words")
    sheet_show = TextAreaField(_l("I could show others"), [_text()], name="sheet-show")
    sheet_do = TextAreaField(_l("I do this"), [_text()], name="sheet-do")
    sheet_grow = TextAreaField(_l("I’m growing this"), [_text()], name="sheet-grow")
    sheet_support = TextAreaField(_l("I’d like support with"), [_text()], name="sheet-support")
    sheet_helps = TextAreaField(_l("What helps me work well"), [_text()], name="sheet-helps")


class SheetForm(SheetFields, Form):
    """The sheet on the public page: nothing is saved, so there is no token."""


def sheet_form(sheet: dict[str, str]) -> SheetForm:
    return SheetForm(data={f"sheet_{part}": text for part, text in sheet.items()})


class KeepForm(PortalForm):
    """One button; the checklist travels beside it."""


class ShareForm(SheetFields, PortalForm):
    copy_id = HiddenField()
    programme = RadioField(_l("With whom?"), [DataRequired(_l("Choose the programme you want to share with."))])
    purpose = RadioField(_l("What for?"), [DataRequired(_l("Choose what the copy is for."))])
    items = SelectMultipleField(
        _l("Cards I want to show as well"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    ends_on = DateField(_l("Until when?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose.choices = [(purpose.value, label) for purpose, label in PURPOSES.items()]

    def validate_ends_on(self, field: Any) -> None:
        if not isinstance(field.data, date):
            field.errors = []  # in place of WTForms' own words
            raise StopValidation(_("Type a date such as 2027-01-31."))
        if not clock.today() < field.data <= copies.latest_end():
            latest = day(copies.latest_end())
            raise ValidationError(_("Choose a day from tomorrow to %(latest)s.", latest=latest))

    @property
    def sheet(self) -> dict[str, str]:
        return {part: self[f"sheet_{part}"].data or "" for part in SHEET_PARTS}


def _boxes(label: Any, **more: Any) -> SelectMultipleField:
    return SelectMultipleField(label, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), **more)


class WishesForm(PortalForm):
    """Two lists of cards with one meaning; a card may have moved from one to the other since the page was shown."""

    like = _boxes(_l("From “I’d like”"), validate_choice=False)
    bring = _boxes(_l("From “I bring”"), validate_choice=False)

    @property
    def wishes(self) -> list[str]:
        return [*(self.like.data or []), *(self.bring.data or [])]


class ShowWishesForm(PortalForm):
    organisation = RadioField(
        _l("To the trainers of"), [DataRequired(_l("Choose whose trainers you want to show it."))]
    )
    items = _boxes(_l("What I want to work on"), validators=[DataRequired(_l("Tick what you want to show."))])
