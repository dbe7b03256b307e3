"""The index, made anew from every text when one has changed, and what is found in it."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

from markupsafe import Markup
from peewee import chunked

from portal import db
from portal.feature import SearchText
from portal.search import folding, queries, query
from portal.search.excerpts import excerpt, highlight
from portal.search.models import FoundSlip, FoundText, FoundWord, IndexState
from portal.search.query import Part, Query

MOST = 20  # results
FEW = 3  # with fewer, words that are one slip away are looked for, too
_INDEX = 3  # raise it when the same texts are indexed differently
_LONGEST_TEXT = 100_000  # characters: what PostgreSQL's tsvector holds in any alphabet
_LONGEST_WORD = 64
_SLIPS_FROM, _SLIPS_TO = 4, 24  # letters of a word that may be mistyped
_SLIPS_BESIDE_FROM = 2  # where it stands beside others: those tell which word was meant
_WAYS = 3  # words that one mistyped word may have been
_WAYS_BESIDE = 6  # the same beside others, shared among all that are mistyped
_MOST_WORDS, _MOST_WAYS = 6, 12  # of a part that may be mistyped


@dataclass(frozen=True)
class Hit:
    kind: str
    title: Markup  # with what was looked for in <mark>
    place: str
    address: str
    written_in: str
    excerpt: Markup


@dataclass(frozen=True)
class Found:
    hits: list[Hit]
    instead: tuple[str, ...] = ()  # words found in place of those that were typed


def bring_up_to_date(every: Callable[[], Iterable[SearchText]]) -> bool:
    """Make the index from every text there is; False where it was made from the same ones already."""
    return not _is_made_from(_digest(_in_order(every()))) and _read_and_rebuild(every)


@db.transaction
def _read_and_rebuild(every: Callable[[], Iterable[SearchText]]) -> bool:
    """Texts are read again once nobody else makes the index: what was read before may be older than what they read."""
    _wait_for_others()
    return rebuild(every())


def _wait_for_others() -> None:
    if not db.is_sqlite():  # its writers queue by themselves
        db.database.execute_sql("SELECT pg_advisory_xact_lock(7065657280)")


def rebuild(texts: Iterable[SearchText]) -> bool:
    """Make the index from these texts and no others; False where it was made from the same ones already."""
    found = _in_order(texts)
    digest = _digest(found)
    return not _is_made_from(digest) and _rebuild(found, digest)


def _in_order(texts: Iterable[SearchText]) -> list[SearchText]:
    return sorted(texts, key=lambda text: (folding.fold(text.title), text.language, text.kind, text.key))


def _digest(texts: list[SearchText]) -> str:
    digest = hashlib.sha256(str(_INDEX).encode())
    for text in texts:
        digest.update(repr(astuple(text)).encode())
    return digest.hexdigest()


def _is_made_from(digest: str) -> bool:
    return IndexState.select().where(IndexState.digest == digest).exists()


@db.transaction
def _rebuild(texts: list[SearchText], digest: str) -> bool:
    _wait_for_others()
    if _is_made_from(digest):
        return False
    for model in (FoundText, FoundWord, FoundSlip, IndexState):
        model.delete().execute()
    known: dict[str, Counter[str]] = {}
    in_all = 0
    numbered = [*enumerate(texts, start=1)]
    for start in range(0, len(numbered), 100):
        rows = [_row(number, text) for number, text in numbered[start : start + 100]]
        in_all += sum(row["words"] for row in rows)
        for row in rows:
            known.setdefault(row["language"], Counter()).update(
                {*row["folded_title"].split(), *row["folded_text"].split()}
            )
        FoundText.insert_many(rows).execute()
    for language, words in known.items():
        lines = (
            {"language": language, "word": word, "texts": number}
            for word, number in sorted(words.items())
            if len(word) <= _LONGEST_WORD
        )
        for some in chunked(lines, 1000):
            FoundWord.insert_many(some).execute()
        _write_slips(language, words)
    IndexState.insert(digest=digest, texts=len(texts), words=in_all).execute()
    if db.is_sqlite():
        db.database.execute_sql("INSERT INTO found_index (found_index) VALUES ('rebuild')")
    return True


def _write_slips(language: str, words: Iterable[str]) -> None:
    # A word that is mistyped may have a letter less or more than what was typed.
    near = (word for word in sorted(words) if _SLIPS_BESIDE_FROM <= len(word) <= _SLIPS_TO + 1)
    for some in chunked(((language, way, word) for word in near for way in sorted(folding.shortened(word))), 5000):
        FoundSlip.insert_many(some, fields=[FoundSlip.language, FoundSlip.written, FoundSlip.word]).execute()


def _row(number: int, text: SearchText) -> dict[str, Any]:
    """The row of a text. Folded words stand apart by two spaces, so that each has a space of its own on either side."""
    body = text.text[:_LONGEST_TEXT]
    title, words = folding.fold(text.title).split(), folding.fold(body).split()
    if not text.weight:
        title, words = [], title + words
    return {
        **{name: value for name, value in asdict(text).items() if name != "weight"},
        "id": number,
        "text": body,
        "folded_title": _apart(title),
        "folded_text": _apart(words),
        "words": len(title) + len(words),
    }


def _apart(words: list[str]) -> str:
    return f" {'  '.join(words)} " if words else ""


def find(language: str, typed: str, most: int = MOST) -> Found:
    """The best texts for readers of a language, best first; equal ones by title. No input is wrong."""
    asked = query.read(typed)
    if not asked.parts:
        return Found([])
    rows = queries.find(language, asked, most)
    parts, instead = asked.every_part, tuple[str, ...]()
    if len(rows) < FEW and (wider := _with_slips(language, asked)) != asked:
        there = {row[0] for row in rows}
        more = [row for row in queries.find(language, wider, most) if row[0] not in there]
        if more:
            rows = (rows + more)[:most]
            parts = wider.every_part
            instead = tuple(_found_instead(more, (part for part in parts if part not in asked.every_part)))
    return Found(list(_hits(rows, parts)), instead)


def _found_instead(rows: list[tuple[Any, ...]], parts: Iterable[Part]) -> Iterator[str]:
    """The words of those parts that one of the texts has."""
    texts = [_apart(folding.fold(title).split()) + folded for _number, _kind, title, *_rest, folded in rows]
    return (" ".join(part.words) for part in parts if any(part.needle in text for text in texts))


def _hits(rows: list[tuple[Any, ...]], parts: tuple[Part, ...]) -> Iterator[Hit]:
    marker = query.marker(parts)
    for _number, kind, title, place, address, written_in, text, folded in rows:
        words = excerpt(text, folded, parts, marker)
        yield Hit(kind, highlight(title, marker), place, address, written_in, words)


def _with_slips(language: str, asked: Query) -> Query:
    """The query with further ways to write each part that has words which are in no text."""
    return replace(asked, parts=tuple((*ways, *_slips(language, ways[0])) for ways in asked.parts))


def _slips(language: str, part: Part) -> list[Part]:
    if len(part.words) > _MOST_WORDS:
        return []
    alone = len(part.words) == 1
    meant = [_meant(language, word, _SLIPS_FROM if alone else _SLIPS_BESIDE_FROM) for word in part.words]
    mistyped = sum(words != [word] for words, word in zip(meant, part.words, strict=True))
    most = _WAYS if alone else max(2, _WAYS_BESIDE // max(1, mistyped))
    meant = [words[:most] for words in meant]
    if part.prefix and part.words[-1] not in meant[-1]:
        meant[-1].append(part.words[-1])  # perhaps unfinished rather than mistyped
    ways = itertools.islice(itertools.product(*meant), _MOST_WAYS)
    return [Part(words, part.prefix and words[-1] == part.words[-1]) for words in ways if words != part.words]


def _meant(language: str, word: str, shortest: int) -> list[str]:
    """The word where a text has it or it cannot be mistyped; else those that are one slip away, the commonest first."""
    if not shortest <= len(word) <= _SLIPS_TO or word.isdigit():
        return [word]
    words = queries.find_near(language, folding.shortened(word))
    if word in words:
        return [word]
    return [found for found in words if folding.is_one_slip(word, found)]
