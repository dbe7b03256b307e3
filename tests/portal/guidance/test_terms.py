"""The first use of a term leads to the glossary, and nothing else does."""

from __future__ import annotations

import pytest

from portal.guidance import markup
from portal.guidance.terms import linker

TERMS = linker(
    "en", [("peer", ["peer", "peers"]), ("peer-worker", ["peer worker", "peer workers"]), ("oat", ["A & B"])]
)


def linked(body):
    return markup.render(body, TERMS)[0].strip()


def link(slug, words):
    return f'<a class="term" href="/en/glossary#{slug}">{words}</a>'


def test_the_first_use_is_linked_and_the_next_are_not():
    assert linked("A peer, a PEER and peers.") == f"<p>A {link('peer', 'peer')}, a PEER and peers.</p>"


def test_the_longer_term_wins_also_across_lines_and_in_other_forms():
    first = link("peer-worker", "Peer\nworkers")
    assert linked("Peer\nworkers and a peer.") == f"<p>{first} and a {link('peer', 'peer')}.</p>"


def test_a_term_with_a_sign_that_html_escapes_is_found():
    assert linked("Take A & B.") == f"<p>Take {link('oat', 'A &amp; B')}.</p>"


@pytest.mark.parametrize(
    "body",
    [
        "## A peer", "[a peer](/en/guidance)", "`peer`", "    peer\n", "peerless, peer-based, speer",
        "| peer | b |\n| --- | --- |\n| peers | d |", "> Words.\n>\n> A peer said so.",
        "![a peer > more](/static/a.png)", "peerſ",
    ],
)  # fmt: skip
def test_no_link_inside_headings_links_code_names_and_other_words(body):
    assert 'class="term"' not in linked(body)


def test_after_a_heading_or_a_link_terms_are_linked_again():
    assert link("peer", "peer") in linked("## A peer\n\nSee [a peer](/en/guidance), a peer.")
    assert '<td role="cell" data-label="b"><div>' + link("peer", "peer") in linked(
        "| a | b |\n| --- | --- |\n| c | peer |"
    )


def test_without_terms_the_text_stays_as_it_is():
    body = "A peer."
    assert linker("fr", []).link(body) == body
