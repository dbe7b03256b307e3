import contextlib
import datetime as dt
import sqlite3
import threading
import time
import unicodedata

import pyotp
import pytest

from portal import clock
from portal.accounts.models import Person, SignIn
from tests.conftest import NOW
from tests.support.browser import Browser
from tests.support.make import KEY_WORDS, TOTP_SECRET


def words_on(page):
    return page.root.find(".//*[@data-key-words]").text


def sign_up(browser, nickname="Quiet Heron"):
    page = browser.submit(browser.get("accounts.sign_up"), own=nickname)
    return browser.submit(page, typed=words_on(page))


def sign_in(browser, nickname, key_words=KEY_WORDS, **options):
    return browser.submit(browser.get("accounts.sign_in"), nickname=nickname, key_words=key_words, **options)


def test_somebody_makes_an_account_and_comes_back_with_the_card(browser, app):
    page = browser.submit(browser.get("accounts.sign_up"), own="Quiet Heron")
    key_words = words_on(page)
    assert len(key_words.split()) == 7
    assert browser.submit(page, typed=key_words).heading == "Hello, Quiet Heron"
    other = Browser(app)
    assert sign_in(other, "quiet heron", key_words).heading == "Hello, Quiet Heron"


def test_an_offered_nickname_can_be_taken(browser):
    page = browser.get("accounts.sign_up")
    offered = page.root.find(".//input[@type='radio']").get("value")
    page = browser.submit(page, offered=offered)
    assert offered in page.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Quiet Heron", "Somebody has this nickname"), ("x", "Two to forty letters"),
        ("--", "one letter or figure at least"),
    ],
)  # fmt: skip
def test_a_nickname_that_cannot_be_had_is_said_and_kept_in_the_field(browser, make, typed, words):
    make.person("Quiet Heron")
    page = browser.submit(browser.get("accounts.sign_up"), own=typed)
    assert words in page.text
    assert dict(page.fields(page.form()))["own"] == typed


@pytest.mark.parametrize("nickname", ["किरण", "مُحَمَّد", "Zoe\u0308"])
def test_a_name_with_signs_above_or_below_its_letters_is_a_nickname(browser, app, nickname):
    page = browser.submit(browser.get("accounts.sign_up"), own=nickname)
    key_words = words_on(page)
    as_kept = unicodedata.normalize("NFC", nickname)
    assert browser.submit(page, typed=key_words).heading == f"Hello, {as_kept}"
    for typed in (nickname, as_kept):
        assert sign_in(Browser(app), typed, key_words).heading == f"Hello, {as_kept}"


def test_wrong_words_while_confirming_can_be_typed_again(browser):
    page = browser.submit(browser.get("accounts.sign_up"), own="Quiet Heron")
    key_words = words_on(page)
    page = browser.submit(page, typed="no idea")
    assert "not the seven words" in page.text
    assert browser.submit(page, typed=key_words).heading == "Hello, Quiet Heron"


def test_unknown_nickname_and_wrong_words_look_the_same(browser, make):
    make.person("Quiet Heron")
    known = sign_in(browser, "Quiet Heron", "wrong words")
    unknown = sign_in(browser, "Nobody Here", "wrong words")
    assert known.status == unknown.status
    assert known.text == unknown.text


def test_too_many_tries_are_told_kindly(browser, make):
    make.person("Quiet Heron")
    for _ in range(5):
        sign_in(browser, "Quiet Heron", "wrong")
    page = sign_in(browser, "Quiet Heron", KEY_WORDS, status=429)
    assert "quarter of an hour" in page.text


def test_who_reads_what_concerns_others_signs_in_with_a_code(browser, make):
    make.person("Marlow", second_factor=True)
    page = sign_in(browser, "Marlow")
    assert "code from your app" in page.heading
    page = browser.submit(page, code="000000")
    assert "not right" in page.text
    assert browser.submit(page, code=pyotp.TOTP(TOTP_SECRET).at(NOW)).heading == "Hello, Marlow"


def test_a_lead_without_second_factor_gets_no_further_than_setting_it_up(browser, login, make):
    organisation = make.organisation()
    person = make.person("Marlow")
    from portal import db
    from portal.organisations import services

    with db.connection():
        services.add_member(organisation.id, person.id, "lead")
    login(person)
    page = browser.get("home.show_my_page")
    assert page.heading == "A second lock"
    secret = page.root.find(".//*[@data-secret]").text.replace(" ", "")
    page = browser.submit(page, code="123", proof=KEY_WORDS)
    assert page.root.find(".//*[@data-secret]").text.replace(" ", "") == secret, "the phone keeps its secret"
    code = pyotp.TOTP(secret).at(NOW)
    assert "not your key words" in browser.submit(page, code=code, proof="wrong").text
    assert browser.submit(page, code=code, proof=KEY_WORDS).heading == "Hello, Marlow"
    page = browser.get("accounts.set_up_second_factor")
    assert "Code from the app you used until now" in page.text


@pytest.mark.parametrize("discreetly", ["site", "person", None])
def test_the_app_shows_a_neutral_name_in_discreet_mode(browser, login, make, app, monkeypatch, discreetly):
    from portal.accounts import settings_routes

    addresses = []
    monkeypatch.setattr(settings_routes, "qr_code", lambda address: addresses.append(address) or "")
    app.config["DISCREET"] = discreetly == "site"
    login(make.person("Marlow"))
    if discreetly == "person":
        browser.submit(browser.get("accounts.edit_settings"), discreet="y")
    browser.get("accounts.set_up_second_factor")
    assert ("Peerwork" in addresses[0]) is (discreetly is None)
    assert ("Notes" in addresses[0]) is (discreetly is not None)


def test_an_idle_sign_in_ends_and_a_shared_device_forgets_sooner(app, make):
    make.person("Quiet Heron")
    for shared, minutes in ((None, 59), ("y", 9)):
        browser = Browser(app)
        clock.stop(NOW)
        sign_in(browser, "Quiet Heron", shared=shared)
        clock.stop(NOW + dt.timedelta(minutes=minutes))
        assert "Hello" in browser.get("home.show_my_page").heading
        clock.stop(NOW + dt.timedelta(minutes=2 * minutes + 2))
        assert browser.get("home.show_my_page").heading == "Come in"


@pytest.mark.parametrize("hours", [0, 3])
@pytest.mark.parametrize("second", ["Quiet Heron", "Ivory Finch"])
def test_signing_in_again_ends_the_sign_in_this_browser_had(browser, app, make, hours, second):
    """In use or left alone for long, one's own or somebody else's: others go on."""
    from portal import db

    people = {nickname: make.person(nickname).id for nickname in ("Quiet Heron", "Ivory Finch")}
    sign_in(Browser(app), "Quiet Heron")
    with db.connection():
        elsewhere = SignIn.get().id
    sign_in(browser, "Quiet Heron")
    clock.stop(NOW + dt.timedelta(hours=hours))
    browser.get("home.show_my_page")
    assert sign_in(browser, second).heading == f"Hello, {second}"
    with db.connection():
        living = {row.id: row.person_id for row in SignIn.select()}
    assert living.pop(elsewhere) == people["Quiet Heron"]
    assert list(living.values()) == [people[second]]


def test_what_was_typed_survives_an_expired_sign_in(browser, login, make):
    person = make.person("Quiet Heron")
    login(person)
    page = browser.get("accounts.edit_settings")
    clock.stop(NOW + dt.timedelta(hours=3))
    page = browser.submit(page, email="quiet@example.org", discreet="y", status=401)
    assert page.heading == "Come in"
    page = browser.submit(page, nickname="Quiet Heron", key_words=KEY_WORDS)
    page = browser.submit(page, button="Back to what I wrote")
    fields = dict(page.fields(page.form("Save")))
    assert fields["email"] == "quiet@example.org"
    assert "discreet" in fields
    assert browser_email(person) is None, "nothing was saved yet"
    browser.submit(page, button="Save")
    assert browser_email(person) == "quiet@example.org"


def browser_email(person):
    from portal import db

    with db.connection():
        return Person.get_by_id(person.id).email


def test_a_form_without_a_token_comes_back_with_what_was_typed(browser, login, make):
    login(make.person())
    answer = browser.client.post("/me/settings", data={"email": "quiet@example.org", "language": "en"})
    assert answer.status_code == 400
    assert "quiet@example.org" in answer.text
    assert "Please send it again" in answer.text


def test_ending_all_sign_ins_ends_this_one_too(browser, login, make, app):
    person = make.person()
    other = Browser(app).sign_in(person)
    login(person)
    page = browser.get("accounts.list_sign_ins")
    assert page.text.count("Since") == 2
    browser.submit(page, button="End all my sign-ins")
    assert other.get("home.show_my_page").heading == "Come in"
    assert browser.get("home.show_my_page").heading == "Come in"


def test_leaving_quickly_is_a_link_that_ends_everything(browser, login, make):
    person = make.person()
    login(person)
    page = browser.get("home.show_my_page")
    assert page.root.find(".//a").get("href") == "/exit", "the first link of the page"
    answer = browser.client.get("/exit")
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://www.wikipedia.org/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    deleted = [line for line in answer.headers.getlist("Set-Cookie") if "Expires=Thu, 01 Jan 1970" in line]
    names = {line.partition("=")[0]: line for line in deleted}
    assert {"peerwork", "discreet", "answer_key"} <= set(names)
    assert "Path=/answer" in names["answer_key"]
    from portal import db

    with db.connection():
        assert not SignIn.select().count(), "also on the server"


def left(answer):
    deleted = {line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie") if "1970" in line}
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://www.wikipedia.org/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert {"peerwork", "discreet", "answer_key"} <= deleted


def test_leaving_quickly_works_without_a_database(browser, login, make, tmp_path):
    from portal import db

    login(make.person())
    db.database.close()
    path = tmp_path / "data" / "portal.sqlite3"
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    left(browser.client.get("/exit"))
    path.rmdir()
    path.with_suffix(".away").rename(path)


def test_leaving_quickly_works_while_the_database_is_locked(browser, login, make, tmp_path):
    from portal import db

    login(make.person())
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "portal.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        left(browser.client.get("/exit"))
        assert time.monotonic() - began < 3
    for thread in threading.enumerate():
        if thread.name == "sign out":
            thread.join()
    with db.connection():
        assert not SignIn.select().count(), "once the lock is gone"


def test_public_pages_set_no_cookie(browser):
    for address in ("/", "/en/", "/en/safety", "/en/who-reads-what", "/en/accessibility", "/en/guidance"):
        assert "Set-Cookie" not in browser.client.get(address).headers, address


def test_discreet_mode_makes_titles_neutral(browser, login, make):
    page = browser.get("home.show_safety")
    assert page.title.startswith("Safety and traces")
    page = browser.submit(page, button="Turn discreet mode on here")
    assert page.title == "Notes"
    login(make.person())
    assert browser.get("home.show_my_page").title == "Notes"


def test_discreet_mode_follows_the_account(browser, login, make):
    login(make.person())
    page = browser.get("accounts.edit_settings")
    browser.submit(page, discreet="y")
    for endpoint in ("home.show_my_page", "accounts.list_sign_ins", "accounts.delete_account", "home.show_front_page"):
        assert browser.get(endpoint).title == "Notes"


def test_new_key_words_replace_the_old_ones(browser, login, make, app):
    login(make.person("Quiet Heron"))
    page = browser.get("accounts.change_key_words")
    key_words = words_on(page)
    page = browser.submit(page, typed="wrong", proof=KEY_WORDS)
    assert "old ones are still good" in page.text
    page = browser.submit(page, typed=key_words, proof="wrong")
    assert "not your key words" in page.text
    browser.submit(page, typed=key_words, proof=KEY_WORDS)
    assert sign_in(Browser(app), "Quiet Heron", key_words).heading == "Hello, Quiet Heron"


def test_the_setup_link_makes_the_first_administrator_once(browser, app):
    from portal import db
    from portal.accounts import portal_people

    with db.connection():
        token = portal_people.make_setup_link()
    answer = browser.client.get(f"/set-up/{token}")
    assert token not in answer.headers["Location"]
    sign_up(browser, "Boss")
    with db.connection():
        assert Person.get(Person.nickname == "Boss").portal_roles == "administrator"
    Browser(app).get(f"/set-up/{token}", status=404)


def test_an_account_is_deleted_with_one_form(browser, login, make):
    login(make.person("Quiet Heron"))
    page = browser.get("accounts.delete_account")
    assert "Tick the box" in browser.submit(page).text
    browser.submit(page, sure="y")
    from portal import db

    with db.connection():
        assert not Person.select().count()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "https:/evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)",
        "javascript:/x", "/%09/evil.example", "/%0a/evil.example", "%20//evil.example", "evil.example",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(browser, make, address):
    make.person("Quiet Heron")
    page = browser.get(f"/en/sign-in?next={address}")
    assert browser.submit(page, nickname="Quiet Heron", key_words=KEY_WORDS).heading == "Hello, Quiet Heron"


def test_what_is_sent_by_a_page_after_signing_in_again_does_nothing_yet(browser, login, make):
    login(make.person("Quiet Heron"))
    own = browser.client.get("/me/sign-ins")
    assert own.status_code == 200
    for address in ("/me/sign-out", "/me/sign-ins/end-all"):
        browser.post(address, {"carried_over": "1"})
        assert browser.get("home.show_my_page").heading == "Hello, Quiet Heron", address


@pytest.mark.parametrize("button", ["Block this account", "Give exactly these roles"])
def test_another_nickname_that_was_typed_waits_while_one_signs_in_with_ones_own(browser, login, make, button):
    """Both forms have a field of that name."""
    login(make.person("Boss", portal_role="administrator", second_factor=True))
    make.person("Ivory Finch")
    page = browser.get("accounts.list_portal_people")
    clock.stop(NOW + dt.timedelta(hours=3))
    roles = {"role": ["author"]} if "roles" in button else {}
    page = browser.submit(page, button=button, nickname="Ivory Finch", status=401, **roles)
    names = [name for name, _value in page.fields(page.form("Sign in"))]
    assert len(names) == len(set(names)), "no field is there twice"
    page = browser.submit(page, nickname="Boss", key_words="wrong words")
    page = browser.submit(page, nickname="Boss", key_words=KEY_WORDS, csrf_token="stale", status=400)
    page = browser.submit(page, button="Back to what I wrote")
    page = browser.submit(page, nickname="Boss", key_words=KEY_WORDS)
    page = browser.submit(page, code="000000")
    page = browser.submit(page, code=pyotp.TOTP(TOTP_SECRET).at(clock.now()))
    page = browser.submit(page, button="Back to what I wrote")
    assert page.heading == "People who look after the portal"
    form = page.form(button)
    assert dict(page.fields(form))["nickname"] == "Ivory Finch"
    assert roles.items() <= {"role": [value for name, value in page.fields(form) if name == "role"]}.items()
    from portal import db

    with db.connection():
        kept = Person.get(Person.nickname == "Ivory Finch")
        assert (kept.blocked, kept.portal_roles) == (False, ""), "nothing is done yet"
    browser.submit(page, button=button)
    with db.connection():
        done = Person.get(Person.nickname == "Ivory Finch")
        assert (done.blocked, done.portal_roles) == ((False, "author") if roles else (True, ""))


def test_key_words_and_codes_are_never_carried_along(browser, login, make):
    login(make.person("Quiet Heron"))
    page = browser.get("accounts.change_key_words")
    key_words = words_on(page)
    clock.stop(NOW + dt.timedelta(hours=3))
    page = browser.submit(page, typed=key_words, proof=KEY_WORDS, status=401)
    assert key_words not in page.html
    assert KEY_WORDS not in page.html


def test_the_only_administrator_stays(browser, login, make):
    login(make.person("Boss", portal_role="administrator"))
    assert "only administrator" in browser.get("accounts.delete_account").text
    browser.post("accounts.delete_account", {"sure": "y"})
    assert browser.get("home.show_my_page").heading == "Hello, Boss"
    make.person("Deputy", portal_role="administrator")
    browser.submit(browser.get("accounts.delete_account"), sure="y")
    assert browser.get("home.show_my_page").heading == "Come in"


def test_confirming_twice_signs_in(browser, app):
    page = browser.submit(browser.get("accounts.sign_up"), own="Quiet Heron")
    key_words = words_on(page)
    again = Browser(app)  # the second click of the same browser, before the first one was answered
    with browser.client.session_transaction() as session, again.client.session_transaction() as same:
        same.update(session)
    for one in (browser, again):
        assert one.submit(page, typed=key_words).heading == "Hello, Quiet Heron"


def test_roles_and_blocking_are_two_forms_and_nothing_is_guessed(browser, login, make):
    login(make.person("Boss", portal_role="administrator"))
    make.person("Ivory Finch", portal_role="editor")
    page = browser.get("accounts.list_portal_people")
    first = [form.find(".//button").get("value") for form in page.root.findall(".//main//form")]
    assert first == ["roles", "unblock"]
    for do in ({}, {"do": "nonsense"}):
        browser.post("accounts.change_portal_person", {"nickname": "Ivory Finch", "role": "author", **do}, status=400)
    page = browser.submit(page, button="Give exactly these roles", nickname="Ivory Finch")
    assert "Tick what this person should be" in page.text and "editor" in page.root.find(".//tbody").itertext()
    page = browser.submit(page, button="Give exactly these roles", nickname="Ivory Finch", role="none")
    assert "Ivory Finch" not in page.text


def test_an_administrator_gives_roles_and_blocks(browser, login, make):
    login(make.person("Boss", portal_role="administrator"))
    make.person("Ivory Finch")
    page = browser.get("accounts.list_portal_people")
    page = browser.submit(page, button="Give exactly these roles", nickname="ivory finch", role=["editor", "author"])
    assert "editor, author" in page.text
    page = browser.submit(page, button="Block this account", nickname="Ivory Finch")
    assert "blocked" in page.text
    assert "no account with this nickname" in browser.submit(page, button="Block this account", nickname="X").text
    assert "needs one administrator" in browser.submit(page, button="Block this account", nickname="Boss").text


def test_signing_out_too_late_and_pressing_a_button_too_late_lead_somewhere(browser, login, make):
    login(make.person("Quiet Heron"))
    page = browser.get("accounts.list_sign_ins")
    clock.stop(NOW + dt.timedelta(hours=3))
    asked = browser.submit(page, button="End all my sign-ins", status=401)
    assert browser.submit(asked, nickname="Quiet Heron", key_words=KEY_WORDS).heading == "Hello, Quiet Heron"
    page = browser.get("home.show_my_page")
    clock.stop(NOW + dt.timedelta(hours=6))
    assert browser.submit(page, button="Sign out", status=401).heading == "Come in", "it has ended by itself"


def test_a_missing_file_of_ours_is_a_404_for_somebody_signed_in(browser, login, make):
    login(make.person())
    browser.get("/static/nothing.css", status=404)
