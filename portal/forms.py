"""The base of every form: it never loses what somebody typed."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectFieldBase
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock, csrf

# Set by the page after an expired sign-in: the form shows what came along with it and saves nothing yet.
CARRIED = "carried_over"
SECRETS = frozenset({"csrf_token", "key_words", "code", "typed", "secret", "proof", CARRIED})
# Before the name of each field that comes along through the pages of signing in, which have a nickname of their own.
ALONG = "carried-"


class ChoiceWords:
    """What a field of choices says by itself, in place of WTForms' words for programmers."""

    def gettext(self, _theirs: str) -> str:
        return _("Choose one of the lines shown.")

    def ngettext(self, _one: str, _more: str, _number: int) -> str:
        return self.gettext(_one)


class PortalForm(FlaskForm):
    """A form with a CSRF token whose errors name what is wrong and what would be right."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, SelectFieldBase):
                options = options | {"translations": ChoiceWords()}
            return super().bind_field(form, unbound_field, options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        csrf.token()  # where Flask-WTF finds it, before it signs one anew
        super().__init__(*args, **kwargs)

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        if request.form.get(CARRIED):
            return False
        valid: bool = super().validate_on_submit(extra_validators)
        return valid


class WholeNumber(IntegerField):
    """A number whose mistake is said in words."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Type a whole number, such as 5.")) from None


class Day(DateField):
    """A day whose mistake is said in words."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            example = clock.today().isoformat()
            raise ValueError(_("Type a day as year, month and day, such as %(day)s.", day=example)) from None


class Boxes(SelectMultipleField):
    """Tick boxes. What was ticked and is not offered any more is left to the service, which says why."""

    data: Any
    choices: Any
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        pass


def acts() -> bool:
    """Whether this request should do what its button says: not when it was only carried through a sign-in."""
    return request.method == "POST" and not request.form.get(CARRIED)


def posted_fields() -> list[tuple[str, str]]:
    """What was posted and may be shown again: everything but secrets."""
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name.removeprefix(ALONG) not in SECRETS]


def send_along() -> list[tuple[str, str]]:
    """What was posted, named so that it goes through the pages of signing in without being taken for theirs."""
    return [(f"{ALONG}{name}", value) for name, value in posted_fields()]


def carried_fields() -> list[tuple[str, str]]:
    """What has come along so far, still named as ``send_along`` does."""
    return [(name, value) for name, value in posted_fields() if name.startswith(ALONG)]


def own_names(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What came along, named as in the form it was typed into."""
    return [(name.removeprefix(ALONG), value) for name, value in fields]
