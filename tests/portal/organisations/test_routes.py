"""Inviting, joining, leaving and looking after organisations, as people meet them: pages without script."""

import datetime as dt
import re

import pytest
from playhouse.test_utils import count_queries

from portal import clock, db
from portal.organisations import invitations, services
from portal.organisations.models import Invitation, Membership, Organisation, Programme
from portal.throttle import Throttle
from tests.conftest import NOW
from tests.support.browser import Browser

DEAD = "Ask the person who gave it to you for a new one."


def count(model):
    with db.connection():
        return model.select().count()


def invite(house, role="peer_worker", **options):
    with db.connection():
        return invitations.invite(house.id, role, **{"ends_on": clock.today() + dt.timedelta(days=10), **options})


def membership(house, person):
    with db.connection():
        return Membership.get(Membership.organisation == house.id, Membership.person == person.id)


def here(browser, view, house, **options):
    return browser.get(f"organisations.{view}", organisation_id=house.id, **options)


def code_on(page):
    return page.root.find(".//*[@data-code]").text


# --- from an invitation to a membership ---


def test_a_lead_invites_and_somebody_signs_up_and_joins(app, browser, login, make):
    house = make.organisation()
    login(make.member(house, "lead", "Ada"))
    page = here(browser, "show_organisation", house)
    form = browser.get(page.links()["Invite somebody"])
    shown = browser.submit(
        form, button="Make the invitation", role="peer_worker", programmes=[house.programme.id], uses=3
    )
    link = shown.root.find(".//*[@data-link]").text
    assert "once" in shown.text and re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-Z]{4}", code_on(shown))
    assert link == f"http://localhost/join/{code_on(shown)}"
    assert shown.root.find(".//{http://www.w3.org/2000/svg}svg[@class='segno']") is not None
    card = "".join(shown.root.find(".//*[@class='card']").itertext())
    assert "Harbour House" not in card and "peer worker" not in card
    assert code_on(shown) not in here(browser, "show_organisation", house).html

    guest = Browser(app)
    landing = guest.get(link.removeprefix("http://localhost"))
    assert landing.path == "/join/invitation"
    assert landing.heading == "This is an invitation to Peerwork"
    for told in ("Harbour", "peer worker", "Riverside", "Ada"):
        assert told not in landing.html
    assert landing.links()["Sign in"].endswith("sign-in?next=/join/invitation")
    words = guest.submit(guest.get(landing.links()["Make an account"]), button="Take this nickname", own="Quiet Heron")
    typed = words.root.find(".//*[@data-key-words]").text
    guest.submit(words, button="I have my words", typed=typed)
    waiting = guest.get("/join/invitation")
    assert waiting.heading == "You are invited to Harbour House"
    assert "peer worker" in waiting.text and "Riverside outreach" in waiting.text
    joined = guest.submit(waiting, button="Join")
    assert joined.path == f"/organisations/{house.id}"
    assert "You have joined." in joined.html and "Ada" in joined.text
    assert "Quiet Heron" in here(browser, "list_members", house).text
    with guest.client.session_transaction() as session:
        assert "invitation" not in session


def test_the_secret_leaves_the_address(browser, make):
    code = invite(make.organisation())
    answer = browser.client.get(f"/join/{code.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/join/invitation")
    assert answer.headers["Cache-Control"] == "no-store"
    with browser.client.session_transaction() as session:
        assert session["invitation"] == code


def test_looking_at_an_invitation_signed_out_asks_the_database_nothing(browser, make):
    browser.get(f"/join/{'0' * 16}", status=200)
    with count_queries() as counter:
        page = browser.get("/join/invitation")
    assert counter.count == 0
    assert page.heading == "This is an invitation to Peerwork"


def test_in_discreet_mode_the_invitation_names_no_site(browser, make):
    browser.client.set_cookie("discreet", "1")
    page = browser.get(f"/join/{invite(make.organisation())}")
    assert (page.heading, page.title) == ("This is an invitation to Notes", "Notes")


def used_up(house, make, code):
    with db.connection():
        invitations.join(code, make.person().id)


def ended(house, make, code):
    clock.stop(NOW + dt.timedelta(days=11))


def revoked(house, make, code):
    with db.connection():
        invitations.revoke(house.id, Invitation.get().id)


def of_a_closed_organisation(house, make, code):
    with db.connection():
        services.close_organisation(house.id)


def test_a_wrong_code_gets_one_sentence(browser, login, make):
    login(make.person())
    assert DEAD in browser.get(f"/join/{'0' * 16}", status=404).text
    assert DEAD in browser.get("/join/nonsense", status=404).text
    assert DEAD in browser.get("/join/invitation", status=404).text


@pytest.mark.parametrize("spoil", [used_up, ended, revoked, of_a_closed_organisation])
def test_what_works_no_more_says_the_same_as_a_wrong_code(browser, login, make, spoil):
    login(make.person())
    wrong = browser.get(f"/join/{'0' * 16}", status=404)
    house = make.organisation()
    code = invite(house)
    spoil(house, make, code)
    login(make.person())
    assert browser.get(f"/join/{code}", status=404).text == wrong.text


@pytest.mark.parametrize("spoil", [used_up, ended, revoked, of_a_closed_organisation])
def test_what_stops_working_while_the_page_is_open_lets_nobody_in(browser, login, make, spoil):
    house = make.organisation()
    code = invite(house)
    person = make.person()
    login(person)
    page = browser.get(f"/join/{code}")
    spoil(house, make, code)
    if spoil is ended:  # eleven days later the sign-in is over, too
        login(person)
        with browser.client.session_transaction() as session:
            session["invitation"] = code
        assert DEAD in browser.post("organisations.join", status=404).text
    else:
        assert DEAD in browser.submit(page, button="Join", status=404).text
    assert count(Membership) == (1 if spoil is used_up else 0)


def test_joining_takes_a_token_of_the_form(browser, login, make):
    login(make.person())
    browser.get(f"/join/{invite(make.organisation())}")
    assert browser.client.post("/join/invitation").status_code == 400
    assert count(Membership) == 0


def test_joining_signed_out_shows_the_way_in(browser, make):
    browser.get(f"/join/{invite(make.organisation())}")
    assert browser.post("organisations.join").heading == "This is an invitation to Peerwork"


def test_members_are_led_to_their_organisation_and_use_nothing(browser, login, make):
    house = make.organisation()
    code = invite(house, "staff")
    login(make.member(house, "staff"))
    assert browser.get(f"/join/{code}").path == f"/organisations/{house.id}"
    with db.connection():
        assert Invitation.get().uses_left == 1


def test_a_new_lead_is_asked_for_a_second_lock(browser, login, make):
    house = make.organisation()
    code = invite(house, "lead")
    login(make.person())
    joined = browser.submit(browser.get(f"/join/{code}"), button="Join")
    assert joined.path == "/me/second-factor"


# --- typed codes ---


@pytest.mark.parametrize("change", [str.lower, lambda code: "-".join(code), lambda code: f" {code[:8]} {code[8:]} "])
def test_a_typed_code_leads_to_its_link_without_a_token(browser, make, change):
    code = invite(make.organisation())
    rows = count(Throttle)
    answer = browser.client.post("/join", data={"code": change(code)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/join/{code}")
    assert "Set-Cookie" not in answer.headers
    assert count(Throttle) == rows


def test_another_code_leads_to_the_questionnaires(browser):
    answer = browser.client.post("/join", data={"code": "o1ab / <x> ../cd"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/answer/place/01ABXCD")


def test_no_code_at_all_asks_for_one(browser):
    page = browser._open("POST", "/join", 404, True, data={"code": " - "})
    assert page.path == "/join/invitation"
    assert page.form(action="/join").find(".//input").get("name") == "code"


def test_a_whole_team_may_type_the_codes_of_its_slips(browser):
    for _ in range(2 * invitations.TRIES_PER_NETWORK):
        assert browser.client.post("/join", data={"code": "0123-4567-89AB-CDEF"}).status_code == 303


# --- making invitations ---


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"role": None}, "Choose one of these."),
        ({"role": "lead", "uses": "2"}, "for a lead or a trainer it is 1"),
        ({"uses": "501"}, "Type a number from 1 to 500"),
        ({"uses": "many"}, "Type a number from 1 to 500."),
        ({"ends_on": "tomorrow"}, "Type a day, such as 2026-12-24."),
        ({"ends_on": "2026-11-21"}, "Choose a day from today on"),
    ],
)
def test_what_cannot_be_made_is_said_at_the_field_and_nothing_is_lost(browser, login, make, typed, sentence):
    house = make.organisation()
    login(make.member(house, "lead"))
    typed = {"role": "staff", "uses": "7", "programmes": [house.programme.id], **typed}
    page = browser.submit(here(browser, "new_invitation", house), button="Make the invitation", **typed)
    assert sentence in page.text
    kept = dict(page.fields(page.form("Make the invitation")))
    assert kept["uses"] == typed["uses"]
    assert kept["programmes"] == str(house.programme.id)
    assert kept["ends_on"] == typed.get("ends_on", "2026-12-20")
    assert count(Invitation) == 0


def test_sending_the_form_twice_makes_one_invitation(browser, login, make):
    house = make.organisation()
    login(make.member(house, "lead"))
    form = here(browser, "new_invitation", house)
    first = browser.submit(form, button="Make the invitation", role="staff")
    second = browser.submit(form, button="Make the invitation", role="staff")
    assert count(Invitation) == 1
    assert "cannot be shown again" in second.html and code_on(first) not in second.html


def test_an_invitation_is_revoked(browser, login, make):
    house = make.organisation()
    invite(house)
    login(make.member(house, "lead"))
    page = browser.submit(here(browser, "show_organisation", house), button="Revoke")
    assert "revoked" in page.text
    with db.connection():
        assert Invitation.get().revoked


def test_a_foreign_organisation_is_not_there(browser, login, make):
    house, other = make.organisation(), make.organisation("Elsewhere")
    invite(other)
    stranger = make.member(other, "staff")
    login(make.member(house, "lead"))
    for view in ("show_organisation", "new_invitation", "new_programme", "list_members", "leave", "list_changes"):
        here(browser, view, other, status=404)
    with db.connection():
        invitation = Invitation.get().id
    for organisation in (house, other):
        here(browser, "edit_programme", organisation, programme_id=other.programme.id, status=404)
        member = membership(other, stranger).id
        here(browser, "remove_member", organisation, membership_id=member, status=404)
        browser.post(
            "organisations.revoke_invitation", organisation_id=organisation.id, invitation_id=invitation, status=404
        )
    with db.connection():
        assert not Invitation.get().revoked


# --- programmes ---


def test_a_lead_adds_and_changes_programmes(browser, login, make):
    house = make.organisation()
    login(make.member(house, "lead"))
    form = here(browser, "new_programme", house)
    for _ in range(2):
        page = browser.submit(form, button="Save", name="Night bus", about="Tea and talk after ten.")
    assert "Tea and talk after ten." in page.text and count(Programme) == 2
    change = browser.get(page.links()["Change Night bus"])
    assert "Late bus" in browser.submit(change, button="Save", name="Late bus").text
    empty = browser.submit(change, button="Save", name=" ", about="Kept")
    assert "Type the name of the programme." in empty.text and "Kept" in empty.html


def test_a_lead_of_one_programme_stays_within_it(browser, login, make):
    house = make.organisation()
    with db.connection():
        bus = services.create_programme(house.id, "Night bus")
    make.member(house, "staff", "Wren", [house.programme])
    everywhere = make.member(house, "staff", "Marten")
    on_the_bus = make.member(house, "staff", "Otter", [bus])
    invite(house, "candidate", programmes=[house.programme.id])
    login(make.member(house, "lead", programmes=[bus]))

    page = here(browser, "show_organisation", house)
    assert "Riverside outreach" not in page.text and "Wren" not in page.text and "candidate" not in page.text
    assert "Marten" in page.text and "Add a programme" not in page.links()
    here(browser, "new_programme", house, status=403)
    here(browser, "edit_programme", house, programme_id=house.programme.id, status=404)
    here(browser, "edit_programme", house, programme_id=bus.id)
    here(browser, "remove_member", house, membership_id=membership(house, everywhere).id, status=404)
    here(browser, "remove_member", house, membership_id=membership(house, on_the_bus).id)
    with db.connection():
        theirs = Invitation.get().id
    browser.post("organisations.revoke_invitation", organisation_id=house.id, invitation_id=theirs, status=404)

    form = here(browser, "new_invitation", house)
    assert "Riverside outreach" not in form.text
    browser.submit(form, button="Make the invitation", role="lead")
    with db.connection():
        (made,) = invitations.list_invitations(house.id, {bus.id})
    assert made.programme_names == ["Night bus"]


def test_others_see_their_programmes_and_the_leads_only(browser, login, make):
    house = make.organisation()
    with db.connection():
        bus = services.create_programme(house.id, "Night bus")
    make.member(house, "lead", "Ada")
    make.member(house, "peer_worker", "Wren")
    invite(house, "trainer")
    login(make.member(house, "candidate", programmes=[bus]))
    page = here(browser, "show_organisation", house)
    assert "Night bus" in page.text and "Ada" in page.text
    assert "Riverside outreach" not in page.text and "Wren" not in page.text and "trainer" not in page.text
    for view in ("new_invitation", "new_programme", "list_members", "list_changes", "name_peer_contact"):
        here(browser, view, house, status=403)


# --- leaving and removing ---


def test_a_lead_removes_a_member_after_being_asked(browser, login, make):
    house = make.organisation()
    make.member(house, "staff", "Wren")
    login(make.member(house, "lead"))
    ask = browser.get(here(browser, "list_members", house).links()["Remove Wren, staff"])
    assert ask.heading == "Remove Wren?"
    page = browser.submit(ask, button="Remove")
    assert page.path.endswith("/members") and "Wren" not in page.text


def test_the_last_lead_is_told_the_remedy(browser, login, make):
    house = make.organisation()
    lead = make.member(house, "lead")
    login(lead)
    page = here(browser, "leave", house)
    assert "Invite another lead first" in page.text
    assert "Invite another lead first" in browser.post("organisations.leave", organisation_id=house.id).text
    own = membership(house, lead).id
    ask = here(browser, "remove_member", house, membership_id=own)
    assert "Invite another lead first" in browser.submit(ask, button="Remove").text
    assert "You are the only lead of Harbour House." in browser.get("accounts.delete_account").text
    assert count(Membership) == 1


def test_a_member_leaves(browser, login, make):
    house = make.organisation()
    login(make.member(house, "staff"))
    page = browser.submit(here(browser, "leave", house), button="Leave")
    assert page.path == "/me" and "You have left." in page.html
    here(browser, "show_organisation", house, status=404)


@pytest.mark.parametrize("role", ["staff", "lead"])
def test_a_member_leaves_an_organisation_that_has_closed(browser, login, make, role):
    """Also as its last lead: nobody can be invited there any more."""
    house, other = make.organisation(), make.organisation("Open House")
    person = make.member(house, role)
    with db.connection():
        services.add_member(other.id, person.id, role)
        services.close_organisation(house.id)
    login(person)
    page = browser.get(browser.get("/me/settings").links()["Organisations that have closed"])
    assert "Harbour House" in page.text and "Open House" not in page.text
    page = browser.submit(page, button="Leave Harbour House")
    assert "You have left Harbour House." in page.html and "You belong to none." in page.text
    browser.post(f"/me/closed-organisations/{other.id}/leave")
    with db.connection():
        assert [row.organisation_id for row in Membership.select()] == [other.id]


# --- new organisations and the portal's administrator ---


def test_an_administrator_gets_an_invitation_and_is_no_member(app, browser, login, make):
    login(make.person(portal_role="administrator"))
    form = browser.get("organisations.new_organisation")
    card = browser.submit(form, button="Make it", name="Harbour House", programme="Drop-in")
    again = browser.submit(form, button="Make it", name="Harbour House", programme="Drop-in")
    assert again.path == "/manage" and "nothing was made twice" in again.html
    assert (count(Organisation), count(Membership), count(Invitation)) == (1, 0, 1)
    guest = Browser(app).sign_in(make.person(second_factor=True))
    waiting = guest.get(f"/join/{code_on(card)}")
    assert "lead" in waiting.text and "all programmes" in waiting.text
    assert guest.submit(waiting, button="Join").heading == "Harbour House"


def test_registration_is_shut_by_default_and_can_be_open(app, browser, login, make):
    login(make.person(second_factor=True))
    browser.get("organisations.new_organisation", status=403)
    app.config["REGISTRATION"] = "open"
    form = browser.get("organisations.new_organisation")
    assert "Type the name of one programme." in browser.submit(form, button="Make it", name="Harbour House").text
    for _ in range(2):
        page = browser.submit(form, button="Make it", name="Harbour House", programme="Drop-in")
    assert page.heading == "Harbour House" and "lead" in page.text
    assert count(Organisation) == 1


def test_where_registration_is_open_administrators_still_stay_outside(app, browser, login, make):
    app.config["REGISTRATION"] = "open"
    login(make.person(portal_role="administrator"))
    form = browser.get("organisations.new_organisation")
    assert code_on(browser.submit(form, button="Make it", name="Harbour House", programme="Drop-in"))
    assert count(Membership) == 0


def test_an_administrator_lists_and_closes_without_seeing_anybody(browser, login, make):
    house = make.organisation()
    make.member(house, "lead", "Ada")
    login(make.person(portal_role="administrator"))
    page = browser.get("/manage")
    assert "Ada" not in page.html
    assert {"/manage/people", "/manage/audit", "/organisations/new"} <= set(page.links().values())
    here(browser, "show_organisation", house, status=404)
    page = browser.submit(browser.get(page.links()["Close Harbour House"]), button="Close it")
    assert "closed on 22\u00a0November\u00a02026" in " ".join(page.root.find(".//tbody").itertext())


def test_an_administrator_gives_an_organisation_without_a_lead_a_new_one(app, browser, login, make):
    make.organisation()
    other = make.organisation("Station Square")
    make.member(other, "lead")
    login(make.person(portal_role="administrator"))
    page = browser.get("/manage")
    assert page.text.count("New lead invitation") == 1
    card = browser.submit(page, button="New lead invitation")
    again = browser.submit(page, button="New lead invitation")
    assert "cannot be shown again" in again.html and count(Invitation) == 1
    assert "has a lead" in browser.post("organisations.invite_lead", chosen_id=other.id).html
    guest = Browser(app).sign_in(make.person(second_factor=True))
    assert guest.submit(guest.get(f"/join/{code_on(card)}"), button="Join").heading == "Harbour House"
    assert "New lead invitation" not in browser.get("/manage").text


def test_where_registration_is_open_nobody_else_invites_leads(app, browser, login, make):
    app.config["REGISTRATION"] = "open"
    house = make.organisation()
    login(make.person())
    browser.post("organisations.invite_lead", chosen_id=house.id, status=403)
    assert count(Invitation) == 0


def test_what_is_sent_by_a_page_after_signing_in_again_does_nothing_yet(browser, login, make):
    house = make.organisation()
    staff = make.member(house, "staff", "Wren")
    make.member(house, "lead")
    lead = make.member(house, "lead")
    invite(house)
    with db.connection():
        invitation = Invitation.get().id
    carried = {"carried_over": "1"}
    login(lead)
    page = browser.post(
        "organisations.remove_member",
        carried,
        organisation_id=house.id,
        membership_id=membership(house, staff).id,
    )
    assert page.heading == "Remove Wren?"
    assert browser.post("organisations.leave", carried, organisation_id=house.id).heading == "Leave Harbour House?"
    browser.post("organisations.revoke_invitation", carried, organisation_id=house.id, invitation_id=invitation)
    login(make.person(portal_role="administrator"))
    page = browser.post("organisations.close_organisation", carried, chosen_id=house.id)
    assert page.heading == "Close Harbour House?"
    browser.post("organisations.invite_lead", carried, chosen_id=make.organisation("Elsewhere").id)
    login(make.person())
    browser.get(f"/join/{invite(house, 'candidate')}")
    assert browser.post("organisations.join", carried).heading == "You are invited to Harbour House"
    assert (count(Membership), count(Invitation)) == (3, 2)
    with db.connection():
        assert not Invitation.get_by_id(invitation).revoked
        assert Organisation.get_by_id(house.id).closed_on is None


def test_lists_cost_the_same_however_long_they_are(browser, login, make):
    house = make.organisation()
    login(make.member(house, "lead"))

    def cost(*views):
        with count_queries() as counter:
            for view in views:
                here(browser, view, house)
        return counter.count

    before = cost("show_organisation", "list_members", "list_changes")
    for _ in range(5):
        make.member(house, "staff", programmes=[house.programme])
        invite(house, programmes=[house.programme.id])
    assert cost("show_organisation", "list_members", "list_changes") == before


# --- audit and contact ---


def test_changes_are_listed_in_words_and_without_names(browser, login, make):
    house = make.organisation()
    lead = make.member(house, "lead", "Ada")
    login(lead)
    browser.submit(here(browser, "new_programme", house), button="Save", name="Night bus")
    page = here(browser, "list_changes", house)
    row = " ".join("".join(page.root.find(".//tbody/tr").itertext()).split())
    assert re.search(r"added a programme programme [0-9a-f]{8} [0-9a-f]{8}$", row)
    assert "Night bus" not in page.text and str(lead.id)[:8] not in page.text
    browser.get("/manage/audit", status=403)


def test_the_administrator_reads_the_portals_rows_only(browser, login, make):
    make.organisation()
    login(make.person(portal_role="administrator"))
    page = browser.get("/manage/audit")
    assert "changed roles in the portal" in page.text and "added a programme" not in page.text


def test_a_peer_worker_names_the_contact(app, browser, login, make):
    house = make.organisation()
    ada, bo = make.member(house, "peer_worker", "Ada"), make.member(house, "peer_worker", "Bo")
    login(ada)
    page = here(browser, "name_peer_contact", house)
    assert "At present there is none." in page.text
    named = browser.submit(page, button="Save", peer=str(membership(house, bo).id))
    assert "At present it is Bo." in named.text
    assert dict(named.fields(named.form("Save")))["peer"] == str(membership(house, bo).id)
    contact = Browser(app).sign_in(bo)
    assert "At present it is you." in here(contact, "name_peer_contact", house).text
    assert re.search("named a contact organisation [0-9a-f]{8} – ", here(contact, "list_changes", house).text)
    nobody = browser.submit(named, button="Save", peer="nobody")
    assert "At present there is none." in nobody.text
    here(contact, "list_changes", house, status=403)


def test_a_peer_worker_who_leads_as_well_is_told_why_there_is_nothing_to_name(browser, login, make):
    house = make.organisation()
    make.member(house, "peer_worker", "Bo")
    both = make.member(house, "lead", "Ada")
    with db.connection():
        services.add_member(house.id, both.id, "peer_worker")
    login(both)
    page = here(browser, "name_peer_contact", house)
    assert "You lead this organisation, too" in page.text
    assert page.root.find(".//main//form") is None


def test_an_only_peer_worker_has_nobody_to_name(browser, login, make):
    house = make.organisation()
    login(make.member(house, "peer_worker"))
    assert "There is nobody to name yet." in here(browser, "name_peer_contact", house).text
