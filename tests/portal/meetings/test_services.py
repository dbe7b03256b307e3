"""Planning meetings: moving, cancelling, overlaps, and who sees which."""

import datetime as dt
import uuid

import pytest
from playhouse.test_utils import assert_query_count

from portal import audit, clock
from portal.accounts import services as accounts
from portal.meetings import people, services
from portal.meetings.models import About, Meeting, MeetingLeader, MeetingMove
from portal.meetings.services import FOR_ALL, FOR_PEERS, Plan
from portal.organisations import services as organisations
from portal.organisations.models import Membership
from portal.training.services import LeftMeanwhile, ModulesGone
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("database")
TODAY = NOW.date()
TUESDAY = dt.date(2026, 11, 24)


def plan(**more):
    usual = {"title": "Talk", "place": "Kitchen", "day": TUESDAY, "starts": dt.time(10), "ends": dt.time(12)}
    return Plan(**{"about": About.OTHER, **usual, **more})


def create(house, leaders=(), guests=(), *, reach=(), **more):
    options = {name: more.pop(name) for name in ("meeting_id", "anyway") if name in more}
    return services.create(house.id, reach, plan(**more), [one.id for one in leaders], guests, **options)


def change(house, meeting, leaders=(), guests=(), *, version=None, reach=(), **more):
    options = {"anyway": more.pop("anyway", False), "version": version or fresh(meeting).version}
    return services.change(house.id, reach, meeting.id, plan(**more), [one.id for one in leaders], guests, **options)


def fresh(meeting):
    return Meeting.get_by_id(meeting.id)


def leave(house, person):
    membership = Membership.get(Membership.person == person.id)
    organisations.end_membership(house.id, membership.id)


def actions():
    return [row.action for row in audit.AuditRow.select().order_by(audit.AuditRow.number)]


def nicknames(meeting):
    return [leader.nickname for leader in people.leaders_of(meeting.id)]


# --- planning ---


def test_the_same_form_sent_twice_makes_one_meeting(house, wren):
    made = create(house, [wren], ["Robin", " robin "])
    with pytest.raises(services.AlreadyMade):
        create(house, meeting_id=made.id)
    assert Meeting.select().count() == 1
    assert nicknames(made) == ["Robin", "Wren"]


def test_a_meeting_belongs_to_its_organisation(house, make):
    other = make.organisation("Elsewhere")
    made = create(house)
    assert services.get_meeting(other.id, made.id, FOR_PEERS) is None
    with pytest.raises(LookupError):
        services.cancel(other.id, made.id)
    with pytest.raises(LookupError):
        services.change(other.id, (), made.id, plan(), [], [], version=1)
    assert services.get_meeting(house.id, made.id, FOR_ALL) == made


def test_a_module_that_was_taken_away_cannot_be_planned_and_a_planned_one_can_still_be_moved(house, modules):
    made = create(house, about=About.MODULE, module="K1", title="")

    modules.take_away("K1")
    with pytest.raises(ModulesGone):
        create(house, about=About.MODULE, module="K1", title="", place="Attic")
    assert change(house, made, about=About.MODULE, module="K1", title="", place="Attic").place == "Kitchen"


def test_somebody_who_left_or_belongs_elsewhere_cannot_lead(house, make, wren):
    stranger = make.member(make.organisation("Elsewhere"), "trainer")
    with pytest.raises(LeftMeanwhile):
        create(house, [stranger])
    leave(house, wren)
    with pytest.raises(LeftMeanwhile):
        create(house, [wren])
    assert Meeting.select().count() == 0


def test_a_leader_who_left_since_stays_or_is_taken_off(house, wren, heron):
    made = create(house, [wren, heron])
    leave(house, wren)
    change(house, made, [wren, heron])
    assert nicknames(made) == ["Heron", "Wren"]
    change(house, made, [heron])
    assert nicknames(made) == ["Heron"]


def test_a_trainer_of_one_programme_names_only_people_in_reach_and_leaves_the_others_alone(house, make, wren):
    bus = organisations.create_programme(house.id, "Night bus")
    finch = make.member(house, "peer_worker", "Finch", [bus])
    reach = {house.programme.id}
    with pytest.raises(LeftMeanwhile):
        create(house, [finch], reach=reach)
    made = create(house, [finch, wren])
    change(house, made, [], reach=reach)
    assert nicknames(made) == ["Finch"]


@pytest.mark.parametrize("field", ["day", "starts", "ends", "place"])
def test_a_new_day_time_or_place_is_a_move(house, field):
    made = create(house)
    new = {"day": dt.date(2026, 12, 1), "starts": dt.time(9), "ends": dt.time(13), "place": "Attic"}[field]
    move = change(house, made, **{field: new})
    assert getattr(move, field) == getattr(plan(), field)
    (listed,) = services.list_coming([house.id], FOR_ALL)
    assert listed.moved_from == move
    assert getattr(listed.meeting, field) == new
    assert actions()[-1] == "meetings.move"


def test_another_title_is_no_move(house):
    made = create(house)
    assert change(house, made, title="Another talk", food=True) is None
    assert MeetingMove.select().count() == 0
    assert (fresh(made).title, fresh(made).food, fresh(made).version) == ("Another talk", True, 2)
    assert actions()[-1] == "meetings.change"


def test_the_newest_move_is_told(house):
    made = create(house)
    change(house, made, place="Attic")
    change(house, made, place="Cellar")
    (listed,) = services.list_coming([house.id], FOR_ALL)
    assert (listed.moved_from.place, listed.meeting.place) == ("Attic", "Cellar")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(house):
    made = create(house)
    change(house, made, place="Attic")
    with pytest.raises(services.ChangedMeanwhile) as refused:
        change(house, made, place="Cellar", version=1)
    assert refused.value.meeting.place == "Attic"
    assert fresh(made).place == "Attic"


def test_cancelling_and_taking_place_after_all(house):
    made = create(house)
    services.cancel(house.id, made.id)
    services.cancel(house.id, made.id)
    assert fresh(made).cancelled_on == TODAY
    services.hold_after_all(house.id, made.id)
    services.hold_after_all(house.id, made.id)
    assert fresh(made).cancelled_on is None
    assert actions()[-3:] == ["meetings.plan", "meetings.cancel", "meetings.hold"]


# --- overlaps ---


def clashes(house, *args, **more):
    with pytest.raises(services.Overlapping) as refused:
        create(house, *args, **more)
    return refused.value.clashes


def test_the_same_trainer_or_place_at_one_time_is_named_and_can_be_saved_all_the_same(house, wren, heron):
    create(house, [wren], ["Robin"])
    (clash,) = clashes(house, [wren, heron], [" ROBIN"], place="  kitchen ", starts=dt.time(11), ends=dt.time(13))
    assert (set(clash.nicknames), clash.place) == ({"Wren", "Robin"}, "Kitchen")
    assert Meeting.select().count() == 1
    create(house, [wren, heron], place="kitchen", anyway=True)
    assert Meeting.select().count() == 2


@pytest.mark.parametrize(
    ("more", "overlaps"),
    [
        ({}, True),
        ({"starts": dt.time(12), "ends": dt.time(13)}, False),
        ({"starts": dt.time(9), "ends": dt.time(10)}, False),
        ({"starts": dt.time(9), "ends": dt.time(10, 1)}, True),
        ({"day": dt.date(2026, 11, 25)}, False),
        ({"place": "Attic"}, False),
    ],
)
def test_meetings_overlap_where_they_share_a_minute(house, more, overlaps):
    create(house)
    if overlaps:
        assert clashes(house, **more)
    else:
        create(house, **more)


def test_a_cancelled_meeting_and_another_house_are_in_nobodys_way(house, make):
    made = create(house)
    create(make.organisation("Elsewhere"))
    services.cancel(house.id, made.id)
    second = create(house)
    change(house, made, title="Still cancelled")
    change(house, second, title="A meeting does not overlap with itself")


def test_moving_onto_another_meeting_is_asked_about(house):
    create(house)
    made = create(house, place="Attic")
    with pytest.raises(services.Overlapping):
        change(house, made)
    assert fresh(made).place == "Attic"
    change(house, made, anyway=True)
    assert fresh(made).place == "Kitchen"


def test_of_mutual_support_trainers_learn_that_the_place_is_taken_and_no_more(house, wren):
    create(house, [wren], about=About.SUPPORT, title="")
    (clash,) = clashes(house, [wren])
    assert (clash.nicknames, clash.place) == ((), "Kitchen")
    create(house, [wren], place="Attic")
    (one, other) = clashes(house, [wren], about=About.SUPPORT, title="", place="Cellar")
    assert one.nicknames == other.nicknames == ("Wren",)


# --- mutual support ---


def test_mutual_support_is_the_peer_workers_own(house, make, wren):
    lead, staff = make.member(house, "lead", "Ada"), make.member(house, "staff", "Bo")
    with pytest.raises(LeftMeanwhile):
        create(house, [staff], about=About.SUPPORT, title="")
    made = create(house, [wren], about=About.SUPPORT, title="")
    assert services.get_meeting(house.id, made.id, FOR_ALL) is None
    assert services.list_coming([house.id], FOR_ALL) == []
    for person, sees in ((wren, 1), (lead, 0), (staff, 0)):
        assert len(services.list_coming_for(organisations.roles_of(person.id))) == sees


def test_the_record_does_not_say_which_peer_workers_support_each_other(house, wren):
    audit.acting_as(wren.id)
    made = create(house, about=About.SUPPORT, title="")
    change(house, made, about=About.SUPPORT, title="", place="Attic")
    services.cancel(house.id, made.id)
    create(house, place="Cellar")
    ours = audit.AuditRow.action.startswith("meetings.")
    rows = audit.AuditRow.select().where(ours).order_by(audit.AuditRow.number)
    assert [row.actor is None for row in rows] == [True, True, True, False]


# --- lists ---


def test_what_comes_next_is_in_order_and_what_was_newest_first(house):
    for day in (3, 1, 0, -1, -5):
        create(house, title=str(day), day=TODAY + dt.timedelta(days=day))
    create(house, title="early", day=TODAY, starts=dt.time(7), ends=dt.time(8))
    assert [one.meeting.title for one in services.list_coming([house.id], FOR_ALL)] == ["early", "0", "1", "3"]
    past, more = services.list_past(house.id, FOR_ALL)
    assert [one.meeting.title for one in past] == ["-1", "-5"] and not more


def test_the_past_comes_in_pages(house):
    for number in range(1, services.PAGE + 3):
        create(house, title=str(number), day=TODAY - dt.timedelta(days=number))
    first, more = services.list_past(house.id, FOR_ALL)
    assert (len(first), first[0].meeting.title, more) == (services.PAGE, "1", True)
    second, more = services.list_past(house.id, FOR_ALL, 2)
    assert ([one.meeting.title for one in second], more) == (["21", "22"], False)
    assert services.list_past(house.id, FOR_ALL, 99) == ([], False)


def test_lists_cost_the_same_for_three_meetings_and_for_thirty(house, wren, heron):
    for number in range(15):
        made = create(house, [wren, heron], day=TODAY + dt.timedelta(days=number), title=str(number))
        change(house, made, [wren], day=TODAY + dt.timedelta(days=number), place="Attic")
        create(house, [wren], day=TODAY - dt.timedelta(days=number + 1))
    with assert_query_count(3):
        assert len(services.list_coming([house.id], FOR_PEERS)) == 15
    with assert_query_count(3):
        assert len(services.list_past(house.id, FOR_PEERS)[0]) == 15


def test_deleting_an_account_takes_it_out_of_what_it_leads(house, wren):
    made = create(house, [wren], ["Robin"])
    accounts.delete_person(wren.id, [organisations.forget_person])
    assert nicknames(made) == ["Robin"]
    assert MeetingLeader.select().count() == 1


def test_nicknames_of_guests_come_once():
    assert people.tidy_nicknames(["Robin", "", "  Jay  Bird", "ROBIN", "jay bird"]) == ["Robin", "Jay Bird"]


def test_a_meeting_stored_is_a_meeting_read(house):
    full = plan(starts=dt.time(0), ends=dt.time(23, 59), paid=False, travel=True, childcare=True, other_support="Dogs")
    made = services.create(house.id, (), full, [], [], meeting_id=uuid.uuid4())
    row = fresh(made)
    assert {name: getattr(row, name) for name in ("day", "starts", "ends", "paid", "travel", "other_support")} == {
        name: getattr(full, name) for name in ("day", "starts", "ends", "paid", "travel", "other_support")
    }
    assert clock.today() == TODAY
