"""Training in the demo: a rule for peer workers, a group, a few modules done, one put off."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from portal import clock
from portal.meetings import questions
from portal.meetings import services as meetings
from portal.meetings.models import About
from portal.meetings.services import Plan
from portal.training import marking, rules, services
from portal.training.models import Assignment, Audience, State, Way

BEFORE_WORKING_ALONE = ("O1", "K1", "K4", "T1", "T2", "T3", "T8")
TRAINER = "Kind Maple"


def fill(organisation: UUID, people: dict[str, UUID], now: dt.datetime) -> None:
    trainer = people[TRAINER]
    clock.stop(now - dt.timedelta(days=40))
    rules.make_rule(
        organisation, Audience.ROLE, "peer_worker", BEFORE_WORKING_ALONE, trainer, due_days=45,
        reason="These come before working alone.",
    )  # fmt: skip
    group = rules.save_group(organisation, "Night bus", [people["Amber Fox"], people["Lucky Lark"]])
    rules.make_rule(organisation, Audience.GROUP, group.id, ["C1", "T4"], trainer, reason="For the bus.")
    clock.stop(now - dt.timedelta(days=20))
    for nickname, codes in {
        "Quiet Heron": BEFORE_WORKING_ALONE,
        "Amber Fox": ("O1", "K1", "T1"),
        "Lucky Lark": ("O1",),
    }.items():
        for code in codes:
            marking.finish_many(organisation, [people[nickname]], code, clock.today(), Way.MEETING, trainer)
    marking.practise(_the(people["Quiet Heron"], "K4"), clock.today())
    services.respond(people["Amber Fox"], _the(people["Amber Fox"], "K4").id, State.ACCEPTED)
    services.respond(people["Lucky Lark"], _the(people["Lucky Lark"], "T4").id, State.LATER)
    clock.stop(now)
    _meetings(organisation, people)


def _meetings(organisation: UUID, people: dict[str, UUID]) -> None:
    """One to come, and an answered question."""
    plan = Plan(
        About.MODULE, "Harbour House, upper room", clock.today() + dt.timedelta(days=9), dt.time(14), dt.time(16),
        module="K4", travel=True, food=True,
    )  # fmt: skip
    meetings.create(organisation, (), plan, [people[TRAINER]], [])
    asked = uuid4()
    question = "Where do we get sharps boxes on a Saturday, when the store is closed?"
    questions.ask(organisation, people["Amber Fox"], question, with_name=False, question_id=asked)
    answer = "There is a shelf in the yard with ten of them. The code is on the board in the office."
    questions.answer(organisation, asked, answer, "the nurse of the needle exchange", clock.today(), checked=False)


def _the(person: UUID, module: str) -> Assignment:
    return Assignment.get(Assignment.person == person, Assignment.module == module)
