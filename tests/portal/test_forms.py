"""What every form says, whoever made it, where something is chosen that is not offered (any more)."""

import pytest

from tests.support.rounds import load_instruments

SENTENCE = "Choose one of the lines shown."


@pytest.fixture
def pages(browser, login, make):
    """A page with a form, by the name of its view."""
    load_instruments()
    house = make.organisation()
    login(make.member(house, "lead"))
    here = {"organisation_id": house.id}
    values = {"rounds.new_round": here | {"programme_id": house.programme.id}, "organisations.new_invitation": here}
    return lambda view: browser.get(view, **values.get(view, {}))


@pytest.mark.parametrize(
    ("view", "button", "field", "value"),
    [
        ("accounts.edit_settings", "Save", "language", "zzz"),
        ("organisations.new_invitation", "Make the invitation", "role", "zzz"),
        ("organisations.new_invitation", "Make the invitation", "programmes", "zzz"),
        ("organisations.new_invitation", "Make the invitation", "programmes", "00000000-0000-4000-8000-000000000000"),
        ("rounds.new_round", "Open the round", "peer", "statement"),
        ("rounds.new_round", "Open the round", "changed", "x"),
    ],
)
def test_a_choice_that_is_not_offered_is_said_in_plain_words(browser, pages, view, button, field, value):
    usual = {"role": "staff"} if view == "organisations.new_invitation" else {}
    page = browser.submit(pages(view), button=button, **{**usual, field: value})
    summary = page.root.find(".//*[@id='errors']")
    assert ["".join(link.itertext()) for link in summary.findall(".//a")] == [SENTENCE]
    for words in ("valid choice", "Invalid", "coerced"):
        assert words not in page.text
