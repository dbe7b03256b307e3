"""The paper: tagged, in a language, with a title, the address that verifies it, and nothing that was not ticked."""

from __future__ import annotations

import io

import pikepdf
import pytest

from portal.records import certificates
from portal.records.services import Content, Line
from tests.portal.records.test_services import DONE, EXPERIENCE, PRACTISED
from tests.support.pdf import letters, read

ADDRESS = "https://peerwork.example/verify/abcdefghijklmnopqrstuv"


@pytest.fixture
def paper(app, learning):
    """``paper(certificate)``: its PDF."""

    def make(certificate):
        with app.test_request_context():
            return certificates.make_certificate_pdf(certificate, certificate.content, ADDRESS)

    return make


def test_the_paper_is_tagged_in_a_language_and_has_a_title(paper, learning):
    made = paper(learning.certificate())
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as about:
            assert about["dc:title"] == "Record of learning"
            assert about["pdfuaid:part"] == "1"
        links = [str(note.A.URI) for page in pdf.pages for note in page.Annots]
        assert links == [ADDRESS]
    root = read(made)
    assert [one.words for one in root.below("H1")] == ["Does this still stand?"]
    assert [letters(one.words) for one in root.below("TH")] == ["Module", "Done"]
    (figure,) = root.below("Figure")
    assert figure.attributes["/Alt"] == f"QR code of the address {ADDRESS}"


def test_the_paper_says_what_the_certificate_says(paper, learning):
    cells = [letters(one.words) for one in read(paper(learning.certificate())).below("TD")]
    assert cells == ["ModuleK1", "2November2026", "ModuleK4", "countedfromexperience,12November2026"]


def test_nothing_on_the_paper_tells_what_it_is_about_unless_ticked(paper, learning):
    plain = letters(read(paper(learning.certificate())).words)
    full = letters(
        read(paper(learning.certificate(site="Peerwork", full_titles=True, later_days=True, organisations=True))).words
    )
    for hidden in ("Title of K1", "Harbour House", "with Peerwork", "17 November 2026"):
        assert letters(hidden) not in plain
        assert letters(hidden) in full
    for word in ("drug", "peer work", "harm"):
        assert letters(word) not in plain.replace(letters(ADDRESS), "").lower()


def test_what_anybody_types_comes_out_as_it_is(paper, learning):
    made = paper(learning.certificate("K1", name='#evil[] *Fox* $x$ "Ünal" 🙂'))
    assert letters('#evil[] *Fox* $x$ "Ünal" [slightly smiling face]') in letters(read(made).words)


def test_the_same_certificate_is_the_same_paper(paper, learning):
    made = learning.certificate()
    assert paper(made) == paper(made)


def test_many_modules_flow_over_pages_and_each_page_has_the_heads(app, paper, learning):
    lines = tuple(Line(f"K{number}", DONE, practised_on=PRACTISED, title="A title " * 6) for number in range(40))
    certificate = learning.certificate()
    with app.test_request_context():
        made = certificates.make_certificate_pdf(certificate, Content("Fox", lines), ADDRESS)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) > 1
    assert sum("Module K" in one.words for one in read(made).below("TD")) == 40


def test_columns_nobody_needs_are_left_out(app):
    lines = (Line("K1", DONE, practised_on=PRACTISED), Line("K4", EXPERIENCE, experience=True))
    with app.test_request_context():
        table = certificates.table(Content("Fox", lines))
    assert table.heads == ["Module", "Done", "Practised with a mentor"]
    assert [row[2] for row in table.rows] == ["17\u00a0November\u00a02026", "–"]
