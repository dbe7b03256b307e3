"""Who did what: one append-only row for each change, chained, without names, texts or addresses.

``actor`` is a random id; AuditActor alone says whose it is, and goes with the person. Each row carries an
HMAC over its fields and the HMAC before, so that a changed or missing row shows; audit.head in the data folder
holds the latest number and HMAC, so that a cut tail shows, too.
"""

from __future__ import annotations

import contextvars
import datetime as dt
import hashlib
import hmac
import json
import logging
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import clock, db, keys
from portal.config import setting

CHECKPOINT = "audit.checkpoint"
YEARS_KEPT = 3
_FIRST = "0" * 64  # the HMAC "before" the first row

# Whoever is at work in this request or command; set at the door, so that services need not pass it on.
_person: contextvars.ContextVar[UUID | None] = contextvars.ContextVar("acting_person", default=None)


class AuditRow(db.Model):
    number = peewee.BigIntegerField(unique=True)
    time = db.UTCDateTimeField()
    actor = peewee.UUIDField(null=True)
    action = peewee.CharField(64)
    object = peewee.CharField(128)
    organisation = peewee.UUIDField(null=True, index=True)
    hmac = peewee.CharField(64)


class AuditActor(db.Model):
    person = peewee.UUIDField(unique=True)
    actor = peewee.UUIDField(unique=True)


@dataclass(frozen=True)
class Problem:
    number: int
    message: str


def acting_as(person: UUID | None) -> None:
    """From here on, in this request or command, changes are this person's."""
    _person.set(person)


@db.transaction
def record(action: str, thing: Any, organisation: UUID | None = None, *, anonymous: bool = False) -> None:
    """Add a row about ``thing`` (a row of a table, or a short text that names it). Inside the caller's transaction."""
    if not db.is_sqlite():
        db.database.execute_sql("SELECT pg_advisory_xact_lock(7065657278)")  # SQLite's writers queue by themselves
    newest = AuditRow.select(AuditRow.number, AuditRow.hmac).order_by(AuditRow.number.desc()).tuples().first()
    number, before = (newest[0] + 1, newest[1]) if newest else (1, _FIRST)
    actor = None if anonymous else _actor_of(_person.get())
    row = AuditRow(
        number=number, time=clock.now(), actor=actor, action=action, object=_name(thing), organisation=organisation
    )
    row.hmac = _seal(row, before)
    row.save(force_insert=True)
    db.after_commit(_write_head)


def _name(thing: Any) -> str:
    return thing if isinstance(thing, str) else f"{thing._meta.table_name}/{thing.id}"


def _actor_of(person: UUID | None) -> UUID | None:
    if person is None:
        return None
    AuditActor.insert(person=person, actor=uuid4()).on_conflict_ignore().execute()
    actor: UUID = AuditActor.select(AuditActor.actor).where(AuditActor.person == person).scalar()
    return actor


@db.transaction
def forget(person: UUID) -> None:
    """The rows stay and the chain holds; whose they were is gone."""
    AuditActor.delete().where(AuditActor.person == person).execute()


def _seal(row: AuditRow, before: str) -> str:
    moment = row.time.astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields = [row.number, moment, str(row.actor), row.action, row.object, str(row.organisation), before]
    return hmac.new(keys.read_key("audit.key"), json.dumps(fields).encode(), hashlib.sha256).hexdigest()


def _head_file() -> Path:
    return Path(setting("DATA_DIR")) / "audit.head"


def _write_head() -> None:
    """The change is saved by now: a full disk must not undo it, and `audit verify` says when the file is missing."""
    newest = AuditRow.select(AuditRow.number, AuditRow.hmac).order_by(AuditRow.number.desc()).tuples().first()
    if newest is None or not _goes_on(_read_head(), newest[0]):
        return
    draft = _head_file().with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        draft.write_text(f"{newest[0]} {newest[1]}\n")
        draft.replace(_head_file())
    except OSError:
        logging.getLogger("portal").exception("audit.head could not be written")


def _goes_on(head: list[str] | None, newest: int) -> bool:
    """Whether the chain goes on from where audit.head stands.

    Otherwise that file stays as it is: what was cut off must not stop showing because something new was recorded.
    """
    if head is None:
        return True
    if len(head) != 2 or not re.fullmatch("[0-9]+", head[0]) or int(head[0]) >= newest:
        return False
    number, sealed = int(head[0]), head[1]
    found = AuditRow.select(AuditRow.hmac).where(AuditRow.number == number).scalar()
    if found is not None:
        return bool(found == sealed)
    cut = AuditRow.select().where(AuditRow.action == CHECKPOINT, AuditRow.object == f"{number} {sealed}")
    return bool(cut.exists())


def verify() -> list[Problem]:
    """Every place where the chain does not hold, in order; empty when nothing was changed, taken out or cut off."""
    problems = []
    head = _read_head()  # before the rows: what is added meanwhile is then no cut tail
    rows = list(AuditRow.select().order_by(AuditRow.number))
    cut = _checkpoints(rows)
    expected = 1
    before = _FIRST
    if rows and rows[0].number > 1:
        expected = rows[0].number
        before = cut.get(expected - 1, "")
        if not before:
            problems.append(Problem(expected, "rows before this one are missing, and no checkpoint says so"))
    for row in rows:
        if row.number != expected:
            problems.append(Problem(row.number, f"rows {expected} to {row.number - 1} are missing"))
        elif not hmac.compare_digest(row.hmac, _seal(row, before)):
            problems.append(Problem(row.number, "this row or the one before it was changed"))
        expected, before = row.number + 1, row.hmac
    return problems + _verify_head(head, {row.number: row.hmac for row in rows}, cut)


def _checkpoints(rows: list[AuditRow]) -> dict[int, str]:
    """Number and HMAC of the last row that each retention cut took away."""
    found = {}
    for row in rows:
        if row.action == CHECKPOINT and re.fullmatch(r"[0-9]+ [0-9a-f]{64}", row.object):
            number, _, sealed = row.object.partition(" ")
            found[int(number)] = sealed
    return found


def _read_head() -> list[str] | None:
    try:
        return _head_file().read_text().split()
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return []


def _verify_head(text: list[str] | None, hmacs: dict[int, str], cut: dict[int, str]) -> list[Problem]:
    if text is None:
        return [Problem(max(hmacs), "audit.head is missing from the data folder")] if hmacs else []
    if len(text) != 2 or not re.fullmatch("[0-9]+", text[0]):
        return [Problem(0, "audit.head cannot be read")]
    number, sealed = int(text[0]), text[1]
    newest = max(hmacs, default=0)
    if number > newest:
        return [Problem(newest, f"rows {newest + 1} to {number} were cut off")]
    if hmacs.get(number, cut.get(number)) != sealed:
        return [Problem(number, "audit.head does not lie on the chain")]
    return []


@db.transaction
def cut_before(moment: dt.datetime) -> int:
    """Take away the old end of the chain; how many rows went. A checkpoint row keeps the rest provable."""
    last = (
        AuditRow.select(AuditRow.number, AuditRow.hmac)
        .where(AuditRow.time < moment)
        .order_by(AuditRow.number.desc())
        .tuples()
        .first()
    )
    if last is None:
        return 0
    record(CHECKPOINT, f"{last[0]} {last[1]}")
    gone: int = AuditRow.delete().where(AuditRow.number <= last[0]).execute()
    return gone


def cut_what_is_due() -> int:
    """Take away rows older than YEARS_KEPT years; once a month, so that checkpoints do not pile up in their place."""
    month = clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    moment = month.replace(year=month.year - YEARS_KEPT)
    return cut_before(moment) if AuditRow.select(AuditRow.id).where(AuditRow.time < moment).exists() else 0


def rows_of(organisation: UUID | None, limit: int = 200) -> list[AuditRow]:
    """The newest rows of an organisation, or of the portal where it is None, newest first."""
    where = AuditRow.organisation.is_null() if organisation is None else AuditRow.organisation == organisation
    return list(AuditRow.select().where(where).order_by(AuditRow.number.desc()).limit(limit))
