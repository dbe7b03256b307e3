"""Content files into the database: what is missing is added, what was edited or withdrawn here is left alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from portal import audit, clock, db, generation
from portal.guidance import bodies, checks, files, markup, tables, writing
from portal.guidance.files import ContentSet, Finding, PageFile
from portal.guidance.models import Page, PageLink, Revision
from portal.guidance.shelf import live_revision
from portal.guidance.tables import Named, Tables
from portal.guidance.terms import Linker
from portal.text import Heading

_Key = tuple[str, str, str, str]  # kind, language, section, slug
_OWN_COLUMNS = ("title", "summary", "in_short")


@dataclass
class Loading:
    """What a load did, or would do. Where there are findings it did nothing."""

    findings: list[Finding] = field(default_factory=list)
    added: list[PageFile] = field(default_factory=list)
    changed: list[tuple[Page, PageFile]] = field(default_factory=list)
    moved: list[tuple[Page, Any]] = field(default_factory=list)  # with the new place in the section
    outdated: list[UUID] = field(default_factory=list)  # revisions whose HTML must be made anew
    tables: Tables = field(default_factory=Tables)
    gone: list[Page] = field(default_factory=list)  # pages still shown whose file is not there any more

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.moved or self.outdated) and self.tables.is_empty


@dataclass(frozen=True)
class _Stored:
    """A page and what is known of its live revision."""

    page: Page
    live: Revision | None  # without its texts; None where nothing was ever published

    @property
    def belongs_to_file(self) -> bool:
        return self.live is not None and self.live.from_file is not None and not self.page.withdrawn


def load(root: Path) -> Loading:
    """Bring a content folder into the database: pages, sources, topics, glossary, resources. A broken set changes
    nothing."""
    content, findings = files.read_content(root)
    # A start with nothing new costs a few statements; every page is checked only before something is written.
    if not findings and (plan := _plan(content)).is_empty:
        return plan
    content, findings = checks.check_folder(root)
    return Loading(findings=findings) if findings else _write(content)


def _plan(content: ContentSet) -> Loading:
    stored = _stored_pages()
    with_file = {_key(file) for file in content.pages}
    plan = Loading(tables=tables.compare(content, _named_elsewhere(stored, with_file)))
    for file in content.pages:
        known = stored.get(_key(file))
        if known is None:
            plan.added.append(file)
        elif known.belongs_to_file:
            if known.live.from_file != file.digest:  # type: ignore[union-attr]
                plan.changed.append((known.page, file))
            # A page that does not stand where its file put it was moved here, and stays.
            asked, place = known.live.header["order"], file.header.get("order")  # type: ignore[union-attr]
            if known.page.position == asked != place:
                plan.moved.append((known.page, place))
    plan.gone = [one.page for key, one in stored.items() if one.belongs_to_file and key not in with_file]
    replaced = {page.id for page, _file in plan.changed}
    plan.outdated = [
        one.live.id
        for one in stored.values()
        if one.live is not None
        and (one.live.renderer != markup.RENDERER or one.page.language in plan.tables.relinked)
        and one.page.id not in replaced
    ]
    return plan


def _named_elsewhere(stored: dict[_Key, _Stored], with_file: set[_Key]) -> Named:
    texts = [
        (one.page.language, one.live.header)
        for key, one in stored.items()
        if one.live is not None and not (one.belongs_to_file and key in with_file)
    ]
    return Named(
        sources=frozenset(name for _language, header in texts for name in header["sources"]),
        topics=frozenset((language, name) for language, header in texts for name in header["topics"]),
    )


def _key(file: PageFile) -> _Key:
    return file.kind.name, file.language, file.section, file.slug


def _stored_pages() -> dict[_Key, _Stored]:
    """By kind, language, section and slug; one statement."""
    rows = (
        Page.select(Page, Revision.id, Revision.from_file, Revision.renderer, Revision.header)
        .join(Revision, "LEFT JOIN", on=(Revision.id == live_revision()), attr="live")
        .order_by(Page.kind, Page.language, Page.section, Page.slug)
    )
    return {
        (page.kind, page.language, page.section, page.slug): _Stored(page, getattr(page, "live", None)) for page in rows
    }


@db.transaction
def _write(content: ContentSet) -> Loading:
    writing.wait_for_others()
    plan, moment = _plan(content), clock.now()
    if plan.is_empty:
        return plan
    linkers = tables.linkers(content)
    pages = [_page(file) for file in plan.added]
    Page.bulk_create(pages, batch_size=100)
    texts = [*zip(pages, plan.added, strict=True), *plan.changed]
    revisions = [_revision(page, file, moment, linkers.get(page.language)) for page, file in texts]
    Revision.bulk_create(revisions, batch_size=50)
    for page, position in plan.moved:
        Page.update(position=position).where(Page.id == page.id).execute()
    outdated = list(Revision.select(Revision, Page).join(Page).where(Revision.id.in_(plan.outdated)))
    for revision in outdated:
        columns = _rendered(revision.body, linkers.get(revision.page.language))
        revision.html = columns["html"]
        Revision.update(**columns).where(Revision.id == revision.id).execute()
    _write_links([*revisions, *outdated])
    tables.write(plan.tables)
    generation.raise_it()
    audit.record("guidance.load", "content")
    return plan


def _page(file: PageFile) -> Page:
    return Page(
        kind=file.kind.name,
        language=file.language,
        section=file.section,
        slug=file.slug,
        position=file.header["order"],
    )


def _revision(page: Page, file: PageFile, moment: dt.datetime, linker: Linker | None) -> Revision:
    return Revision(
        page=page,
        **{key: file.header[key] for key in _OWN_COLUMNS},
        **_rendered(file.body, linker),
        body=file.body,
        header={key: _plain(value) for key, value in file.header.items() if key not in _OWN_COLUMNS},
        made_at=moment,
        published_at=moment,
        from_file=file.digest,
    )


def _rendered(body: str, linker: Linker | None) -> dict[str, Any]:
    """The columns that follow from a body."""

    def plain(heading: Heading) -> dict[str, Any]:
        return {"level": heading.level, "anchor": heading.anchor, "title": heading.title}

    html, headings = markup.render(body, linker)
    # Texts from before HTML headings were refused may have some that nothing can lead to.
    led_to = [plain(heading) for heading in headings if heading.anchor]
    return {"html": html, "headings": led_to, "renderer": markup.RENDERER}


def _write_links(live: list[Revision]) -> None:
    """Store where these live revisions lead, in place of what was stored for their pages."""
    PageLink.delete().where(PageLink.page.in_([revision.page for revision in live])).execute()
    links = [
        PageLink(page=revision.page, target=target)
        for revision in live
        for target in dict.fromkeys([*revision.header["related"], *bodies.leads_to(revision.html)])
    ]
    PageLink.bulk_create(links, batch_size=200)


def _plain(value: Any) -> Any:
    """A header value as JSON: dates as ISO text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
