"""Closing a round: answers are counted once, written anew so that nothing leads back, and go after 90 days."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import random
from typing import Any
from uuid import UUID, uuid4

import peewee

from assessments.answers import EVIDENCE_ONLY, LEVELS
from assessments.decisions import ITEM_IN_FULL
from assessments.model import Instrument, Mode, RaterGroup
from portal import audit, clock, db, forgetting, throttle
from portal.rounds.instruments import instrument_of
from portal.rounds.models import (
    Answer,
    Comment,
    Round,
    RoundCount,
    RoundGroup,
    RoundPlace,
    RoundSection,
    Sheet,
)
from portal.rounds.places import lock_places, rewrite_places, rewrite_sheets
from portal.rounds.refusals import RoundClosed, UnknownRound

RAW_ROWS_STAY = dt.timedelta(days=90)
RAW_TABLES: Any = (RoundPlace, Sheet, Answer)
DAY = 86400  # seconds

_shuffled = random.SystemRandom()


@db.transaction
def close_round(organisation: UUID, round_id: UUID, *, due: bool = False) -> None:
    """End the round and count it. Raises RoundClosed when it was closed before, UnknownRound.

    ``due``: the closing day has passed and nobody pressed a button; the audit row then has no actor.
    """
    closed = (
        Round.update(closed_at=clock.now())
        .where(Round.organisation == organisation, Round.id == round_id, Round.closed_at.is_null())
        .execute()
    )
    round_ = Round.get_or_none(Round.organisation == organisation, Round.id == round_id)
    if round_ is None:
        raise UnknownRound
    if not closed:
        raise RoundClosed
    _end_answering(round_)
    _count_answers(round_)
    _count_sections(round_, instrument_of(round_))
    _keep_texts(round_)
    _write_anew(round_)
    audit.record("rounds.close", round_, organisation, anonymous=due)
    db.after_commit(lambda: forgetting.forget_deleted(*RAW_TABLES))


def close_due() -> None:
    """Close every round whose last day is over, each in a transaction of its own; one that fails stops no other."""
    due: Any = (
        Round.select(Round.organisation, Round.id)
        .where(Round.closed_at.is_null(), Round.closes_on < clock.today())
        .order_by(Round.closes_on, Round.id)
        .tuples()
    )
    for organisation, round_id in list(due):
        try:
            with contextlib.suppress(RoundClosed):  # a lead was faster
                close_round(organisation, round_id, due=True)
        except Exception:
            logging.getLogger("portal").exception("round %s could not be closed", round_id)


def purge_due() -> None:
    """Raw rows go 90 days after closing; what was counted stays."""
    old = Round.select(Round.id).where(Round.closed_at < clock.now() - RAW_ROWS_STAY)
    if Sheet.select(Sheet.id).where(Sheet.round.in_(old)).exists():
        _purge(old)
        forgetting.forget_deleted(*RAW_TABLES)


@db.transaction
def _purge(old: peewee.ModelSelect[Round]) -> None:
    Answer.delete().where(Answer.round.in_(old)).execute()
    Sheet.delete().where(Sheet.round.in_(old)).execute()


def tidy_files() -> None:
    """Once a day, places, sheets and answers of open rounds are written anew, and dead rows leave the files.

    Both hold who wrote when (scoring.md §3.4.5).
    """
    if not throttle.allow("rounds.tidy", "files", limit=1, seconds=DAY):
        return
    open_: Any = (
        RoundGroup.select(RoundGroup.round, RoundGroup.rater_group)
        .join(Round)
        .where(Round.closed_at.is_null())
        .order_by(RoundGroup.round, RoundGroup.rater_group)
        .tuples()
    )
    for round_id, group in list(open_):
        rewrite_places(round_id, RaterGroup(group))  # a process may have died between the transactions of a start
        rewrite_sheets(round_id, RaterGroup(group), answers=True)
    forgetting.forget_deleted(*RAW_TABLES)


def _end_answering(round_: Round) -> None:
    """No place is taken and no answer saved any more; whoever is in the middle of it is waited for.

    Places go: who was asked, and who began, is nobody's business after the round.
    """
    lock_places(round_.id)
    RoundPlace.delete().where(RoundPlace.round == round_).execute()
    if not db.is_sqlite():  # SQLite lets one write at a time
        db.database.execute_sql("LOCK TABLE sheet, answer IN SHARE ROW EXCLUSIVE MODE")
    answered = Answer.select(Answer.item).where(Answer.sheet == Sheet.id)
    Sheet.delete().where(Sheet.round == round_, ~peewee.fn.EXISTS(answered)).execute()


# --- counting ---


def _count_answers(round_: Round) -> None:
    """One grouped statement over the covering index; a row for each item that somebody answered."""
    counted: Any = (
        Answer.select(Answer.rater_group, Answer.item, Answer.value, Answer.evidence, peewee.fn.COUNT(Answer.item))
        .where(Answer.round == round_.id)
        .group_by(Answer.rater_group, Answer.item, Answer.value, Answer.evidence)
        .tuples()
    )
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for group, item, value, evidence, number in counted:
        row = rows.setdefault((group, item), _empty_count(round_, group, item))
        column = f"level_{value}" if value in LEVELS else value
        if value != EVIDENCE_ONLY:
            row[column] += number
        if evidence is not None:
            row["evidence"][f"{value}:{evidence}"] = number
    for group, item, number in _count_differences(round_):
        rows[group, item]["differed"] = number
    if rows:
        RoundCount.insert_many(list(rows.values())).execute()
    _count_sheets(round_)


def _empty_count(round_: Round, group: str, item: str) -> dict[str, Any]:
    numbers = dict.fromkeys((*(f"level_{level}" for level in LEVELS), "dk", "na", "skip", "differed"), 0)
    return {"round": round_.id, "rater_group": group, "item": item, **numbers, "evidence": {}}


def _count_differences(round_: Round) -> Any:
    return (
        Answer.select(Answer.rater_group, Answer.item, peewee.fn.COUNT(Answer.item))
        .where(Answer.round == round_.id, Answer.differed)
        .group_by(Answer.rater_group, Answer.item)
        .tuples()
    )


def _count_sheets(round_: Round) -> None:
    """Sheets without an answer are gone by now."""
    sheets = Sheet.select(peewee.fn.COUNT(Sheet.id)).where(
        Sheet.round == RoundGroup.round, Sheet.rater_group == RoundGroup.rater_group
    )
    RoundGroup.update(sheets=sheets).where(RoundGroup.round == round_).execute()


# The raters' own section scores (scoring.md §3.2): 25 times the mean level, where levels cover at least three items and
# 60 % of those that apply to the rater. Items on which a group gives no level are not among them.
_SECTION_SCORES = """
WITH items(rater_group, code, section) AS (VALUES {items}),
may_rate AS (SELECT rater_group, section, COUNT(*) AS n FROM items GROUP BY rater_group, section),
given AS (
    SELECT answer.sheet_id, items.rater_group, items.section,
        COUNT(CASE WHEN answer.value IN ('0', '1', '2', '3', '4') THEN 1 END) AS levels,
        COUNT(CASE WHEN answer.value = 'na' THEN 1 END) AS na,
        SUM(CASE WHEN answer.value IN ('0', '1', '2', '3', '4') THEN CAST(answer.value AS INTEGER) END) AS total
    FROM answer JOIN items ON items.rater_group = answer.rater_group AND items.code = answer.item
    WHERE answer.round = {param}
    GROUP BY answer.sheet_id, items.rater_group, items.section
),
own AS (
    SELECT given.rater_group, given.section, 25.0 * given.total / given.levels AS score
    FROM given JOIN may_rate ON may_rate.rater_group = given.rater_group AND may_rate.section = given.section
    WHERE given.levels >= 3 AND 5 * given.levels >= 3 * (may_rate.n - given.na)
),
means AS (SELECT rater_group, section, COUNT(*) AS n, AVG(score) AS mean FROM own GROUP BY rater_group, section)
SELECT own.rater_group, own.section, means.n, means.mean,
    SUM((own.score - means.mean) * (own.score - means.mean))
FROM own JOIN means ON means.rater_group = own.rater_group AND means.section = own.section
GROUP BY own.rater_group, own.section, means.n, means.mean
"""


def _count_sections(round_: Round, instrument: Instrument) -> None:
    """Number, mean and standard deviation (n − 1) of the raters' own scores; no row where nobody has one."""
    asked = [
        (group.value, item.code, item.section)
        for group in instrument.groups
        for item in instrument.items
        if item.gives_level(RaterGroup(group))
    ]
    param = db.database.param
    places = ", ".join([f"({param}, {param}, {param})"] * len(asked))
    statement = _SECTION_SCORES.format(items=places, param=param)
    values = [value for row in asked for value in row]
    found = db.database.execute_sql(statement, [*values, round_.id.hex]).fetchall()
    rows = [
        {
            "round": round_.id,
            "rater_group": group,
            "section": section,
            "n": n,
            "mean": float(mean),
            "s": (float(squares) / (n - 1)) ** 0.5 if n > 1 else None,
        }
        for group, section, n, mean, squares in found
    ]
    if rows:
        RoundSection.insert_many(rows).execute()


# --- what stays of the rows ---


def _keep_texts(round_: Round) -> None:
    """Texts go into rows of their own, in random order. Individual ones leave the answers in ``_write_anew``.

    What individuals wrote to an item that fewer than ten answered would be shown to nobody, ever: it is not kept.
    """
    other = Answer.alias()
    answers = other.select(peewee.fn.COUNT(other.item)).where(
        other.round == round_.id,
        other.rater_group == Answer.rater_group,
        other.item == Answer.item,
        other.value.in_([*LEVELS, EVIDENCE_ONLY]),
    )
    written: list[Any] = list(
        Answer.select(Answer.rater_group, Answer.item, Answer.text)
        .join(Sheet)
        .where(Answer.round == round_.id, Answer.text != "")
        .where((Sheet.mode != Mode.INDIVIDUAL.value) | (answers >= ITEM_IN_FULL))
        .tuples()
    )
    _shuffled.shuffle(written)
    for group, item, text in written:
        Comment.insert(round=round_, rater_group=group, item=item, text=text).execute()


def _write_anew(round_: Round) -> None:
    """Sheets and answers under new random ids in random order, without return keys and without individual texts."""
    run = db.database.execute_sql
    run("CREATE TEMPORARY TABLE renewed AS SELECT id AS old_id, id AS new_id FROM sheet WHERE 1 = 0")
    rows: Any = Sheet.select(Sheet.id).where(Sheet.round == round_).order_by(Sheet.id).tuples()
    sheets = [sheet for (sheet,) in rows]
    renewed = peewee.Table("renewed", ("old_id", "new_id")).bind(db.database)
    for start in range(0, len(sheets), 500):
        renewed.insert([{"old_id": old.hex, "new_id": uuid4().hex} for old in sheets[start : start + 500]]).execute()
    run(
        "INSERT INTO sheet (id, round_id, rater_group, mode) "
        "SELECT renewed.new_id, sheet.round_id, sheet.rater_group, sheet.mode "
        "FROM renewed JOIN sheet ON sheet.id = renewed.old_id ORDER BY renewed.new_id"
    )
    run(
        "INSERT INTO answer "
        "(sheet_id, item, organisation, programme, round, rater_group, value, reason, evidence, differed, text) "
        "SELECT renewed.new_id, answer.item, answer.organisation, answer.programme, answer.round, answer.rater_group, "
        "answer.value, answer.reason, answer.evidence, answer.differed, "
        "CASE WHEN sheet.mode = 'individual' THEN '' ELSE answer.text END "
        "FROM renewed JOIN sheet ON sheet.id = renewed.old_id JOIN answer ON answer.sheet_id = renewed.old_id "
        "ORDER BY renewed.new_id, answer.item"
    )
    run("DELETE FROM answer WHERE sheet_id IN (SELECT old_id FROM renewed)")
    run("DELETE FROM sheet WHERE id IN (SELECT old_id FROM renewed)")
    run("DROP TABLE renewed")
