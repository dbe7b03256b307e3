"""CSV and JSON hold the figures of the page: cell by cell, with the same visibility."""

import csv
import datetime as dt
import io
import json

import pytest

from assessments.model import RaterGroup
from portal import clock, db
from portal.results import services
from portal.results.release import Choice
from portal.results.words import BANDS, GAPS, WITHIN
from tests.portal.results.conftest import MANAGEMENT, PEERS, STAFF, TABLE, sheets, statement
from tests.support.rounds import INDIVIDUAL, open_round

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = ("peer", "staff", "mgmt")
COLUMNS = {"Peer workers": "peer", "Staff": "staff", "Management": "mgmt"}


@pytest.fixture
def address(house, round_):
    return {"organisation_id": house.organisation.id, "round_id": round_.id}


@pytest.fixture
def released(house, round_):
    with db.connection():
        for person in (house.peer, house.second):
            services.choose(house.organisation.id, round_.id, person.id, Choice.ALL)
    clock.stop(clock.now() + dt.timedelta(days=14))


def rows(page):
    content = page.response.data
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def figures(page):
    """(code, group, measure) to (value, reason) as text."""
    return {(row["code"], row["group"], row["measure"]): (row["value"], row["reason"]) for row in rows(page)}


def table(page):
    """The page's table: section name, then column, to the words in the cell."""
    root = page.root.find(".//table[@id='numbers']")
    lines = {}
    for tr in root.findall(".//tbody/tr"):
        cells = {
            td.get("data-label"): [
                " ".join((td.find("div").text or "").split()),
                *("".join(small.itertext()) for small in td.findall(".//small")),
            ]
            for td in tr.findall("td")
        }
        lines["".join(tr.find("th").itertext())] = cells
    return lines


def test_the_table_equals_the_csv_cell_by_cell(browser, login, house, address, released):
    login(house.lead)
    on_page = table(browser.get("results.show_results", **address))
    read = rows(browser.get("results.export_csv", **address))
    names = {row["code"]: row["name"] for row in read if row["part"] == "section"}
    exported = figures(browser.get("results.export_csv", **address))
    assert list(names) == list(TABLE)
    for code, name in names.items():
        for column, group in COLUMNS.items():
            value, reason = exported[code, group, "points"]
            main, *small = on_page[name][column]
            if reason:
                assert (main, reason) == ("too few questions", "too_few_questions")
            else:
                assert main == value
                assert small[0].startswith(str(BANDS[exported[code, group, "band"][0]]))
        gaps = [exported[code, group, "gap"][0] for group in GROUPS if (code, group, "gap") in exported]
        main, small = on_page[name]["Widest gap"]
        assert main in [str(GAPS[gap]) for gap in gaps] and main == TABLE[code][-1]
        assert "question" in small


def test_chart_table_sentence_and_files_say_the_same_numbers(browser, login, house, address, released):
    login(house.lead)
    page = browser.get("results.show_results", **address)
    exported = figures(browser.get("results.export_csv", **address))
    read = rows(browser.get("results.export_csv", **address))
    names = {row["name"]: row["code"] for row in read if row["part"] == "section"}
    charts = page.root.findall(".//ol[@class='ruled dumbbells']/li")[1:]
    for li in charts:
        code = names["".join(li.find("h3").itertext()).strip()]
        svg = li.find(f"div/{SVG}svg")
        shown = {group: exported[code, group, "points"][0] for group in GROUPS if exported[code, group, "points"][0]}
        drawn = {inner.get("class"): inner.get("x") for inner in svg.findall(f"{SVG}svg")}
        drawn |= {circle.get("class"): circle.get("cx") for circle in svg.findall(f"{SVG}circle")}
        shape = {"peer": "peer", "staff": "staff", "mgmt": "management"}
        assert drawn == {shape[group]: f"{points}%" for group, points in shown.items()}
        assert list(svg)[-1].tag == f"{SVG}circle", "peers' dot lies on top"
        assert li.find("p/b").text.lower() == TABLE[code][-1]
        for group, points in shown.items():
            assert f"{WITHIN[group]} {points}" in svg.get("aria-label").lower()
    means = next(p for p in page.root.findall(".//main//p") if "counts as one voice" in "".join(p.itertext()))
    for name, code in names.items():
        assert f"{name} {exported[code, '', 'balanced_points'][0]}" in "".join(means.itertext())


def test_csv_and_json_hold_the_same_cells(browser, login, house, address, released):
    login(house.peer)
    told = json.loads(browser.get("results.export_json", **address).response.data)
    read = rows(browser.get("results.export_csv", **address))
    as_text = [{name: "" if value is None else str(value) for name, value in cell.items()} for cell in told["figures"]]
    assert as_text == read and len(read) > 200
    assert told["programme"] == "Riverside outreach" and told["instrument"] == "principles-1"


@pytest.mark.parametrize(
    ("reader", "hidden"), [("peer", {"staff", "mgmt"}), ("staff", {"peer", "mgmt"}), ("lead", {"peer"})]
)
def test_files_show_no_more_than_the_page(browser, login, house, address, reader, hidden):
    login(getattr(house, reader))
    told = json.loads(browser.get("results.export_json", **address).response.data)
    points = [cell for cell in told["figures"] if cell["measure"] == "points"]
    assert {cell["group"] for cell in points if cell["reason"] == "waiting_for_release"} == hidden
    assert all(cell["value"] is None for cell in told["figures"] if cell["group"] in hidden and cell["part"] != "group")
    assert not [cell for cell in told["figures"] if cell["measure"].startswith(("gap", "balanced"))]
    assert ("answered_exactly" in {cell["measure"] for cell in told["figures"]}) is (reader == "peer")


def test_zero_hidden_and_not_asked_are_three_things(browser, login, house, close):
    nothing = dict.fromkeys(PEERS, (0, 0, 0, 1, 0, 0))
    filled = sheets("peer", nothing) + sheets("staff", STAFF, people=4) + statement(dict.fromkeys(MANAGEMENT, 0))
    round_ = close(house, filled)
    login(house.lead)
    page = browser.get("results.export_csv", organisation_id=house.organisation.id, round_id=round_.id)
    exported = figures(page)
    assert exported["EQ", "mgmt", "points"] == ("0", "")
    assert exported["EQ", "staff", "points"] == ("", "below_threshold")
    assert exported["EQ", "peer", "points"] == ("", "waiting_for_release")
    assert exported["EQ1", "mgmt", "level"] == ("0", "")
    assert exported["EQ3", "mgmt", "level"] == ("", "not_asked")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_people_wrote_never_becomes_a_formula(browser, login, house, close, start):
    agreed = statement(MANAGEMENT)
    agreed[0][1]["EQ1"]["text"] = f'{start}SUM(A1), "quoted"'
    round_ = close(house, agreed)
    address = {"organisation_id": house.organisation.id, "round_id": round_.id}
    login(house.lead)
    assert figures(browser.get("results.export_csv", **address))["EQ1", "mgmt", "text"][0].startswith(f"'{start}")
    told = json.loads(browser.get("results.export_json", **address).response.data)
    assert [cell["value"] for cell in told["figures"] if cell["measure"] == "text"] == [f'{start}SUM(A1), "quoted"']


def test_numbers_of_ten_and_more_answers_come_in_full(browser, login, house, close):
    round_ = close(house, sheets("staff", STAFF, people=12), slips={RaterGroup.PEER: 1, RaterGroup.STAFF: 12})
    address = {"organisation_id": house.organisation.id, "round_id": round_.id}
    login(house.lead)
    exported = figures(browser.get("results.export_csv", **address))
    # 2 3 3 4 2 4, twice: four each of 2, 3 and 4; eight claims, all without evidence, so 2.0 as if capped
    assert exported["EQ1", "staff", "mean"] == ("3.0", "")
    assert [exported["EQ1", "staff", f"level_{level}"][0] for level in range(5)] == ["0", "0", "4", "4", "4"]
    assert exported["EQ1", "staff", "claimed"][0] == exported["EQ1", "staff", "claimed_without_evidence"][0] == "8"
    assert exported["EQ1", "staff", "evidenced_mean"] == ("2.0", "")
    assert exported["EQ1", "staff", "cannot_tell_percent"] == ("0", "")
    text = browser.get("results.show_results", **address).text
    assert "3.0 of 4 about: Normal mostly agree 0.67 levels from the middle on average" in text
    assert "Not here 0, By chance 0, Begun 4, Normal 4, Living 4 claimed without evidence: 8 of 8" in text


@pytest.mark.parametrize("view", ["export_csv", "export_json"])
def test_files_of_an_open_round_do_not_exist(browser, login, house, view):
    round_, _codes = open_round(house.organisation, modes=INDIVIDUAL)
    login(house.lead)
    browser.get(f"results.{view}", organisation_id=house.organisation.id, round_id=round_.id, status=404)


def test_file_names_say_what_they_are_unless_they_should_not(browser, login, house, address):
    login(house.lead)
    page = browser.get("results.export_csv", **address)
    assert page.response.headers["Content-Disposition"] == (
        'attachment; filename="results-riverside-outreach-2026-11-22.csv"'
    )
    assert page.response.headers["Cache-Control"] == "no-store"
    browser.client.set_cookie("discreet", "1")
    page = browser.get("results.export_json", **address)
    assert page.response.headers["Content-Disposition"] == 'attachment; filename="notes-2026-11-22.json"'


def test_csv_is_written_for_spreadsheets(browser, login, house, address):
    login(house.lead)
    response = browser.get("results.export_csv", **address).response
    assert response.mimetype == "text/csv"
    assert response.data.count(b"\r\n") > 100
