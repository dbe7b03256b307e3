"""Files into the database: nothing twice, nothing edited overwritten, nothing of a broken set."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import audit, clock, db, paths
from portal.guidance import commands, loading, markup, services
from portal.guidance.models import Page, PageLink, Resource, Revision, Source, Term, Topic
from tests.portal.guidance.conftest import SOURCE

STATE = (Page, Revision, PageLink, Source, Topic, Term, Resource)


def state():
    """Every row, to compare before and after."""
    return [list(model.select().order_by(model.id).tuples()) for model in STATE]


def text(slug="equality", section="principles"):
    return services.get_text("en", section, slug)


def test_what_ships_is_loaded_and_loading_again_changes_nothing(database):
    first = loading.load(paths.resource_dir("content"))
    assert first.findings == []
    assert len(first.added) == Page.select().count() == Revision.select().count() >= 17
    before, rows = state(), audit.AuditRow.select().count()
    assert loading.load(paths.resource_dir("content")).is_empty
    assert state() == before
    assert audit.AuditRow.select().count() == rows
    assert [line.section for line in services.list_pages("en") if line.is_section] == [
        "why", "principles", "involvement", "prepare", "employing", "support", "evaluation", "practice",
    ]  # fmt: skip


def test_a_changed_file_becomes_a_new_revision(database, folder):
    loading.load(folder.root)
    clock.stop(clock.now() + dt.timedelta(days=1))
    folder.page("equality", "## New\n\nOther words.\n", title='"Still equal"')
    done = loading.load(folder.root)
    assert [file.slug for _page, file in done.changed] == ["equality"]
    assert text().line.title == "Still equal"
    assert "Other words." in text().html
    assert text().headings == [{"level": 2, "anchor": "c-new", "title": "New"}]
    assert Revision.select().join(Page).where(Page.slug == "equality").count() == 2


@db.transaction
def edit(slug, **columns):
    """As an editor would: a new published revision that came from no file."""
    page = Page.get(Page.slug == slug)
    old = Revision.get(Revision.page == page)
    values = {name: getattr(old, name) for name in Revision._meta.sorted_field_names if name not in ("id", "from_file")}
    moment = clock.now() + dt.timedelta(minutes=1)
    Revision.create(**{**values, "page": page, "made_at": moment, "published_at": moment, **columns})


def test_an_edited_page_survives_its_file(database, folder):
    loading.load(folder.root)
    edit("equality", html="<p>Edited here.</p>")
    folder.page("equality", "## New\n\nFrom the file.\n", order="90")
    assert loading.load(folder.root).is_empty
    assert text().html == "<p>Edited here.</p>"
    assert Page.get(Page.slug == "equality").position == 10


def test_a_draft_written_here_does_not_hide_the_published_text(database, folder):
    loading.load(folder.root)
    edit("equality", html="<p>A draft.</p>", published_at=None)
    assert "Words." in text().html


def test_a_page_whose_file_was_removed_is_named_and_stays(database, folder):
    for slug in ("respect", "edited", "withdrawn"):
        folder.page(slug, order="20")
    loading.load(folder.root)
    edit("edited", html="<p>Edited here.</p>")
    db.transaction(Page.update(withdrawn=True).where(Page.slug == "withdrawn").execute)()
    for slug in ("respect", "edited", "withdrawn"):
        (folder.root / f"en/guidance/principles/{slug}.md").unlink()
    done = loading.load(folder.root)
    assert done.is_empty and [page.slug for page in done.gone] == ["respect"]
    assert commands._summary(done).splitlines() == [
        "en/principles/respect: its file is gone, the page is still shown.", "Nothing new.",
    ]  # fmt: skip
    assert text("respect") is not None
    folder.page("equality", "## New\n\nOther words.\n")
    assert [page.slug for page in loading.load(folder.root).gone] == ["respect"]


def test_a_withdrawn_page_is_never_brought_back(database, folder):
    loading.load(folder.root)
    db.transaction(Page.update(withdrawn=True).where(Page.slug == "equality").execute)()
    folder.page("equality", "## New\n\nFrom the file.\n")
    assert loading.load(folder.root).is_empty
    assert text() is None


def test_a_page_moved_here_stays_where_it_is(database, folder):
    loading.load(folder.root)
    db.transaction(Page.update(position=55).where(Page.slug == "equality").execute)()
    folder.page("equality", order="90")
    loading.load(folder.root)
    assert Page.get(Page.slug == "equality").position == 55


def test_a_page_moved_in_its_file_moves(database, folder):
    loading.load(folder.root)
    folder.page("equality", order="90")
    loading.load(folder.root)
    assert Page.get(Page.slug == "equality").position == 90


def test_nothing_of_a_broken_set_is_loaded(database, folder):
    loading.load(folder.root)
    before = state()
    folder.page("equality", "## New\n\nGood words.\n")
    folder.page("respect", summary='"One. Two. Three."')
    folder.write("en/topics.toml", '[pay]\ntitle = "Wages"\nsummary = "Money for work."\n')
    done = loading.load(folder.root)
    assert [finding.file for finding in done.findings] == ["content/en/guidance/principles/respect.md"]
    assert state() == before


def test_sources_and_topics_follow_their_files(database, folder):
    loading.load(folder.root)
    folder.write(
        "en/topics.toml", '[pay]\ntitle = "Wages"\nsummary = "Money."\n\n[rest]\ntitle = "Rest"\nsummary = "R."\n'
    )
    path = folder.root / "sources.toml"
    path.write_text(path.read_text().replace("A house", "Another house"))
    done = loading.load(folder.root)
    assert (len(done.tables.sources), len(done.tables.topics)) == (1, 2)
    assert [topic[:2] for topic in text().topics] == [("pay", "Wages")]
    assert text().sources[0]["publisher"] == "Another house"
    assert [topic.slug for topic in services.list_topics("en")] == ["pay", "rest"]


TWO = '[pay]\ntitle = "Pay"\nsummary = "Money."\n\n[rest]\ntitle = "Rest"\nsummary = "R."\n'


def keys_of(model):
    return {row.key if model is Source else f"{row.language}/{row.slug}" for row in model.select()}


@pytest.fixture
def with_two(folder):
    """Two topics and two sources; pages name only the first of each unless a test says so."""
    folder.write("en/topics.toml", TWO)
    folder.write("sources.toml", SOURCE + "\n" + SOURCE.replace("R1", "R2"))
    return folder


def take_out_the_second(folder):
    folder.write("en/topics.toml", TWO.partition("\n[rest]")[0])
    folder.write("sources.toml", SOURCE)


def test_topics_and_sources_that_nothing_names_go_with_their_entry(database, with_two):
    with_two.page("equality", topics='["pay", "rest"]', sources='["R1", "R2"]')
    loading.load(with_two.root)
    assert (keys_of(Topic), keys_of(Source)) == ({"en/pay", "en/rest"}, {"R1", "R2"})
    clock.stop(clock.now() + dt.timedelta(days=1))
    take_out_the_second(with_two)
    with_two.page("equality")
    done = loading.load(with_two.root)
    assert (len(done.tables.gone_topics), len(done.tables.gone_sources)) == (1, 1)
    assert "Sources: 1. Topics: 1. " in commands._summary(done)
    assert (keys_of(Topic), keys_of(Source)) == ({"en/pay"}, {"R1"})
    assert loading.load(with_two.root).is_empty


def test_topics_and_sources_that_an_edited_page_names_stay_until_it_does_not(database, with_two):
    header = {"topics": '["pay", "rest"]', "sources": '["R1", "R2"]'}
    with_two.page("equality", **header)
    loading.load(with_two.root)
    edit("equality")
    take_out_the_second(with_two)
    with_two.page("equality")
    loading.load(with_two.root)
    assert (keys_of(Topic), keys_of(Source)) == ({"en/pay", "en/rest"}, {"R1", "R2"})
    assert len(text().sources) == 2
    assert [topic[:2] for topic in text().topics] == [("pay", "Pay"), ("rest", "Rest")]
    assert loading.load(with_two.root).is_empty, "what stays is no reason to load again"
    clock.stop(clock.now() + dt.timedelta(days=1))
    live = services.get_text("en", "principles", "equality").header
    edit("equality", header={**live, "topics": ["pay"], "sources": []})
    loading.load(with_two.root)
    assert (keys_of(Topic), keys_of(Source)) == ({"en/pay"}, {"R1"})


def test_topics_and_sources_of_a_withdrawn_page_and_of_one_without_file_stay(database, with_two):
    with_two.page("withdrawn", topics='["rest"]', sources="[]")
    with_two.page("respect", topics="[]", sources='["R2"]')
    loading.load(with_two.root)
    db.transaction(Page.update(withdrawn=True).where(Page.slug == "withdrawn").execute)()
    for slug in ("withdrawn", "respect"):
        (with_two.root / f"en/guidance/principles/{slug}.md").unlink()
    take_out_the_second(with_two)
    loading.load(with_two.root)
    assert (keys_of(Topic), keys_of(Source)) == ({"en/pay", "en/rest"}, {"R1", "R2"})


def test_the_topics_of_a_language_whose_file_is_gone_go(database, folder):
    folder.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    folder.page("equality", language="fr")
    loading.load(folder.root)
    (folder.root / "fr/topics.toml").unlink()
    assert loading.load(folder.root).findings == []
    assert keys_of(Topic) == {"en/pay"}
    assert [topic.title for topic in services.list_topics("fr")] == ["Pay"]


def test_texts_are_rendered_again_by_a_newer_renderer(database, folder, monkeypatch):
    loading.load(folder.root)
    edit("equality", html="<p>Old form.</p>")
    monkeypatch.setattr(markup, "RENDERER", markup.RENDERER + 1)
    assert len(loading.load(folder.root).outdated) == 2
    assert "Words." in text().html
    assert loading.load(folder.root).is_empty


def test_a_load_writes_one_audit_row(database, folder):
    loading.load(folder.root)
    assert [(row.action, row.object) for row in audit.rows_of(None)] == [("guidance.load", "content")]


def test_a_page_missing_in_a_language_is_offered_in_the_sites_own(database, folder):
    folder.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    folder.page("index", language="fr", title='"Les principes"')
    assert loading.load(folder.root).findings == []
    assert [(line.language, line.title) for line in services.list_pages("fr")] == [
        ("fr", "Les principes"), ("en", "Equality"),
    ]  # fmt: skip
    assert [line.title for line in services.list_pages("en")] == ["The principles", "Equality"]
    assert services.list_topics("fr")[0].title == "Salaire"


def test_one_page_in_a_second_language_stands_alone(database, folder):
    """Its section's page, its topics, sources and the pages it names are there in the site's own language."""
    folder.page("respect", order="20")
    folder.page(
        "equality", "## Eerst\n\n[Alles](/nl/guidance/principles#first), [geld](/nl/topics/pay).\n",
        language="nl", title='"Gelijkwaardigheid"', related='["principles/respect"]',
    )  # fmt: skip
    assert loading.load(folder.root).findings == []
    assert [(line.language, line.title) for line in services.list_pages("nl")] == [
        ("en", "The principles"), ("nl", "Gelijkwaardigheid"), ("en", "Equality"),
    ]  # fmt: skip
    shown = services.get_text("nl", "principles", "equality")
    assert "Eerst" in shown.html and [line.title for line in shown.related] == ["Equality"]
    assert [topic.title for topic in services.list_topics("nl")] == ["Pay"]
    assert len(services.list_about("nl", "pay")) == 3
    assert text().line.title == "Equality"
    assert loading.load(folder.root).is_empty


def test_a_page_withdrawn_in_a_language_is_not_offered_in_another(database, folder):
    folder.write("fr/topics.toml", '[pay]\ntitle = "Salaire"\nsummary = "De l’argent."\n')
    folder.page("equality", language="fr")
    folder.page("index", language="fr")
    loading.load(folder.root)
    db.transaction(Page.update(withdrawn=True).where(Page.slug == "equality", Page.language == "fr").execute)()
    assert services.get_text("fr", "principles", "equality") is None
    assert services.get_text("en", "principles", "equality") is not None


def test_two_pages_cannot_share_an_address(database, folder):
    loading.load(folder.root)
    page = Page.get(Page.slug == "equality")
    from peewee import IntegrityError

    with pytest.raises(IntegrityError):
        db.transaction(lambda: Page.create(**{**page.__data__, "id": Page.id.default()}))()


def test_a_page_without_sources_and_topics_is_read_all_the_same(database, folder):
    folder.page("equality", sources="[]", topics="[]")
    loading.load(folder.root)
    assert (text().sources, text().topics) == ([], [])
