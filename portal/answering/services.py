"""The sheet a return key opens: saving answers, taking it back. Nothing here knows a person; starting.py begins it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import peewee

from assessments.answers import Answer as GivenAnswer
from assessments.answers import next_open
from assessments.model import Instrument, Item, Mode, RaterGroup, Words
from portal import clock, db, forgetting, throttle
from portal.answering import return_key
from portal.config import setting
from portal.rounds import instruments, places
from portal.rounds.models import Answer, Round, Sheet

COMMENT_PLACES = 10  # places a group needs before its members are offered a comment (scoring.md §3.4.5)
WRONG_TRIES = 20  # for one network in a quarter of an hour


@dataclass(frozen=True, slots=True)
class HeldSheet:
    """The sheet whose return key a browser holds, with what its pages need to know of the round."""

    id: UUID
    key: str
    round: Round
    group: RaterGroup
    mode: Mode
    instrument: Instrument
    open: bool
    places: int

    @property
    def items(self) -> tuple[Item, ...]:
        return self.instrument.items_for(self.group)

    def asks(self, item: str) -> bool:
        return any(asked.code == item for asked in self.items)

    @property
    def text_allowed(self) -> bool:
        """Whether an answer may hold words of one's own (scoring.md §3.4.5)."""
        return self.mode is not Mode.INDIVIDUAL or self.places >= COMMENT_PLACES


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One answer as it was saved last."""

    value: str
    reason: str | None
    evidence: str | None
    differed: bool
    text: str


class TooManyTries(Exception):
    """This network has tried too many wrong keys or codes."""


def count_wrong(what: str, network: str) -> None:
    """Count a wrong key or code for the network it came from. Raises TooManyTries."""
    if not throttle.allow(f"answering.{what}", network, limit=WRONG_TRIES, seconds=900):
        raise TooManyTries


_FIND = """
SELECT s.id, s.rater_group, s.mode, g.places,
       r.id, r.instrument_id, r.wordings, r.smallest_group, r.closes_on, r.closed_at, o.closed_on
FROM sheet s
JOIN "round" r ON r.id = s.round_id
JOIN organisation o ON o.id = r.organisation_id
JOIN round_group g ON g.round_id = r.id AND g.rater_group = s.rater_group
WHERE s.key_hash = ?
"""

# One statement finds the sheet, asks whether the round is open and writes: nothing can happen in between. In a closed
# organisation nobody would ever read the answer.
_SAVE = """
INSERT INTO answer
    (sheet_id, item, organisation, programme, round, rater_group, value, reason, evidence, differed, text)
SELECT s.id, CAST(? AS VARCHAR(12)), r.organisation_id, r.programme_id, r.id, s.rater_group, CAST(? AS VARCHAR(8)),
       CAST(? AS VARCHAR(16)), CAST(? AS VARCHAR(12)), ?, CAST(? AS TEXT)
FROM sheet s JOIN "round" r ON r.id = s.round_id JOIN organisation o ON o.id = r.organisation_id
WHERE s.key_hash = ? AND r.closed_at IS NULL AND r.closes_on >= ? AND o.closed_on IS NULL
ON CONFLICT (sheet_id, item) DO UPDATE SET
    value = excluded.value, reason = excluded.reason, evidence = excluded.evidence, differed = excluded.differed,
    text = excluded.text
"""

_VALUES = "SELECT item, value FROM answer WHERE sheet_id = ?"


def _run(sql: str, *values: Any) -> Any:
    """Saving an answer is the one hot path, so its statements are written out (performance.md)."""
    return db.database.execute_sql(sql.replace("?", db.database.param), values)


def is_open(closes_on: dt.date, closed_at: object) -> bool:
    return closed_at is None and clock.today() <= closes_on


def find_sheet(key: str) -> HeldSheet | None:
    """The sheet this return key opens. None once it was deleted, or its round was closed and keys were dropped."""
    row = _run(_FIND, return_key.hash_of(key)).fetchone() if key else None
    if row is None:
        return None
    sheet, group, mode, places_made, round_id, instrument, wordings, smallest_group, closes_on, closed_at, gone = row
    round_ = Round(
        id=UUID(str(round_id)),
        instrument=UUID(str(instrument)),
        wordings=json.loads(wordings) if isinstance(wordings, str) else wordings,
        smallest_group=smallest_group,
        closes_on=dt.date.fromisoformat(str(closes_on)),
    )
    return HeldSheet(
        UUID(str(sheet)),
        key,
        round_,
        RaterGroup(group),
        Mode(mode),
        instruments.instrument_of(round_),
        gone is None and is_open(round_.closes_on, closed_at),
        places_made,
    )


def save(sheet: HeldSheet, item: str, answer: GivenAnswer) -> bool:
    """Save the answer, in place of an earlier one. False once the round is over (``_SAVE``) or the sheet is gone."""
    try:
        return _save(sheet, item, answer)
    except peewee.IntegrityError:
        return False


@db.transaction
def _save(sheet: HeldSheet, item: str, answer: GivenAnswer) -> bool:
    saved = _run(
        _SAVE,
        item,
        answer.value,
        answer.reason.value if answer.reason else None,
        answer.evidence.value if answer.evidence else None,
        answer.differed,
        answer.text,
        return_key.hash_of(sheet.key),
        clock.today().isoformat(),
    )
    return bool(saved.rowcount == 1)


def is_over(sheet: HeldSheet) -> bool:
    """Whether the sheet's round takes no answers any more, looked up anew."""
    return not Round.select(Round.id).where(Round.id == sheet.round.id, places.takes_answers()).exists()


def values_of(sheet: HeldSheet) -> dict[str, str]:
    """Item code to the value given; items without an answer are left out."""
    return dict(_run(_VALUES, sheet.id.hex).fetchall())


def get_answer(sheet: HeldSheet, item: str) -> SavedAnswer | None:
    row = Answer.get_or_none(Answer.sheet == sheet.id, Answer.item == item)
    return SavedAnswer(row.value, row.reason, row.evidence, row.differed, row.text) if row else None


def words_of(sheet: HeldSheet, language: str) -> Words:
    """The round's wording in this language, else in English."""
    return instruments.words_of(sheet.round, language)


def same_item(items: Sequence[Item], done: Collection[str]) -> str | None:
    """Where somebody who comes back goes on: the first item without an answer in the order they chose.

    Nothing is stored about that order. Somebody who began with a later section left a run of answers there, and the
    run's first item is where their order begins. None when every item has an answer.
    """
    codes = [item.code for item in items]
    runs = [
        code for before, code in zip(codes[-1:] + codes, codes, strict=False) if code in done and before not in done
    ]
    return next_open(items, done, after=runs[0] if runs else None)


def delete(sheet: HeldSheet) -> bool:
    """Take the sheet and its answers away for good; False once the round is closed. The place is not given again."""
    if not sheet.open or not _delete(sheet):
        return False
    forgetting.checkpoint()  # dead rows of PostgreSQL go with the daily tick: nobody waits for that here
    return True


@db.transaction
def _delete(sheet: HeldSheet) -> bool:
    deleted: int = Sheet.delete().where(Sheet.key_hash == return_key.hash_of(sheet.key)).execute()
    return deleted == 1


def seconds_open(sheet: HeldSheet) -> int:
    """How long a device of one's own keeps the key: until the round's last day is over."""
    midnight = dt.datetime.combine(
        sheet.round.closes_on + dt.timedelta(days=1), dt.time(), ZoneInfo(setting("TIME_ZONE"))
    )
    return max(0, int((midnight - clock.now()).total_seconds()))
