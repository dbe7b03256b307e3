"""The content files that are tables – sources, topics, glossary, resources – beside what is stored of them.

Their text is stored, too, for an export to write back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.config import setting
from portal.guidance.files import ContentSet
from portal.guidance.models import Resource, Source, StoredFile, Term, Topic
from portal.guidance.terms import Linker, linker

Rows = list[dict[str, Any]]


@dataclass
class Tables:
    """Rows that are new or differ from their file, and rows whose entry is gone from it."""

    sources: Rows = field(default_factory=list)
    topics: Rows = field(default_factory=list)
    terms: Rows = field(default_factory=list)
    resources: Rows = field(default_factory=list)
    gone_sources: list[UUID] = field(default_factory=list)
    gone_topics: list[UUID] = field(default_factory=list)
    gone_terms: list[UUID] = field(default_factory=list)
    gone_resources: list[UUID] = field(default_factory=list)
    files: Rows = field(default_factory=list)
    gone_files: list[UUID] = field(default_factory=list)
    relinked: set[str] = field(default_factory=set)  # languages whose pages must be linked to the glossary anew

    @property
    def is_empty(self) -> bool:
        return not (
            self.sources or self.topics or self.terms or self.resources or self.gone_sources or self.gone_topics
            or self.gone_terms or self.gone_resources or self.files or self.gone_files
        )  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What the texts name that no file of the set holds: edited here, withdrawn, or without a file any more."""

    sources: frozenset[str] = frozenset()
    topics: frozenset[tuple[str, str]] = frozenset()  # language of the text, and topic


def compare(content: ContentSet, named: Named) -> Tables:
    """What a load would write, in five statements. What is ``named`` stays, though its entry is gone."""
    tables = Tables()
    _compare_sources(content, named, tables)
    _compare_topics(content, named, tables)
    _compare_terms(content, tables)
    _compare_resources(content, tables)
    _compare_files(content, tables)
    return tables


def write(tables: Tables) -> None:
    if tables.gone_sources:
        Source.delete().where(Source.id.in_(tables.gone_sources)).execute()
    _write_sources(tables.sources)
    if tables.gone_topics:
        Topic.delete().where(Topic.id.in_(tables.gone_topics)).execute()
    _write_topics(tables.topics)
    if tables.gone_terms:
        Term.delete().where(Term.id.in_(tables.gone_terms)).execute()
    if tables.terms:
        kept = [Term.term, Term.text, Term.forms, Term.see, Term.used, Term.sources]
        Term.insert_many(tables.terms).on_conflict(conflict_target=[Term.language, Term.slug], preserve=kept).execute()
    if tables.gone_resources:
        Resource.delete().where(Resource.id.in_(tables.gone_resources)).execute()
    if tables.resources:
        Resource.insert_many(tables.resources).on_conflict(
            conflict_target=[Resource.slug], preserve=[Resource.position, Resource.fields]
        ).execute()
    if tables.gone_files:
        StoredFile.delete().where(StoredFile.id.in_(tables.gone_files)).execute()
    if tables.files:
        kept = [StoredFile.text]
        StoredFile.insert_many(tables.files).on_conflict(conflict_target=[StoredFile.name], preserve=kept).execute()


def linkers(content: ContentSet) -> dict[str, Linker]:
    """By language: what links a page to the glossary of its language. Languages without a glossary are left out."""
    return {
        language: linker(language, [(slug, [entry["term"], *entry.get("forms", [])]) for slug, entry in terms.items()])
        for language, terms in ((language, file.tables) for language, file in content.glossaries.items())
    }


def _compare_sources(content: ContentSet, named: Named, tables: Tables) -> None:
    stored = {row.key: row for row in Source.select().order_by(Source.key)}
    asked = content.sources.tables
    for position, (key, fields) in enumerate(asked.items()):
        row = stored.get(key)
        if row is None or (row.position, row.fields) != (position, fields):
            tables.sources.append({"key": key, "position": position, "fields": fields})
    tables.gone_sources = [row.id for key, row in stored.items() if key not in asked and key not in named.sources]


def _compare_topics(content: ContentSet, named: Named, tables: Tables) -> None:
    stored = {(row.language, row.slug): row for row in Topic.select().order_by(Topic.language, Topic.slug)}
    asked = {
        (language, slug): (position, fields)
        for language, file in content.topics.items()
        for position, (slug, fields) in enumerate(file.tables.items())
    }
    for (language, slug), (position, fields) in asked.items():
        row = stored.get((language, slug))
        if row is None or (row.position, {"title": row.title, "summary": row.summary}) != (position, fields):
            tables.topics.append({"language": language, "slug": slug, "position": position, "fields": fields})
    # Texts in a language without topics carry those of the site's own.
    kept = named.topics | {
        (setting("DEFAULT_LANGUAGE"), slug) for language, slug in named.topics if language not in content.topics
    }
    tables.gone_topics = [row.id for key, row in stored.items() if key not in asked and key not in kept]


def _compare_terms(content: ContentSet, tables: Tables) -> None:
    rows = Term.select().order_by(Term.language, Term.slug)
    stored = {(row.language, row.slug): row for row in rows}
    asked = {
        (language, slug): _term(language, slug, entry)
        for language, file in content.glossaries.items()
        for slug, entry in file.tables.items()
    }
    for key, values in asked.items():
        row = stored.get(key)
        if row is None or any(getattr(row, name) != value for name, value in values.items()):
            tables.terms.append(values)
        if row is None or (row.term, row.forms) != (values["term"], values["forms"]):
            tables.relinked.add(key[0])
    gone = [row for key, row in stored.items() if key not in asked]
    tables.gone_terms = [row.id for row in gone]
    tables.relinked |= {row.language for row in gone}


def _term(language: str, slug: str, entry: Any) -> dict[str, Any]:
    """The row of an entry; what the file lacks or has wrong is found by the checks before anything is written."""
    fields = entry if isinstance(entry, dict) else {}
    words = {name: fields.get(name, "") for name in ("term", "text")}
    lists = {name: fields.get(name, []) for name in ("forms", "see", "used", "sources")}
    return {"language": language, "slug": slug, **words, **lists}


def _compare_resources(content: ContentSet, tables: Tables) -> None:
    stored = {row.slug: row for row in Resource.select().order_by(Resource.slug)}
    asked = content.resources.tables if content.resources else {}
    for position, (slug, fields) in enumerate(asked.items()):
        row = stored.get(slug)
        if row is None or (row.position, row.fields) != (position, fields):
            tables.resources.append({"slug": slug, "position": position, "fields": fields})
    tables.gone_resources = [row.id for slug, row in stored.items() if slug not in asked]


def _compare_files(content: ContentSet, tables: Tables) -> None:
    may_be_there = [content.resources, content.inventory]
    read = [content.sources, *content.topics.values(), *content.glossaries.values(), *filter(None, may_be_there)]
    asked = {file.file.partition("/")[2]: file.text for file in read}
    stored = {row.name: row for row in StoredFile.select().order_by(StoredFile.name)}
    tables.files = [
        {"name": name, "text": text} for name, text in asked.items() if name not in stored or stored[name].text != text
    ]
    tables.gone_files = [row.id for name, row in stored.items() if name not in asked]


def _write_sources(rows: Rows) -> None:
    if rows:
        Source.insert_many(rows).on_conflict(
            conflict_target=[Source.key], preserve=[Source.position, Source.fields]
        ).execute()


def _write_topics(rows: Rows) -> None:
    if rows:
        plain = [{**{key: row[key] for key in ("language", "slug", "position")}, **row["fields"]} for row in rows]
        Topic.insert_many(plain).on_conflict(
            conflict_target=[Topic.language, Topic.slug], preserve=[Topic.position, Topic.title, Topic.summary]
        ).execute()
