"""What can be found: pages, terms, resources, and the questions of the shipped instruments that lead to pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from assessments import files
from portal.config import setting
from portal.feature import SearchText
from portal.guidance import services, try_it
from portal.guidance.models import Resource, Revision, Term
from portal.guidance.shelf import Line

_INLINE = re.compile(r"</?(?:a|abbr|cite|code|em|q|span|strong|sub|sup)\b[^>]*>")
_HEADING_END = re.compile(r"</h[2-5]>")
_TAG = re.compile(r"<[^>]*>")


def offer() -> Iterator[SearchText]:
    """Every text once for the readers of each language, in their own where it exists."""
    for language in setting("LANGUAGES"):
        lines = services.list_pages(language)
        yield from _pages(language, lines)
        yield from _questions(language)
        yield from _terms(language)
        yield from _resources(language)


def _pages(language: str, lines: list[Line]) -> Iterator[SearchText]:
    rows: Any = (
        Revision.select(Revision.id, Revision.in_short, Revision.html, Revision.header)
        .where(Revision.id.in_([line.revision for line in lines]))
        .order_by(Revision.id)
        .tuples()
    )
    bodies = {revision: texts for revision, *texts in rows}
    sections = {line.section: line.title for line in lines if line.is_section}
    topics = {topic.slug: topic.title for topic in services.list_topics(language)}
    for line in lines:
        in_short, body, header = bodies[line.revision]
        # What it is about, in words that its text need not use.
        about = [
            *(topics[slug] for slug in header["topics"] if slug in topics),
            *(slug.replace("-", " ") for slug in header["topics"]),
            line.address.rpartition("/")[2].replace("-", " "),
        ]
        yield SearchText(
            kind="page",
            key=line.address,
            language=language,
            title=line.title,
            text=" ".join([line.summary, *in_short, plain(body), "·", " · ".join(about)]),
            address=_address(language, line),
            place="" if line.is_section else sections[line.section],
            written_in=line.language,
        )


def _address(language: str, line: Line) -> str:
    return f"/{language}/guidance/{line.address}"


def plain(rendered: str) -> str:
    """The words of stored HTML, with single spaces; a heading ends with a dot in the middle."""
    words = _TAG.sub(" ", _HEADING_END.sub(" · ", _INLINE.sub("", rendered)))
    return " ".join(html.unescape(words).split())


def _questions(language: str) -> Iterator[SearchText]:
    """Questions lead to the first page they belong to; what a person answers alone, to the checklist."""
    pages = services.by_name(language)
    for folder in files.shipped():
        links = files.load_links(folder)
        for group in try_it.list_questions([f"{folder.name}/{code}" for code in links], language):
            for question in group.questions:
                addresses = [_address(language, page) for page in services.named(links[question.code].pages, pages)]
                if group.own:
                    addresses = [f"/{language}/candidates/checklist"]
                if addresses:
                    yield SearchText(
                        kind="question",
                        key=f"{folder.name}/{question.code}",
                        language=language,
                        title=question.statement,
                        text="",
                        address=addresses[0],
                        weight=0,
                        place=group.title,
                    )


def _terms(language: str) -> Iterator[SearchText]:
    """The glossary of the language, or of the site's own where it has none."""
    fallback = setting("DEFAULT_LANGUAGE")
    rows = list(Term.select().where(Term.language.in_({language, fallback})).order_by(Term.language, Term.slug))
    own = [term for term in rows if term.language == language]
    for term in own or rows:
        yield SearchText(
            kind="term",
            key=term.slug,
            language=language,
            title=term.term,
            text=term.text,
            address=f"/{language}/glossary#{term.slug}",
            written_in=term.language,
        )


def _resources(language: str) -> Iterator[SearchText]:
    for resource in Resource.select().order_by(Resource.slug):
        fields = resource.fields
        yield SearchText(
            kind="resource",
            key=resource.slug,
            language=language,
            title=fields["title"],
            text=" · ".join(str(fields[key]) for key in ("author", "publisher", "year", "good_for") if key in fields),
            address=f"/{language}/resources#{resource.slug}",
            written_in=setting("DEFAULT_LANGUAGE"),
        )
