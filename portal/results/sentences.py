"""The sentences of the results page: the one above everything, why a section is strong, why a question is there."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from assessments.model import RaterGroup
from assessments.published import Reason, TalkRule
from assessments.scoring import Band, GapWord
from portal.results.view import Result, Row, TalkLine
from portal.results.words import BANDS_FIRST, GROUPS, WITHIN, first, list_words


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
        waiting = any(hidden.reason is Reason.WAITING for hidden in result.hidden)
        return _marked(
            _("These results are with [peer workers] for now.")
            if waiting
            else _("There is [too little to show] without giving somebody away."),
            {},
        )
    values = {"strong": best.name, "group": WITHIN[result.leading]}
    strong = is_strong(result)
    if not result.has_gaps:
        return _marked(
            _("In the eyes of %(group)s, [%(strong)s] is strong.")
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
    alike = [group for group, figure in row.groups.items() if figure.band is band]
    sentences = [_("%(band)s in the eyes of %(groups)s.", band=BANDS_FIRST[band], groups=list_words(alike))]  # type: ignore[index]
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


def rule_words(line: TalkLine) -> str:
    """The rule that put the question here."""
    group = line.why.group
    if line.why.rule is TalkRule.GAP:
        return first(_("%(group)s and peer workers are far apart here.", group=WITHIN[group]))
    if line.why.rule is TalkRule.CRITICAL:
        return _("Peer workers put this low, and much depends on it.")
    return _("Many can’t tell: %(group)s.", group=WITHIN[group])
