"""What the pages about the site itself promise."""

import pytest

from portal import create_app
from tests.e2e.conftest import LARGE_TEXT_WIDTHS, WIDTHS
from tests.support.browser import Browser


def rows(page) -> dict[str, str]:
    """Words of each line of the table to what stands beside them."""
    return {
        " ".join("".join(row.find("th").itertext()).split()): " ".join("".join(row.find("td").itertext()).split())
        for row in page.root.findall(".//tbody/tr")
    }


def test_the_checklist_without_scripts_passes_through_us_and_the_page_says_so(browser):
    told = rows(browser.get("home.show_who_reads_what"))["The checklist you fill in without an account"]
    assert "Without scripts your answers travel to us and back" in told
    assert "we keep none" in told
    assert "With scripts nothing is sent" in told


@pytest.mark.parametrize("least", [5, 8])
def test_the_smallest_group_is_the_one_of_this_site(url, tmp_path, least):
    app = create_app(TESTING=True, DATABASE_URL=url, DATA_DIR=str(tmp_path / "data"), SMALLEST_GROUP=least)
    told = rows(Browser(app).get("/en/who-reads-what"))["Your answers in a round"]
    assert f"groups of {least} or more" in told


def test_what_leaving_does_not_do_names_the_last_card_without_scripts(browser):
    told = browser.get("home.show_safety").text
    told = told.partition("What leaving does not do")[2].partition("Discreet mode")[0]
    assert "Without scripts" in told
    assert "close the tab or the window" in told


def test_the_narrowest_screen_promised_is_one_every_type_of_page_is_looked_at_on(browser):
    told = browser.get("home.show_accessibility").text
    assert f"from a width of {min(WIDTHS)} pixels on, also with text at twice its size" in told
    assert min(LARGE_TEXT_WIDTHS) == min(WIDTHS)
