"""Planning meetings: making, moving and cancelling them, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

import peewee

from portal import audit, clock, db
from portal.accounts.words import fold
from portal.meetings import people
from portal.meetings.models import About, Meeting, MeetingMove
from portal.permissions import Held, Permission
from portal.training.services import refuse_gone

PAGE = 20  # meetings of the past on one page
FOR_ALL = frozenset({About.MODULE, About.OTHER})
FOR_PEERS = frozenset(About)


class AlreadyMade(Exception):
    """The same form was sent twice."""


class Overlapping(Exception):
    """Somebody leads another meeting then, or the place is taken; ``clashes`` says which. Nothing was saved."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__(f"{len(clashes)} clashes")
        self.clashes = clashes


class ChangedMeanwhile(Exception):
    """Somebody else moved, changed or cancelled the meeting; ``meeting`` is what it is now. Nothing was saved."""

    def __init__(self, meeting: Meeting) -> None:
        super().__init__(str(meeting.id))
        self.meeting = meeting


@dataclass(frozen=True)
class Plan:
    """A meeting as somebody wants it."""

    about: About
    place: str
    day: dt.date
    starts: dt.time
    ends: dt.time
    module: str | None = None
    title: str = ""
    paid: bool = True
    travel: bool = False
    food: bool = False
    childcare: bool = False
    other_support: str = ""


@dataclass(frozen=True)
class Clash:
    """A meeting at the same time, at the same place or led by the same people (by nickname)."""

    starts: dt.time
    ends: dt.time
    nicknames: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Listed:
    """A meeting with what a list says of it."""

    meeting: Meeting
    leaders: list[people.Leader]
    moved_from: MeetingMove | None  # the newest

    def is_led_by(self, person: UUID) -> bool:
        return any(leader.person == person for leader in self.leaders)


# --- making and changing ---


@db.transaction
def create(
    organisation: UUID,
    reach: Collection[UUID],
    plan: Plan,
    leaders: Collection[UUID],
    guests: Collection[str],
    *,
    meeting_id: UUID | None = None,
    anyway: bool = False,
) -> Meeting:
    """A new meeting. ``anyway``: also where it overlaps.

    Raises AlreadyMade, ModulesGone, LeftMeanwhile, Overlapping.
    """
    if Meeting.select(Meeting.id).where(Meeting.id == meeting_id).exists():
        raise AlreadyMade
    if plan.module:
        refuse_gone([plan.module])
    people.refuse_others(leaders, people.offer(organisation, reach, plan.about))
    _refuse_overlaps(organisation, plan, leaders, guests, anyway)
    try:
        with db.database.atomic():
            meeting: Meeting = Meeting.create(id=meeting_id or uuid4(), organisation=organisation, **_values(plan))
    except peewee.IntegrityError:
        raise AlreadyMade from None
    people.save_leaders(meeting.id, leaders, guests)
    record("meetings.plan", meeting)
    return meeting


@db.transaction
def change(
    organisation: UUID,
    reach: Collection[UUID],
    meeting_id: UUID,
    plan: Plan,
    leaders: Collection[UUID],
    guests: Collection[str],
    *,
    version: int,
    anyway: bool = False,
) -> MeetingMove | None:
    """Change a meeting; where it stood before, if day, time or place are new. Attendance stays with its day.

    Raises LookupError, ChangedMeanwhile, ModulesGone, LeftMeanwhile, Overlapping.
    """
    meeting = lock(organisation, meeting_id)
    if meeting.version != version:
        raise ChangedMeanwhile(meeting)
    if plan.module and plan.module != meeting.module:
        refuse_gone([plan.module])
    offered = people.offer(organisation, reach, plan.about, people.named(people.leaders_of(meeting_id)))
    people.refuse_others(leaders, offered)
    leaders = {*leaders, *offered.kept}
    if meeting.cancelled_on is None:
        _refuse_overlaps(organisation, plan, leaders, guests, anyway, but=meeting_id)
    before = {"place": meeting.place, "day": meeting.day, "starts": meeting.starts, "ends": meeting.ends}
    values = _values(plan)
    move = None
    if any(values[name] != value for name, value in before.items()):
        move = MeetingMove.create(meeting=meeting, version=version, **before)
    Meeting.update(version=version + 1, **values).where(Meeting.id == meeting_id).execute()
    people.save_leaders(meeting.id, leaders, guests)
    record("meetings.move" if move else "meetings.change", meeting)
    return move


@db.transaction
def cancel(organisation: UUID, meeting_id: UUID) -> None:
    """It does not take place; what was noted of it stays. Raises LookupError."""
    meeting = lock(organisation, meeting_id)
    if meeting.cancelled_on is None:
        Meeting.update(cancelled_on=clock.today(), version=meeting.version + 1).where(
            Meeting.id == meeting_id
        ).execute()
        record("meetings.cancel", meeting)


@db.transaction
def hold_after_all(organisation: UUID, meeting_id: UUID) -> None:
    """It was cancelled and takes place after all. Raises LookupError."""
    meeting = lock(organisation, meeting_id)
    if meeting.cancelled_on is not None:
        Meeting.update(cancelled_on=None, version=meeting.version + 1).where(Meeting.id == meeting_id).execute()
        record("meetings.hold", meeting)


def lock(organisation: UUID, meeting_id: UUID) -> Meeting:
    """The meeting, for whoever is going to write: nobody else writes it until the transaction ends.

    Raises LookupError.
    """
    rows = Meeting.select().where(Meeting.organisation == organisation, Meeting.id == meeting_id)
    meeting: Meeting | None = (rows if db.is_sqlite() else rows.for_update()).first()
    if meeting is None:
        raise LookupError(meeting_id)
    return meeting


def _values(plan: Plan) -> dict[str, Any]:
    return {**asdict(plan), "about": plan.about.value}


def record(action: str, meeting: Meeting) -> None:
    """Which peer workers support each other is nobody's business: leads read the record, too."""
    audit.record(action, meeting, meeting.organisation_id, anonymous=meeting.about == About.SUPPORT)


# --- overlaps ---


def _refuse_overlaps(
    organisation: UUID,
    plan: Plan,
    leaders: Collection[UUID],
    guests: Collection[str],
    anyway: bool,
    but: UUID | None = None,
) -> None:
    if not anyway and (clashes := _clashes(organisation, plan, leaders, guests, but)):
        raise Overlapping(clashes)


def _clashes(
    organisation: UUID, plan: Plan, leaders: Collection[UUID], guests: Collection[str], but: UUID | None
) -> list[Clash]:
    """Meetings at the same time that use the place or the people, by start; two statements.

    Of mutual-support meetings others learn that the place is taken, not whose meeting it is.
    """
    others = list(
        Meeting.select()
        .where(
            Meeting.organisation == organisation,
            Meeting.day == plan.day,
            Meeting.starts < plan.ends,
            Meeting.ends > plan.starts,
            Meeting.cancelled_on.is_null(),
            *([Meeting.id != but] if but else []),
        )
        .order_by(Meeting.starts, Meeting.id)
    )
    leading = people.leaders_by_meeting([meeting.id for meeting in others])
    nicknames = {fold(guest) for guest in guests}
    clashes = []
    for meeting in others:
        same: tuple[str, ...] = ()
        if meeting.about != About.SUPPORT or plan.about is About.SUPPORT:
            same = tuple(
                leader.nickname
                for leader in leading.get(meeting.id, [])
                if (leader.person in leaders if leader.person else fold(leader.nickname) in nicknames)
            )
        place = meeting.place if fold(meeting.place) == fold(plan.place) else ""
        if same or place:
            clashes.append(Clash(meeting.starts, meeting.ends, same, place))
    return clashes


# --- reading ---


def get_meeting(organisation: UUID, meeting_id: UUID, abouts: Collection[About]) -> Meeting | None:
    """A meeting of one of these kinds."""
    here = (Meeting.organisation == organisation) & (Meeting.id == meeting_id)
    return Meeting.get_or_none(here, Meeting.about.in_([about.value for about in abouts]))


def list_coming(organisations: Collection[UUID], abouts: Collection[About]) -> list[Listed]:
    """Meetings from today on, by day and time, cancelled ones among them; three statements."""
    rows = _meetings(organisations, abouts).where(Meeting.day >= clock.today())
    return _listed(list(rows.order_by(Meeting.day, Meeting.starts, Meeting.id)))


def list_coming_for(held: Collection[Held]) -> list[Listed]:
    """The same for somebody with these roles, in all of their organisations."""
    among_peers = {one.organisation for one in held if Permission.SUPPORT_MEET in one.permissions}
    every = list_coming({one.organisation for one in held}, FOR_PEERS)
    return [one for one in every if one.meeting.about != About.SUPPORT or one.meeting.organisation_id in among_peers]


def list_past(organisation: UUID, abouts: Collection[About], page: int = 1) -> tuple[list[Listed], bool]:
    """A page of the meetings that were, newest first, and whether there are older ones; three statements."""
    rows = _meetings([organisation], abouts).where(Meeting.day < clock.today())
    in_order = rows.order_by(Meeting.day.desc(), Meeting.starts.desc(), Meeting.id)
    found = list(in_order.offset((max(1, page) - 1) * PAGE).limit(PAGE + 1))
    return _listed(found[:PAGE]), len(found) > PAGE


def _meetings(organisations: Collection[UUID], abouts: Collection[About]) -> Any:
    here = Meeting.organisation.in_(list(organisations))
    return Meeting.select().where(here, Meeting.about.in_([about.value for about in abouts]))


def _listed(meetings: list[Meeting]) -> list[Listed]:
    ids = [meeting.id for meeting in meetings]
    moves = MeetingMove.select().where(MeetingMove.meeting.in_(ids)).order_by(MeetingMove.version)
    newest = {move.meeting_id: move for move in moves}
    leading = people.leaders_by_meeting(ids)
    return [Listed(meeting, leading.get(meeting.id, []), newest.get(meeting.id)) for meeting in meetings]
