"""Every template compiles, has a title and a main part, keeps its words translatable and nothing inline."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
PAGES = [name for name in TEMPLATES if "{% extends" in (ROOT / name).read_text()]
# Where HTML that was cleaned when it was stored is put out as it is.
STORED_HTML = {"guidance/show_page.html", "guidance/show_section.html"}
WHOLE_FILES = {"training/pack.html"}  # downloaded and read without the site: they carry their style along


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles_and_imports_nothing_in_vain(app, name):
    app.jinja_env.get_template(name)
    source = (ROOT / name).read_text()
    for names in re.findall(r"{% from \"[^\"]+\" import ([^%]+?) (?:with context )?%}", source):
        for imported in re.split(r",\s*", names):
            used = imported.split(" as ")[-1].strip()
            assert len(re.findall(rf"\b{used}\b", source)) > 1, f"{name} imports {used} in vain"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_title_and_a_main_part(name):
    source = (ROOT / name).read_text()
    assert "{% block title %}" in source
    assert "{% block main %}" in source or "{% block page %}" in source


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_inline_and_nothing_is_foreign(name):
    source = (ROOT / name).read_text()
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", source), "an inline style or handler"
    if name not in WHOLE_FILES:
        assert not re.search(r"<style\b|<script(?![^>]*\ssrc=)", source), "an inline style sheet or script"
    assert not re.search(r"(src|href)=\"(https?:)?//", source), "something from another site"
    assert "|safe" not in source or name in STORED_HTML, "unescaped text"


@pytest.mark.parametrize("name", PAGES)
def test_words_are_marked_for_translation(name):
    """Text between tags stands inside _("…"); what is left has no letters."""
    source = re.sub(r"{% block leaf %}.*?{% endblock %}", "", (ROOT / name).read_text())
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    source = re.sub(r"<[^>]*>", "\n", source)
    bare = [line.strip() for line in source.splitlines() if re.search(r"[A-Za-z]{3}", line)]
    assert [line for line in bare if "&nbsp;" not in line] == []
