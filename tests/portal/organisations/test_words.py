"""Every role has words, and every list of roles knows them all: both follow from the table of permissions."""

import pytest

from portal.organisations import words
from portal.permissions import ORGANISATION_ROLES, PORTAL_ROLES


@pytest.mark.parametrize("role", [*ORGANISATION_ROLES, *PORTAL_ROLES])
def test_every_role_has_words(app, role):
    with app.test_request_context():
        assert words.role_words(role).strip()


def test_an_invitation_offers_every_role_of_an_organisation_in_the_order_of_the_table(browser, login, make):
    house = make.organisation("Harbour House")
    login(make.member(house, "lead", "Ada"))
    page = browser.get("organisations.new_invitation", organisation_id=house.id)
    offered = [one.get("value") for one in page.root.findall(".//input[@name='role']")]
    assert offered == list(ORGANISATION_ROLES)


def test_members_of_every_role_stand_in_the_order_of_the_table(browser, login, make):
    house = make.organisation("Harbour House")
    names = {role: f"Somebody {place}" for place, role in enumerate(reversed(ORGANISATION_ROLES))}
    people = {role: make.member(house, role, name) for role, name in names.items()}
    login(people["lead"])
    text = browser.get("organisations.list_members", organisation_id=house.id).text
    assert sorted(names, key=lambda role: text.index(names[role])) == list(ORGANISATION_ROLES)
