"""A checklist as it travels: what a form holds, which card comes next, the two lists, and the sheet made of them.

Nothing here knows a database. Field names are the item codes (`D.04`), `note-D.04`, `support-F5.01`, `order`,
`wishes` and `sheet-words`; the page with script and the one without use the same.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assessments import answers, files
from assessments.model import Instrument, Scale, Words

INSTRUMENT = "candidate-1"
SHEET_PARTS = ("name", "words", "show", "do", "grow", "support", "helps")
LISTS_OF_SHEET = {"show": "s3", "do": "s2", "grow": "s1", "support": "s0"}
LONGEST_TEXT = answers.LONGEST_TEXT

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Card:
    """One screen: a statement of its own, or all the ticks of a section. ``place`` counts within the section."""

    key: str
    section: str
    mark: str
    scale: Scale
    codes: tuple[str, ...]
    place: int
    of: int

    @property
    def names(self) -> frozenset[str]:
        """The form fields the card itself shows."""
        return frozenset({*self.codes, f"note-{self.key}", f"support-{self.key}"})


@dataclass(frozen=True)
class Checklist:
    answers: Mapping[str, str] = field(default_factory=dict)  # item code to value
    supports: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # item code to places in its support list
    notes: Mapping[str, str] = field(default_factory=dict)  # card key to text, for the person alone
    order: tuple[str, ...] = ()  # item codes, where the person put them in order
    sheet: Mapping[str, str] = field(default_factory=dict)  # parts the person changed; the others follow the answers
    wishes: tuple[str, ...] = ()  # item codes the person wants to work on


@functools.cache
def instrument() -> Instrument:
    return files.load_instrument(files.INSTRUMENTS / INSTRUMENT)


@functools.cache
def words(language: str) -> Words:
    """The checklist in this language, or in English where it has not been translated yet."""
    folder = files.INSTRUMENTS / INSTRUMENT
    return files.load_words(folder, language if language in files.languages(folder) else "en")


@functools.cache
def cards() -> tuple[Card, ...]:
    """Every screen, in order."""
    found: list[Card] = []
    for section in instrument().sections:
        codes = tuple(item.code for item in instrument().items_of(section.code))
        if section.scale is Scale.TICK:
            found.append(Card(section.code, section.code, section.mark, section.scale, codes, 1, 1))
            continue
        found += [
            Card(code, section.code, section.mark, section.scale, (code,), place, len(codes))
            for place, code in enumerate(codes, start=1)
        ]
    return tuple(found)


def card(key: str) -> Card | None:
    return next((one for one in cards() if one.key == key), None)


def neighbour(key: str, step: int) -> Card | None:
    """The card before (-1) or after (1) this one; None beyond either end."""
    keys = [one.key for one in cards()]
    place = keys.index(key) + step
    return cards()[place] if 0 <= place < len(keys) else None


def turn(checklist: Checklist, at: Card | None, go: str) -> tuple[Checklist, str]:
    """The checklist after a button, and where it leads: a card's key, "start", "result" or "sheet".

    ``go`` is next, skip, back, start, result, sheet, "at D.04", "up D.04" or "down D.04"; anything else means next.
    """
    do, _, code = go.partition(" ")
    if do in ("start", "result", "sheet"):
        return checklist, do
    if do in ("up", "down"):
        return move(checklist, code, -1 if do == "up" else 1), "result"
    if do == "at" and card(code):
        return checklist, code
    if at is None:
        return checklist, cards()[0].key
    if do == "back":
        before = neighbour(at.key, -1)
        return checklist, before.key if before else "start"
    after = neighbour(at.key, 1)
    return without(checklist, at) if do == "skip" else checklist, after.key if after else "result"


# --- forms and files ---


def read(form: Fields, words: Words) -> Checklist:
    """What a form says; fields and values that do not belong here are left out."""
    found = Checklist(
        answers=answers.read_checklist(instrument(), {name: values[-1] for name, values in form.items() if values}),
        supports=_supports(form, words),
        notes={one.key: text for one in cards() if (text := tidy(_first(form, f"note-{one.key}")))},
        order=tuple(code for code in dict.fromkeys(_first(form, "order").split()) if instrument().item(code)),
    )
    filled = prefilled(found, words)
    typed = {part: tidy(_first(form, f"sheet-{part}")) for part in SHEET_PARTS if f"sheet-{part}" in form}
    found = replace(found, sheet={part: text for part, text in typed.items() if text != filled[part]})
    return with_wishes(found, _first(form, "wishes").split())


def _supports(form: Fields, words: Words) -> dict[str, tuple[int, ...]]:
    found = {}
    for code, item in words.items.items():
        offered = [str(place) for place in range(len(item.support))]
        chosen = tuple(int(value) for value in offered if value in form.get(f"support-{code}", ()))
        if chosen:
            found[code] = chosen
    return found


def _first(form: Fields, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def tidy(text: str) -> str:
    # Browsers send \r\n for a line break; PostgreSQL takes no NUL.
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def fields(checklist: Checklist, but: Card | None = None) -> list[tuple[str, str]]:
    """The checklist as form fields, in a stated order; ``but`` leaves out what that card shows itself."""
    found = list(checklist.answers.items())
    found += [(f"support-{code}", str(place)) for code, places in checklist.supports.items() for place in places]
    found += [(f"note-{key}", text) for key, text in checklist.notes.items()]
    found += [("order", " ".join(checklist.order))] if checklist.order else []
    found += [("wishes", " ".join(checklist.wishes))] if checklist.wishes else []
    found += [(f"sheet-{part}", text) for part, text in checklist.sheet.items()]
    return [(name, value) for name, value in found if but is None or name not in but.names]


def to_dict(checklist: Checklist) -> dict[str, Any]:
    """JSON-able; `from_dict` gives back an equal checklist."""
    return {
        "answers": dict(checklist.answers),
        "supports": {code: list(places) for code, places in checklist.supports.items()},
        "notes": dict(checklist.notes),
        "order": list(checklist.order),
        "sheet": dict(checklist.sheet),
        "wishes": list(checklist.wishes),
    }


def from_dict(stored: Mapping[str, Any]) -> Checklist:
    return Checklist(
        answers=stored["answers"],
        supports={code: tuple(places) for code, places in stored["supports"].items()},
        notes=stored["notes"],
        order=tuple(stored["order"]),
        sheet=stored["sheet"],
        wishes=tuple(stored.get("wishes", ())),  # what was kept before there were wishes has none
    )


def too_long(checklist: Checklist) -> list[str]:
    """Names of the fields that hold more than LONGEST_TEXT characters."""
    texts = [(f"note-{key}", text) for key, text in checklist.notes.items()]
    texts += [(f"sheet-{part}", text) for part, text in checklist.sheet.items()]
    return [name for name, text in texts if len(text) > LONGEST_TEXT]


# --- answers ---


def is_empty(checklist: Checklist) -> bool:
    return not (checklist.answers or checklist.notes or checklist.sheet)


def without(checklist: Checklist, card: Card) -> Checklist:
    """The checklist with this card not answered; a note stays."""
    return replace(
        checklist,
        answers={code: value for code, value in checklist.answers.items() if code not in card.codes},
        supports={code: places for code, places in checklist.supports.items() if code not in card.codes},
        wishes=tuple(code for code in checklist.wishes if code not in card.codes),
    )


def bring_and_like(checklist: Checklist) -> tuple[list[str], list[str]]:
    """Item codes of *I bring* and *I’d like*, in the person's order where there is one."""
    bring, like = answers.bring_and_like(instrument(), checklist.answers)
    return _in_order(bring, checklist.order), _in_order(like, checklist.order)


def _in_order(codes: list[str], order: tuple[str, ...]) -> list[str]:
    put = [code for code in order if code in codes]
    return put + [code for code in codes if code not in put]


def with_wishes(checklist: Checklist, codes: Collection[str]) -> Checklist:
    """The checklist with these items marked and no other; only cards answered on the growth scale can be."""
    bring, like = bring_and_like(checklist)
    return replace(checklist, wishes=tuple(code for code in like + bring if code in codes))


def wishes(checklist: Checklist) -> list[str]:
    """Marked items in the person's order, with their answers as they are now: *I'd like* before *I bring*."""
    bring, like = bring_and_like(checklist)
    return [code for code in like + bring if code in checklist.wishes]


def move(checklist: Checklist, code: str, step: int) -> Checklist:
    """The item one place up (-1) or down (1) in its list; at either end nothing changes."""
    bring, like = bring_and_like(checklist)
    for codes in (bring, like):
        if code in codes:
            place = codes.index(code)
            other = place + step
            if 0 <= other < len(codes):
                codes[place], codes[other] = codes[other], codes[place]
    return replace(checklist, order=(*bring, *like))


def ticked(checklist: Checklist) -> list[str]:
    """Codes of the ticks, in the instrument's order."""
    return [code for code, value in checklist.answers.items() if value == "yes"]


# --- the sheet ---


def prefilled(checklist: Checklist, words: Words) -> dict[str, str]:
    """What the sheet says before the person changes it: one statement a line, in the person's order."""
    bring, like = bring_and_like(checklist)
    sheet = dict.fromkeys(SHEET_PARTS, "")
    for part, value in LISTS_OF_SHEET.items():
        chosen = [code for code in bring + like if checklist.answers[code] == value]
        sheet[part] = "\n".join(words.items[code].statement for code in chosen)
    helps = [
        words.items[code].support[place]
        for code, places in checklist.supports.items()
        if checklist.answers.get(code) == "support"
        for place in places
        if place < len(words.items[code].support)
    ]
    sheet["helps"] = "\n".join(dict.fromkeys(helps))
    return sheet


def sheet(checklist: Checklist, words: Words) -> dict[str, str]:
    """The sheet as it stands: the person's own words where there are any."""
    return {**prefilled(checklist, words), **checklist.sheet}
