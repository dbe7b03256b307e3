import datetime as dt
import math
import unicodedata

import pyotp
import pytest

from portal import audit, clock, db
from portal.accounts import new_words, portal_people, second_factor, services, sign_ins, words
from portal.accounts.feature import keeps_person
from portal.accounts.models import Person, SignIn
from tests.conftest import NOW
from tests.portal.organisations.test_services import at_once
from tests.support.make import KEY_WORDS, TOTP_SECRET

NETWORK = "203.0.113.7"


def code_at(moment):
    return pyotp.TOTP(TOTP_SECRET).at(moment)


def test_a_sign_in_takes_the_place_of_an_earlier_one_and_of_no_other(database, make):
    person = make.person()
    phone, library = sign_ins.sign_in(person.id), sign_ins.sign_in(person.id)
    again = sign_ins.sign_in(person.id, in_place_of=library)
    found = [sign_ins.find_sign_in(token) for token in (phone, library, again)]
    assert [one is not None for one in found] == [True, False, True]
    assert len(sign_ins.list_sign_ins(person.id)) == 2


@pytest.mark.parametrize("language", ["en", "fr", "xx"])
def test_key_words_hold_75_bits_or_more(language):
    assert words.HOW_MANY * math.log2(len(set(words.word_list(language)))) >= 75


def test_no_word_that_may_hurt_is_drawn():
    assert not set(words.word_list("en")) & {"police", "drug", "inject", "addict", "clean", "needle"}


@pytest.mark.parametrize("typed", ["Quiet Heron", "quiet  HERON", " QUIET heron "])
def test_a_nickname_is_taken_once_whatever_its_case(database, make, typed):
    make.person("Quiet Heron")
    with pytest.raises(services.NicknameTaken):
        services.check_nickname(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "", "x", "a" * 41, "me@example.org", "<b>", "a\u200bb", "Quiet\x00Heron", "Quiet\nHeron", "ß" * 21, "--", "..",
        "' ’", "e\u0301", "\u0301\u0308", "a\u200db", "Quiet\u202eHeron", "Quiet\ud800Heron", "🦊🦊",
    ],
)  # fmt: skip
def test_an_unsuitable_nickname_is_refused(database, typed):
    with pytest.raises(services.NicknameUnsuitable):
        services.check_nickname(typed)


@pytest.mark.parametrize("nickname", ["Σοφία 7", "Łódź", "O’Hara", "J.-P."])
def test_names_of_every_alphabet_are_fine(database, nickname):
    assert services.check_nickname(nickname) == nickname


@pytest.mark.parametrize("composed", ["Zoë", "Nguyễn Thị", "किरण", "مُحَمَّد", "நிலா", "あゆ が"])
def test_signs_above_and_below_belong_to_a_name_however_they_are_encoded(database, make, composed):
    typed = unicodedata.normalize("NFD", composed)
    kept = services.check_nickname(typed)
    assert kept == unicodedata.normalize("NFC", composed)
    person = make.person(kept)
    assert services.find_person(typed).id == services.find_person(composed).id == person.id
    with pytest.raises(services.NicknameTaken):
        services.check_nickname(typed.upper())


def test_offered_nicknames_are_free_and_differ(database, make):
    assert len(set(services.offer_nicknames(30))) == 30


def test_an_account_exists_only_once_its_words_were_confirmed(database):
    draft = services.draft_account("Quiet Heron", "en", NETWORK)
    assert not Person.select().count()
    with pytest.raises(services.NotConfirmed):
        services.confirm_account(draft.token, "something else altogether", "en")
    person = services.confirm_account(draft.token, draft.key_words.upper().replace(" ", ", "), "en")
    assert services.check_key_words("quiet heron", draft.key_words, NETWORK) == person


def test_confirming_twice_leads_to_the_one_account(database, make):
    draft = services.draft_account("Quiet Heron", "en", NETWORK)
    first, second = (services.confirm_account(draft.token, draft.key_words, "en") for _ in range(2))
    assert first == second
    assert Person.select().count() == 1


def test_an_account_with_other_words_or_a_second_factor_is_not_opened_by_an_old_draft(database, make):
    draft = services.draft_account("Quiet Heron", "en", NETWORK)
    other = services.draft_account("Quiet Heron", "en", NETWORK)
    person = services.confirm_account(draft.token, draft.key_words, "en")
    with pytest.raises(services.NicknameTaken):
        services.confirm_account(other.token, other.key_words, "en")
    make.second_factor(person)
    with pytest.raises(services.NicknameTaken):
        services.confirm_account(draft.token, draft.key_words, "en")


def test_a_draft_left_open_too_long_is_refused(database):
    draft = services.draft_account("Quiet Heron", "en", NETWORK)
    with pytest.raises(services.PageTooOld):
        services.confirm_account(draft.token + "x", draft.key_words, "en")


def test_nothing_but_a_hash_of_the_words_is_stored(database):
    draft = services.draft_account("Quiet Heron", "en", NETWORK)
    person = services.confirm_account(draft.token, draft.key_words, "en")
    assert person.key_words_hash.startswith("$argon2id$")
    assert person.email is None


def test_unknown_nickname_and_wrong_words_cost_the_same_work(database, make, monkeypatch):
    make.person("Quiet Heron")
    verified = []
    real = services.hasher.verify

    class Counting:
        def verify(self, hashed, typed):
            verified.append(hashed[:30])
            return real(hashed, typed)

    monkeypatch.setattr(services, "hasher", Counting())
    assert services.check_key_words("Quiet Heron", "wrong", NETWORK) is None
    assert services.check_key_words("Nobody Here", "wrong", NETWORK) is None
    assert len(verified) == 2
    assert verified[0] == verified[1], "the same algorithm with the same parameters"


def test_one_account_is_slowed_after_five_tries_and_30_people_behind_one_address_get_in(database, make):
    make.person("Quiet Heron")
    for _ in range(services.TRIES_PER_ACCOUNT):
        assert services.check_key_words("Quiet Heron", "wrong", NETWORK) is None
    with pytest.raises(services.TooManyTries):
        services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK)
    for number in range(30):
        person = make.person(f"Visitor {number}")
        assert services.check_key_words(person.nickname, KEY_WORDS, NETWORK) == person
    clock.stop(NOW + dt.timedelta(minutes=16))
    assert services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK)


def test_signing_in_uses_up_no_tries(database, make):
    person = make.person("Quiet Heron", second_factor=True)
    for number in range(2 * services.TRIES_PER_ACCOUNT):
        clock.stop(NOW + dt.timedelta(seconds=30 * number))
        assert services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK) == person
        assert second_factor.check_code(second_factor.second_step(person), code_at(clock.now())) == person
    for _ in range(services.TRIES_PER_ACCOUNT):
        assert services.check_key_words("Quiet Heron", "wrong", NETWORK) is None
        assert second_factor.check_code(second_factor.second_step(person), "000000") is None
    with pytest.raises(services.TooManyTries):
        services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK)
    with pytest.raises(services.TooManyTries):
        second_factor.check_code(second_factor.second_step(person), code_at(clock.now() + dt.timedelta(seconds=30)))


@pytest.mark.parametrize("typed", ["Quiet\x00Heron", "a" * 5000])
def test_what_could_be_no_nickname_is_an_unknown_one(database, make, typed):
    assert services.check_key_words(typed, "wrong", NETWORK) is None
    with pytest.raises(portal_people.UnknownPerson):
        portal_people.block(typed, True)


def test_a_code_works_once_and_only_around_its_half_minute(database, make):
    person = make.person(second_factor=True)
    token = second_factor.second_step(person)
    assert second_factor.check_code(token, code_at(NOW - dt.timedelta(minutes=2))) is None
    assert second_factor.check_code(token, code_at(NOW)) == person
    assert second_factor.check_code(token, code_at(NOW)) is None
    assert second_factor.check_code(token, code_at(NOW + dt.timedelta(seconds=30))) == person


def test_a_sign_in_ends_after_20_hours_and_when_it_is_ended(database, make):
    person = make.person()
    token, other = sign_ins.sign_in(person.id), sign_ins.sign_in(person.id)
    assert sign_ins.find_sign_in(token).person == person.id
    sign_ins.end_all_sign_ins(person.id, but=sign_ins.find_sign_in(token).id)
    assert sign_ins.find_sign_in(other) is None
    clock.stop(NOW + dt.timedelta(hours=20, seconds=1))
    assert sign_ins.find_sign_in(token) is None
    sign_ins.forget_ended_sign_ins()
    assert not SignIn.select().count()


def test_new_words_end_every_other_sign_in(database, make):
    person = make.person("Quiet Heron")
    here, elsewhere = sign_ins.sign_in(person.id), sign_ins.sign_in(person.id)
    draft = new_words.draft_key_words(person.id, person.nickname, "en")
    sign_in = sign_ins.find_sign_in(here).id
    with pytest.raises(second_factor.NotProven):
        new_words.change_key_words(person.id, draft.token, draft.key_words, "not the old ones", sign_in)
    assert sign_ins.find_sign_in(elsewhere)
    new_words.change_key_words(person.id, draft.token, draft.key_words, KEY_WORDS, sign_in)
    assert audit.rows_of(None)[0].action == "accounts.change_key_words"
    assert sign_ins.find_sign_in(here)
    assert sign_ins.find_sign_in(elsewhere) is None
    assert services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK) is None
    assert services.check_key_words("Quiet Heron", draft.key_words, NETWORK) == person


def test_words_drafted_for_one_person_cannot_be_given_to_another(database, make):
    one, other = make.person(), make.person()
    draft = new_words.draft_key_words(one.id, one.nickname, "en")
    with pytest.raises(services.PageTooOld):
        new_words.change_key_words(other.id, draft.token, draft.key_words, KEY_WORDS, one.id)


NEW_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_a_second_factor_is_set_by_words_and_changed_by_a_code_of_the_old_one(database, make):
    person = make.person("Quiet Heron")
    keep = sign_ins.find_sign_in(sign_ins.sign_in(person.id)).id
    first, second = code_at(NOW), pyotp.TOTP(NEW_SECRET).at(NOW)
    with pytest.raises(second_factor.NotProven):
        second_factor.set_second_factor(person.id, TOTP_SECRET, first, "not my words", keep)
    assert services.get_person(person.id).totp_sealed is None
    second_factor.set_second_factor(person.id, TOTP_SECRET, first, KEY_WORDS, keep)
    assert audit.rows_of(None)[0].action == "accounts.set_second_factor"
    with pytest.raises(second_factor.NotProven):
        second_factor.set_second_factor(person.id, NEW_SECRET, second, KEY_WORDS, keep)
    with pytest.raises(second_factor.NotProven):
        second_factor.set_second_factor(person.id, NEW_SECRET, second, first, keep)  # taken when it was set up
    later = NOW + dt.timedelta(minutes=1)
    clock.stop(later)
    second_factor.set_second_factor(person.id, NEW_SECRET, pyotp.TOTP(NEW_SECRET).at(later), code_at(later), keep)
    clock.stop(later + dt.timedelta(minutes=1))
    assert second_factor.check_code(second_factor.second_step(person), pyotp.TOTP(NEW_SECRET).at(clock.now())) == person


def test_guessing_the_proof_is_slowed(database, make):
    person = make.person("Quiet Heron")
    keep = sign_ins.find_sign_in(sign_ins.sign_in(person.id)).id
    for _ in range(services.TRIES_PER_ACCOUNT):
        with pytest.raises(second_factor.NotProven):
            second_factor.set_second_factor(person.id, TOTP_SECRET, code_at(NOW), "wrong", keep)
    with pytest.raises(services.TooManyTries):
        second_factor.set_second_factor(person.id, TOTP_SECRET, code_at(NOW), KEY_WORDS, keep)


@pytest.mark.parametrize("secret", ["", "not base 32!", "A" * 33, "ABC"])
def test_a_secret_that_was_not_made_here_is_not_taken(database, make, secret):
    person = make.person("Quiet Heron")
    with pytest.raises(services.NotConfirmed):
        second_factor.set_second_factor(person.id, secret, "000000", KEY_WORDS, person.id)
    drafted, address = second_factor.draft_second_factor("Quiet Heron", "Notes", secret)
    assert drafted != secret
    assert "issuer=Notes" in address


def test_a_blocked_account_is_out_at_once(database, make):
    make.person("Boss", portal_role="administrator")
    person = make.person("Quiet Heron")
    token = sign_ins.sign_in(person.id)
    portal_people.block("Quiet Heron", True)
    assert sign_ins.find_sign_in(token) is None
    assert services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK) is None
    portal_people.block("quiet heron", False)
    assert services.check_key_words("Quiet Heron", KEY_WORDS, NETWORK)


def test_the_last_administrator_stays(database, make):
    make.person("Boss", portal_role="administrator")
    with pytest.raises(portal_people.LastAdministrator):
        portal_people.set_portal_roles("Boss", {"editor"})
    with pytest.raises(portal_people.LastAdministrator):
        portal_people.block("Boss", True)


def test_a_blocked_administrator_is_none(database, make):
    boss, other = make.person("Boss", portal_role="administrator"), make.person("Deputy", portal_role="administrator")
    assert keeps_person(boss.id) == []
    portal_people.block("Deputy", True)
    assert portal_people.has_administrator()
    assert portal_people.is_last_administrator(boss.id)
    assert not portal_people.is_last_administrator(other.id)
    db.transaction(Person.update(blocked=True).where(Person.id == boss.id).execute)()
    assert not portal_people.has_administrator()


def test_of_two_administrators_who_block_each_other_at_once_one_stays(database, make):
    for nickname in ("Boss", "Deputy"):
        make.person(nickname, portal_role="administrator")
    outcomes = at_once([lambda: portal_people.block("Boss", True), lambda: portal_people.block("Deputy", True)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastAdministrator", "NoneType"]
    assert portal_people.has_administrator()


def test_who_is_still_needed_is_kept_whole(database, make):
    person = make.person("Quiet Heron")
    rows = audit.AuditRow.select().count()
    forgotten = []
    with pytest.raises(services.StillNeeded) as needed:
        services.delete_person(person.id, [forgotten.append], [lambda _person: ["You are needed."]])
    assert needed.value.sentences == ["You are needed."]
    assert forgotten == []
    assert services.get_person(person.id)
    assert audit.AuditRow.select().count() == rows


def test_the_last_two_administrators_cannot_go_at_once(database, make):
    people = [make.person(portal_role="administrator") for _ in range(2)]
    keeps = [lambda person: ["needed"] if portal_people.is_last_administrator(person) else []]
    outcomes = at_once([lambda one=one.id: services.delete_person(one, [], keeps) for one in people])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "StillNeeded"]
    assert portal_people.has_administrator()


def test_a_setup_link_makes_one_administrator(database, make):
    token = portal_people.make_setup_link()
    assert audit.rows_of(None)[0].action == "accounts.make_setup_link"
    first, second = make.person(), make.person()
    assert portal_people.use_setup_link(token, first.id)
    assert not portal_people.use_setup_link(token, second.id)
    assert services.get_person(first.id).portal_roles == "administrator"
    late = portal_people.make_setup_link()
    clock.stop(NOW + dt.timedelta(days=8))
    assert not portal_people.is_setup_link(late)


def test_deleting_a_person_leaves_the_chain_whole_and_the_name_gone(database, make):
    person = make.person("Quiet Heron")
    services.save_settings(person.id, email="heron@example.org", language="en", discreet=True)
    services.delete_person(person.id, [])
    assert audit.verify() == []
    assert not audit.AuditActor.select().where(audit.AuditActor.person == person.id).exists()
    everything = " ".join(str(list(row)) for row in audit.AuditRow.select().tuples())
    assert "Heron" not in everything


def test_signing_up_is_recorded_without_the_id_that_memberships_name(database, make):
    person = make.person("Quiet Heron")
    (row,) = audit.rows_of(None)
    assert (row.action, row.object) == ("accounts.sign_up", "person")
    assert str(person.id) not in str([row.object, row.actor])


def test_what_hung_on_a_deleted_account_leaves_every_table(database, make):
    if db.is_sqlite():
        pytest.skip("SQLite overwrites at once, and the test below looks into its files")
    person = make.member(make.organisation(), "peer_worker")
    services.delete_person(person.id, [])
    statement = "SELECT relname FROM pg_stat_user_tables WHERE vacuum_count = 0 AND relname <> 'schema_migration'"
    database.execute_sql("SELECT pg_stat_force_next_flush()")
    assert database.execute_sql(statement).fetchall() == []


def test_a_deleted_nickname_is_gone_from_the_files(database, make, tmp_path):
    person = make.person("Zaunkoenigin")
    folder = tmp_path / "data"
    services.delete_person(person.id, [])
    for file in folder.glob("portal.sqlite3*"):
        assert b"Zaunkoenigin" not in file.read_bytes(), file.name
