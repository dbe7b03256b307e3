"""What people want to work on: private marks in the kept checklist, single ones shown to trainers.

Trainers see statement, nickname and day. Answers and notes never leave the checklist.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import peewee

from assessments.model import Words
from portal import audit, clock, db, forgetting, keys
from portal.accounts.models import Person
from portal.candidates import checklist, services
from portal.candidates.models import GrowthShown
from portal.organisations.models import Membership, Organisation
from portal.organisations.services import roles_of


class NotAMember(Exception):
    """The person does not belong to that organisation."""


@dataclass(frozen=True)
class Shown:
    """One wish as trainers see it."""

    id: UUID
    person: UUID
    nickname: str
    organisation_id: UUID
    organisation: str
    item: str  # code in candidate-1
    statement: str  # in the language in which it was shown
    shown_on: date


# --- the person's side ---


def wishes(person: UUID) -> list[str]:
    """Marked items that the person answered with S1 or S0, in their order; empty where nothing is kept."""
    kept = services.get_kept(person)
    if kept is None:
        return []
    _bring, like = checklist.bring_and_like(kept.checklist)
    return [code for code in like if code in kept.checklist.wishes]


def mark(person: UUID, codes: Collection[str]) -> None:
    """Mark these items of the kept checklist and no others; those without an answer cannot be.

    What loses its mark is shown to nobody any more.
    """
    if _mark(person, codes):
        forgetting.forget_deleted(GrowthShown)


@db.transaction
def _mark(person: UUID, codes: Collection[str]) -> bool:
    kept = services.get_kept(person)
    if kept is None:
        return False
    marked = checklist.with_wishes(kept.checklist, codes)
    services.keep(person, marked)
    over = [shown for shown in list_own(person) if shown.item not in marked.wishes]
    for shown in over:
        _take_back(person, shown.id)
    return bool(over)


def organisations_open_to(person: UUID) -> list[tuple[UUID, str]]:
    """Open organisations the person belongs to, by name."""
    ids = list({held.organisation for held in roles_of(person)})
    rows: Any = (
        Organisation.select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(ids))
        .order_by(Organisation.name, Organisation.id)
        .tuples()
    )
    return list(rows)


@db.transaction
def show(person: UUID, organisation: UUID, codes: Collection[str], words: Words) -> int:
    """Show marked items to the trainers of an organisation, in these words; how many are new.

    What is not marked stays with the person. Raises NotAMember.
    """
    if organisation not in {held.organisation for held in roles_of(person)}:
        raise NotAMember
    if not db.is_sqlite():  # two presses of one button wait for each other
        list(Person.select(Person.id).where(Person.id == person).for_update())
    kept = services.get_kept(person)
    marked = checklist.wishes(kept.checklist) if kept else []
    there = {shown.item for shown in list_own(person) if shown.organisation_id == organisation}
    fresh = [code for code in marked if code in codes and code not in there]
    for code in fresh:
        row = GrowthShown(id=uuid4(), person=person, organisation=organisation, shown_on=clock.today())
        row.sealed = keys.seal(json.dumps([code, words.items[code].statement]), _owner(row))
        row.save(force_insert=True)
        _record("candidates.show_wish", row)
    return len(fresh)


def list_own(person: UUID) -> list[Shown]:
    """What the person shows now, by organisation and in the instrument's order."""
    rows = _living().where(GrowthShown.person == person).order_by(Organisation.name, Organisation.id, GrowthShown.id)
    return sorted(map(_open, rows), key=lambda shown: (shown.organisation, shown.organisation_id, _place(shown.item)))


def take_back(person: UUID, shown_id: UUID) -> None:
    """Nobody sees it any more, at once. Nothing happens where it is not the person's or gone already."""
    _take_back(person, shown_id)
    forgetting.forget_deleted(GrowthShown)


@db.transaction
def _take_back(person: UUID, shown_id: UUID) -> None:
    row = GrowthShown.get_or_none(GrowthShown.person == person, GrowthShown.id == shown_id)
    if row is not None:
        _record("candidates.take_back_wish", row)
        row.delete_instance()


def export_own(person: UUID) -> list[dict[str, Any]]:
    """What the person shows, readable."""
    return [
        {
            "to": f"trainers of {shown.organisation}",
            "code": shown.item,
            "statement": shown.statement,
            "shown_on": shown.shown_on.isoformat(),
        }
        for shown in list_own(person)
    ]


# --- the trainers' side ---


def list_shown(organisation: UUID) -> list[Shown]:
    """What members show to the trainers of the organisation, by nickname and in the instrument's order."""
    rows = _living().where(GrowthShown.organisation == organisation).order_by(Person.nickname_folded, GrowthShown.id)
    return sorted(map(_open, rows), key=lambda shown: (shown.nickname.casefold(), shown.person, _place(shown.item)))


def shown_by(organisation: UUID, item: str) -> dict[UUID, date]:
    """Members who show that they want to work on the item, with the day they did."""
    return {shown.person: shown.shown_on for shown in list_shown(organisation) if shown.item == item}


# --- rows ---


def _living() -> Any:
    """Rows of people who are members of the organisation still."""
    return (
        GrowthShown.select(GrowthShown, Person.id, Person.nickname, Organisation.id, Organisation.name)
        .join(Person)
        .switch(GrowthShown)
        .join(Organisation)
        .where(_still_member())
    )


def _still_member() -> Any:
    still_open: Any = Organisation.alias()
    return peewee.fn.EXISTS(
        Membership.select(Membership.id)
        .join(still_open)
        .where(
            Membership.person == GrowthShown.person,
            Membership.organisation == GrowthShown.organisation,
            still_open.closed_on.is_null(),
        )
    )


def _owner(row: Any) -> str:
    return f"growth:{row.id}:{row.person_id}:{row.organisation_id}"


def _open(row: Any) -> Shown:
    item, statement = json.loads(keys.unseal(row.sealed, _owner(row)))
    return Shown(
        id=row.id,
        person=row.person_id,
        nickname=row.person.nickname,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        item=item,
        statement=statement,
        shown_on=row.shown_on,
    )


def _record(action: str, row: Any) -> None:
    """Who wants to grow something is between the person and the trainers: leads read the record, too."""
    audit.record(action, row, row.organisation_id, anonymous=True)


def _place(code: str) -> int:
    return next((place for place, item in enumerate(checklist.instrument().items) if item.code == code), -1)


# --- what is due ---


def end_due() -> None:
    """Delete what people showed who have left, and what was shown to organisations that are closed."""
    over = [row.id for row in GrowthShown.select(GrowthShown.id).where(~_still_member())]
    if over:
        _end(over)
        forgetting.forget_deleted(GrowthShown)


@db.transaction
def _end(ids: list[UUID]) -> None:
    for row in GrowthShown.select().where(GrowthShown.id.in_(ids), ~_still_member()).order_by(GrowthShown.id):
        _record("candidates.end_wish", row)
        row.delete_instance()
