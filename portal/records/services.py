"""Certificates: made by the person from what is marked done, checked by whoever holds the address, taken back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import audit, clock, db, forgetting, keys
from portal.records.models import CalendarAddress, KeptCertificate
from portal.training import plans
from portal.training.models import Way


class NotDone(Exception):
    """Some of what was chosen is not marked done, or not any more. Nothing was made."""


@dataclass(frozen=True)
class Line:
    """A module on a certificate. Prior experience counts as such, without any detail."""

    code: str
    done_on: dt.date
    experience: bool = False
    title: str = ""  # empty: its code stands alone
    practised_on: dt.date | None = None
    refreshed_on: dt.date | None = None
    organisation: str = ""


@dataclass(frozen=True)
class Content:
    """All that a certificate says. Nothing else can get onto the paper, the badge or the page that verifies it."""

    name: str
    lines: tuple[Line, ...]
    site: str = ""  # the name of the site, where the person wants it named


@dataclass(frozen=True)
class Wanted:
    """What the person ticked besides the modules."""

    full_titles: bool = False
    later_days: bool = False  # practised, refreshed
    organisations: bool = False


@dataclass(frozen=True)
class Certificate:
    id: UUID
    made_on: dt.date
    withdrawn_on: dt.date | None
    token: str = ""  # empty when withdrawn
    content: Content | None = None  # None when withdrawn


# --- making ---


@db.transaction
def make_certificate(
    certificate_id: UUID,
    person: UUID,
    chosen: Collection[UUID],
    name: str,
    wanted: Wanted,
    language: str,
    site: str = "",
) -> UUID:
    """Make a certificate of modules marked done (ids of their lines); its id. The same id sent twice makes one.

    It keeps saying what it says now, whatever is marked later. Raises NotDone.
    """
    lines = [line for line in plans.plan(person, language).done if line.id in set(chosen)]
    if not lines or len(lines) < len(set(chosen)):
        raise NotDone
    there = KeptCertificate.get_or_none(KeptCertificate.id == certificate_id)
    if there is not None and there.person_id == person:
        return certificate_id
    certificate_id = uuid4() if there else certificate_id
    content = Content(name, tuple(_line(line, wanted) for line in reversed(lines)), site)
    token = keys.new_token()
    try:
        with db.database.atomic():
            row = KeptCertificate.create(
                id=certificate_id,
                person=person,
                token_hash=keys.token_hash(token),
                sealed=_seal(certificate_id, token, content),
                made_on=clock.today(),
            )
    except peewee.IntegrityError:  # the button was pressed twice, and the other press was faster
        return certificate_id
    audit.record("records.make_certificate", row)
    return certificate_id


def _line(line: plans.Line, wanted: Wanted) -> Line:
    assert line.done_on is not None  # noqa: S101 - what is marked done has a day
    return Line(
        code=line.code,
        done_on=line.done_on,
        experience=line.way == Way.EXPERIENCE,
        title=line.module.title if wanted.full_titles and line.module else "",
        practised_on=line.practised_on if wanted.later_days else None,
        refreshed_on=line.refreshed_on if wanted.later_days else None,
        organisation=line.organisation if wanted.organisations else "",
    )


def _owner(certificate: UUID) -> str:
    return f"certificate:{certificate}"


def _seal(certificate: UUID, token: str, content: Content) -> bytes:
    return keys.seal(json.dumps({"token": token, **asdict(content)}, default=str), _owner(certificate))


def _open(row: KeptCertificate) -> Certificate:
    if row.sealed is None:
        return Certificate(row.id, row.made_on, row.withdrawn_on)
    stored = json.loads(keys.unseal(row.sealed, _owner(row.id)))
    lines = tuple(_read_line(line) for line in stored["lines"])
    content = Content(stored["name"], lines, stored["site"])
    return Certificate(row.id, row.made_on, row.withdrawn_on, stored["token"], content)


def _read_line(stored: dict[str, Any]) -> Line:
    days = {key: stored[key] and dt.date.fromisoformat(stored[key]) for key in stored if key.endswith("_on")}
    return Line(**{**stored, **days})


# --- the person's side ---


def list_certificates(person: UUID) -> list[Certificate]:
    """The person's own, newest first, withdrawn ones last."""
    rows: Iterable[KeptCertificate] = (
        KeptCertificate.select()
        .where(KeptCertificate.person == person)
        .order_by(KeptCertificate.made_on.desc(), KeptCertificate.id)
    )
    return sorted((_open(row) for row in rows), key=lambda one: one.content is None)


def get_certificate(person: UUID, certificate: UUID) -> Certificate | None:
    """One of the person's own."""
    row = _own(person, certificate)
    return _open(row) if row else None


def _own(person: UUID, certificate: UUID) -> KeptCertificate | None:
    return KeptCertificate.get_or_none(KeptCertificate.person == person, KeptCertificate.id == certificate)


def withdraw_certificate(person: UUID, certificate: UUID) -> None:
    """From now on its address says that it was withdrawn, and nothing else; what stood on it is deleted."""
    _withdraw(person, certificate)
    forgetting.forget_deleted(KeptCertificate)


@db.transaction
def _withdraw(person: UUID, certificate: UUID) -> None:
    row = _own(person, certificate)
    if row is not None and row.withdrawn_on is None:
        row.sealed, row.withdrawn_on = None, clock.today()
        row.save()
        audit.record("records.withdraw_certificate", row)


def delete_certificate(person: UUID, certificate: UUID) -> None:
    """It is gone, and its address leads nowhere."""
    _delete(person, certificate)
    forgetting.forget_deleted(KeptCertificate)


@db.transaction
def _delete(person: UUID, certificate: UUID) -> None:
    row = _own(person, certificate)
    if row is not None:
        audit.record("records.delete_certificate", row)
        row.delete_instance()


# --- whoever holds the address ---


def find_certificate(token: str) -> Certificate | None:
    """The certificate of this address, withdrawn or not; None for an unknown one."""
    row = KeptCertificate.get_or_none(KeptCertificate.token_hash == keys.token_hash(token))
    return _open(row) if row else None


# --- for the whole person ---


def export_person(person: UUID) -> dict[str, Any]:
    """Everything of the person here, readable."""
    address = CalendarAddress.get_or_none(CalendarAddress.person == person)
    return {
        "certificates": [_export(one) for one in list_certificates(person)],
        "calendar": address and {"made_on": address.made_on.isoformat()},
    }


def _export(certificate: Certificate) -> dict[str, Any]:
    content = asdict(certificate.content) if certificate.content else {}
    days = {"made_on": certificate.made_on, "withdrawn_on": certificate.withdrawn_on}
    found: dict[str, Any] = json.loads(json.dumps({**days, **content}, default=str))
    return found


@db.transaction
def forget_person(person: UUID) -> None:
    KeptCertificate.delete().where(KeptCertificate.person == person).execute()
    CalendarAddress.delete().where(CalendarAddress.person == person).execute()
