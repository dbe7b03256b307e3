"""Copies a person shares with the leads of one programme: made on purpose, for a time, taken back at any moment."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import audit, clock, db, forgetting
from portal.accounts.models import Person
from portal.candidates.copy_content import Content, open_content, seal_content
from portal.candidates.models import CopyView, SharedCopy
from portal.organisations.models import Membership, MembershipProgramme, Organisation, Programme
from portal.organisations.services import roles_of

CANDIDATE = "candidate"
USUAL_DAYS = 30
LONGEST_MONTHS = 6


class Purpose(StrEnum):
    """What a copy is for. The web puts it into words; nobody writes it freely."""

    STARTING = "starting"
    LEARNING = "learning"
    TASKS = "tasks"


class NotInvited(Exception):
    """The person is no candidate of that programme."""


class EndsTooEarly(Exception):
    """A copy is shared until tomorrow at least."""


class EndsTooLate(Exception):
    """A copy is shared for six months at most."""


@dataclass(frozen=True)
class OpenProgramme:
    id: UUID
    name: str
    organisation_id: UUID
    organisation: str


@dataclass(frozen=True)
class Look:
    nickname: str | None  # None when the account is gone
    role: str
    on: date


@dataclass(frozen=True)
class Copy:
    id: UUID
    nickname: str
    organisation: str
    organisation_id: UUID
    programme: str
    purpose: Purpose
    shared_on: date
    ends_on: date
    looks: tuple[Look, ...] = ()
    content: Content | None = None


def usual_end() -> date:
    return clock.today() + timedelta(days=USUAL_DAYS)


def latest_end() -> date:
    today = clock.today()
    years, month = divmod(today.month - 1 + LONGEST_MONTHS, 12)
    year, month = today.year + years, month + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


# --- the person's side ---


def programmes_open_to(person: UUID) -> list[OpenProgramme]:
    """Programmes the person is a candidate of, by organisation and name."""
    held = {one.organisation: one for one in roles_of(person) if one.role == CANDIDATE}
    if not held:
        return []
    rows: Any = (
        Programme.select(Programme.id, Programme.name, Organisation.id, Organisation.name)
        .join(Organisation)
        .where(Programme.organisation.in_(list(held)))
        .order_by(Organisation.name, Programme.name, Programme.id)
        .tuples()
    )
    every = [OpenProgramme(*row) for row in rows]
    return [programme for programme in every if held[programme.organisation_id].covers(programme.id)]


@db.transaction
def share(copy_id: UUID, person: UUID, programme: UUID, content: Content, purpose: Purpose, ends_on: date) -> UUID:
    """Share a copy; its id. The same ``copy_id`` sent twice shares once.

    Raises NotInvited, EndsTooEarly, EndsTooLate.
    """
    chosen = next((row for row in programmes_open_to(person) if row.id == programme), None)
    if chosen is None:
        raise NotInvited
    if ends_on <= clock.today():
        raise EndsTooEarly
    if ends_on > latest_end():
        raise EndsTooLate
    there = SharedCopy.get_or_none(SharedCopy.id == copy_id)
    if there is not None and there.person_id == person:
        return copy_id
    copy_id = uuid4() if there else copy_id
    try:
        with db.database.atomic():
            copy = SharedCopy.create(
                id=copy_id,
                person=person,
                organisation=chosen.organisation_id,
                programme=programme,
                purpose=purpose.value,
                sealed=seal_content(copy_id, content),
                shared_on=clock.today(),
                ends_on=ends_on,
            )
    except peewee.IntegrityError:  # the button was pressed twice, and the other press was faster
        return copy_id
    audit.record("candidates.share", copy, chosen.organisation_id)
    return copy_id


def list_own(person: UUID) -> list[Copy]:
    """The copies a person shares now, with who looked, newest first."""
    rows = list(_living().where(SharedCopy.person == person).order_by(SharedCopy.shared_on.desc(), SharedCopy.id))
    looks = _looks([row.id for row in rows])
    return [_copy(row, looks.get(row.id, ())) for row in rows]


def get_own(person: UUID, copy_id: UUID) -> Copy | None:
    row = _living().where(SharedCopy.person == person, SharedCopy.id == copy_id).first()
    return _copy(row, _looks([row.id]).get(row.id, ()), opened=True) if row else None


def take_back(person: UUID, copy_id: UUID) -> None:
    """The copy is deleted at once. Nothing happens where it is not the person's or gone already."""
    _take_back(person, copy_id)
    forgetting.forget_deleted(SharedCopy, CopyView)


@db.transaction
def _take_back(person: UUID, copy_id: UUID) -> None:
    row = SharedCopy.get_or_none(SharedCopy.person == person, SharedCopy.id == copy_id)
    if row is not None:
        audit.record("candidates.take_back", row, row.organisation_id)
        row.delete_instance()


def export(copy: Copy) -> dict[str, Any]:
    """A copy of the person's own, readable."""
    opened = open_content(SharedCopy.get_by_id(copy.id))
    return {
        "with": f"{copy.programme}, {copy.organisation}",
        "purpose": copy.purpose.value,
        "shared_on": copy.shared_on.isoformat(),
        "ends_on": copy.ends_on.isoformat(),
        "sheet": opened.sheet,
        "items": [{"statement": item.statement, "answer": item.answer} for item in opened.items],
        "looks": [{"who": look.nickname, "role": look.role, "on": look.on.isoformat()} for look in copy.looks],
    }


# --- the leads' side ---


def list_shared(organisation: UUID, programmes: Collection[UUID] | None) -> list[Copy]:
    """Copies shared with these programmes (None: every one of the organisation), unopened, newest first."""
    rows = _shared(organisation, programmes).order_by(SharedCopy.shared_on.desc(), SharedCopy.id)
    return [_copy(row) for row in rows]


@db.transaction
def look_at(
    organisation: UUID, programmes: Collection[UUID] | None, copy_id: UUID, viewer: UUID, role: str
) -> Copy | None:
    """The copy, opened; the person who shared it will see who looked. None where there is none for this viewer."""
    row = _shared(organisation, programmes).where(SharedCopy.id == copy_id).first()
    if row is None:
        return None
    CopyView.insert(copy=copy_id, viewer=viewer, role=role, viewed_on=clock.today()).on_conflict_ignore().execute()
    audit.record("candidates.look", row, organisation)
    return _copy(row, opened=True)


def _shared(organisation: UUID, programmes: Collection[UUID] | None) -> Any:
    rows = _living().where(SharedCopy.organisation == organisation)
    return rows if programmes is None else rows.where(SharedCopy.programme.in_(list(programmes)))


def _living() -> Any:
    """Copies that have not ended, of people who are candidates of the programme still."""
    return (
        SharedCopy.select(SharedCopy, Person.id, Person.nickname, Programme, Organisation)
        .join(Person)
        .switch(SharedCopy)
        .join(Programme)
        .switch(SharedCopy)
        .join(Organisation)
        .where(SharedCopy.ends_on > clock.today(), _still_candidate())
    )


def _still_candidate() -> Any:
    any_programme = MembershipProgramme.select(MembershipProgramme.id).where(
        MembershipProgramme.membership == Membership.id
    )
    this_programme = any_programme.where(MembershipProgramme.programme == SharedCopy.programme)
    return peewee.fn.EXISTS(
        Membership.select(Membership.id).where(
            Membership.person == SharedCopy.person,
            Membership.organisation == SharedCopy.organisation,
            Membership.role == CANDIDATE,
            ~peewee.fn.EXISTS(any_programme) | peewee.fn.EXISTS(this_programme),
        )
    )


def _looks(ids: list[UUID]) -> dict[UUID, tuple[Look, ...]]:
    rows: Any = (
        CopyView.select(CopyView.copy, CopyView.role, CopyView.viewed_on, Person.nickname)
        .join(Person, peewee.JOIN.LEFT_OUTER)
        .where(CopyView.copy.in_(ids))
        .order_by(CopyView.viewed_on.desc(), Person.nickname)
        .tuples()
    )
    found: dict[UUID, tuple[Look, ...]] = {}
    for row in rows:
        copy, role, on, nickname = row
        found[copy] = (*found.get(copy, ()), Look(nickname, role, on))
    return found


def _copy(row: Any, looks: tuple[Look, ...] = (), *, opened: bool = False) -> Copy:
    return Copy(
        id=row.id,
        nickname=row.person.nickname,
        organisation=row.organisation.name,
        organisation_id=row.organisation_id,
        programme=row.programme.name,
        purpose=Purpose(row.purpose),
        shared_on=row.shared_on,
        ends_on=row.ends_on,
        looks=looks,
        content=open_content(row) if opened else None,
    )


# --- what is due ---


def end_due() -> None:
    """Delete the copies that ended: their day has come, or the person is no candidate there any more."""
    over = [row.id for row in SharedCopy.select(SharedCopy.id).where(_is_over())]
    if over:
        _end(over)
        forgetting.forget_deleted(SharedCopy, CopyView)


def _is_over() -> Any:
    return (SharedCopy.ends_on <= clock.today()) | ~_still_candidate()


@db.transaction
def _end(ids: list[UUID]) -> None:
    for row in SharedCopy.select().where(SharedCopy.id.in_(ids), _is_over()).order_by(SharedCopy.id):
        audit.record("candidates.end_copy", row, row.organisation_id)
        row.delete_instance()
