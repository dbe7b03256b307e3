"""From a draft to what readers see, through the same checks as `portal content check`."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from markupsafe import Markup

from portal import audit, clock, db, generation
from portal.editing import drafts, typed
from portal.editing.drafts import SEEN_PUBLISHED, EditConflict
from portal.editing.models import RevisionNote
from portal.editing.typed import Problem, Typed
from portal.guidance import bodies, checks, exporting, files, kinds, markup, writing
from portal.guidance.files import Finding, PageFile
from portal.guidance.models import Page, PageLink, Redirect, Resource, Revision, Source, Term, Topic
from portal.guidance.terms import Linker, linker
from portal.text import Heading

_OWN_COLUMNS = ("title", "summary", "in_short")
_FAR_LINK = re.compile(r'href="([^"#]+)#c-([^"]+)"')
_HEADING = re.compile(r"<(/?)h([2-5])\b")
_TITLE_LEVEL = 2  # of the heading that stands above a preview
_FIELDS = {key: key for key in (*typed.OWN_FIELDS - {"order"}, "more")} | {"in_short": "point_1"}


class NotSound(Exception):
    """The page cannot be published as it is."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems


@dataclass(frozen=True)
class Preview:
    title: str
    summary: str
    in_short: list[str]
    html: Markup


def preview(page: Page, written: Typed) -> Preview:
    """How readers will see it."""
    rendered, _headings = markup.render(written.text, linker_of(page.language))
    sound = Markup(_without_jumps(rendered))  # noqa: S704 - cleaned by text.render
    return Preview(written.title, written.summary, written.points, sound)


def _without_jumps(rendered: str) -> str:
    """The HTML with headings that jump levels put on the level they may have: the page around it must stay sound."""
    before, own = _TITLE_LEVEL, _TITLE_LEVEL

    def level(found: re.Match[str]) -> str:
        nonlocal before, own
        if not found[1]:
            before = own = min(int(found[2]), before + 1)
        return f"<{found[1]}h{own}"

    return _HEADING.sub(level, rendered)


def linker_of(language: str) -> Linker | None:
    """What links a page to the glossary of its language; None where it has none."""
    terms = [(term.slug, [term.term, *term.forms]) for term in Term.select().where(Term.language == language)]
    return linker(language, sorted(terms)) if terms else None


@db.transaction
def publish(page_id: UUID, version: str, person: UUID) -> Revision | None:
    """Readers see the draft from now on; None where there is none. Raises EditConflict and NotSound.

    A draft that was begun from another text than readers see now is a conflict, too, until somebody has looked at both.
    """
    writing.wait_for_others()
    now = drafts.lock(page_id)
    if now is None or now.draft is None:
        return None
    if version != now.version:
        raise EditConflict(now)
    if now.is_behind:
        raise EditConflict(now, SEEN_PUBLISHED)
    if problems := check(now.page, now.typed, now.live):
        raise NotSound(problems)
    header, _problems = typed.header(now.typed, now.page)
    revision = add_revision(now.page, header, now.typed.text, now.live, person, now.typed.note)
    now.draft.delete_instance()
    _lead_here(now.page)
    audit.record("guidance.publish", now.page)
    return revision


def add_revision(
    page: Page, header: dict[str, Any], body: str, live: Revision | None, person: UUID, note: str
) -> Revision:
    """A published revision that no file overwrites, with everything that follows from its text."""
    moment = clock.now()
    if live is not None and live.published_at >= moment:
        moment = live.published_at + dt.timedelta(microseconds=1)
    rendered, headings = markup.render(body, linker_of(page.language))
    revision: Revision = Revision.create(
        page=page,
        **{key: header[key] for key in _OWN_COLUMNS},
        body=body,
        header={key: _plain(value) for key, value in header.items() if key not in _OWN_COLUMNS},
        html=rendered,
        headings=[{"level": one.level, "anchor": one.anchor, "title": one.title} for one in headings],
        renderer=markup.RENDERER,
        made_at=moment,
        published_at=moment,
        from_file=None,
    )
    RevisionNote.create(revision=revision, person=person, note=note.strip())
    PageLink.delete().where(PageLink.page == page).execute()
    targets = dict.fromkeys([*header["related"], *bodies.leads_to(rendered)])
    PageLink.bulk_create([PageLink(page=page, target=target) for target in targets], batch_size=200)
    generation.raise_it()
    return revision


def _plain(value: Any) -> Any:
    """A header value as JSON: dates as ISO text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _lead_here(page: Page) -> None:
    """Where a page stands, nobody is led elsewhere."""
    Redirect.delete().where(
        Redirect.kind == page.kind,
        Redirect.language == page.language,
        Redirect.section == page.section,
        Redirect.slug == page.slug,
    ).execute()


# --- what must hold ---


def check(page: Page, written: Typed, live: Revision | None) -> list[Problem]:
    """Everything that keeps the page from being published beside the pages that are."""
    header, problems = typed.header(written, page)
    if problems:
        return problems  # the rest would be said of a header that could not be read
    file = _page_file(page, header, written.text)
    rendered, headings = markup.render(file.body)
    known = _known({(file.language, file.address): markup.anchors(rendered)})
    if page.withdrawn:
        problems.append(Problem("This page is withdrawn. Bring it back before you publish it."))
    elif file.kind.in_sections and known.anchors_at(file.language, file.section) is None:
        problems.append(Problem("The section’s own page is not published. Publish that first."))
    problems += [_problem(file, one, written) for one in _findings(file, rendered, headings, known)]
    problems += _links_lost(page, file, rendered, live)
    return problems


def _page_file(page: Page, header: dict[str, Any], body: str) -> PageFile:
    """The page as its file would be read."""
    kind, misread = kinds.of(page.kind), list[Finding]()
    text = exporting.as_text(kind, header, body)
    name = f"content/{exporting.file_name(page)}"
    file = files.parse_page(name, kind, page.language, page.section, page.slug, text, misread)
    if file is None or misread:
        raise NotSound([Problem(one.message) for one in misread])
    # Keys that nobody knows are not written, and must be found all the same.
    return replace(file, header=header)


def _findings(file: PageFile, rendered: str, headings: list[Heading], known: bodies.Known) -> Iterator[Finding]:
    wrong = list(checks.check_header(file))
    yield from wrong
    if not wrong:
        yield from checks.check_names(file, known)
        yield from file.kind.check(file)
    yield from bodies.check_body(file, rendered, headings, known)


def _problem(file: PageFile, finding: Finding, written: Typed) -> Problem:
    if finding.line is not None and finding.line >= file.body_line:
        line = finding.line - file.body_line + 1
        line += len(written.body) - len(written.body.lstrip("\n"))  # empty lines before the text stand in the form
        return Problem(finding.message, "body", line, typed.line_of(written.body, line))
    at = (finding.line or 1) - 2
    key = file.header_lines[at].partition(" ")[0] if 0 <= at < len(file.header_lines) else ""
    if not key and (named := re.search(r"“([a-z_]+)”", finding.message)):
        key = named[1]
    return Problem(finding.message, _FIELDS.get(key, "more"))


def _known(own: dict[tuple[str, str], frozenset[str]]) -> bodies.Known:
    """What a page may name: what is published, and addresses from which readers are led on."""
    published = exporting.list_published()
    anchors = {(page.language, exporting.address(page)): markup.anchors(live.html) for page, live in published} | own
    for one in Redirect.select().order_by(Redirect.id):
        led = anchors.get((one.language, one.target))
        if led is not None:
            anchors.setdefault((one.language, exporting.address(one)), led)
    return bodies.Known(
        anchors,
        topics=_by_language(Topic.select(Topic.language, Topic.slug).tuples()),
        sources=frozenset(one.key for one in Source.select(Source.key)),
        terms=_by_language(Term.select(Term.language, Term.slug).tuples()),
        resources=frozenset(one.slug for one in Resource.select(Resource.slug)),
    )


def _by_language(rows: Any) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for language, slug in rows:
        found.setdefault(language, set()).add(slug)
    return {language: frozenset(slugs) for language, slugs in found.items()}


def _links_lost(page: Page, file: PageFile, rendered: str, live: Revision | None) -> Iterator[Problem]:
    """Anchors that other pages lead to and that the new text no longer has."""
    lost = (markup.anchors(live.html) if live else frozenset()) - markup.anchors(rendered)
    if not lost:
        return
    naming = Page.select(Page.id).join(PageLink, on=(PageLink.page == Page.id)).where(PageLink.target == file.address)
    named, own = {one.id for one in naming}, exporting.path(file.kind, file.language, file.address)
    for other, text in exporting.list_published():
        if other.id not in named or other.id == page.id or other.language != page.language:
            continue
        for found in dict.fromkeys(_FAR_LINK.findall(text.html)):
            path, anchor = (html.unescape(part) for part in found)
            if path == own and anchor in lost:
                message = (
                    f"“{text.title}” leads to #{anchor}, which is no longer in the text. "
                    f"Give a heading that name: ## Words of the heading {{#{anchor}}}"
                )
                yield Problem(message, "body")
