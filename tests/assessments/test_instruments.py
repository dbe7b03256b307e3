"""The shipped instruments, and what the checks say about a broken copy."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.checks import MARKS, check_folder, check_frozen, check_rewording, released_digests
from assessments.files import (
    INSTRUMENTS,
    InstrumentFileError,
    languages,
    load_instrument,
    load_links,
    load_words,
    shipped,
    structure_digest,
)
from assessments.model import (
    AnswerWords,
    Instrument,
    Item,
    ItemWords,
    Judges,
    Links,
    RaterGroup,
    Scale,
    Section,
    SectionWords,
    Words,
)
from assessments.storing import instrument_from_dict, instrument_to_dict, words_from_dict, words_to_dict

PRINCIPLES = INSTRUMENTS / "principles-1"
CANDIDATE = INSTRUMENTS / "candidate-1"

each_instrument = pytest.mark.parametrize("folder", shipped(), ids=lambda folder: folder.name)
each_wording = pytest.mark.parametrize(
    ("folder", "language"),
    [(folder, language) for folder in shipped() for language in languages(folder)],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)


@each_instrument
def test_a_shipped_instrument_has_no_findings(folder):
    assert [str(finding) for finding in check_folder(folder)] == []


@each_instrument
def test_a_released_instrument_keeps_its_structure(folder):
    digests = released_digests()
    if load_instrument(folder).released:
        assert folder.name in digests, f"keep the digest of {folder.name} in digests.toml"
    assert check_frozen(folder, digests) == []


def test_every_kept_digest_belongs_to_a_shipped_instrument():
    assert set(released_digests()) <= {folder.name for folder in shipped()}


@each_instrument
def test_every_instrument_speaks_english_and_links_each_item_to_a_page(folder):
    assert "en" in languages(folder)
    links = load_links(folder)
    assert [item.code for item in load_instrument(folder).items if not links.get(item.code, Links()).pages] == []


@each_wording
def test_an_instrument_is_equal_after_being_stored(folder, language):
    instrument, words = load_instrument(folder), load_words(folder, language)
    assert instrument_from_dict(json.loads(json.dumps(instrument_to_dict(instrument)))) == instrument
    assert words_from_dict(json.loads(json.dumps(words_to_dict(words)))) == words


@each_wording
def test_words_are_kind_and_nobody_is_labelled(folder, language):
    words = json.dumps(words_to_dict(load_words(folder, language)), ensure_ascii=False)
    unkind = r"addict|abus|junk|\bclean\b|dirty|relaps|target group|\bclient|drug user|substitution"
    assert re.findall(unkind, words, re.IGNORECASE) == []


def test_principles_1_asks_each_group_what_it_can_judge():
    instrument = load_instrument(PRINCIPLES)
    asked = {
        group: (
            [item.code for item in instrument.items_for(group) if not item.gives_level(group)],
            sum(item.gives_level(group) for item in instrument.items_for(group)),
        )
        for group in instrument.groups
    }
    assert asked == {RaterGroup.MGMT: (["SD5"], 18), RaterGroup.STAFF: (["SD5"], 33), RaterGroup.PEER: ([], 38)}
    assert len(instrument.items) == 38


def test_principles_1_has_its_sections_marks_and_critical_items():
    instrument = load_instrument(PRINCIPLES)
    assert {entry.code: (entry.mark, len(instrument.items_of(entry.code))) for entry in instrument.sections} == {
        "EQ": ("equality", 5),
        "SD": ("self-determination", 6),
        "GI": ("involvement", 6),
        "BS": ("strengths", 5),
        "CD": ("community", 6),
        "MW": ("meeting", 5),
        "MR": ("respect", 5),
    }
    critical = [item.code for item in instrument.items if item.critical]
    assert critical == ["EQ4", "SD5", "GI4", "BS3", "CD5", "MW1", "MR2"]


def test_principles_1_writes_the_highest_level_out_and_asks_a_question_to_talk_about():
    for code, item in load_words(PRINCIPLES, "en").items.items():
        assert item.levels[4].startswith("All of that. And "), code
        assert item.talk.endswith("?"), code
        assert item.look_for[-1] in "?.", code


def test_principles_1_has_a_short_name_for_each_item():
    names = [item.short for item in load_words(PRINCIPLES, "en").items.values()]
    assert len(set(names)) == 38
    assert all(2 <= len(name.split()) <= 5 for name in names)


def test_candidate_1_has_its_sections_and_scales():
    instrument = load_instrument(CANDIDATE)
    assert {entry.code: (entry.scale.value, len(instrument.items_of(entry.code))) for entry in instrument.sections} == {
        "F1": ("growth", 11),
        "D": ("growth", 8),
        "F2": ("growth", 5),
        "F3": ("growth", 5),
        "PS": ("growth", 5),
        "F4": ("tick", 8),
        "F5": ("fit", 8),
    }
    assert instrument.groups == () and all(not item.raters for item in instrument.items)


# Broken copies


def copy_of(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / folder.name))


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.S | re.M)
    assert count == 1, f"{pattern} is not in {path.name}"
    path.write_text(text, encoding="utf-8")


END = r"\Z"
STRUCTURE, WORDS, LINKS = "instrument.toml", "en.toml", "links.toml"
BROKEN = {  # name of the rule: folder, file, pattern, replacement, where the finding points, what it says
    "other name": (PRINCIPLES, STRUCTURE, "principles-1", "principles-2", "name", "folder is called"),
    "no name": (PRINCIPLES, STRUCTURE, '^name = "principles-1"$', "", "name", "expected text in quotes"),
    "no groups": (PRINCIPLES, STRUCTURE, "^groups = .*?$", "", "groups", "expected a list"),
    "group twice": (PRINCIPLES, STRUCTURE, '"peer"]', '"peer", "peer"]', "groups", "twice"),
    "released as text": (PRINCIPLES, STRUCTURE, "2026-11-22", '"soon"', "released", "expected a date"),
    "released with a time": (PRINCIPLES, STRUCTURE, "2026-11-22", "2026-11-22T10:00:00", "released", "a date"),
    "unknown key": (PRINCIPLES, STRUCTURE, "^critical", "serious", "items.EQ4.serious", "unknown key"),
    "unknown section": (PRINCIPLES, STRUCTURE, '^section = "GI"', 'section = "GO"', "items.GI1.section", "“GO”"),
    "unknown group": (PRINCIPLES, STRUCTURE, "peer = ", "elders = ", "items.EQ1.raters", "“elders”"),
    "unknown listed group": (PRINCIPLES, STRUCTURE, '"mgmt"', '"board"', "groups", "“board” is not known"),
    "unknown judge": (PRINCIPLES, STRUCTURE, '"best"', '"must"', "items.EQ1.raters.peer", "“must”"),
    "unknown scale": (CANDIDATE, STRUCTURE, '"tick"', '"ticks"', "sections.F4.scale", "“ticks”"),
    "unknown mark": (PRINCIPLES, STRUCTURE, '"equality"', '"equal"', "sections.EQ.mark", "“equal” is no mark"),
    "rater not in groups": (PRINCIPLES, STRUCTURE, "mgmt =", "community =", "items.EQ1.raters", "not listed"),
    "nobody asked": (PRINCIPLES, STRUCTURE, "^raters = .*?$", "", "items.EQ1.raters", "nobody is asked"),
    "critical as text": (PRINCIPLES, STRUCTURE, "= true", '= "yes"', "items.EQ4.critical", "true or false"),
    "no title": (PRINCIPLES, WORDS, "^title = .*?$", "", "title", "missing"),
    "empty title": (PRINCIPLES, WORDS, "^title = .*?$", 'title = " "', "title", "empty"),
    "no summary": (CANDIDATE, WORDS, "^summary = .*?$", "", "summary", "missing"),
    "no words for an item": (PRINCIPLES, WORDS, r"^\[items\.EQ2\].*?\n\n", "", "items.EQ2", "no words"),
    "no words for a section": (PRINCIPLES, WORDS, r"^\[sections\.SD\].*?\n\n", "", "sections.SD", "no words"),
    "no section name": (PRINCIPLES, WORDS, '^name = "Equality"$', "", "sections.EQ.name", "missing"),
    "no section summary": (CANDIDATE, WORDS, "^summary = .How you are.*?$", "", "sections.F1.summary", "missing"),
    "no words for a level": (PRINCIPLES, WORDS, r"^\[scales\.levels\.3\].*?\n\n", "", "scales.levels.3", "no words"),
    "no words for an answer": (CANDIDATE, WORDS, r"^\[scales\.fit\.no\].*?\n\n", "", "scales.fit.no", "no words"),
    "no label": (CANDIDATE, WORDS, '^label = "Fine"$', "", "scales.fit.fine.label", "missing"),
    "empty help": (CANDIDATE, WORDS, "^help = .*?$", 'help = ""', "scales.growth.s3.help", "empty"),
    "four levels": (PRINCIPLES, WORDS, r'^  "[^\n]*\n\]', "]", "items.EQ1.levels", "has 4 texts; expected 5"),
    "levels of a card": (CANDIDATE, WORDS, "^prompt", 'levels = ["Now"]\nprompt', "items.F1.01.levels", "expected 0"),
    "blank level": (PRINCIPLES, WORDS, '^  "They attend.*?$', '  " ",', "items.EQ1.levels", "empty"),
    "level as number": (PRINCIPLES, WORDS, '^  "They attend.*?$', "  3,", "items.EQ1.levels", "text in quotes"),
    "empty statement": (PRINCIPLES, WORDS, "^statement = .*?$", 'statement = ""', "items.EQ1.statement", "empty"),
    "no look_for": (PRINCIPLES, WORDS, "^look_for = .*?$", "", "items.EQ1.look_for", "missing"),
    "no short name": (PRINCIPLES, WORDS, "^short = .*?$", "", "items.EQ1.short", "missing"),
    "no talk": (PRINCIPLES, WORDS, "^talk = .*?$", "", "items.EQ1.talk", "missing"),
    "no prompt on a growth item": (CANDIDATE, WORDS, "^prompt = .*?$", "", "items.F1.01.prompt", "missing"),
    "no prompt on a tick": (CANDIDATE, WORDS, "^prompt = .Think of help.*?$", "", "items.F4.01.prompt", "missing"),
    "no support": (CANDIDATE, WORDS, "^support = .*?$", "", "items.F5.01.support", "missing"),
    "words for an unknown item": (PRINCIPLES, WORDS, END, '[items.EQ9]\nstatement = "?"', "items.EQ9", "no such item"),
    "words for an unknown section": (PRINCIPLES, WORDS, END, '[sections.XX]\nname = "?"', "sections.XX", "no such sec"),
    "words for an unused scale": (PRINCIPLES, WORDS, END, '[scales.tick.yes]\nlabel = "?"', "scales.tick", "no sec"),
    "words for an unknown scale": (PRINCIPLES, WORDS, END, '[scales.stars.1]\nlabel = "?"', "scales", "“stars”"),
    "words for an unknown answer": (
        PRINCIPLES,
        WORDS,
        END,
        '[scales.levels.5]\nlabel = "?"',
        "scales.levels.5",
        "no such answer",
    ),
    "unknown kind of change": (PRINCIPLES, WORDS, END, '[changed]\nEQ1 = "better"', "changed.EQ1", "“better”"),
    "change of an unknown item": (PRINCIPLES, WORDS, END, '[changed]\nEQ9 = "typo"', "changed.EQ9", "neither"),
    "drugs in a prompt": (
        CANDIDATE,
        WORDS,
        "^prompt = .*?$",
        'prompt = "Which drugs?"',
        "items.F1.01.prompt",
        "“drugs”",
    ),
    "health in a statement": (
        CANDIDATE,
        WORDS,
        "^statement = .*?$",
        'statement = "I look after my HIV."',
        "items.F1.01.statement",
        "“HIV”",
    ),
    "link as address of a site": (
        PRINCIPLES,
        LINKS,
        "principles/equality",
        "/principles/Equality.html",
        "items.EQ1.pages",
        "not an address",
    ),
    "link to no module": (PRINCIPLES, LINKS, '"A1"', '"module one"', "items.EQ1.modules", "not the code"),
    "links of an unknown item": (PRINCIPLES, LINKS, END, "[items.EQ9]", "items.EQ9", "no such item"),
    "link outside a list": (PRINCIPLES, LINKS, r'\["principles/equality"\]', '"x"', "items.EQ1.pages", "a list"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_copy_gives_exactly_that_finding(tmp_path, rule):
    folder, name, pattern, replacement, where, says = BROKEN[rule]
    broken = copy_of(folder, tmp_path)
    edit(broken / name, pattern, replacement)
    [finding] = check_folder(broken)
    assert (finding.file, finding.where) == (f"{folder.name}/{name}", where)
    assert says in finding.message


@pytest.mark.parametrize(("code", "says"), [("EQ", "code of a section too"), ("eq1", "is not a code")])
def test_an_item_needs_a_code_of_its_own(tmp_path, code, says):
    broken = copy_of(PRINCIPLES, tmp_path)
    for name in ("instrument.toml", "en.toml", "links.toml"):
        edit(broken / name, r"^\[items\.EQ1\]", f"[items.{code}]")
    [finding] = check_folder(broken)
    assert finding.where == f"items.{code}" and says in finding.message


def test_a_section_needs_items(tmp_path):
    broken = copy_of(PRINCIPLES, tmp_path)
    edit(broken / "instrument.toml", END, '[sections.XX]\nmark = "equality"')
    edit(broken / "en.toml", END, '[sections.XX]\nname = "More"\nsummary = "Is there more?"')
    [finding] = check_folder(broken)
    assert (finding.where, finding.message) == ("sections.XX", "has no items.")


def test_every_missing_word_is_named_at_once(tmp_path):
    broken = copy_of(PRINCIPLES, tmp_path)
    (broken / "en.toml").write_text("", encoding="utf-8")
    assert len(check_folder(broken)) == 2 + 5 + 7 + 38


def test_each_language_is_checked_by_itself(tmp_path):
    broken = copy_of(CANDIDATE, tmp_path)
    shutil.copy(broken / "en.toml", broken / "nl.toml")
    edit(broken / "nl.toml", "^prompt = .*?$", "")
    assert languages(broken) == ("en", "nl")
    assert [finding.file for finding in check_folder(broken)] == ["candidate-1/nl.toml"]


@pytest.mark.parametrize(
    ("name", "where", "says"),
    [("instrument.toml", "", "the file is missing"), ("en.toml", "", "no file of words")],
)
def test_a_missing_file_is_named(tmp_path, name, where, says):
    broken = copy_of(PRINCIPLES, tmp_path)
    (broken / name).unlink()
    [finding] = check_folder(broken)
    assert finding.where == where and says in finding.message


def test_links_may_be_left_out(tmp_path):
    folder = copy_of(PRINCIPLES, tmp_path)
    (folder / "links.toml").unlink()
    assert check_folder(folder) == [] and load_links(folder) == {}


@pytest.mark.parametrize("name", ["instrument.toml", "en.toml", "links.toml"])
def test_a_slip_in_toml_is_found_by_its_line(tmp_path, name):
    broken = copy_of(PRINCIPLES, tmp_path)
    lines = (broken / name).read_text(encoding="utf-8").splitlines()
    lines[6:6] = ["this is a sentence"]
    (broken / name).write_text("\n".join(lines), encoding="utf-8")
    [finding] = check_folder(broken)
    assert (finding.file, finding.where) == (f"principles-1/{name}", "line 7")
    assert "this is not TOML" in finding.message


def test_an_item_written_twice_is_found_by_its_line(tmp_path):
    broken = copy_of(PRINCIPLES, tmp_path)
    lines = (broken / "instrument.toml").read_text(encoding="utf-8").count("\n")
    edit(broken / "instrument.toml", END, '[items.EQ1]\nsection = "EQ"\n')
    [finding] = check_folder(broken)
    assert finding.where == f"line {lines + 1}"


def test_a_file_in_another_encoding_is_named(tmp_path):
    broken = copy_of(PRINCIPLES, tmp_path)
    (broken / "en.toml").write_bytes('title = "Égalité"'.encode("latin-1"))
    with pytest.raises(InstrumentFileError, match=r"principles-1/en\.toml: the file is not saved as UTF-8") as caught:
        load_words(broken, "en")
    assert caught.value.line is None


# Frozen structures and rewordings


def test_comments_and_white_space_leave_the_digest_alone(tmp_path):
    copy = copy_of(PRINCIPLES, tmp_path)
    text = (copy / "instrument.toml").read_text(encoding="utf-8")
    (copy / "instrument.toml").write_text("# A remark\n\n" + text.replace(" = ", "  =  "), encoding="utf-8")
    assert structure_digest(copy) == structure_digest(PRINCIPLES)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("^critical = true$", ""),
        ('"best"', '"can"'),
        ("2026-11-22", "2026-11-23"),
        ('"equality"', '"respect"'),
        (r"(\[items\.EQ1\].*?\n\n)(\[items\.EQ2\].*?\n\n)", r"\2\1"),
        (r"^\[items\.MR5\].*", ""),
        ('"mgmt", "staff"', '"staff", "mgmt"'),
    ],
    ids=["no longer critical", "judges", "date", "mark", "order of items", "one item less", "order of groups"],
)
def test_a_change_of_meaning_is_found_in_a_released_instrument(tmp_path, pattern, replacement):
    copy = copy_of(PRINCIPLES, tmp_path)
    edit(copy / "instrument.toml", pattern, replacement)
    [finding] = check_frozen(copy, released_digests())
    assert finding.file == "principles-1/instrument.toml" and "released" in finding.message
    assert check_frozen(copy, {}) == []


def test_unchanged_words_need_no_note():
    words = load_words(PRINCIPLES, "en")
    assert check_rewording(words, replace(words, changed={"EQ1": "typo"})) == []


@pytest.mark.parametrize("key", ["title", "summary", "EQ1", "SD", "levels"])
def test_a_rewording_must_be_named(key):
    old = load_words(PRINCIPLES, "en")
    item, section = old.items["EQ1"], old.sections["SD"]
    new = {
        "title": replace(old, title="How we do"),
        "summary": replace(old, summary="Some statements."),
        "EQ1": replace(old, items={**old.items, "EQ1": replace(item, talk="What else?")}),
        "SD": replace(old, sections={**old.sections, "SD": replace(section, name="Deciding oneself")}),
        "levels": replace(
            old, scales={Scale.LEVELS: {**old.scales[Scale.LEVELS], "0": AnswerWords("Not here yet", "It does not.")}}
        ),
    }[key]
    [finding] = check_rewording(old, new)
    assert finding.where == f"changed.{key}"
    assert check_rewording(old, replace(new, changed={key: "same meaning"})) == []


@pytest.mark.parametrize("gone", [True, False])
def test_words_that_come_or_go_must_be_named(gone):
    full = load_words(PRINCIPLES, "en")
    fewer = replace(full, items={code: item for code, item in full.items.items() if code != "MR5"})
    [finding] = check_rewording(full, fewer) if gone else check_rewording(fewer, full)
    assert finding.where == "changed.MR5"


# Stored as JSON

codes = st.from_regex(r"[A-Z]{1,3}[0-9]{0,2}", fullmatch=True)
texts = st.text(max_size=20)
several = st.lists(texts, max_size=5).map(tuple)
instruments = st.builds(
    Instrument,
    name=texts,
    released=st.none() | st.dates(),
    groups=st.lists(st.sampled_from(RaterGroup), unique=True).map(tuple),
    sections=st.lists(
        st.builds(Section, codes, st.sampled_from(sorted(MARKS)), st.sampled_from(Scale)), max_size=4
    ).map(tuple),
    items=st.lists(
        st.builds(
            Item, codes, codes, st.dictionaries(st.sampled_from(RaterGroup), st.sampled_from(Judges)), st.booleans()
        ),
        max_size=6,
    ).map(tuple),
)
wordings = st.builds(
    Words,
    language=texts,
    title=texts,
    summary=texts,
    scales=st.dictionaries(
        st.sampled_from(Scale), st.dictionaries(texts, st.builds(AnswerWords, texts, texts), max_size=3)
    ),
    sections=st.dictionaries(codes, st.builds(SectionWords, texts, texts), max_size=3),
    items=st.dictionaries(codes, st.builds(ItemWords, texts, several, texts, texts, texts, several, texts), max_size=3),
    changed=st.dictionaries(codes, texts, max_size=2),
)


@given(instruments)
def test_any_instrument_is_equal_after_being_stored(instrument):
    assert instrument_from_dict(json.loads(json.dumps(instrument_to_dict(instrument)))) == instrument


@given(wordings)
def test_any_words_are_equal_after_being_stored(words):
    assert words_from_dict(json.loads(json.dumps(words_to_dict(words)))) == words
