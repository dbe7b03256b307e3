"""Drafts and publishing: readers keep their text, nobody's words are lost, nothing unsound goes out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from portal import audit, clock, db, generation
from portal.accounts import services as accounts
from portal.editing import drafts, history, menu, publishing, services, typed
from portal.editing.models import Draft, RevisionNote
from portal.guidance import loading
from portal.guidance.models import PageLink, Revision, Topic
from portal.guidance.services import get_text, list_pages


@pytest.fixture(autouse=True)
def connected(database):
    """An open connection."""


def write(page, person, **parts):
    """Save a draft with these parts changed."""
    now = drafts.open_page(page.id)
    return drafts.save(page.id, replace(now.typed, **parts), now.version, person.id)


def publish(page, person, **parts):
    return publishing.publish(page.id, write(page, person, **parts).version, person.id)


def text(slug="equality", section="principles"):
    return get_text("en", section, slug)


def problems_of(page, person, **parts):
    with pytest.raises(publishing.NotSound) as found:
        publish(page, person, **parts)
    return found.value.problems


def actions():
    return [row.action for row in audit.rows_of(None) if row.action.startswith("guidance.")]


def test_a_page_opens_as_it_is_published(library):
    now = drafts.open_page(library("equality").id)
    assert now.draft is None and not now.is_behind and now.by is None
    assert now.typed == typed.Typed(
        title="Equality",
        summary="On the same footing.",
        in_short=("Peers meet as equals.", "", ""),
        body="## First\n\nWords.\n",
        topics=("pay",),
        sources=("R1",),
        try_it="principles-1/EQ1",
        more="written = 2026-11-22\nchecked = []\n",
    )


def test_readers_keep_the_published_text_while_a_draft_is_written(library, author):
    page = library("equality")
    saved = write(page, author, title="Fairness", body="## New\n\nOther words.\n")
    assert (saved.draft.version, saved.by) == (1, "Misty Brook")
    assert drafts.open_page(page.id).typed.title == "Fairness"
    assert text().line.title == "Equality" and "Words." in text().html


def test_saving_the_same_twice_is_one_saving(library, author):
    page = library("equality")
    now = drafts.open_page(page.id)
    other = replace(now.typed, title="Fairness")
    first = drafts.save(page.id, other, now.version, author.id)
    again = drafts.save(page.id, other, now.version, author.id)  # the answer to the first was lost on the way
    assert (again.version, again.draft.version) == (first.version, 1)
    assert drafts.save(page.id, now.typed, first.version, author.id).draft.version == 2


def test_publishing_the_same_twice_is_no_conflict_with_oneself(library, author, editor):
    page = library("equality")
    now = drafts.open_page(page.id)
    sent = replace(now.typed, title=" Fairness", body="## First\n\nOther words.", related=" ", note="Clearer")
    publishing.publish(page.id, drafts.save(page.id, sent, now.version, editor.id).version, editor.id)
    again = drafts.save(page.id, sent, now.version, editor.id)  # the button was pressed twice
    assert (again.draft, again.typed.title) == (None, "Fairness")
    with pytest.raises(drafts.EditConflict):
        drafts.save(page.id, replace(sent, title="Other"), now.version, author.id)


def test_nothing_new_makes_no_draft(library, author):
    page = library("equality")
    assert write(page, author).draft is None
    assert Draft.select().count() == 0


def test_two_people_who_edit_the_same_text_lose_nothing(library, author, editor):
    page = library("equality")
    both = drafts.open_page(page.id)
    drafts.save(page.id, replace(both.typed, title="Mine"), both.version, author.id)
    with pytest.raises(drafts.EditConflict) as found:
        drafts.save(page.id, replace(both.typed, title="Yours"), both.version, editor.id)
    assert (found.value.now.typed.title, found.value.now.by) == ("Mine", "Misty Brook")
    merged = drafts.save(page.id, replace(both.typed, title="Ours"), found.value.now.version, editor.id)
    assert (merged.typed.title, merged.by) == ("Ours", "Ivory Finch")
    (mine,) = history.list_replaced(page.id)
    assert (mine.title, mine.who) == ("Mine", "Misty Brook")
    assert history.text_of(page.id, mine.id.hex).title == "Mine"


def test_what_one_person_writes_over_their_own_text_is_kept_only_where_both_were_shown(library, author):
    page = library("equality")
    write(page, author, title="First")
    one = write(page, author, title="Second")
    assert history.list_replaced(page.id) == []
    drafts.save(page.id, replace(one.typed, title="Other tab"), one.version + drafts.SEEN_DRAFT, author.id)
    assert [kept.title for kept in history.list_replaced(page.id)] == ["Second"]


def test_a_draft_that_was_written_over_comes_back_and_goes_after_three_months(library, author, editor):
    page = library("equality")
    write(page, author, title="Mine")
    publish(page, editor, title="Yours")
    (mine,) = history.list_replaced(page.id)
    assert history.revert(page.id, mine.id, author.id)
    assert drafts.open_page(page.id).typed.title == "Mine"
    assert "Mine" in str(services.export_person(author.id)["drafts"])
    clock.stop(clock.now() + dt.timedelta(days=drafts.DAYS_KEPT + 1))
    drafts.forget_replaced()
    assert history.list_replaced(page.id) == []


def test_an_old_draft_is_kept_for_three_months_from_the_day_it_was_written_over(library, author, editor):
    page = library("equality")
    write(page, author, title="Mine")
    clock.stop(clock.now() + dt.timedelta(days=2 * drafts.DAYS_KEPT))
    write(page, editor, title="Yours")
    drafts.forget_replaced()
    assert [kept.title for kept in history.list_replaced(page.id)] == ["Mine"]


def test_a_form_older_than_a_publication_overwrites_nothing(library, author, editor):
    page = library("equality")
    old = write(page, author, title="First")
    publishing.publish(page.id, old.version, editor.id)
    with pytest.raises(drafts.EditConflict) as found:
        drafts.save(page.id, replace(old.typed, title="Late"), old.version, author.id)
    assert found.value.now.draft is None and found.value.now.by == "Ivory Finch"
    write(page, editor, title="Second")  # a new draft counts from one again, yet is another one
    with pytest.raises(drafts.EditConflict):
        drafts.save(page.id, replace(old.typed, title="Late"), old.version, author.id)


def test_only_what_was_looked_at_is_published(library, author, editor):
    page = library("equality")
    seen = write(page, author, title="Seen")
    write(page, author, title="Changed since")
    with pytest.raises(drafts.EditConflict):
        publishing.publish(page.id, seen.version, editor.id)
    assert text().line.title == "Equality"


def test_publishing_makes_a_revision_as_loading_does(library, author, editor):
    page, before = library("equality"), generation.current()
    body = "## New *words*\n\nMore on [selection](/en/guidance/prepare/selection).\n"
    revision = publish(page, editor, title="Fairness", body=f"\n{body}\n\n", note=" Shorter ")
    assert (revision.from_file, revision.body) == (None, body)
    shown = text()
    assert shown.line.title == "Fairness" and 'href="/en/guidance/prepare/selection"' in shown.html
    assert shown.headings == [{"level": 2, "anchor": "c-new-words", "title": "New words"}]
    assert [link.target for link in PageLink.select().where(PageLink.page == page.id)] == ["prepare/selection"]
    note = RevisionNote.get(RevisionNote.revision == revision)
    assert (note.person_id, note.note) == (editor.id, "Shorter")
    assert Draft.select().count() == 0 and generation.current() != before
    assert actions()[0] == "guidance.publish"
    assert publishing.publish(page.id, drafts.open_page(page.id).version, editor.id) is None


def test_words_of_the_glossary_are_linked_in_what_is_published(library, folder, editor):
    from tests.portal.guidance.conftest import GLOSSARY

    folder.write("en/glossary.toml", GLOSSARY)
    assert loading.load(folder.root).findings == []
    publish(library("respect"), editor, body="## A\n\nA peer worker.\n")
    assert 'href="/en/glossary#peer-worker"' in text("respect").html


@pytest.mark.parametrize(
    ("parts", "field", "line", "message"),
    [
        ({"title": " "}, "title", None, "“title” must not be empty."),
        ({"summary": "One. Two. Three."}, "summary", None, "“summary” has 3 sentences. Two are the most."),
        ({"in_short": ("", " ", "")}, "point_1", None, "“in_short” has 0 points. Give one to three."),
        ({"topics": ("luck",)}, "topics", None, "“topics” names “luck”, which is not in en/topics.toml. Add it there."),
        ({"sources": ("R9",)}, "sources", None, "“sources” names “R9”, which is not in sources.toml. Add it there."),
        ({"related": "a/b"}, "related", None,
         "“related” names “a/b”, but there is no such page. Name it as section/page."),
        ({"try_it": "x"}, "try_it", None,
         "“try_it” names “x”, but no instrument has that item"),
        ({"local_check": ("luck",)}, "local_check", None, '“local_check” takes only "health" and "law".'),
        ({"body": " \n"}, "body", 1, "The page has no text."),
        ({"body": "\n\n## A\n\n#### B\n\nWords.\n"}, "body", 5, "A heading of level 4 follows level 2."),
        ({"body": "## A\n\n[x](/en/guidance/no)\n"}, "body", 3,
         "The link to “/en/guidance/no” is dead: there is no such page. An address is section or section/page."),
        ({"more": "checked = []\n"}, "more", None, "The header has no “written”."),
        ({"more": "written = 2026-11-22\nchecked = true\n"}, "more", None,
         "“checked” must be a list in square brackets."),
        ({"more": "written = 2026-11-22\nchecked = []\nluck = 1\n"}, "more", None, "“luck” is no header key."),
        ({"more": "title = \"B\"\n"}, "more", None, "“title” has a field of its own"),
        ({"more": "written = 2026-11-22\nchecked = []\n\"luck(\" = 1\n"}, "more", None, "“luck(” is no header key."),
        ({"more": "written = 2026-11-22\nchecked =\n"}, "more", 2,
         "This is not TOML: Invalid value. Words stand in double quotes, one key a line."),
    ],
)  # fmt: skip
def test_what_the_checks_find_is_named_with_field_line_and_remedy(library, editor, parts, field, line, message):
    page = library("equality")
    found = problems_of(page, editor, **parts)
    assert [(one.field, one.line) for one in found] == [(field, line)]
    assert found[0].message.startswith(message)
    assert text().line.title == "Equality"
    assert replace(drafts.open_page(page.id).typed) == replace(drafts.open_page(page.id).typed, **parts)


def test_a_heading_that_others_lead_to_must_keep_its_name(library, editor):
    publish(library("respect"), editor, body="## A\n\n[x](/en/guidance/principles/equality#first)\n")
    (found,) = problems_of(library("equality"), editor, body="## Second\n\nWords.\n")
    assert found.message.startswith("“Respect” leads to #first, which is no longer in the text.")
    publish(library("equality"), editor, body="## Second {#first}\n\nWords.\n")
    assert 'id="c-first"' in text().html


def test_a_page_of_another_kind_is_checked_and_published_as_that_kind(library, folder, editor, monkeypatch):
    from portal.guidance import kinds
    from portal.guidance.files import Finding

    def check(page):
        if page.header["minutes"] > 90:
            yield Finding(page.file, page.line_of("minutes"), "“minutes” are too many.")

    kind = kinds.Kind("tour", "tours", kinds.re.compile("[A-Z]"), "a capital", False, {"minutes": int, "check": list},
                      frozenset({"check"}), check)  # fmt: skip
    monkeypatch.setitem(kinds._known, "tour", kind)
    path = folder.page("X", section="t", minutes='60\n\n[[check]]\nkind = "free"\nquestion = "Here?"')
    folder.write("en/tours/A.md", path.read_text())
    path.unlink()
    assert loading.load(folder.root).findings == []
    page = library("A")
    now = drafts.open_page(page.id)
    assert now.typed.more == (
        'written = 2026-11-22\nchecked = []\nminutes = 60\n\n[[check]]\nkind = "free"\nquestion = "Here?"\n'
    )
    (found,) = problems_of(page, editor, more=now.typed.more.replace("60", "100"))
    assert (found.field, found.message) == ("more", "“minutes” are too many.")
    (found,) = problems_of(page, editor, more="written = 2026-11-22\nchecked = []\nminutes = 60\ncheck = 3\n")
    assert "[[check]]" in found.message
    revision = publish(page, editor, more=now.typed.more.replace("60", "75").replace("Here", "There"))
    assert revision.header["minutes"] == 75 and revision.header["check"][0]["question"] == "There?"
    assert any(section.kind == "tour" for section in services.list_sections())


def test_a_file_never_overwrites_what_was_published_here(library, folder, editor):
    publish(library("equality"), editor, title="Fairness")
    folder.page("equality", title='"From the file"')
    assert loading.load(folder.root).is_empty
    assert text().line.title == "Fairness"


def test_a_file_that_is_newer_than_the_draft_is_pointed_out(library, folder, author, editor):
    page = library("equality")
    write(page, author, title="Draft")
    clock.stop(clock.now() + dt.timedelta(hours=1))
    folder.page("equality", title='"From the file"')
    assert len(loading.load(folder.root).changed) == 1
    now = drafts.open_page(page.id)
    assert now.is_behind and now.typed.title == "Draft"
    with pytest.raises(drafts.EditConflict) as found:
        publishing.publish(page.id, now.version, editor.id)
    assert found.value.seen == drafts.SEEN_PUBLISHED and text().line.title == "From the file"
    looked = drafts.save(page.id, now.typed, now.version + found.value.seen, editor.id)
    publishing.publish(page.id, looked.version, editor.id)
    assert text().line.title == "Draft"


def test_a_new_page_is_seen_once_it_is_published(library, author, editor):
    page = services.create_page("principles", "fair-pay", " Fair pay ", author.id, language="en")
    assert page.position == 30 and text("fair-pay") is None
    assert drafts.open_page(page.id).typed.more == "written = 2026-11-22\nchecked = []\n"
    publish(page, editor, summary="Money.", in_short=("Pay.", "", ""), body="## A\n\nB.\n")
    assert text("fair-pay").line.title == "Fair pay"
    assert text("fair-pay").before.title == "Respect"


def test_a_new_section_begins_with_its_own_page(library, author, editor):
    page = services.create_page("", "pay", "Pay", author.id, language="en")
    within = services.create_page("pay", "fair-pay", "Fair pay", author.id, language="en")
    parts = {"summary": "Money.", "in_short": ("Pay.", "", ""), "body": "## A\n\nB.\n"}
    assert [one.message for one in problems_of(within, editor, **parts)] == [
        "The section’s own page is not published. Publish that first."
    ]
    publish(page, editor, **parts)
    publish(within, editor)
    assert [line.address for line in list_pages("en")][-2:] == ["pay", "pay/fair-pay"]
    assert page.position == 30


@pytest.mark.parametrize("slug", ["Fair", "fair pay", "", "index", "booklet", "a" * 81, "é"])
def test_an_address_must_be_one(library, author, slug):
    with pytest.raises((services.AddressUnsuitable, services.AddressTaken)):
        services.create_page("principles", slug, "Fair pay", author.id, language="en")


def test_a_page_is_made_once(library, author):
    page_id = uuid4()
    first, again = (
        services.create_page("principles", "fair-pay", "Fair pay", author.id, language="en", page_id=page_id)
        for _ in range(2)
    )
    assert first == again
    with pytest.raises(services.AddressTaken):
        services.create_page("principles", "fair-pay", "Fair pay", author.id, language="en")


def test_a_page_is_made_once_where_another_has_left(library, editor):
    menu.move(library("equality").id, "prepare", "fairness", editor.id, "Moved")
    page_id = uuid4()
    for _ in range(2):
        page = services.create_page("principles", "equality", "Anew", editor.id, language="en", page_id=page_id)
        assert page.id == page_id


def test_a_draft_can_be_thrown_away(library, author, editor):
    page = library("equality")
    seen = write(page, author, title="First")
    write(page, author, title="Second")
    with pytest.raises(drafts.EditConflict):
        drafts.discard(page.id, seen.version)
    assert drafts.discard(page.id, drafts.open_page(page.id).version)
    assert drafts.open_page(page.id).typed.title == "Equality"
    new = services.create_page("principles", "fair-pay", "Fair pay", author.id, language="en")
    assert not drafts.discard(new.id, drafts.open_page(new.id).version)
    assert drafts.open_page(new.id) is None


def test_a_person_who_goes_leaves_the_words_and_takes_the_name(library, author, editor):
    page, other = library("equality"), library("respect")
    write(page, author, title="Draft")
    publish(other, author, title="Published", note="Shorter")
    told = services.export_person(author.id)
    assert [one["page"] for one in told["drafts"]] == ["principles/equality"]
    assert [(one["page"], one["note"]) for one in told["published"]] == [("principles/respect", "Shorter")]
    accounts.delete_person(author.id, [])
    assert drafts.open_page(page.id).by is None and drafts.open_page(page.id).typed.title == "Draft"
    assert [(one.who, one.note, one.from_file) for one in history.list_revisions(other.id)] == [
        (None, "Shorter", False),
        (None, "", True),
    ]


def test_revisions_can_be_compared_and_taken_up_again(library, editor):
    page = library("equality")
    publish(page, editor, body="## First\n\nOther words.\n", topics=())
    newest, oldest = history.list_revisions(page.id)
    old, new = (history.text_of(page.id, one.id.hex) for one in (oldest, newest))
    assert [one.field for one in history.differences_between(old, new)] == ["body", "topics"]
    assert history.revert(page.id, oldest.id, editor.id)
    with pytest.raises(drafts.DraftOpen):
        history.revert(page.id, oldest.id, editor.id)
    assert history.text_of(page.id, "draft") == old
    publishing.publish(page.id, drafts.open_page(page.id).version, editor.id)
    assert "Words." in text().html and text().topics == [("pay", "Pay", "en")]
    assert [one.who for one in history.list_revisions(page.id)] == ["Ivory Finch", "Ivory Finch", None]


def test_only_revisions_of_the_page_itself_are_found(library, editor):
    page, other = library("equality"), library("respect")
    foreign = Revision.get(Revision.page == other)
    assert history.text_of(page.id, foreign.id.hex) is None
    assert history.text_of(page.id, "nonsense") is None
    assert history.text_of(page.id, "draft") is None
    assert not history.revert(page.id, foreign.id, editor.id)
    assert drafts.open_page(uuid4()) is None
    with pytest.raises(LookupError):
        drafts.save(uuid4(), typed.Typed(), "new", editor.id)


def test_topics_that_are_gone_are_found(library, editor):
    db.transaction(Topic.delete().execute)()
    assert problems_of(library("equality"), editor, title="Fairness")[0].field == "topics"
