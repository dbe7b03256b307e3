"""Glossary and resources as readers see them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.config import setting
from portal.guidance.models import Resource, Term
from portal.guidance.services import named
from portal.guidance.shelf import Line


@dataclass(frozen=True)
class Entry:
    """A term with the terms and pages it names, as far as they are there."""

    term: Term
    see: list[Term]
    used: list[Line]


def list_terms(language: str) -> list[Term]:
    """The terms of a language from A to Z; the site's own where the language has none."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows = list(Term.select().where(Term.language.in_({language, fallback})).order_by(Term.slug))
    own = [term for term in rows if term.language == language]
    return sorted(own or [term for term in rows if term.language == fallback], key=lambda one: _folded(one.term))


def by_letter(terms: Iterable[Term], pages: Mapping[str, Line]) -> dict[str, list[Entry]]:
    """Terms under the letter they begin with, accents left out; ``pages`` by the names that lead to them."""
    terms = list(terms)
    by_slug = {term.slug: term for term in terms}
    letters: dict[str, list[Entry]] = {}
    for term in terms:
        entry = Entry(
            term,
            see=[by_slug[slug] for slug in term.see if slug in by_slug],
            used=named(term.used, pages),
        )
        letters.setdefault(_folded(term.term)[0].upper(), []).append(entry)
    return letters


def used_on(terms: Iterable[Term], some: Iterable[Line], pages: Mapping[str, Line]) -> list[Term]:
    """The terms that are used on at least one of some pages; ``pages`` are all, by the names that lead to them."""
    asked = set(some)
    return [term for term in terms if not asked.isdisjoint(named(term.used, pages))]


def list_resources() -> list[Resource]:
    """Every resource, by title."""
    rows = Resource.select().order_by(Resource.position)
    return sorted(rows, key=lambda one: _folded(one.fields["title"]))


def about(resources: Iterable[Resource], topic: str) -> list[Resource]:
    return [one for one in resources if topic in one.fields["topics"]]


def count_topics(resources: Iterable[Resource]) -> dict[str, int]:
    """How many resources carry each topic; topics that none carries are left out."""
    counts: dict[str, int] = {}
    for one in resources:
        for topic in one.fields["topics"]:
            counts[topic] = counts.get(topic, 0) + 1
    return counts


def _folded(words: str) -> str:
    """For order: lower case, without accents and opening quotation marks."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one)).lstrip("“‘\"'(") or words
