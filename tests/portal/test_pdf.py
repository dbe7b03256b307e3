"""Documents: everything that authors can write comes out, as words and never as typst."""

from __future__ import annotations

import io

import pikepdf
import pytest

from portal import config, html_tree, pdf, pdf_maker, pdf_text, text
from portal.guidance import markup
from tests.support.pdf import letters, read
from tests.support.pdf import text as read_text

# What typst would obey, were it source.
ORDERS = '#import "@preview/x:1.0.0": y #panic("no") $x^2$ \\ @x *not bold* _not em_ <label> `raw` [ ]] #[ // /* */ "q"'


def document(html: str, **more) -> bytes:
    data = {"title": "A title", "summary": "Two words.", "notice": "Small print.", "contents": "Contents",
            "written": [2026, 11, 22], "blocks": pdf_text.convert(html, top=1, **more)}  # fmt: skip
    return pdf.make_pdf("document", data, "en")


def of(body: str, **more) -> bytes:
    """What an author's Markdown becomes; its headings begin with ##."""
    rendered, _headings = markup.render(body)
    return document(f"<h1>Page</h1>{rendered}", **more)


def test_it_is_tagged_has_a_title_a_language_and_bookmarks_and_says_it_is_pdf_ua():
    made = of("## One\n\nWords.\n\n### Two\n\nMore.\n")
    with pikepdf.open(io.BytesIO(made)) as opened:
        root = opened.Root
        assert root.MarkInfo.Marked
        assert root.StructTreeRoot.K is not None
        assert str(root.Lang) == "en"
        assert root.ViewerPreferences.DisplayDocTitle
        with opened.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            assert told["dc:title"] == "A title"
        with opened.open_outline() as outline:
            page = next(item for item in outline.root if item.title == "Page")
            assert [item.title for item in page.children] == ["One"]
            assert [item.title for item in page.children[0].children] == ["Two"]


def test_the_same_text_gives_the_same_bytes():
    assert of("Words.\n") == of("Words.\n")


def test_elements_have_their_tags():
    tree = read(of(
        "## One\n\n### Deeper\n\n- a\n- b\n\n| Who | What |\n| --- | --- |\n| Me | *Yes* |\n\n> A quotation.\n\nTerm\n"
        ":   Meaning\n\nWith **strong**, `code` and a note.[^1]\n\n[^1]: The note.\n"
    ))  # fmt: skip
    for tag, words in {
        "H1": ["Contents", "Page"], "H2": ["One"], "H3": ["Deeper"], "TH": ["Who", "What"], "TD": ["Me", "Yes"],
        "Strong": ["Who", "What", "Me", "Term", "strong"], "Em": ["Yes"],
        "BlockQuote": ["A quotation."], "Code": ["code"],
    }.items():  # fmt: skip
        assert [one.words for one in tree.below(tag)] == words
    assert [letters(one.words) for one in tree.below("LI")] == ["•a", "•b", "TermMeaning"]
    assert [letters(one.words) for one in tree.below("Note")] == ["1Thenote."]
    assert len(tree.below("TOCI")) == 1


EVERYTHING = """
## Heading with `code` and [a link](https://example.org/head)

Em *em*, strong **strong**, code `x = 1`, H<sub>2</sub>O, x<sup>2</sup>, <q>said</q>, <cite>Work</cite>, OAT, and
<span lang="el">Ελληνικά</span>. A [link](https://example.org/a?b=1&c=é), [one inside](#second),
[another page](/en/guidance/prepare/pay), a line<br>break. Noted.[^1] Again.[^1]

*[OAT]: opioid agonist treatment

- tight one
- tight two

    a paragraph under it

    1. nested
    2. nested too

3. third
4. fourth

| Head one | Head two[^2] |
| --- | --- |
| Row | Cell with [link](/en/x) |

> Argued with care.
>
> Who argued, *where*.

!!! note "Admonition title"
    Admonition words.

Term one
Term two
:   Meaning one

:   Meaning two

<details markdown="1">
<summary>Open *this*</summary>

Hidden words.

</details>

<div class="aside" id="beside" markdown="1">
Beside words.
</div>

<p class="ask">Asked words</p>

<figure><img src="/static/x.png" alt="Drawn words"><figcaption>Caption words</figcaption></figure>

```
code   block
  indented
```

---

##### Deep heading

[^1]: Noted words with *em*.

    Second paragraph of it.

[^2]: Called for in a head of a table.
[^3]: Never called for.

## Second

[Back](#beside) and [to nothing](#nowhere).
"""


def test_all_words_of_everything_that_markup_allows_come_out_in_order():
    made = of(EVERYTHING)
    tree = read(made)
    got, notes = letters(read_text(tree)), letters("".join(note.words for note in tree.below("Note")))
    rendered, _headings = markup.render(EVERYTHING)
    place, checked = 0, 0
    for words in _texts(html_tree.parse(rendered)):
        if letters(words) in notes and (
            "oted" in words or words == "em" or "Second paragraph" in words or words == "."
        ):
            continue
        found = got.find(letters(words), place)
        assert found >= 0, f"{words!r} is not in what follows {got[max(0, place - 60) : place]!r}"
        place, checked = found + len(letters(words)), checked + 1
    assert checked > 60
    assert "Drawn words" in read_text(tree)
    assert "Notedwordswithem." in notes
    assert "Calledforinaheadofatable." in got
    assert "https://example.org/a?b=1&c=é" in notes
    assert notes.count("/en/guidance/prepare/pay") == 1
    assert pdf_text.abbreviations(rendered) == {"OAT": "opioid agonist treatment"}


ODD = (
    "## \n\n## A\n\n[](http://example.org/) [ ](#a)\n\n- \n\n> \n\n| |\n| --- |\n", "##### Deep first\n\n## Up\n",
    "<ul></ul><dl></dl><details></details><figure></figure><table></table><pre></pre><q></q>",
    '<p id="x">one</p><p id="x">two</p>\n\n[x](#x)', '<table><tr id="r"><td>a</td></tr></table>\n\n[r](#r)',
    "[^1]: note[^1]\n\ntext[^1] [t](#fn:1) [t](#fnref:1)\n", "- ## Heading in a list\n",
    '<ol start="-5"><li>x</li></ol>',
    '<p lang="xx-yy-zz" dir="up">q</p>', "<strong><ul><li>y</li></ul></strong>", '<a href="http://a.b"><p>x</p></a>',
)  # fmt: skip


@pytest.mark.parametrize("body", ODD)
def test_odd_markup_makes_a_document_all_the_same(body):
    rendered, _headings = markup.render(body)
    said = letters(read_text(read(of(body))))
    for words in _texts(html_tree.parse(rendered)):
        assert letters(words) in said or "note" in words


def _texts(node):
    """Pieces of words in order; footnotes are called by numbers that differ, and their way back is for screens."""
    for child in node.children:
        if isinstance(child, str):
            if letters(child):
                yield child
        elif not child.classes & {"footnote-ref", "footnote-backref"}:
            yield from _texts(child)


def test_every_tag_that_text_lets_through_becomes_something():
    assert text._TAGS <= pdf_text.KNOWN
    for tag in sorted(pdf_text.KNOWN - html_tree.VOID):
        assert "words" in repr(pdf_text.convert(f"<div><{tag}>words</{tag}></div>")), tag
    table = pdf_text.convert("<table>a<tr>b<td>c</td></tr><tbody>d<tr><th>e</th></tr></tbody></table>")
    assert [repr(table).count(repr([letter])) for letter in "abcde"] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("html", ["<blink>words</blink>", "<p>words", "<p><em>words</p></em>"])
def test_what_nobody_has_thought_of_is_an_error_and_no_lost_word(html):
    with pytest.raises(html_tree.BadMarkup):
        pdf_text.convert(html)


def test_what_an_author_writes_is_never_read_as_typst():
    html = f"<h1>{_escaped(ORDERS)}</h1><p>{_escaped(ORDERS)}</p><pre><code>{_escaped(ORDERS)}</code></pre>"
    html += f"<ul><li>{_escaped(ORDERS)}</li></ul><p><code>{_escaped(ORDERS)}</code></p>"
    blocks = pdf_text.convert(html, top=1)
    data = {"title": ORDERS, "summary": ORDERS, "notice": ORDERS, "contents": ORDERS, "written": [2026, 1, 1],
            "blocks": blocks}  # fmt: skip
    made = pdf.make_pdf("document", data, "en")
    # The title, the small texts, the contents' heading and line, and five times in the text.
    assert letters(read(made).words).count(letters(ORDERS)) == 10
    with pikepdf.open(io.BytesIO(made)) as opened, opened.open_metadata() as told:
        assert told["dc:title"] == ORDERS


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _links(made: bytes) -> tuple[list[str], int]:
    """Addresses that links lead to, and how many lead into the document."""
    with pikepdf.open(io.BytesIO(made)) as opened:
        notes = [note for page in opened.pages for note in page.get("/Annots", [])]
        addresses = [str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A]
        return addresses, sum("/Dest" in note or ("/A" in note and note.A.S == "/GoTo") for note in notes)


def test_links_lead_inside_or_to_the_site_where_its_address_is_known():
    body = (
        "## One\n\n[a](#two) [b](/en/guidance/prepare/pay) [c](https://example.org/é) [d](#gone)\n\n## Two\n\nWords.\n"
    )
    addresses, inside = _links(of(body))
    assert addresses == ["https://example.org/%C3%A9"]
    assert inside >= 2  # from the contents and from the text
    addresses, _inside = _links(of(body, site="https://peer.example.org/"))
    assert "https://peer.example.org/en/guidance/prepare/pay" in addresses


def test_an_address_stands_in_a_note_once():
    tree = read(of("[a](/en/x), [a again](/en/x), <https://example.org/>\n"))
    assert [letters(note.words) for note in tree.below("Note")] == ["1/en/x"]


@pytest.mark.parametrize(
    "words",
    ["Αθήνα, ψυχή, ἄνθρωπος", "Здравей, Київ, Ђорђе, Љубав", "Zażółć gęślą jaźń, Őrült ű, Žluťoučký kůň",
     "İstanbul ğış", "Ħamrun, Þór, Ŵyŷ, façade, ß ẞ", "→ ✓ ☐ € № … – ‑ “ ” „ « »"],
)  # fmt: skip
def test_alphabets_of_europe_come_out(words):
    assert letters(words) in letters(read(of(words + "\n")).words)


def test_a_letter_that_no_font_has_comes_out_as_its_name():
    words = letters(read(of("Well done 🙂, 中 and\u0007 on.\n")).words)
    assert letters("Well done [slightly smiling face], [cjk unified ideograph-4e2d] and on.") in words


def test_languages_are_marked():
    tree = read(of('A <span lang="fr">mot</span>.\n\n<p lang="el">Λόγια</p>\n'))
    (greek,) = [one for one in tree.below("P") if "/Lang" in one.attributes]
    assert (greek.attributes["/Lang"], greek.words) == ("el", "Λόγια")
    assert ("fr", "mot") in tree.spoken
    assert pdf.language_and_region("pt-br") == ("pt", "BR")
    assert pdf.language_and_region("sr-Latn-RS") == ("sr", "RS")
    assert pdf.language_and_region("nonsense-x") is None
    assert pdf.language_and_region("") is None


def test_the_contents_name_pages_with_their_numbers():
    tree = read(document("<h1>First</h1><p>Words.</p><h1>Second</h1><p>Words.</p>"))
    assert [letters(line.words) for line in tree.below("TOCI")] == ["First2", "Second3"]


def test_a_template_that_cannot_be_drawn_says_why():
    with pytest.raises(pdf.PdfError, match="no such kind: riddle"):
        pdf.make_pdf("document", {"title": "A", "summary": "", "notice": "", "contents": "", "written": [2026, 1, 1],
                                  "blocks": [{"t": "riddle"}]}, "en")  # fmt: skip


def test_letters_are_tried_with_the_marks_on_them():
    assert pdf_maker._clusters("e\u0301a") == ["e\u0301", "a"]
    assert pdf_maker._without_font(["a", "🙂", "b", "中"]) == ["🙂", "中"]
    assert pdf_maker._named("\u0007") == ""


def test_a_document_is_made_once_for_a_content(tmp_path):
    config.load({"DATA_DIR": str(tmp_path)})
    made: list[str] = []

    def make(content: str) -> bytes:
        def work() -> bytes:
            made.append(content)
            return content.encode()

        return pdf.keep_pdf("booklet-en-prepare", content, work)

    assert [make("a"), make("a"), make("b"), make("b"), make("a")] == [b"a", b"a", b"b", b"b", b"a"]
    assert made == ["a", "b", "a"]
    assert len(list((tmp_path / "pdf").iterdir())) == 1


def test_the_folder_keeps_no_more_than_it_may(tmp_path, monkeypatch):
    config.load({"DATA_DIR": str(tmp_path)})
    monkeypatch.setattr(pdf, "_KEPT", 3)
    for number in range(6):
        pdf.keep_pdf(f"text-{number}", "words", lambda: b"%PDF")
    assert len(list((tmp_path / "pdf").iterdir())) == 3


def test_what_another_worker_has_tidied_away_is_no_trouble(tmp_path, monkeypatch):
    config.load({"DATA_DIR": str(tmp_path)})
    pdf.keep_pdf("text", "old", lambda: b"%PDF")
    (gone,) = (tmp_path / "pdf").iterdir()
    listed = type(gone).glob

    def late(folder, pattern):
        found = list(listed(folder, pattern))
        if folder == gone.parent:
            gone.unlink()
        return found

    monkeypatch.setattr(type(gone), "glob", late)
    assert pdf.keep_pdf("text", "new", lambda: b"%PDF new") == b"%PDF new"
