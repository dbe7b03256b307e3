from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.editing.services import LONGEST_SLUG
from portal.editing.typed import POINTS, Typed
from portal.forms import PortalForm

LONGEST_TEXT = 200_000


def _plain(text: str | None) -> str:
    """What was typed with line ends as in files."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def _line(label: Any, longest: int, message: Any, **kwargs: Any) -> StringField:
    return StringField(label, [Length(max=longest, message=message)], filters=[_plain], **kwargs)


def _text(label: Any, longest: int, message: Any) -> TextAreaField:
    return TextAreaField(label, [Length(max=longest, message=message)], filters=[_plain])


def _boxes(label: Any) -> SelectMultipleField:
    # What nobody knows is found when the page is published: a draft may hold anything.
    widget, box = ListWidget(prefix_label=False), CheckboxInput()
    return SelectMultipleField(label, widget=widget, option_widget=box, validate_choice=False)


class PageForm(PortalForm):
    """A page with every part of it. Anything short enough is a draft; what must hold is asked at publishing."""

    version = HiddenField()  # of the text this form was opened with
    title = _line(_l("Title"), 200, _l("At most 200 letters, please. The rest can stand in the summary."))
    summary = _text(_l("Summary"), 1000, _l("At most 1,000 letters, please. Two sentences are enough."))
    point_1 = _line(_l("First point"), 500, _l("At most 500 letters, please. One sentence is enough."))
    point_2 = _line(_l("Second point"), 500, _l("At most 500 letters, please. One sentence is enough."))
    point_3 = _line(_l("Third point"), 500, _l("At most 500 letters, please. One sentence is enough."))
    body = _text(
        _l("Text"),
        LONGEST_TEXT,
        _l("At most 200,000 letters, please. Make two pages of it: save the second half elsewhere first."),
    )
    topics = _boxes(_l("Topics"))
    sources = _boxes(_l("Sources"))
    related = _text(_l("Read on"), 5000, _l("At most 5,000 letters, please. Three or four pages are enough."))
    try_it = _text(_l("Try it"), 5000, _l("At most 5,000 letters, please. A few questions are enough."))
    local_check = _boxes(_l("Have it checked locally"))
    more = _text(_l("More of the header"), 50_000, _l("At most 50,000 letters, please."))
    note = _line(_l("What did you change?"), 200, _l("At most 200 letters, please. One line is enough."))

    def __init__(
        self, written: Typed, version: str, topics: Iterable[tuple[str, str]], sources: Iterable[tuple[str, str]]
    ) -> None:
        points = {f"point_{number}": point for number, point in enumerate(written.in_short[:POINTS], start=1)}
        lists = {name: list(getattr(written, name)) for name in ("topics", "sources", "local_check")}
        names = ("title", "summary", "body", "related", "try_it", "more", "note")
        super().__init__(
            data={**{name: getattr(written, name) for name in names}, **points, **lists, "version": version}
        )
        self.topics.choices = _chosen_first(topics, self.topics.data)
        self.sources.choices = _chosen_first(sources, self.sources.data)
        checks = (("health", _l("It says something about health")), ("law", _l("It says something about law")))
        self.local_check.choices = _chosen_first(checks, self.local_check.data)

    @property
    def typed(self) -> Typed:
        def chosen(field: SelectMultipleField) -> tuple[str, ...]:
            return tuple(_plain(one) for one in field.data or ())

        return Typed(
            title=self.title.data or "",
            summary=self.summary.data or "",
            in_short=tuple(field.data or "" for field in (self.point_1, self.point_2, self.point_3)),
            body=self.body.data or "",
            topics=chosen(self.topics),
            sources=chosen(self.sources),
            related=self.related.data or "",
            try_it=self.try_it.data or "",
            local_check=chosen(self.local_check),
            more=self.more.data or "",
            note=self.note.data or "",
        )


def _chosen_first(choices: Iterable[tuple[str, Any]], chosen: Iterable[str] | None) -> list[tuple[str, Any]]:
    """What is chosen in its order, which a browser then keeps, and also where nobody knows it; then the others."""
    known = dict(choices)
    first = {one: known.get(one, _l("%(name)s (nobody knows it)", name=one)) for one in chosen or ()}
    return [*(first | {one: label for one, label in known.items() if one not in first}).items()]


class NewPageForm(PortalForm):
    """Carries the new page's id, so that sending it twice makes one."""

    NEW_SECTION = "new-section"

    new_id = HiddenField(default=lambda: str(uuid4()))
    page_language = SelectField(_l("Language"))
    title = StringField(
        _l("Title"),
        [
            DataRequired(_l("Type the title of the page.")),
            Length(max=200, message=_l("At most 200 letters, please. The rest can stand in the summary.")),
        ],
        filters=[_plain],
    )
    section = RadioField(_l("In which section?"), [DataRequired(_l("Choose a section."))])
    slug = StringField(
        _l("End of its address"),
        [Length(max=LONGEST_SLUG, message=_l("At most 80 letters, please."))],
        filters=[_plain, str.strip],
    )

    def __init__(self, sections: list[tuple[str, str]], languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.section.choices = [*sections, (self.NEW_SECTION, _l("It begins a new section"))]
        self.page_language.choices = languages

    @property
    def chosen_section(self) -> str:
        """Empty where the page begins a section of its own."""
        return "" if self.section.data == self.NEW_SECTION else str(self.section.data)

    @property
    def given_id(self) -> UUID:
        try:
            return UUID(str(self.new_id.data))
        except ValueError:
            return uuid4()


class MoveForm(PortalForm):
    section = RadioField(_l("Section"), [DataRequired(_l("Choose a section."))])
    slug = StringField(
        _l("End of its address"),
        [
            DataRequired(_l("Type the end of the address, such as fair-pay.")),
            Length(max=LONGEST_SLUG, message=_l("At most 80 letters, please.")),
        ],
        filters=[_plain, str.strip],
    )

    def __init__(self, sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.section.choices = sections


class WithdrawForm(PortalForm):
    target = SelectField(_l("Where should its readers be led?"), validate_choice=False)

    def __init__(self, targets: list[tuple[str, str]]) -> None:
        super().__init__()
        choices = [(address, f"{title} ({address})") for address, title in targets]
        self.target.choices = [("", _l("Nowhere: they are told that there is nothing here")), *choices]
