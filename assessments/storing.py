"""Instruments and words as values that JSON can hold, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from assessments.model import (
    AnswerWords,
    Instrument,
    Item,
    ItemWords,
    Judges,
    RaterGroup,
    Scale,
    Section,
    SectionWords,
    Words,
)


def instrument_to_dict(instrument: Instrument) -> dict[str, Any]:
    """JSON-able; `instrument_from_dict` gives back an equal instrument."""
    return {
        "name": instrument.name,
        "released": instrument.released.isoformat() if instrument.released else None,
        "groups": [group.value for group in instrument.groups],
        "sections": [
            {"code": section.code, "mark": section.mark, "scale": section.scale.value}
            for section in instrument.sections
        ],
        "items": [
            {
                "code": item.code,
                "section": item.section,
                "raters": {group.value: judges.value for group, judges in item.raters.items()},
                "critical": item.critical,
            }
            for item in instrument.items
        ],
    }


def instrument_from_dict(stored: Mapping[str, Any]) -> Instrument:
    return Instrument(
        name=stored["name"],
        released=date.fromisoformat(stored["released"]) if stored["released"] else None,
        groups=tuple(RaterGroup(group) for group in stored["groups"]),
        sections=tuple(Section(entry["code"], entry["mark"], Scale(entry["scale"])) for entry in stored["sections"]),
        items=tuple(
            Item(
                entry["code"],
                entry["section"],
                {RaterGroup(group): Judges(judges) for group, judges in entry["raters"].items()},
                entry["critical"],
            )
            for entry in stored["items"]
        ),
    )


def words_to_dict(words: Words) -> dict[str, Any]:
    """JSON-able; `words_from_dict` gives back equal words."""
    return {
        "language": words.language,
        "title": words.title,
        "summary": words.summary,
        "scales": {
            scale.value: {answer: {"label": entry.label, "help": entry.help} for answer, entry in answers.items()}
            for scale, answers in words.scales.items()
        },
        "sections": {code: {"name": entry.name, "summary": entry.summary} for code, entry in words.sections.items()},
        "items": {
            code: {
                "statement": entry.statement,
                "levels": list(entry.levels),
                "look_for": entry.look_for,
                "prompt": entry.prompt,
                "talk": entry.talk,
                "support": list(entry.support),
                "short": entry.short,
            }
            for code, entry in words.items.items()
        },
        "changed": dict(words.changed),
    }


def words_from_dict(stored: Mapping[str, Any]) -> Words:
    return Words(
        language=stored["language"],
        title=stored["title"],
        summary=stored["summary"],
        scales={
            Scale(scale): {answer: AnswerWords(**entry) for answer, entry in answers.items()}
            for scale, answers in stored["scales"].items()
        },
        sections={code: SectionWords(**entry) for code, entry in stored["sections"].items()},
        items={
            code: ItemWords(**{**entry, "levels": tuple(entry["levels"]), "support": tuple(entry["support"])})
            for code, entry in stored["items"].items()
        },
        changed=dict(stored["changed"]),
    )
