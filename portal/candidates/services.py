"""A checklist kept with an account: sealed, one for each person. What is shared from it is in copies.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from assessments.model import Words
from portal import audit, clock, db, forgetting, keys
from portal.candidates import checklist, copies
from portal.candidates.checklist import Checklist
from portal.candidates.models import CopyView, GrowthShown, KeptChecklist, SharedCopy


class TextTooLong(Exception):
    """``fields`` names what is longer than checklist.LONGEST_TEXT."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Kept:
    checklist: Checklist
    kept_on: date
    changed_on: date


def get_kept(person: UUID) -> Kept | None:
    row = KeptChecklist.get_or_none(KeptChecklist.person == person)
    if row is None:
        return None
    found = checklist.from_dict(json.loads(keys.unseal(row.sealed, _owner(person))))
    return Kept(found, row.kept_on, row.changed_on)


@db.transaction
def keep(person: UUID, found: Checklist) -> None:
    """Keep this checklist in place of the one kept before. Raises TextTooLong."""
    if too_long := checklist.too_long(found):
        raise TextTooLong(too_long)
    sealed = keys.seal(json.dumps(checklist.to_dict(found)), _owner(person))
    today = clock.today()
    KeptChecklist.insert(
        person=person, instrument=checklist.INSTRUMENT, sealed=sealed, kept_on=today, changed_on=today
    ).on_conflict(
        conflict_target=[KeptChecklist.person], update={KeptChecklist.sealed: sealed, KeptChecklist.changed_on: today}
    ).execute()
    audit.record("candidates.keep", KeptChecklist.get(KeptChecklist.person == person))


def delete_kept(person: UUID) -> None:
    """The checklist is gone, from the files of the database, too. Copies that are shared stay until taken back."""
    _delete_kept(person)
    forgetting.forget_deleted(KeptChecklist)


@db.transaction
def _delete_kept(person: UUID) -> None:
    row = KeptChecklist.get_or_none(KeptChecklist.person == person)
    if row is None:
        return
    audit.record("candidates.delete_kept", row)
    row.delete_instance()


def _owner(person: UUID) -> str:
    return f"checklist:{person}"


def in_words(found: Checklist, language: str) -> dict[str, Any]:
    """The checklist for the person to take along: every answer with its statement, notes and sheet."""
    words = checklist.words(language)
    scales = {section.code: section.scale for section in checklist.instrument().sections}
    answers = []
    for item in checklist.instrument().items:
        if item.code not in found.answers:
            continue
        label = words.scales[scales[item.section]][found.answers[item.code]].label
        statement = words.items[item.code].statement
        answers.append(
            {"code": item.code, "statement": statement, "answer": label, **_support(found, words, item.code)}
        )
    bring, like = checklist.bring_and_like(found)
    return {
        "checklist": checklist.INSTRUMENT,
        "answers": answers,
        "I bring": [words.items[code].statement for code in bring],
        "I’d like": [words.items[code].statement for code in like],
        "I want to work on": [words.items[code].statement for code in checklist.wishes(found)],
        "notes": dict(found.notes),
        "sheet": checklist.sheet(found, words),
    }


def _support(found: Checklist, words: Words, code: str) -> dict[str, list[str]]:
    offered = words.items[code].support
    chosen = [offered[place] for place in found.supports.get(code, ()) if place < len(offered)]
    return {"support": chosen} if chosen else {}


# --- for the whole person ---


def export_person(person: UUID) -> dict[str, Any]:
    """Everything of the person here, readable: what they kept, what they share, and which copies they opened."""
    kept = get_kept(person)
    looked: list[CopyView] = list(
        CopyView.select().where(CopyView.viewer == person).order_by(CopyView.viewed_on, CopyView.id)
    )
    return {
        "kept": kept
        and {"kept_on": kept.kept_on.isoformat(), "changed_on": kept.changed_on.isoformat()}
        | in_words(kept.checklist, ""),
        "shared": [copies.export(copy) for copy in copies.list_own(person)],
        "looked_at": [{"copy": str(view.copy_id), "on": view.viewed_on.isoformat()} for view in looked],
    }


@db.transaction
def forget_person(person: UUID) -> None:
    KeptChecklist.delete().where(KeptChecklist.person == person).execute()
    SharedCopy.delete().where(SharedCopy.person == person).execute()
    GrowthShown.delete().where(GrowthShown.person == person).execute()
    CopyView.update(viewer=None).where(CopyView.viewer == person).execute()
