"""What an author writes never harms who reads it."""

from __future__ import annotations

import pytest

from portal import html_tree
from portal.guidance import markup
from portal.text import Heading


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<p onclick='alert(1)'>Words</p>", "onclick"),
        ("[x](javascript:alert(1))", "javascript:"),
        ("<a href='JaVaScRiPt:alert(1)'>x</a>", "javascript:"),
        ("<style>p { color: red }</style>", "style"),
        ("<p style='color: red'>Words</p>", "style"),
        ("<iframe src='https://example.org/'></iframe>", "iframe"),
        ("<img src=x onerror='alert(1)' alt='A'>", "onerror"),
        ("<form action='/exit'><input name='a'></form>", "form"),
        ("| a | b |\n| --- | --- |\n| <script>x</script> | <b onclick='x'>y</b> |", "onclick"),
        ('| a"onmouseover="x | b |\n| --- | --- |\n| 1 | 2 |', '"onmouseover="'),
    ],
)
def test_what_could_do_harm_is_taken_out(body, gone):
    assert gone not in markup.render(body)[0].lower()


def test_ids_keep_apart_from_those_of_the_page():
    html, headings = markup.render("## Main\n\n<p id='sources'>Words</p>\n\n[up](#main)\n")
    assert 'id="c-main"' in html
    assert 'id="c-sources"' in html
    assert 'href="#c-main"' in html
    assert markup.anchors(html) == {"main", "sources"}
    assert headings[0].anchor == "c-main"


@pytest.mark.parametrize(
    ("body", "anchor"),
    [("## Main", "c-main"), ("## Main {#part}", "c-part"), ("## Main {#c-part}", "c-part"), ("## C-1", "c-c-1")],
)
def test_a_heading_has_the_anchor_that_stands_in_the_page(body, anchor):
    html, headings = markup.render(body)
    assert f'id="{anchor}"' in html
    assert headings == [Heading(2, anchor, headings[0].title)]


def test_headings_written_in_html_are_there_and_say_so():
    _html, headings = markup.render("## One\n\n<h3 id='x'>Two <em>a</em></h3>\n\n- # Three\n- a <h6>Four</h6>\n")
    assert headings == [
        Heading(2, "c-one", "One"), Heading(3, "c-x", "Two a", in_html=True), Heading(1, "c-three", "Three"),
        Heading(6, "", "Four", in_html=True),
    ]  # fmt: skip


def test_a_link_into_another_page_finds_its_heading():
    html, _headings = markup.render("[x](/en/guidance/prepare/selection#pay-two-views)")
    assert 'href="/en/guidance/prepare/selection#c-pay-two-views"' in html


def test_a_table_tells_each_cell_its_column():
    html, _headings = markup.render("| Who | A & b |\n| --- | --- |\n| Me | *Yes* & no |\n")
    assert '<th scope="col" role="columnheader">A &amp; b</th>' in html
    assert '<th scope="row" role="rowheader">Me</th>' in html
    assert '<td role="cell" data-label="A &amp; b"><div><em>Yes</em> &amp; no</div></td>' in html


def test_what_somebody_argued_stands_beside_who_did():
    html, _headings = markup.render("> Nobody decides alone.\n>\n> What Jo argues in *A book*. Our words.\n")
    assert html.strip() == (
        '<figure class="voice"><p>Nobody decides alone.</p>'
        '<figcaption class="small muted">What Jo argues in <em>A book</em>. Our words.</figcaption></figure>'
    )


def test_a_quotation_without_a_name_stays_a_quotation():
    assert "<blockquote>" in markup.render("> Only words.\n")[0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("> One.\n>\n> - two\n> - three\n>\n> Four.\n\nFive.\n", ["One.", "two", "three", "Four.", "Five."]),
        ("> One.\n>\n> > Two.\n> >\n> > Three.\n>\n> Four.\n\nFive.\n", ["One.", "Two.", "Three.", "Four.", "Five."]),
        ("> ## One\n>\n> Two.\n>\n> Three.\n", ["One", "Two.", "Three."]),
    ],
)
def test_nothing_in_a_quotation_is_lost_or_left_open(body, words):
    root = html_tree.parse(markup.render(body)[0])  # raises where a tag is left open
    assert "".join(root.words().split()) == "".join(words)
