"""Glossary and resources as readers see them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from portal.config import setting
from portal.guidance.models import Resource, Term
from portal.guidance.services import Line


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


def by_letter(terms: Iterable[Term], pages: Iterable[Line]) -> dict[str, list[Entry]]:
    """Terms under the letter they begin with, accents left out."""
    terms = list(terms)
    by_slug, by_address = {term.slug: term for term in terms}, {page.address: page for page in pages}
    letters: dict[str, list[Entry]] = {}
    for term in terms:
        entry = Entry(
            term,
            see=[by_slug[slug] for slug in term.see if slug in by_slug],
            used=[by_address[address] for address in term.used if address in by_address],
        )
        letters.setdefault(_folded(term.term)[0].upper(), []).append(entry)
    return letters


def used_on(terms: Iterable[Term], pages: Iterable[Line]) -> list[Term]:
    """The terms that are used on at least one of the pages."""
    addresses = {page.address for page in pages}
    return [term for term in terms if addresses & set(term.used)]


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
