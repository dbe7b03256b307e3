"""What is kept and what is shared, on both engines."""

import datetime as dt
import json
import uuid
from pathlib import Path

import pytest

from portal import audit, clock, db
from portal.accounts import services as accounts
from portal.candidates import checklist, copies, copy_content, services
from portal.candidates.copies import Purpose
from portal.candidates.copy_content import Content
from portal.candidates.models import CopyView, KeptChecklist, SharedCopy
from portal.config import setting
from portal.organisations import services as organisations
from portal.organisations.models import Membership

pytestmark = pytest.mark.usefixtures("database")
WORDS = checklist.words("en")
SECRET = "zebrafinch"


def answered(**more):
    fields = {"D.04": ["s2"], "F1.03": ["s0"], "note-D.04": [SECRET], "sheet-words": [f"{SECRET} words"]}
    return checklist.read({**fields, **more}, WORDS)


def content(*codes):
    return Content({"words": "my own words"}, copy_content.chosen_items(answered(), codes, WORDS))


@pytest.fixture
def house(make):
    return make.organisation()


@pytest.fixture
def wren(make, house):
    return make.member(house, "candidate", "Wren")


@pytest.fixture
def lead(make, house):
    return make.member(house, "lead", "Heron")


def share(person, programme, days=30, copy_id=None, what=None):
    end = clock.today() + dt.timedelta(days=days)
    return copies.share(copy_id or uuid.uuid4(), person.id, programme.id, what or content(), Purpose.STARTING, end)


def later(days):
    clock.stop(clock.now() + dt.timedelta(days=days))


def everything_stored():
    """Every byte of the SQLite files, or every row of the tables as PostgreSQL holds them."""
    if db.is_sqlite():
        file = Path(db.database.obj.database)
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    tables = (KeptChecklist, SharedCopy, CopyView, audit.AuditRow)
    return b"".join(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode()
                    for table in tables for row in table.select().tuples())  # fmt: skip


def actions():
    return [row.action for row in audit.AuditRow.select().order_by(audit.AuditRow.number)]


# --- keeping ---


def test_a_kept_checklist_comes_back_and_takes_the_place_of_the_one_before(make):
    person = make.person()
    assert services.get_kept(person.id) is None
    services.keep(person.id, answered())
    later(3)
    services.keep(person.id, answered(**{"D.05": ["s3"]}))
    kept = services.get_kept(person.id)
    assert kept.checklist == answered(**{"D.05": ["s3"]})
    assert kept.changed_on - kept.kept_on == dt.timedelta(days=3)
    assert KeptChecklist.select().count() == 1
    assert services.get_kept(make.person().id) is None


def test_what_is_kept_and_shared_is_sealed(make, wren, house):
    services.keep(wren.id, answered())
    share(wren, house.programme, what=Content({"words": f"shared {SECRET}"}, ()))
    stored = everything_stored()
    assert SECRET.encode() not in stored and b"I listen properly" not in stored
    key = Path(setting("DATA_DIR")) / "text.key"
    assert key.read_text().strip().encode() not in stored


def test_a_sealed_row_opens_for_its_owner_only(make):
    one, other = make.person(), make.person()
    services.keep(one.id, answered())
    services.keep(other.id, checklist.Checklist(answers={"D.01": "s3"}))
    taken = KeptChecklist.get(KeptChecklist.person == one.id).sealed

    @db.transaction
    def swap():
        KeptChecklist.update(sealed=taken).where(KeptChecklist.person == other.id).execute()

    swap()
    with pytest.raises(Exception) as refused:
        services.get_kept(other.id)
    assert type(refused.value).__name__ == "InvalidTag"


def test_texts_that_are_too_long_are_refused_by_name(make):
    with pytest.raises(services.TextTooLong) as refused:
        services.keep(make.person().id, answered(**{"note-D.05": ["x" * 2001]}))
    assert refused.value.fields == ["note-D.05"]
    assert KeptChecklist.select().count() == 0


def test_deleting_what_is_kept_leaves_no_row_and_the_shared_copy_alone(wren, house):
    services.keep(wren.id, answered())
    share(wren, house.programme)
    services.delete_kept(wren.id)
    services.delete_kept(wren.id)
    assert KeptChecklist.select().count() == 0 and SharedCopy.select().count() == 1
    assert actions().count("candidates.delete_kept") == 1


# --- sharing ---


def test_nothing_is_shared_by_keeping(wren, house):
    services.keep(wren.id, answered())
    assert copies.list_shared(house.id, None) == [] and copies.list_own(wren.id) == []


def test_a_copy_holds_the_sheet_and_the_chosen_cards_and_no_note(wren, house, lead):
    services.keep(wren.id, answered())
    copy_id = share(wren, house.programme, what=content("D.04", "D.05"))
    seen = copies.look_at(house.id, None, copy_id, lead.id, "lead").content
    assert [(item.code, item.answer) for item in seen.items] == [("D.04", "I do this")]
    assert seen.sheet["words"] == "my own words" and seen.instrument == "candidate-1"
    assert SECRET not in repr(seen)


def test_a_copy_goes_only_to_a_programme_the_person_is_a_candidate_of(make, house, lead):
    other = organisations.create_programme(house.id, "Night bus")
    limited = make.member(house, "candidate", programmes=[house.programme])
    assert [one.name for one in copies.programmes_open_to(limited.id)] == ["Riverside outreach"]
    for person, programme in ((limited, other), (lead, house.programme), (make.person(), house.programme)):
        with pytest.raises(copies.NotInvited):
            share(person, programme)
    assert SharedCopy.select().count() == 0


@pytest.mark.parametrize(
    "days, error", [(0, copies.EndsTooEarly), (-1, copies.EndsTooEarly), (182, copies.EndsTooLate), (181, None)]
)
def test_a_copy_ends_between_tomorrow_and_six_months_from_now(wren, house, days, error):
    assert copies.latest_end() == dt.date(2027, 5, 22)
    if error is None:
        assert share(wren, house.programme, days)
        return
    with pytest.raises(error):
        share(wren, house.programme, days)


def test_six_months_from_the_last_of_august_is_the_last_of_february():
    clock.stop(dt.datetime(2026, 8, 31, 12, tzinfo=dt.UTC))
    assert copies.latest_end() == dt.date(2027, 2, 28)


def test_sending_the_same_form_twice_shares_once(wren, house, make):
    copy_id = share(wren, house.programme)
    assert share(wren, house.programme, copy_id=copy_id) == copy_id
    assert SharedCopy.select().count() == 1 and actions().count("candidates.share") == 1
    robin = make.member(house, "candidate", "Robin")
    assert share(robin, house.programme, copy_id=copy_id) != copy_id
    assert SharedCopy.select().count() == 2


def test_a_copy_can_be_opened_until_the_day_before_it_ends(wren, house, lead):
    copy_id = share(wren, house.programme)
    later(29)
    copies.end_due()
    assert copies.look_at(house.id, None, copy_id, lead.id, "lead") is not None
    later(1)
    assert copies.look_at(house.id, None, copy_id, lead.id, "lead") is None
    assert copies.list_shared(house.id, None) == [] == copies.list_own(wren.id)
    assert SharedCopy.select().count() == 1
    copies.end_due()
    copies.end_due()
    assert SharedCopy.select().count() == 0 and CopyView.select().count() == 0
    assert actions().count("candidates.end_copy") == 1


def test_taking_back_deletes_at_once_and_only_ones_own(make, wren, house, lead):
    copy_id = share(wren, house.programme)
    copies.look_at(house.id, None, copy_id, lead.id, "lead")
    copies.take_back(make.person().id, copy_id)
    assert SharedCopy.select().count() == 1
    copies.take_back(wren.id, copy_id)
    copies.take_back(wren.id, copy_id)
    assert SharedCopy.select().count() == 0 and CopyView.select().count() == 0
    assert copies.look_at(house.id, None, copy_id, lead.id, "lead") is None
    assert actions().count("candidates.take_back") == 1


def test_leaving_the_organisation_ends_the_copy(wren, house, lead):
    copy_id = share(wren, house.programme)
    member = Membership.get(Membership.person == wren.id)
    organisations.end_membership(house.id, member.id, person=wren.id)
    assert copies.look_at(house.id, None, copy_id, lead.id, "lead") is None
    assert copies.list_shared(house.id, None) == []
    copies.end_due()
    assert SharedCopy.select().count() == 0


def test_leads_of_other_programmes_and_organisations_find_nothing(make, wren, house, lead):
    other = organisations.create_programme(house.id, "Night bus")
    elsewhere = make.organisation("Elsewhere")
    copy_id = share(wren, house.programme)
    for organisation, programmes in (
        (house.id, {other.id}),
        (elsewhere.id, None),
        (elsewhere.id, {house.programme.id}),
    ):
        assert copies.list_shared(organisation, programmes) == []
        assert copies.look_at(organisation, programmes, copy_id, lead.id, "lead") is None
    assert CopyView.select().count() == 0
    assert [copy.id for copy in copies.list_shared(house.id, {house.programme.id, other.id})] == [copy_id]


def test_who_looked_is_there_for_the_owner_with_the_day_and_stays_when_the_viewer_goes(make, wren, house, lead):
    copy_id = share(wren, house.programme)
    second = make.member(house, "lead", "Stork")
    copies.look_at(house.id, None, copy_id, lead.id, "lead")
    copies.look_at(house.id, None, copy_id, lead.id, "lead")
    later(1)
    copies.look_at(house.id, None, copy_id, second.id, "lead")
    looks = [(look.nickname, look.role, look.on.isoformat()) for look in copies.list_own(wren.id)[0].looks]
    assert looks == [("Stork", "lead", "2026-11-23"), ("Heron", "lead", "2026-11-22")]
    assert actions().count("candidates.look") == 3
    accounts.delete_person(second.id, [services.forget_person])
    assert [look.nickname for look in copies.get_own(wren.id, copy_id).looks] == [None, "Heron"]


def test_the_audit_names_ids_only(wren, house, lead):
    audit.acting_as(wren.id)
    services.keep(wren.id, answered())
    copy_id = share(wren, house.programme)
    audit.acting_as(None)
    row = audit.AuditRow.select().where(audit.AuditRow.action == "candidates.share").get()
    assert (row.object, row.organisation) == (f"shared_copy/{copy_id}", house.id)
    assert audit.verify() == []
    assert str(wren.id) not in repr(list(audit.AuditRow.select(audit.AuditRow.object).tuples().where(
        audit.AuditRow.action.startswith("candidates."))))  # fmt: skip


# --- the whole person ---


def test_export_holds_everything_of_the_person_and_nothing_of_others(make, wren, house, lead):
    services.keep(wren.id, answered())
    copy_id = share(wren, house.programme, what=content("D.04"))
    copies.look_at(house.id, None, copy_id, lead.id, "lead")
    found = json.loads(json.dumps(services.export_person(wren.id)))
    assert found["kept"]["notes"] == {"D.04": SECRET}
    assert found["kept"]["I bring"] == ["I listen properly and can feel with people."]
    assert found["shared"][0]["items"][0]["answer"] == "I do this"
    assert found["shared"][0]["looks"] == [{"who": "Heron", "role": "lead", "on": "2026-11-22"}]
    assert services.export_person(lead.id)["looked_at"] == [{"copy": str(copy_id), "on": "2026-11-22"}]
    assert services.export_person(make.person().id) == {"kept": None, "shared": [], "looked_at": []}


def test_forgetting_a_person_takes_checklist_and_copies_along(wren, house, lead):
    services.keep(wren.id, answered())
    copies.look_at(house.id, None, share(wren, house.programme), lead.id, "lead")
    services.forget_person(wren.id)
    assert [table.select().count() for table in (KeptChecklist, SharedCopy, CopyView)] == [0, 0, 0]
