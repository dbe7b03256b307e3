"""Codes and figures of the gate in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from assessments.answers import Evidence
from assessments.model import Mode, RaterGroup
from assessments.published import Answered, CannotTell, Reason, SectionFigure, SectionGap, Stop
from assessments.scoring import Agreement, Band, GapWord, threshold
from portal.results.view import Result, Row

GROUPS = {
    RaterGroup.PEER: _l("Peer workers"),
    RaterGroup.STAFF: _l("Staff"),
    RaterGroup.MGMT: _l("Management"),
    RaterGroup.COMMUNITY: _l("People we reach"),
}
WITHIN = {  # in the middle of a sentence
    RaterGroup.PEER: _l("peer workers"),
    RaterGroup.STAFF: _l("staff"),
    RaterGroup.MGMT: _l("management"),
    RaterGroup.COMMUNITY: _l("people we reach"),
}
BANDS = {
    Band.NOT_HERE_YET: _l("not here yet"),
    Band.BY_CHANCE: _l("by chance"),
    Band.BEGUN: _l("begun"),
    Band.NORMAL: _l("normal practice"),
    Band.LIVING: _l("living practice"),
}
BANDS_FIRST = {  # at the beginning of a line
    Band.NOT_HERE_YET: _l("Not here yet"),
    Band.BY_CHANCE: _l("By chance"),
    Band.BEGUN: _l("Begun"),
    Band.NORMAL: _l("Normal practice"),
    Band.LIVING: _l("Living practice"),
}
GAPS = {
    GapWord.SAME: _l("much the same"),
    GapWord.TALK: _l("worth talking about"),
    GapWord.DIFFERENT: _l("seeing different things"),
}
GAPS_FIRST = {
    GapWord.SAME: _l("Much the same"),
    GapWord.TALK: _l("Worth talking about"),
    GapWord.DIFFERENT: _l("Seeing different things"),
}
AGREEMENTS = {Agreement.AGREE: _l("mostly agree"), Agreement.DIFFER: _l("see this differently")}
EVIDENCE = {
    Evidence.NONE: _l("nothing named"),
    Evidence.TOLD: _l("told by someone"),
    Evidence.DOCUMENT: _l("a document"),
    Evidence.CONFIRMED: _l("seen by themselves or by peers"),
}


def points_words(figure: SectionFigure) -> str:
    """The figure as chart, table and sentence say it."""
    if figure.stop is Stop.OR_MORE:
        return _("%(points)s or more", points=figure.points)
    if figure.stop is Stop.OR_LESS:
        return _("%(points)s or less", points=figure.points)
    return str(figure.points)


def smallest(group: RaterGroup, k: int) -> int:
    """Answers this group needs in a round with this threshold."""
    return threshold(group, Mode.INDIVIDUAL, k)


def fewer_words(number: int) -> str:
    return _("fewer than %(number)s answers", number=number)


def reason_words(reason: Reason, group: RaterGroup, k: int) -> tuple[str, str]:
    """Why a section's figure is not there: the words in its place, and the reason below them."""
    not_shown = _("not shown")
    return {
        Reason.BELOW_THRESHOLD: (not_shown, fewer_words(smallest(group, k))),
        Reason.TOO_FEW_QUESTIONS: (_("too few questions"), _("for %(group)s here", group=WITHIN[group])),
        Reason.NOT_ENOUGH_ANSWERS: (not_shown, _("not enough answers here")),
        Reason.WAITING: (not_shown, _("not opened yet")),
        Reason.WITHHELD: (not_shown, _("it could give somebody away")),
        Reason.CANNOT_TELL: (_("can’t tell"), ""),
        Reason.NOT_APPLICABLE: (_("does not apply"), ""),
    }[reason]


def figure_words(figure: SectionFigure | None, group: RaterGroup, result: Result) -> tuple[str, list[str]]:
    """A cell of the table: the figure or the words in its place, and the small lines below it."""
    if figure is None:
        return _("not asked"), []
    if figure.points is None or figure.band is None:
        main, why = reason_words(figure.reason or Reason.WITHHELD, group, result.threshold)
        word = [str(BANDS[figure.band])] if figure.band else []
        return main, [*word, *filter(None, [why])]
    small = [str(BANDS[figure.band])]
    if figure.critical:
        small = [_("%(band)s, because of: %(item)s", band=BANDS[figure.band], item=result.short(figure.critical))]
    if figure.questions < figure.of:
        small.append(_("%(some)s of %(all)s questions", some=figure.questions, all=figure.of))
    if figure.partly_applicable:
        small.append(_("partly applicable"))
    if figure.evidenced_points not in (None, figure.points):
        small.append(_("%(points)s if claims without evidence count as begun", points=figure.evidenced_points))
    return points_words(figure), small


def gap_words(gap: SectionGap) -> str:
    """Who stands higher, by how much where that may be said, and on how many questions."""
    questions = ngettext("on %(num)s question", "on %(num)s questions", gap.questions)
    return f"{higher_words(gap)}, {questions}" if gap.higher else questions


def higher_words(gap: SectionGap) -> str:
    """Who stands higher, or who sees it much the same."""
    if gap.higher is None:
        return _("peer workers and %(group)s", group=WITHIN[gap.group])
    if gap.points is None:
        return _("%(group)s higher", group=WITHIN[gap.higher])
    return ngettext(
        "%(group)s %(num)s point higher", "%(group)s %(num)s points higher", gap.points, group=WITHIN[gap.higher]
    )


def first(words: str) -> str:
    """The words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def other_gaps(row: Row) -> list[str]:
    """The gaps beside the widest one, a sentence each."""
    return [_other_gap(gap) for gap in row.section.gaps if gap is not row.section.widest]


def _other_gap(gap: SectionGap) -> str:
    who = higher_words(gap) if gap.higher else str(WITHIN[gap.group])
    questions = ngettext("on %(num)s question", "on %(num)s questions", gap.questions)
    return first(_("%(who)s: %(word)s, %(questions)s", who=who, word=GAPS[gap.word], questions=questions))


def row_words(row: Row, groups: tuple[RaterGroup, ...]) -> tuple[str, str]:
    """The sentence beside a row of the chart: its bold beginning, and the rest. Other gaps stand below."""
    widest = row.section.widest
    hidden = _hidden_words(row, groups)
    if widest is None:
        return "", ". ".join(hidden)
    told = gap_words(widest) if widest.higher else higher_words(widest)
    return str(GAPS_FIRST[widest.word]), ". ".join([first(told), *hidden])


def _hidden_words(row: Row, groups: tuple[RaterGroup, ...]) -> list[str]:
    """Who has no dot because the figure is hidden; too few questions are no secret and stand in the table."""
    hidden = [
        group
        for group in groups
        if group in row.groups
        and row.groups[group].points is None
        and row.groups[group].reason is not Reason.TOO_FEW_QUESTIONS
    ]
    return [_("%(groups)s not shown", groups=first(list_words(hidden)))] if hidden else []


def _too_few(row: Row, groups: tuple[RaterGroup, ...]) -> list[str]:
    return [
        _("too few questions for %(group)s", group=WITHIN[group])
        for group in groups
        if group in row.groups and row.groups[group].reason is Reason.TOO_FEW_QUESTIONS
    ]


def list_words(groups: Iterable[RaterGroup]) -> str:
    """Groups in the middle of a sentence: peer workers, staff and management."""
    return str(format_list([str(WITHIN[group]) for group in groups], locale=get_locale()))


def chart_words(row: Row, groups: tuple[RaterGroup, ...]) -> str:
    """The chart's row for those who do not see it: every figure that has a dot, and who has none."""
    shown = {dot.group for dot in row.dots}
    figures = [f"{WITHIN[group]} {points_words(row.groups[group])}" for group in groups if group in shown]
    words = [", ".join(figures)] if figures else []
    return first("; ".join(words + _hidden_words(row, groups) + _too_few(row, groups)))


def within(group: RaterGroup) -> str:
    return str(WITHIN[group])


def how_seen(group: RaterGroup) -> str:
    """The heading above the bands."""
    return {
        RaterGroup.PEER: _("How peer workers see it"),
        RaterGroup.STAFF: _("How staff see it"),
        RaterGroup.MGMT: _("How management sees it"),
        RaterGroup.COMMUNITY: _("How the people we reach see it"),
    }[group]


def balanced_words(result: Result) -> str:
    """Every balanced mean, in the order of the table."""
    return ", ".join(f"{row.name} {row.section.balanced.points}" for row in result.rows if row.section.balanced)


def count_words(number: int) -> str:
    return {2: _("two"), 3: _("three"), 4: _("four"), 5: _("five"), 6: _("six")}.get(number, str(number))


def share_words(share: CannotTell) -> str:
    """How many can't tell."""
    if share.percent is None:
        return _("three in ten or more can’t tell")
    if share.percent >= 90:
        return _("%(percent)s%% or more can’t tell", percent=share.percent)
    return _("%(percent)s%% can’t tell", percent=share.percent)


# --- facts ---


def answered_words(group: RaterGroup, result: Result) -> str:
    """How many answered, as a band; the number only for peer workers about themselves."""
    answered: Answered = result.answered[group]
    least = smallest(group, result.threshold)
    if group in result.silent:
        return _("no answer came")
    if answered.exact is not None and answered.band != "agreed":
        return _("%(number)s answered", number=answered.exact)
    return {
        "agreed": _("one agreed statement") if group is RaterGroup.MGMT else _("one agreed answer"),
        "below": _("fewer than %(number)s answered", number=least),
        "k-9": _("%(number)s to 9 answered", number=least) if least < 9 else _("9 answered"),
        "10-19": _("10 to 19 answered"),
        "20+": _("20 or more answered"),
    }[answered.band]


def decimal(value: float, places: int = 1) -> str:
    """A decimal in the reader's language, always with so many places."""
    return str(format_decimal(value, format="0." + "0" * places))
