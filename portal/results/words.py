"""Codes of the gate in plain words, and the sentences of the results page."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from assessments.answers import Evidence
from assessments.model import RaterGroup
from assessments.published import Answered, Balanced, CannotTell, Reason, SectionFigure, SectionGap, Stop, TalkRule
from assessments.scoring import Agreement, Band, GapWord, Mode, threshold
from portal.results.view import Result, Row, TalkLine

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
        Reason.WAITING: (not_shown, _("waits with peer workers")),
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
    """Who stands higher, and by how much where that may be said; on how many questions."""
    if gap.higher is None:
        pair = _("peer workers and %(group)s", group=WITHIN[gap.group])
        return ngettext("%(pair)s, on %(num)s question", "%(pair)s, on %(num)s questions", gap.questions, pair=pair)
    if gap.points is None:
        higher = _("%(group)s higher", group=WITHIN[gap.higher])
    else:
        higher = ngettext(
            "%(group)s %(num)s point higher", "%(group)s %(num)s points higher", gap.points, group=WITHIN[gap.higher]
        )
    return ngettext("%(higher)s, on %(num)s question", "%(higher)s, on %(num)s questions", gap.questions, higher=higher)


def first(words: str) -> str:
    """The words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def other_gaps(row: Row) -> list[str]:
    """The gaps beside the widest one, a sentence each."""
    return [
        _("%(group)s: %(word)s, %(rest)s", group=GROUPS[gap.group], word=GAPS[gap.word], rest=gap_words(gap))
        for gap in row.section.gaps
        if gap is not row.section.widest
    ]


def row_words(row: Row, groups: tuple[RaterGroup, ...]) -> tuple[str, str]:
    """The sentence beside a row of the chart: its bold beginning, and the rest."""
    widest = row.section.widest
    bold = str(GAPS_FIRST[widest.word]) if widest else ""
    sentences = [first(gap_words(widest))] if widest else []
    return bold, ". ".join(sentences + other_gaps(row) + _not_drawn(row, groups))


def _not_drawn(row: Row, groups: tuple[RaterGroup, ...]) -> list[str]:
    found = []
    for group in groups:
        figure = row.groups.get(group)
        if figure is not None and figure.points is None:
            few = figure.reason is Reason.TOO_FEW_QUESTIONS
            found.append(
                _("Too few questions for %(group)s", group=WITHIN[group])
                if few
                else _("%(group)s not shown", group=GROUPS[group])
            )
    return found


def chart_words(row: Row, groups: tuple[RaterGroup, ...]) -> str:
    """The chart's row for those who do not see it: every figure that has a dot, and who has none."""
    shown = {dot.group for dot in row.dots}
    figures = [f"{WITHIN[group]} {points_words(row.groups[group])}" for group in groups if group in shown]
    words = [first(", ".join(figures))] if figures else []
    return "; ".join(words + _not_drawn(row, groups))


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


# --- the sentence above everything ---


@dataclass(frozen=True)
class Sentence:
    """A sentence whose middle is marked."""

    before: str
    marked: str
    after: str

    @property
    def plain(self) -> str:
        return self.before + self.marked + self.after


def sentence(result: Result) -> Sentence:
    """What matters most, in one or two short sentences; what is in square brackets is marked."""
    best = result.strengths[0] if result.strengths else None
    if best is None or result.leading is None:
        return _marked(_("There are [too few answers] to show."), {})
    values = {"strong": best.name, "group": WITHIN[result.leading], "Group": GROUPS[result.leading]}
    strong = is_strong(result)
    if not result.has_gaps:
        return _marked(
            _("%(Group)s see [%(strong)s] as strong.")
            if strong
            else _("In the eyes of %(group)s, [%(strong)s] is furthest along."),
            values,
        )
    widest = result.rows[0]
    values["apart"] = widest.name
    beginning = _("%(strong)s is strong.") if strong else _("%(strong)s is furthest along.")
    endings = {
        GapWord.DIFFERENT: _("You see [%(apart)s] very differently."),
        GapWord.TALK: _("Talk about [%(apart)s]: you see it somewhat differently."),
        GapWord.SAME: _("You see your work [much the same] way."),
    }
    return _marked(f"{beginning} {endings[widest.section.widest.word]}", values)  # type: ignore[union-attr]


def is_strong(result: Result) -> bool:
    """Whether the leading group's best section is at least normal practice."""
    if result.leading is None or not result.strengths:
        return False
    return result.strengths[0].groups[result.leading].band in (Band.NORMAL, Band.LIVING)


def _marked(pattern: str, values: dict[str, object]) -> Sentence:
    before, _bracket, rest = pattern.partition("[")
    marked, _bracket, after = rest.partition("]")
    return Sentence(*(part % values for part in (before, marked, after)))


def strength_words(row: Row, leading: RaterGroup) -> str:
    """Why a section is among the strongest: whose word it is, and who sees it much the same or higher."""
    band = row.groups[leading].band
    alike = [group for group, figure in row.groups.items() if group is not leading and figure.band is band]
    told = _("%(band)s in the eyes of %(group)s", band=BANDS_FIRST[band], group=WITHIN[leading])  # type: ignore[index]
    for group in alike:
        told = _("%(told)s and of %(group)s", told=told, group=WITHIN[group])
    sentences = [f"{told}."]
    for gap in row.section.gaps:
        if gap.group in alike:
            continue
        if gap.word is GapWord.SAME:
            sentences.append(_("%(group)s: much the same.", group=GROUPS[gap.group]))
        elif gap.higher is leading:
            sentences.append(_("%(group)s: less far along.", group=GROUPS[gap.group]))
        else:
            sentences.append(_("%(group)s: further along.", group=GROUPS[gap.group]))
    return " ".join(sentences)


def balanced_words(row: Row, balanced: Balanced) -> str:
    return _("%(section)s %(points)s (%(band)s)", section=row.name, points=balanced.points, band=BANDS[balanced.band])


def balanced_list(result: Result) -> str:
    """Every balanced mean, in the order of the table."""
    return ", ".join(balanced_words(row, row.section.balanced) for row in result.balanced if row.section.balanced)


# --- what to talk about ---


def count_words(number: int) -> str:
    return {2: _("two"), 3: _("three")}.get(number, str(number))


def rule_words(line: TalkLine) -> str:
    """The rule that put the question here."""
    group = line.why.group
    if line.why.rule is TalkRule.GAP:
        return _("Here because %(group)s and peer workers are far apart.", group=WITHIN[group])
    if line.why.rule is TalkRule.CRITICAL:
        return _("Here because everything else leans on it, and peer workers put it low.")
    return _("Here because many of this group can’t tell: %(group)s.", group=WITHIN[group])


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
    return str(format_decimal(value, format="0." + "0" * places, decimal_quantization=True))
