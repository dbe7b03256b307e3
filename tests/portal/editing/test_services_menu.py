"""Where pages stand: moved, withdrawn, brought back; no file undoes it, and an export holds it."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import audit, clock, db, paths
from portal.editing import drafts, menu, publishing, services
from portal.guidance import checks, commands, exporting, kinds, loading, redirects
from portal.guidance.models import Page, Redirect, Revision
from portal.guidance.services import get_text, list_pages
from tests.portal.guidance.conftest import GLOSSARY, RESOURCE

SHIPPED = paths.resource_dir("content")


@pytest.fixture(autouse=True)
def connected(database):
    """An open connection."""


def addresses():
    return [line.address for line in list_pages("en")]


def publish(page, person, **parts):
    now = drafts.open_page(page.id)
    saved = drafts.save(page.id, replace(now.typed, **parts), now.version, person.id)
    return publishing.publish(page.id, saved.version, person.id)


def move(page, section, slug, person):
    menu.move(page.id, section, slug, person.id, "Moved")


def led_to(section, slug="index"):
    return redirects.led_to("guidance", "en", section, slug)


def restart(folder):
    """What every start does, later."""
    clock.stop(clock.now() + dt.timedelta(hours=1))
    return loading.load(folder.root)


def test_up_and_down_stay_after_a_restart(library, folder):
    assert services.shift(library("respect").id, -1)
    assert addresses()[:3] == ["principles", "principles/respect", "principles/equality"]
    assert restart(folder).is_empty
    assert addresses()[1] == "principles/respect"
    assert not services.shift(library("respect").id, -1)
    assert services.shift(library("index", "prepare").id, -1), "sections have a menu, too"
    assert addresses()[0] == "prepare"
    assert [row.action for row in audit.rows_of(None)[:2]] == ["guidance.shift_page"] * 2


def test_pages_that_share_a_place_get_one_each(library, folder):
    folder.page("respect", order="10")
    restart(folder)
    assert addresses()[1:3] == ["principles/equality", "principles/respect"]
    assert services.shift(library("equality").id, 1)
    assert addresses()[1:3] == ["principles/respect", "principles/equality"]


def test_a_moved_page_stays_moved_and_leads_its_readers_on(library, folder, editor):
    page = library("equality")
    move(page, "prepare", "fairness", editor)
    assert addresses() == ["principles", "principles/respect", "prepare", "prepare/selection", "prepare/fairness"]
    assert led_to("principles", "equality") == "/en/guidance/prepare/fairness"
    assert [line.address for line in get_text("en", "prepare", "selection").related] == ["prepare/fairness"]
    done = restart(folder)
    assert done.is_empty and done.gone == []
    folder.page("equality", title='"From the file"')
    assert restart(folder).is_empty
    assert "principles/equality" not in addresses()
    assert [one.slug for section in services.list_sections() for one in section.pages].count("equality") == 0


def test_a_page_moved_twice_leads_readers_in_one_step_and_may_come_home(library, folder, editor):
    page = library("equality")
    move(page, "prepare", "fairness", editor)
    move(page, "prepare", "fair", editor)
    assert led_to("principles", "equality") == led_to("prepare", "fairness") == "/en/guidance/prepare/fair"
    move(page, "principles", "equality", editor)
    assert led_to("principles", "equality") is None
    assert led_to("prepare", "fair") == led_to("prepare", "fairness") == "/en/guidance/principles/equality"
    restart(folder)
    assert "principles/equality" in addresses() and len(addresses()) == 5
    assert Redirect.select().count() == 2


def test_a_new_page_may_stand_where_another_has_left(library, folder, editor):
    move(library("equality"), "prepare", "fairness", editor)
    new = services.create_page("principles", "equality", "Equality anew", editor.id, language="en")
    assert led_to("principles", "equality") == "/en/guidance/prepare/fairness", "nothing is there to read yet"
    drafts.discard(new.id, drafts.open_page(new.id).version)
    restart(folder)
    assert "principles/equality" not in addresses()
    new = services.create_page("principles", "equality", "Equality anew", editor.id, language="en")
    publish(new, editor, summary="A.", in_short=("A.", "", ""), body="## First\n\nB.\n")
    assert led_to("principles", "equality") is None
    assert get_text("en", "principles", "equality").line.title == "Equality anew"
    with pytest.raises(services.AddressTaken):
        move(library("fairness"), "principles", "equality", editor)


def test_a_draft_moves_with_its_page(library, editor):
    page = library("equality")
    now = drafts.open_page(page.id)
    saved = drafts.save(page.id, replace(now.typed, title="Fairness"), now.version, editor.id)
    move(page, "prepare", "fairness", editor)
    now = drafts.open_page(page.id)
    assert now.typed.title == "Fairness" and not now.is_behind and now.version == saved.version
    publishing.publish(page.id, now.version, editor.id)
    assert get_text("en", "prepare", "fairness").line.title == "Fairness"


def test_a_page_that_was_never_published_leaves_nothing_behind(library, editor):
    page = services.create_page("principles", "fair", "Fair", editor.id, language="en")
    move(page, "prepare", "fair", editor)
    assert Redirect.select().count() == 0
    assert services.at("guidance", "en", "principles", "fair") is None


def test_a_page_begun_where_another_has_left_may_go_on_and_no_file_comes_back(library, folder, editor):
    move(library("equality"), "prepare", "fairness", editor)
    new = services.create_page("principles", "equality", "Equality anew", editor.id, language="en")
    move(new, "prepare", "anew", editor)
    restart(folder)
    assert "principles/equality" not in addresses()
    assert led_to("principles", "equality") == "/en/guidance/prepare/fairness"


@pytest.mark.parametrize("slug", ["", "index", "booklet", "Fair", "a" * 81])
def test_a_page_moves_to_good_addresses_only(library, editor, slug):
    with pytest.raises(services.AddressUnsuitable):
        move(library("equality"), "prepare", slug, editor)


def test_a_page_moves_to_sections_that_are_there(library, editor):
    with pytest.raises(menu.NoSuchPlace):
        move(library("equality"), "nowhere", "equality", editor)
    with pytest.raises(menu.NoSuchPlace):
        move(library("index", "prepare"), "principles", "prepare", editor)


def test_a_withdrawn_page_stays_away_after_a_restart(library, folder):
    menu.withdraw(library("respect").id)
    assert "principles/respect" not in addresses() and led_to("principles", "respect") is None
    assert restart(folder).is_empty
    folder.page("respect", title='"From the file"')
    assert restart(folder).is_empty
    assert "principles/respect" not in addresses()


def test_a_page_that_others_name_needs_a_place_to_lead_to(library, folder):
    page = library("equality")
    with pytest.raises(menu.StillNamed) as found:
        menu.withdraw(page.id)
    assert [one.title for one in found.value.naming] == ["Selection"]
    for nowhere in ("principles/equality", "principles/none", "principles/"):
        with pytest.raises(menu.NoSuchPlace):
            menu.withdraw(page.id, nowhere)
    menu.withdraw(page.id, "principles/respect")
    assert led_to("principles", "equality") == "/en/guidance/principles/respect"
    assert [line.address for line in get_text("en", "prepare", "selection").related] == ["principles/respect"]
    menu.withdraw(page.id, "principles")
    assert led_to("principles", "equality") == "/en/guidance/principles/respect", "it was withdrawn already"


def test_a_page_named_by_an_address_it_has_left_is_named(library, editor):
    page = library("equality")
    move(page, "prepare", "fairness", editor)
    with pytest.raises(menu.StillNamed) as found:
        menu.withdraw(page.id)
    assert [one.title for one in found.value.naming] == ["Selection"]
    menu.withdraw(page.id, "prepare")
    assert led_to("principles", "equality") == led_to("prepare", "fairness") == "/en/guidance/prepare"


def test_a_term_that_is_used_nowhere_else_names_a_page(library, folder):
    folder.write("en/glossary.toml", GLOSSARY.replace("principles/equality", "principles/respect"))
    assert restart(folder).findings == []
    with pytest.raises(menu.StillNamed) as found:
        menu.withdraw(library("respect").id)
    assert [(one.title, one.page) for one in found.value.naming] == [("peer worker", None)]


def test_a_section_goes_after_its_pages(library, folder):
    section = library("index", "prepare")
    with pytest.raises(menu.SectionInUse):
        menu.withdraw(section.id)
    page = library("selection")
    menu.withdraw(page.id)
    menu.withdraw(section.id, "principles")
    restart(folder)
    assert addresses() == ["principles", "principles/equality", "principles/respect"]
    with pytest.raises(menu.NoSuchPlace):
        menu.bring_back(page.id)
    for one in (section, page):
        menu.bring_back(one.id)
    assert addresses()[-2:] == ["prepare", "prepare/selection"] and led_to("prepare") is None


def test_what_comes_back_says_what_has_gone_meanwhile(library, editor):
    page, named = library("respect"), library("selection")
    publish(page, editor, body="## A\n\n[x](/en/guidance/prepare/selection)\n")
    menu.withdraw(page.id)
    menu.withdraw(named.id)
    (problem,) = menu.bring_back(page.id)
    assert "prepare/selection" in problem.message and problem.field == "body"
    assert "principles/respect" in addresses()
    assert menu.bring_back(page.id) == []


def test_what_is_withdrawn_cannot_be_published(library, editor):
    page = library("respect")
    menu.withdraw(page.id)
    with pytest.raises(publishing.NotSound) as found:
        publish(page, editor, title="Other")
    assert [one.message for one in found.value.problems] == [
        "This page is withdrawn. Bring it back before you publish it."
    ]


def test_what_is_withdrawn_does_not_move(library, editor):
    page = library("equality")
    menu.withdraw(page.id, "principles/respect")
    with pytest.raises(menu.NoSuchPlace):
        move(page, "prepare", "fairness", editor)
    assert led_to("principles", "equality") == "/en/guidance/principles/respect"


def test_links_to_an_address_that_was_left_are_sound(library, editor):
    move(library("equality"), "prepare", "fairness", editor)
    publish(library("respect"), editor, body="## A\n\n[x](/en/guidance/principles/equality#first)\n")
    assert publish(library("selection"), editor, title="Choosing") is not None


def test_a_page_of_another_kind_is_named_by_what_asks_to_try_it(library, folder, editor, monkeypatch, tmp_path):
    kind = kinds.Kind("tour", "tours", re.compile("[A-Z]"), "a capital letter", in_sections=False)
    monkeypatch.setitem(kinds._known, "tour", kind)
    for slug in "AB":
        folder.write(f"en/tours/{slug}.md", folder.page("x", section="t", try_it="[]").read_text())
    (folder.root / "en/guidance/t/x.md").unlink()
    folder.page("respect", order="20", try_it='["principles-1/EQ1", "tours/A"]')
    assert restart(folder).findings == []
    with pytest.raises(menu.StillNamed) as found:
        menu.withdraw(library("A").id)
    assert [one.title for one in found.value.naming] == ["Equality"]
    with pytest.raises(menu.NoSuchPlace):
        menu.move(library("A").id, "principles", "a", editor.id, "")
    menu.withdraw(library("A").id, "tours/B")
    assert redirects.led_to("tour", "en", "tours", "A") == "/en/tours/B"
    exporting.export(tmp_path / "out" / "content")
    assert checks.check_folder(tmp_path / "out" / "content")[1] == []
    exported = files_of(tmp_path / "out" / "content")
    assert b'try_it = ["principles-1/EQ1", "tours/B"]' in exported["en/guidance/principles/respect.md"]
    assert "en/tours/A.md" not in exported


# --- export ---


def files_of(root: Path):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_an_export_of_what_ships_is_what_ships(tmp_path):
    assert loading.load(SHIPPED).findings == []
    exporting.export(tmp_path / "out")
    shipped = files_of(SHIPPED)
    del shipped["README.md"]
    exported = files_of(tmp_path / "out")
    assert exported.keys() == shipped.keys()
    assert [name for name in shipped if exported[name] != shipped[name]] == []


def test_comments_empty_lines_and_missing_ones_survive(folder, tmp_path):
    path = folder.page("equality", "Words.\n\n## A  \n\ntwo spaces  \nend")
    path.write_text(path.read_text().replace("+++\n\nWords", "+++\nWords"))
    folder.write("sources.toml", "# A comment\n\n" + (folder.root / "sources.toml").read_text() + "\n\n# The end\n")
    folder.write("resources.toml", RESOURCE)
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("inventory.toml", '# Rows\n[reading]\nA01 = [ "principles/equality" ]\n')
    assert loading.load(folder.root).findings == []
    assert exporting.export(tmp_path / "out") == len(files_of(folder.root))
    assert files_of(tmp_path / "out") == files_of(folder.root)
    folder.write("inventory.toml", '# Other rows\n[reading]\nA01 = [ "principles/equality" ]\n')
    assert not loading.load(folder.root).is_empty
    (folder.root / "en/glossary.toml").unlink()
    loading.load(folder.root)
    exporting.export(tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(folder.root)


def test_an_export_after_edits_passes_the_checks_and_holds_them(library, folder, editor, tmp_path):
    folder.page(
        "respect", "## A\n\n[x](/en/guidance/principles/equality#first), [y](/en/guidance/prepare).\n", order="20"
    )
    folder.page("strength", "## A\n\nB.\n", order="30")
    folder.write("en/glossary.toml", GLOSSARY.replace('"principles/equality"', '"principles/equality", "prepare"'))
    folder.write(
        "inventory.toml",
        '[reading]\nA01 = ["principles/equality#first"]\nA02 = ["principles/strength"]\n'
        'A03 = ["prepare/selection#first", "principles/strength"]\n',
    )
    assert restart(folder).findings == []
    publish(library("selection"), editor, title='The "right" people', body="\n## Second\n\nNew \\ words.\n\n\n")
    move(library("equality"), "prepare", "fairness", editor)
    menu.withdraw(library("strength").id)
    services.shift(library("index", "prepare").id, -1)
    draft = services.create_page("principles", "draft", "Draft", editor.id, language="en")
    root = tmp_path / "out" / "content"
    exporting.export(root)
    assert checks.check_folder(root)[1] == []
    found = files_of(root)
    assert "en/guidance/prepare/fairness.md" in found and "en/guidance/principles/equality.md" not in found
    assert not {f"en/guidance/principles/{slug}.md" for slug in ("strength", draft.slug)} & found.keys()
    assert (
        b"(/en/guidance/prepare/fairness#first), [y](/en/guidance/prepare)."
        in found["en/guidance/principles/respect.md"]
    )
    selection = found["en/guidance/prepare/selection.md"].decode()
    assert 'title = "The \\"right\\" people"\n' in selection
    assert 'related = ["prepare/fairness"]\n' in selection
    assert selection.endswith("+++\n\n## Second\n\nNew \\ words.\n")
    assert tomllib.loads(found["inventory.toml"].decode())["reading"] == {
        "A01": ["prepare/fairness#first"], "A03": ["prepare/selection"],
    }  # fmt: skip
    assert b'used = ["prepare/fairness", "prepare"]' in found["en/glossary.toml"]
    assert found["en/guidance/principles/index.md"].count(b"order = 20") == 1

    @db.transaction
    def forget_all():
        for model in (Redirect, Revision, Page):
            model.delete().execute()

    before = addresses()
    forget_all()
    assert loading.load(root).findings == []
    assert addresses() == before, "loaded elsewhere, the export gives the same pages in the same order"


def test_the_command_exports_and_refuses_in_one_sentence(app, library, tmp_path):
    def run():
        arguments = ["export", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
        return CliRunner().invoke(commands.content, arguments, obj=lambda **_options: app)

    assert (run().exit_code, run().exit_code) == (0, 2)
    assert run().output.endswith("is not empty. Name a folder that is empty or does not exist.\n")


def test_an_export_writes_into_nothing_that_is_there(library, tmp_path):
    (tmp_path / "there").mkdir()
    assert exporting.export(tmp_path / "there") > 0
    with pytest.raises(exporting.FolderInUse):
        exporting.export(tmp_path / "there")
    (tmp_path / "file").write_text("")
    with pytest.raises(exporting.FolderInUse):
        exporting.export(tmp_path / "file")
