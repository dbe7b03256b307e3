"""One group's answers to one question in words, by what the gate lets be shown (scoring.md §3.4.2.3)."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from assessments.model import RaterGroup
from assessments.published import EvidenceFigure, ItemFigure, ItemGap, Reason
from portal.results.view import ItemLine, Result
from portal.results.words import AGREEMENTS, EVIDENCE, GROUPS, WITHIN, decimal, fewer_words, share_words, smallest

EVIDENCE_FROM = 10  # answers, before a group of individuals that names evidence only is shown


def item_words(line: ItemLine, group: RaterGroup, result: Result) -> tuple[str, list[str]]:
    """A cell: the answer or the words in its place, and the small lines below it."""
    figure = line.figures[group]
    if figure is None:
        return _("not asked"), []
    small: list[str] = []
    if figure.reason is not None:
        main = _missing(line, group, figure.reason, result)
    elif figure.evidence_only == {}:
        main = _("no answer")
    elif figure.evidence_only is not None:
        main = _("How they know: %(how)s", how=_codes(figure.evidence_only, counted=not figure.agreed))
    else:
        main, small = _answer(figure, result.levels)
    if figure.cannot_tell is not None:
        small.append(share_words(figure.cannot_tell))
    if group in line.differed:
        small.append(_("they saw it differently among themselves"))
    return main, small


def _missing(line: ItemLine, group: RaterGroup, reason: Reason, result: Result) -> str:
    least = smallest(group, result.threshold)
    if group in line.evidence_only:
        least = max(least, EVIDENCE_FROM)
    return {
        Reason.BELOW_THRESHOLD: fewer_words(least),
        Reason.NOT_ENOUGH_ANSWERS: _("no answer") if group in _agreed_in(result) else _("not enough answers"),
        Reason.WAITING: _("not opened yet"),
        Reason.CANNOT_TELL: _("can’t tell"),
        Reason.NOT_APPLICABLE: _("does not apply"),
    }.get(reason, _("not shown"))


def _agreed_in(result: Result) -> frozenset[RaterGroup]:
    return frozenset(group for group, answered in result.answered.items() if answered.band == "agreed")


def _answer(figure: ItemFigure, levels: tuple[str, ...]) -> tuple[str, list[str]]:
    word = levels[figure.level or 0]
    if figure.agreed:
        return word, _agreed_evidence(figure, levels)
    if figure.nearly_all:
        return _("nearly all: %(level)s", level=word), []
    agreement = [str(AGREEMENTS[figure.agreement])] if figure.agreement else []
    if figure.mean is None:
        return _("about: %(level)s", level=word), agreement
    small = [_("about: %(level)s", level=word), *agreement]
    if figure.deviation is not None:
        small.append(_("%(levels)s levels from the middle on average", levels=decimal(figure.deviation, 2)))
    if figure.distribution is not None:
        counted = ", ".join(f"{level} {number}" for level, number in zip(levels, figure.distribution, strict=True))
        small.append(counted)
    if figure.evidence is not None and figure.evidence.claimed:
        small += _counted_evidence(figure.evidence)
        small.append(_as_if(decimal(figure.evidenced_mean or 0.0), levels))
    return _("%(mean)s of 4", mean=decimal(figure.mean)), small


def _agreed_evidence(figure: ItemFigure, levels: tuple[str, ...]) -> list[str]:
    if figure.evidence is None or not figure.evidence.claimed:
        return []
    if not figure.evidence.without:
        return [_("how they know: %(how)s", how=_codes(figure.evidence.by_code, counted=False))]
    counts_as = levels[int(figure.evidenced_mean or 0)]
    return [_("without evidence; “%(level)s” if such claims do not count", level=counts_as)]


def _counted_evidence(evidence: EvidenceFigure) -> list[str]:
    return [
        _("claimed without evidence: %(some)s of %(all)s", some=evidence.without, all=evidence.claimed),
        _codes(evidence.by_code, counted=True),
    ]


def _as_if(mean: str, levels: tuple[str, ...]) -> str:
    return _("%(mean)s if claims without evidence count as “%(level)s”", mean=mean, level=levels[2])


def _codes(by_code: Mapping[str, int], *, counted: bool) -> str:
    named = [(words, by_code[code]) for code, words in EVIDENCE.items() if by_code.get(code)]
    return ", ".join(f"{words} {number}" if counted else str(words) for words, number in named) or _("nothing named")


def item_gap_words(gap: ItemGap) -> str:
    """Another group beside peer workers on one question; empty where there is nothing to say."""
    if gap.higher is None or not (gap.talk or gap.levels):
        return ""
    if gap.levels:
        return _(
            "%(group)s higher than %(other)s, by %(levels)s levels",
            group=GROUPS[gap.higher],
            other=_other(gap),
            levels=decimal(gap.levels),
        )
    return _("%(group)s higher than %(other)s", group=GROUPS[gap.higher], other=_other(gap))


def _other(gap: ItemGap) -> str:
    return str(WITHIN[gap.group if gap.higher is RaterGroup.PEER else RaterGroup.PEER])
