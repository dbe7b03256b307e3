"""Filling the demo, through the same services that people use."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from uuid import UUID, uuid4

from assessments.answers import Answer, Evidence, Reason
from assessments.model import Mode, RaterGroup
from portal import clock, db, keys
from portal.accounts import portal_people, words
from portal.accounts import services as accounts
from portal.accounts.models import Person
from portal.answering import return_key, starting
from portal.answering import services as answering
from portal.candidates import checklist, copies, copy_content
from portal.candidates import services as candidates
from portal.config import setting
from portal.demo import training
from portal.demo.people import EVERYBODY, ORGANISATION
from portal.operations.services import is_demo
from portal.organisations import peer_contact
from portal.organisations import services as organisations
from portal.organisations.models import Membership, Organisation
from portal.permissions import PORTAL_ROLES
from portal.results import services as results
from portal.results.release import Choice
from portal.rounds import closing, opening
from portal.rounds.models import Round

INSTRUMENT = "principles-1"

# Where the answers of a group lie, per section: the middle of its levels.
RIVERSIDE_PEERS = {"EQ": 1.4, "SD": 2.0, "GI": 1.2, "BS": 2.4, "CD": 2.5, "MW": 3.3, "MR": 2.8}
RIVERSIDE_STAFF = {"EQ": 2.6, "SD": 2.5, "GI": 2.7, "BS": 2.7, "CD": 2.3, "MW": 3.2, "MR": 3.0}
RIVERSIDE_LEADS = {"EQ": 3, "SD": 3, "GI": 3, "BS": 3, "CD": 2, "MW": 3, "MR": 3}
DROP_IN_PEERS = {"EQ": 2, "SD": 2, "GI": 1, "BS": 3, "CD": 2, "MW": 3, "MR": 3}
STAFF_CANNOT_JUDGE = ("SD2", "SD4", "SD6")  # most of them say so: too few answers for a figure
COMMENTS = (
    "Since we meet before the meeting, more of us speak in it.",
    "Papers come the evening before. That is too late to read them.",
    "It depends on who is in the chair.",
    "We should write down who decides what.",
)


def prepare() -> None:
    """Fill the demo at its first start. Raises DatabaseUnusable for a database that is not marked as one."""
    if setting("DEMO") and not Person.select(Person.id).exists():
        _fill()


def list_gone() -> set[str]:
    """Nicknames of the demo whose accounts somebody deleted."""
    names = {one.nickname for one in EVERYBODY}
    there: Any = Person.select(Person.nickname).where(Person.nickname.in_(sorted(names))).tuples()
    return names - {row[0] for row in there}


def sign_in_as(nickname: str) -> UUID | None:
    """The person of this nickname, if they belong to the demo."""
    if nickname not in {somebody.nickname for somebody in EVERYBODY}:
        return None
    person: UUID | None = Person.select(Person.id).where(Person.nickname == nickname).scalar()
    return person


@db.transaction
def _fill() -> None:
    if not is_demo():  # known words and codes must never open somebody's portal
        raise db.DatabaseUnusable("The demo can be filled only where `portal serve --demo` marked the folder as one.")
    now = clock.now()
    draw = random.Random(38)  # noqa: S311 - made-up answers, the same each time
    try:
        clock.stop(now - dt.timedelta(days=80))
        people = _make_people()
        organisation = organisations.create_organisation(ORGANISATION, "Riverside outreach")
        _make_members(organisation, people)
        riverside = organisations.list_programmes(organisation.id)[0].id
        drop_in = organisations.create_programme(organisation.id, "Drop-in").id
        needle_exchange = organisations.create_programme(organisation.id, "Needle exchange").id

        clock.stop(now - dt.timedelta(days=55))
        _riverside(organisation.id, riverside, now, draw, people)
        clock.stop(now - dt.timedelta(days=25))
        _drop_in(organisation.id, drop_in, now, draw)
        clock.stop(now - dt.timedelta(days=4))
        _needle_exchange(organisation.id, needle_exchange, now, draw)
        clock.stop(now)
        for named_by in ("Amber Fox", "Lucky Lark"):
            peer_contact.name_peer_contact(organisation.id, people[named_by], _membership(people["Quiet Heron"]))
        _checklist(people["Early Robin"], riverside)
        training.fill(organisation.id, people, now)
    finally:
        clock.stop(None)


def _make_people() -> dict[str, UUID]:
    people = {}
    for somebody in EVERYBODY:
        hashed = accounts.hasher.hash(words.plain_words(somebody.key_words))
        person = accounts.create_person(somebody.nickname, hashed, "en")
        people[somebody.nickname] = person.id
        if somebody.totp:
            sealed = keys.seal(somebody.totp, f"totp:{person.id}")
            Person.update(totp_sealed=sealed).where(Person.id == person.id).execute()
        if somebody.role in PORTAL_ROLES:
            portal_people.set_portal_roles(somebody.nickname, {somebody.role})
    return people


def _make_members(organisation: Organisation, people: dict[str, UUID]) -> None:
    for somebody in EVERYBODY:
        if somebody.organisation:
            organisations.add_member(organisation.id, people[somebody.nickname], somebody.role)


def _membership(person: UUID) -> UUID:
    membership: UUID = Membership.select(Membership.id).where(Membership.person == person).scalar()
    return membership


# --- three rounds ---


def _riverside(
    organisation: UUID, programme: UUID, now: dt.datetime, draw: random.Random, people: dict[str, UUID]
) -> None:
    """Closed a month ago and released: management and peers apart on who decides, staff silent on one section."""
    round_, codes = _open(organisation, programme, days=20, staff=12, peers=6)
    _answer_together(round_, RaterGroup.MGMT, RIVERSIDE_LEADS)
    for code in codes[RaterGroup.PEER]:
        _answer(code, RIVERSIDE_PEERS, draw)
    for number, code in enumerate(codes[RaterGroup.STAFF]):
        unsure = STAFF_CANNOT_JUDGE if number > 2 else ()
        comment = COMMENTS[number] if number < len(COMMENTS) else ""
        _answer(code, RIVERSIDE_STAFF, draw, unsure=unsure, comment=comment)
    clock.stop(now - dt.timedelta(days=35))
    closing.close_round(organisation, round_.id)
    clock.stop(now - dt.timedelta(days=30))
    for peer_worker in ("Quiet Heron", "Amber Fox"):
        results.choose(organisation, round_.id, people[peer_worker], Choice.ALL)


def _drop_in(organisation: UUID, programme: UUID, now: dt.datetime, draw: random.Random) -> None:
    """Closed five days ago and waiting for the peer workers, who answered as a group; too few staff for any figure."""
    round_, codes = _open(organisation, programme, days=21, staff=2, peers=0)
    _answer_together(round_, RaterGroup.MGMT, {**RIVERSIDE_LEADS, "GI": 2})
    _answer_together(round_, RaterGroup.PEER, DROP_IN_PEERS)
    for code in codes[RaterGroup.STAFF]:
        _answer(code, RIVERSIDE_STAFF, draw)
    clock.stop(now - dt.timedelta(days=5))
    closing.close_round(organisation, round_.id)


def _needle_exchange(organisation: UUID, programme: UUID, now: dt.datetime, draw: random.Random) -> None:
    """Open: some have answered, and no page says how many."""
    _, codes = _open(organisation, programme, days=24, staff=4, peers=4)
    for code in (*codes[RaterGroup.STAFF][:2], *codes[RaterGroup.PEER][:2]):
        _answer(code, RIVERSIDE_STAFF, draw)


def _open(
    organisation: UUID, programme: UUID, *, days: int, staff: int, peers: int
) -> tuple[Round, dict[RaterGroup, list[str]]]:
    modes = {
        RaterGroup.MGMT: Mode.STATEMENT,
        RaterGroup.STAFF: Mode.INDIVIDUAL,
        RaterGroup.PEER: Mode.INDIVIDUAL if peers else Mode.GROUP,
    }
    slips = {RaterGroup.STAFF: staff, RaterGroup.PEER: peers}
    return opening.open_round(
        organisation,
        programme,
        instrument=INSTRUMENT,
        modes=modes,
        smallest_group=max(5, setting("SMALLEST_GROUP")),
        closes_on=clock.today() + dt.timedelta(days=days),
        changed="none",
        slips={group: how_many for group, how_many in slips.items() if how_many},
    )


def _answer(
    code: str, middles: dict[str, float], draw: random.Random, *, unsure: tuple[str, ...] = (), comment: str = ""
) -> None:
    """One person's sheet: levels around the middles, with what people really leave open."""
    sheet = _begin(starting.find_by_code(code))
    for item in sheet.instrument.items_for(sheet.group):
        if item.code in unsure or (draw.random() < 0.05 and item.gives_level(sheet.group)):
            answer = Answer("dk")
        elif not item.gives_level(sheet.group):
            answer = Answer("evidence", evidence=draw.choice([Evidence.NONE, Evidence.TOLD]))
        elif draw.random() < 0.02:
            answer = Answer("na", reason=Reason.NOT_STARTED)
        else:
            level = min(4, max(0, round(draw.gauss(middles[item.section], 0.8))))
            told = draw.choice(list(Evidence)) if level >= 3 else None
            answer = Answer(str(level), evidence=told)
        if comment and item.code == "GI1":
            answer = Answer(answer.value, answer.reason, answer.evidence, text=comment)
        answering.save(sheet, item.code, answer)


def _answer_together(round_: Round, group: RaterGroup, levels: dict[str, int]) -> None:
    """Management's statement, or a group's agreed answer, started by whoever comes first."""
    raters = organisations.raters_of(round_.organisation_id, round_.programme_id)
    person = next(person for person, of in raters.items() if of == group.value)
    _agree(starting.find_for_member(person, organisations.roles_of(person), round_.id), levels)


def _agree(beginning: starting.Beginning | None, levels: dict[str, int]) -> None:
    """A statement or an agreed answer: one level a question, now and then one more or fewer."""
    sheet = _begin(beginning)
    for place, item in enumerate(sheet.instrument.items_for(sheet.group)):
        if not item.gives_level(sheet.group):
            answering.save(sheet, item.code, Answer("evidence", evidence=Evidence.TOLD))
            continue
        level = min(4, max(0, levels[item.section] + (1 if place % 7 == 3 else 0) - (1 if place % 5 == 4 else 0)))
        evidence = (Evidence.DOCUMENT if place % 2 else Evidence.NONE) if level >= 3 else None
        differed = sheet.mode is Mode.GROUP and place % 6 == 1
        text = "Some of us see it more often than others." if differed else ""
        answering.save(sheet, item.code, Answer(str(level), evidence=evidence, differed=differed, text=text))


def _begin(beginning: starting.Beginning | None) -> answering.HeldSheet:
    key = return_key.new("en")
    if beginning is None or not starting.start(beginning, key):
        raise RuntimeError("the demo found no place to answer from")
    sheet = answering.find_sheet(key)
    if sheet is None:
        raise RuntimeError("the demo lost a sheet")
    return sheet


# --- a candidate ---


def _checklist(person: UUID, programme: UUID) -> None:
    """A kept checklist, and a copy of it shared with one programme."""
    growth = {"F1.02": "s3", "F1.03": "s2", "F1.04": "s3", "F1.07": "s1", "D.01": "s2", "D.04": "s3", "D.06": "s2"}
    more = {"D.08": "s0", "F2.03": "s2", "F3.04": "s2", "PS.01": "s1", "PS.03": "s3", "PS.04": "s2"}
    ticked = {"F4.01": "yes", "F4.03": "yes", "F4.04": "yes"}
    fits = {"F5.01": "support", "F5.02": "fine", "F5.03": "no", "F5.07": "support"}
    found = checklist.Checklist(
        answers={**growth, **more, **ticked, **fits},
        supports={"F5.01": (0, 1), "F5.07": (0,)},
        notes={"D.04": "The evening at the bus stop."},
        sheet={"name": "Early Robin"},
    )
    candidates.keep(person, found)
    written = checklist.words("en")
    content = copy_content.Content(
        sheet=checklist.sheet(found, written),
        items=copy_content.chosen_items(found, ["D.04", "PS.03", "F5.01"], written),
    )
    copies.share(uuid4(), person, programme, content, copies.Purpose.STARTING, copies.usual_end())
