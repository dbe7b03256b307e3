"""Signs that no keyboard makes, in addresses and in what is typed: on both engines, and never an error of ours."""

from __future__ import annotations

import pytest

from portal import db
from portal.organisations.models import Organisation, Programme


@pytest.mark.parametrize(
    "address",
    ["/en/guidance/a%00", "/en/guidance/principles/a%00b", "/en/modules/a%00", "/en/modules/a%00/guide",
     "/en/topics/a%00", "/answer/place/a%00", "/join/a%00", "/en/%00", "/static/a%00",
     "/en/records/a%00"],
)  # fmt: skip
def test_no_address_holds_nul(browser, address):
    browser.get(address, status=404)


@pytest.mark.parametrize("asked", ["%00", "a%00b", "%01%02", "a&q=%00", "%E0%A5%8D%00"])
def test_what_is_asked_for_in_an_address_loses_them(browser, asked):
    page = browser.get(f"/en/search?q={asked}")
    assert "\0" not in page.html and "\x01" not in page.html


def test_what_is_typed_loses_signs_that_cannot_be_seen(browser, login, make):
    house = make.organisation("The House")
    login(make.member(house, "lead"))
    page = browser.get("organisations.new_programme", organisation_id=house.id)
    browser.submit(page, name="Night\x00 b\x01us\x02", about="One\r\n\x0btwo\tthree\x7f")
    with db.connection():
        programme = Programme.get(Programme.name == "Night bus")
    assert programme.about.split() == ["One", "two", "three"]


def test_a_name_that_looks_like_a_place_in_a_page_is_a_name(browser, login, make):
    house = make.organisation("The House")
    with db.connection():
        db.transaction(
            Organisation.update(name="A\x01token\x02\x01masthead\x02 B").where(Organisation.id == house.id).execute
        )()
    login(make.member(house, "peer_worker"))
    page = browser.get("/me")
    assert page.html.count("<header") == browser.get("/en/").html.count("<header")
    assert "A\x01token\x02\x01masthead\x02 B" in page.html
