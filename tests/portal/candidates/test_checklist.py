"""The checklist as it travels: no database, no request."""

import pytest

from portal.candidates import checklist, soft_words
from portal.candidates.checklist import Checklist

WORDS = checklist.words("en")


def read(**fields):
    return checklist.read({name: [text] if isinstance(text, str) else text for name, text in fields.items()}, WORDS)


def test_every_item_lies_on_exactly_one_card_and_the_ticks_share_one():
    codes = [code for card in checklist.cards() for code in card.codes]
    assert codes == [item.code for item in checklist.instrument().items]
    assert [card.key for card in checklist.cards() if len(card.codes) > 1] == ["F4"]


def test_what_a_form_holds_comes_back_from_its_own_fields():
    found = read(
        **{
            "D.04": "s2",
            "F1.03": "s0",
            "F4.02": "yes",
            "F5.01": "support",
            "support-F5.01": ["1", "3"],
            "note-D.04": "  the night of the storm\r\nand after ",
            "order": "F1.03 D.04 nonsense D.04",
            "sheet-words": "I am good at the first five minutes.",
        }
    )
    assert found.supports == {"F5.01": (1, 3)}
    assert found.notes == {"D.04": "the night of the storm\nand after"}
    assert found.order == ("F1.03", "D.04")
    again = {}
    for name, value in checklist.fields(found):
        again.setdefault(name, []).append(value)
    assert checklist.read(again, WORDS) == found
    assert checklist.from_dict(checklist.to_dict(found)) == found


@pytest.mark.parametrize(
    "field, value",
    [("D.04", "s9"), ("F4.01", "no"), ("X.01", "s2"), ("support-F5.01", "4"), ("support-D.04", "0"), ("note-X", "x")],
)
def test_what_does_not_belong_is_left_out(field, value):
    assert checklist.is_empty(read(**{field: value})) and not read(**{field: value}).supports


@pytest.mark.parametrize(
    "at, go, place",
    [
        (None, "next", "F1.01"),
        ("F1.01", "back", "start"),
        ("F1.11", "next", "D.01"),
        ("D.01", "back", "F1.11"),
        ("PS.05", "next", "F4"),
        ("F4", "next", "F5.01"),
        ("F5.08", "next", "result"),
        ("F5.08", "nonsense", "result"),
        ("D.01", "sheet", "sheet"),
        ("D.01", "at F4", "F4"),
        ("D.01", "at nowhere", "D.02"),
    ],
)
def test_every_button_leads_somewhere(at, go, place):
    assert checklist.turn(Checklist(), checklist.card(at or ""), go)[1] == place


def test_not_now_takes_the_answer_away_and_leaves_the_note():
    found = read(**{"D.04": "s2", "note-D.04": "a note", "F4.01": "yes"})
    after, place = checklist.turn(found, checklist.card("D.04"), "skip")
    assert (dict(after.answers), after.notes, place) == ({"F4.01": "yes"}, {"D.04": "a note"}, "D.05")


def test_the_persons_order_holds_and_new_answers_join_at_the_end():
    found = read(**{"F1.01": "s3", "F1.02": "s2", "D.01": "s2", "D.02": "s0"})
    assert checklist.bring_and_like(found) == (["F1.01", "F1.02", "D.01"], ["D.02"])
    moved, place = checklist.turn(found, None, "up D.01")
    assert place == "result"
    assert checklist.bring_and_like(moved)[0] == ["F1.01", "D.01", "F1.02"]
    assert checklist.bring_and_like(checklist.move(moved, "F1.01", -1))[0] == ["F1.01", "D.01", "F1.02"]
    more = checklist.Checklist(answers={**moved.answers, "PS.01": "s3"}, order=moved.order)
    assert checklist.bring_and_like(more)[0] == ["F1.01", "D.01", "F1.02", "PS.01"]


def test_the_sheet_follows_the_answers_until_somebody_changes_it():
    found = read(**{"D.04": "s2", "F5.01": "support", "support-F5.01": ["1"], "F5.02": "fine", "support-F5.02": ["0"]})
    sheet = checklist.sheet(found, WORDS)
    assert sheet["do"] == "I listen properly and can feel with people."
    assert sheet["helps"] == "A reminder"
    fields = {name: [value] for name, value in checklist.fields(found)}
    unchanged = {f"sheet-{part}": [text.replace("\n", "\r\n")] for part, text in sheet.items()}
    assert checklist.read({**fields, **unchanged}, WORDS).sheet == {}
    emptied = checklist.read({**fields, **unchanged, "sheet-do": [""]}, WORDS)
    assert emptied.sheet == {"do": ""}
    assert checklist.sheet(emptied, WORDS)["do"] == ""


def test_texts_that_are_too_long_are_named():
    found = read(**{"note-D.04": "x" * 2001, "sheet-words": "y" * 2001, "note-D.05": "z" * 2000})
    assert checklist.too_long(found) == ["note-D.04", "sheet-words"]


@pytest.mark.parametrize(
    "text, kinds",
    [
        ("I used heroin for years", ["health"]),
        ("on methadone, and I was in prison once", ["health", "law"]),
        ("since my Hepatitis", ["health"]),
        ("Call me on 06 1234 5678", ["contact"]),
        ("wren@example.org", ["contact"]),
        ("born 3-4-1980", ["contact"]),
        ("I am good at the first five minutes, on 2 or 3 evenings", []),
        ("I understand what the law, exclusion and stigma do to people.", []),
        ("An adroit drugstore detective of courtesy", []),
    ],
)
def test_a_kind_word_where_it_belongs_and_nowhere_else(text, kinds):
    assert soft_words.kinds([text], WORDS) == kinds


def test_nothing_of_the_checklist_itself_calls_for_a_warning():
    everything = [text for item in WORDS.items.values() for text in (item.statement, *item.support)]
    assert soft_words.kinds(["\n".join(everything)], WORDS) == []
