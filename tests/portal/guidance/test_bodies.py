"""Links, anchors and headings of a text: what readers could not follow is named with line and remedy."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from portal import config
from portal.guidance import bodies, checks, commands
from portal.permissions import Label, access_of
from tests.portal.guidance.conftest import GLOSSARY, RESOURCE
from tests.support.modules import module_text

PAGE = "content/en/guidance/principles/equality.md"


def findings(folder):
    return [(one.file, one.line, one.message) for one in checks.check_folder(folder.root)[1]]


@pytest.fixture
def full(folder):
    """A folder with something of every sort to lead to."""
    topics = '\n[training]\ntitle = "Training"\nsummary = "Learning."\n'
    folder.write("en/topics.toml", (folder.root / "en/topics.toml").read_text() + topics)
    folder.write("en/glossary.toml", GLOSSARY)
    folder.write("resources.toml", RESOURCE)
    folder.write("en/modules/A1.md", module_text("A1"))
    assert findings(folder) == []
    return folder


@pytest.fixture
def two_languages(monkeypatch):
    monkeypatch.setitem(config._current, "LANGUAGES", ["en", "fr"])


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/guidance/principles/equality", "it begins with no language of this site (en). Write /en/ and where it is."),
        ("/EN/guidance/nowhere/zz", "it begins with no language of this site (en)."),
        ("/de/guidance/principles/equality", "it begins with no language of this site (en)."),
        ("/de/glossary#peer-worker", "it begins with no language of this site (en)."),
        ("/", "it begins with no language of this site (en)."),
        ("/me/training", "it begins with no language of this site (en)."),
        ("/en/nothing-here", "there is no such page on this site. Write /en/guidance/section/page or /en/modules/"),
        ("/en/modulez/K1", "there is no such page on this site."),
        ("/en/topics", "there is no such page on this site."),
        ("/en/guidance/", "there is no such page on this site."),
        ("/en/modules/K99", "there is no such page."),
        ("/en/modules/K99/guide", "there is no such page."),
        ("/en/guidance/nowhere/page?x=1", "there is no such page. An address is section or section/page."),
        ("/en/guidance/nowhere/booklet", "there is no such page."),
        ("/en/guidance/principles/equality/booklet", "there is no such page."),
        ("/en/guidance/principles/equality?x=1#gone", "that page has no anchor #gone."),
        ("/en/topics/gone?x=1", "there is no such topic."),
        ("/en/resources?topic=nope", "there is no such topic."),
        ("/en/resources?topic=nope#a-manual", "there is no such topic."),
        ("/en/resources?topic=pay#gone", "there is no such entry in resources.toml."),
        ("/en/glossary?x=1#gone", "there is no such term in the glossary."),
    ],
)
def test_a_dead_link_inside_the_site_is_named(full, target, words):
    full.page("equality", f"## First\n\nWords.\n\nSee [that]({target}).\n")
    ((file, line, message),) = findings(full)
    assert (file, line) == (PAGE, 19)
    assert message.startswith(f"The link to “{target}” is dead: {words}")


@pytest.mark.parametrize(
    "target",
    [
        "/en/", "/en/guidance", "/en/safety#x", "/en/search?q=pay", "/en/candidates/checklist", "/en/modules",
        "/en/guidance/principles/booklet", "/en/guidance/principles/booklet.pdf", "/en/guidance/principles?x=1",
        "/en/guidance/principles/equality?x=1#first", "/en/modules/A1", "/en/modules/A1/guide", "/en/topics/pay?x=1",
        "/en/resources?topic=pay", "/en/resources?x=1#a-manual", "/en/glossary#peer-worker", "//example.org/en",
        "HTTPS://example.org/nowhere", "mailto:somebody@example.org",
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_fine(full, target):
    full.page("equality", f"## First\n\nSee [that]({target}).\n")
    assert findings(full) == []


def test_a_link_into_another_language_of_the_site_is_fine(full, two_languages):
    full.page("equality", "## First\n\n[Ici](/fr/guidance/principles/equality) et [là](/fr/topics/pay).\n")
    assert findings(full) == []


def test_a_page_in_a_language_that_is_not_offered_yet_may_lead_to_its_own(full):
    full.page("equality", "## Un\n\n[Ici](/fr/guidance/principles/equality).\n", language="fr")
    assert findings(full) == []


def test_the_command_knows_the_languages_of_the_site(full, monkeypatch):
    monkeypatch.setattr(config, "_current", dict(config.DEFAULTS))
    monkeypatch.setattr(commands.paths, "resource_dir", lambda _name: full.root)
    full.page("equality", "## First\n\n[Ici](/fr/guidance/principles/equality).\n")
    assert "no language of this site (en)" in CliRunner().invoke(commands.content, ["check"]).output
    both = {"PORTAL_LANGUAGES": '["en", "fr"]'}
    assert CliRunner().invoke(commands.content, ["check"], env=both).exit_code == 0
    wrong = CliRunner().invoke(commands.content, ["check"], env={"PORTAL_LANGUAGES": "fr"})
    assert wrong.exit_code == 2 and "PORTAL_LANGUAGES must be a JSON list" in wrong.output


def test_the_fixed_pages_are_those_with_a_public_route(app):
    rules = [one for one in app.url_map.iter_rules() if one.arguments == {"language"} and "GET" in one.methods]
    open_to_all = [one.endpoint for one in rules if access_of(app.view_functions[one.endpoint]) is Label.PUBLIC]
    public = {app.url_map.bind("").build(endpoint, {"language": "en"}) for endpoint in open_to_all}
    assert {f"/en/{path}" for path in bodies.FIXED_PAGES} == public


def test_a_link_to_a_booklet_leads_to_its_section():
    rendered = '<a href="/en/guidance/prepare/booklet">a</a> <a href="/en/guidance/why/page?x=1#c-a">b</a>'
    assert bodies.leads_to(f'{rendered} <a href="/en/modules/pack">c</a>') == ["prepare", "why/page"]


@pytest.mark.parametrize(
    ("body", "line", "name"),
    [
        ("## One {#same}\n\n## Two {#same}\n", 17, "same"),
        ("## One\n\n## Two {#one}\n", 17, "one"),
        ("## One\n\n<p id=\"x\">A</p>\n\n<p id='c-x'>B</p>\n", 19, "x"),
        ('## Sources\n\n<div id="sources">A</div>\n', 17, "sources"),
        ("## One\n\nA note.[^1]\n\n[^1]: Small.\n\n## Two {#fn:1}\n", 21, "fn:1"),
        ("## One\n\nWords.\n{: #one }\n", 18, "one"),
    ],
)
def test_two_places_with_one_anchor_are_named(folder, body, line, name):
    folder.page("equality", body)
    ((file, found_line, message),) = findings(folder)
    assert (file, found_line) == (PAGE, line)
    assert message == f"Two places in this text have the anchor “{name}”. Give one of them another name."


def test_anchors_in_an_example_are_none(folder):
    shown = '```\n<p id="c-same">\n```\n\nWords `<p id="c-same">`.'
    folder.page("equality", f"## One {{#same}}\n\n{shown} Noted.[^1] Again.[^1]\n\n[^1]: A note.\n")
    assert findings(folder) == []


HTML = "Write headings with ## instead of HTML, so that they get an anchor."


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("###### six\n\nWords.\n", 15, "A heading of level 6 follows level 1. Write ##."),
        ("## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6\n", 23, "Headings go down to level 5. Write ##### or fewer."),
        ("## One\n\n<div><h4>raw</h4></div>\n", 17, HTML),
        ("## One\n\nfoo <h2>raw</h2>\n", 17, HTML),
        ("## One\n\nfoo <H6>raw</H6>\n", 17, HTML),
        ("## One\n\n<h1 id=x>raw</h1>\n", 17, HTML),
        ("## One\n\n- <h3>raw</h3>\n\n#### Two\n", 17, HTML),
    ],
)
def test_a_heading_that_readers_would_not_get_as_one_is_named(folder, body, line, words):
    folder.page("equality", body)
    assert findings(folder) == [(PAGE, line, words)]


def test_a_heading_in_an_example_is_none(folder):
    folder.page("equality", "## One\n\n`<h2>` ``<h2>`` <!-- <h2>x</h2> -->\n\n```\n<h4>Four</h4>\n```\n\n### Two\n")
    assert findings(folder) == []
