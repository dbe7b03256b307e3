from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional
from wtforms.widgets import TextInput

from portal.config import setting
from portal.forms import PortalForm

LANGUAGE_NAMES = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch", "es": "Español"}


class SignInForm(PortalForm):
    nickname = StringField(_l("Nickname"), [DataRequired(_l("Type the nickname on your card."))])
    key_words = PasswordField(_l("Key words"), [DataRequired(_l("Type the seven words on your card."))])
    shared = BooleanField(_l("Other people use this device. Sign me out after ten minutes."))
    next = HiddenField()

    words_shown = False

    def show_words(self) -> None:
        """Let the words be read while they are typed."""
        self.key_words.widget = TextInput()
        self.words_shown = True


class CodeForm(PortalForm):
    code = StringField(_l("Code from your app"), [DataRequired(_l("Type the six figures your app shows now."))])
    step = HiddenField()
    shared = HiddenField()
    next = HiddenField()


class SignUpForm(PortalForm):
    offered = RadioField(_l("Take one of these"), validate_choice=False, validators=[Optional()])
    own = StringField(_l("Or make up your own"), [Length(max=40, message=_l("At most 40 letters, please."))])

    @property
    def chosen(self) -> str:
        """What the person typed, else what they ticked."""
        return str(self.own.data or self.offered.data or "")


class ConfirmForm(PortalForm):
    typed = TextAreaField(_l("Type the seven words once"), [DataRequired(_l("Type the seven words shown above."))])
    token = HiddenField()


PROOF_MISSING = _l("Type it, so that nobody can do this with a device you left open.")


class NewWordsForm(ConfirmForm):
    proof = PasswordField(validators=[DataRequired(PROOF_MISSING)])

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proof.label.text = _l("Code that your app shows now") if with_code else _l("Your old key words")


class SettingsForm(PortalForm):
    language = SelectField(_l("Language"))
    email = StringField(
        _l("E-mail (only if you want mail)"),
        [Optional(), Length(max=254), Email(_l("An address looks like name@example.org. Please look at it again."))],
    )
    discreet = BooleanField(_l("Discreet mode: titles and the name in the tab stay neutral"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(code, LANGUAGE_NAMES.get(code, code)) for code in setting("LANGUAGES")]


class SecondFactorForm(PortalForm):
    code = StringField(_l("New code from your app"), [DataRequired(_l("Type the six figures your app shows now."))])
    proof = PasswordField(validators=[DataRequired(PROOF_MISSING)])
    secret = HiddenField()

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proof.label.text = _l("Code from the app you used until now") if with_code else _l("Your key words")


class PortalRolesForm(PortalForm):
    nickname = StringField(_l("Nickname"), [DataRequired(_l("Type the nickname of an account."))])


class BlockForm(PortalForm):
    nickname = StringField(
        _l("Nickname"), [DataRequired(_l("Type the nickname of an account."))], id="nickname-to-block"
    )


class DeleteForm(PortalForm):
    sure = BooleanField(
        _l("Yes, delete my account and everything I kept"), [DataRequired(_l("Tick the box if you are sure."))]
    )
