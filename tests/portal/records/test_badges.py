"""The badge: an Open Badges 3.0 credential, made with joserfc and verified here with another library."""

from __future__ import annotations

import base64
import datetime as dt
import json
import stat
import sys

import jwt
import pytest

from portal import clock, config
from portal.records import badges

SITE = "https://peerwork.example"


@pytest.fixture
def signed(browser, login, learning):
    """A badge as downloaded, its header, and the keys as the portal publishes them."""
    config.remember(BASE_URL=SITE)
    browser.app.config["BASE_URL"] = SITE
    login(learning.person)
    made = learning.certificate()
    address = {"certificate_id": made.id}
    token = browser.get("records.download_badge", kind="jwt", **address).response
    assert token.mimetype == "application/vc+jwt"
    return token.get_data(as_text=True), keys_of(browser), made


def keys_of(browser):
    return browser.client.get("/-/badge-keys.json").get_json()


def verified(token, published):
    """The claims, if one of the published keys made them."""
    key = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["EdDSA"], options={"require": ["iss", "jti", "nbf"]})


def test_another_library_verifies_the_badge_with_the_published_key(signed):
    token, published, made = signed
    claims = verified(token, published)
    assert claims["iss"] == claims["issuer"]["id"] == f"{SITE}/-/badge-issuer.json"
    assert claims["jti"] == claims["id"] == f"{SITE}/verify/{made.token}"
    assert "d" not in published["keys"][0]


def test_it_has_what_open_badges_3_asks_for(signed):
    claims = verified(*signed[:2])
    assert claims["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["issuer"]["type"] == ["Profile"]
    assert dt.datetime.fromisoformat(claims["validFrom"]).timestamp() == claims["nbf"] <= clock.now().timestamp()
    subject = claims["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"]
    assert [(one["type"], one["identityHash"], one["hashed"]) for one in subject["identifier"]] == [
        ("IdentityObject", "Amber Fox", False)
    ]
    achievement = subject["achievement"]
    assert achievement["type"] == ["Achievement"]
    assert achievement["id"].startswith("urn:uuid:")
    assert achievement["name"] == "Record of learning"
    assert achievement["description"] == "Done: Module K1, Module K4."
    assert achievement["criteria"]["narrative"]


def test_it_reveals_no_more_than_the_certificate(signed):
    text = json.dumps(verified(*signed[:2]), ensure_ascii=False).replace(SITE, "")
    for hidden in ("Peerwork", "Title of", "Harbour", "drug", "peer"):
        assert hidden not in text
    assert "counted from experience" in text


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_byte_is_refused(signed, part):
    token, published, _made = signed
    parts = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
    place = raw.find(b"EdDSA") if part == 0 else raw.find(b"Amber") if part == 1 else 5
    raw[place] ^= 1
    parts[part] = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    with pytest.raises(jwt.InvalidTokenError):
        verified(".".join(parts), published)


def test_somebody_elses_key_does_not_verify_it(signed):
    token, published, _made = signed
    (key,) = published["keys"]
    foreign = {**key, "x": base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()}
    with pytest.raises(jwt.InvalidTokenError):
        verified(token, {"keys": [foreign]})


def test_it_is_good_from_the_first_minute_of_the_day(signed, browser, learning):
    clock.stop(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC))  # half an hour into the 23rd where the site is
    browser.sign_in(learning.person)
    made = learning.certificate("K1")
    token = browser.get("records.download_badge", kind="jwt", certificate_id=made.id).response.get_data(as_text=True)
    assert jwt.decode(token, options={"verify_signature": False})["nbf"] <= clock.now().timestamp()


def test_one_module_gives_the_badge_its_name(browser, login, learning):
    login(learning.person)
    made = learning.certificate("K1", site="Peerwork", full_titles=True)
    answer = browser.get("records.download_badge", kind="json", certificate_id=made.id).response
    assert answer.headers["Content-Disposition"] == 'attachment; filename="learning.json"'
    found = answer.get_json(force=True)
    assert found["credentialSubject"]["achievement"]["name"] == "Module K1: Title of K1"
    assert found["issuer"]["name"] == "Peerwork"


def test_the_key_is_made_once_and_only_its_owner_reads_it(signed, browser, learning, tmp_path):
    path = tmp_path / "data" / badges.KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    browser.get("records.download_badge", kind="jwt", certificate_id=learning.certificate("K1").id)
    assert path.read_text() == before
    assert [one.name for one in path.parent.glob(f"{badges.KEY}*")] == [badges.KEY]


def test_before_the_first_badge_there_is_no_key(browser):
    assert keys_of(browser) == {"keys": []}
    assert browser.client.get("/-/badge-issuer.json").get_json(force=True)["name"] == "Notes"


def test_without_the_extra_the_page_says_what_to_install(browser, login, learning, monkeypatch):
    monkeypatch.setitem(sys.modules, "joserfc", None)  # as if it were not installed
    login(learning.person)
    made = learning.certificate()
    page = browser.get("records.show_certificate", certificate_id=made.id)
    assert 'pip install "peerwork-portal[badges]"' in page.text
    assert not any("badge" in address for address in page.links().values())
    for kind in ("json", "jwt"):
        browser.get("records.download_badge", kind=kind, certificate_id=made.id, status=404)
