"""Groups, and rules that give modules to whoever belongs: applied when made, and again every minute for newcomers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

import peewee

from portal import audit, clock, db
from portal.candidates import growth
from portal.organisations.models import Organisation
from portal.training import library, services
from portal.training.models import Audience, GroupMember, Rule, TrainingGroup
from portal.training.people import list_people


class NameTaken(Exception):
    """There is a group of that name in the organisation."""


# --- groups ---


def list_groups(organisation: UUID) -> list[TrainingGroup]:
    """By name."""
    return list(TrainingGroup.select().where(TrainingGroup.organisation == organisation).order_by(TrainingGroup.name))


def get_group(organisation: UUID, group: UUID) -> TrainingGroup | None:
    return TrainingGroup.get_or_none(TrainingGroup.organisation == organisation, TrainingGroup.id == group)


def members_of(group: UUID) -> dict[UUID, dt.date]:
    """Person to the day they joined the group."""
    rows: Any = (
        GroupMember.select(GroupMember.person, GroupMember.joined_on)
        .where(GroupMember.group == group)
        .order_by(GroupMember.person)
        .tuples()
    )
    return dict(rows)


@db.transaction
def save_group(organisation: UUID, name: str, people: Collection[UUID], group: UUID | None = None) -> TrainingGroup:
    """Make a group, or give one this name and these people. Rules for it reach newcomers at once. Raises NameTaken."""
    try:
        with db.database.atomic():
            row = get_group(organisation, group) if group else None
            if row is None:
                row = TrainingGroup.create(organisation=organisation, name=name)
            elif row.name != name:
                row.name = name
                row.save()
    except peewee.IntegrityError as error:
        raise NameTaken from error
    had = members_of(row.id)
    gone = [person for person in had if person not in people]
    if gone:
        GroupMember.delete().where(GroupMember.group == row, GroupMember.person.in_(gone)).execute()
    fresh = [{"group": row.id, "person": person, "joined_on": clock.today()} for person in people if person not in had]
    if fresh:
        GroupMember.insert_many(fresh).on_conflict_ignore().execute()
    audit.record("training.save_group", row, organisation)
    for rule in _open_rules().where(Rule.group == row):
        _apply(rule)
    return row


@db.transaction
def delete_group(organisation: UUID, group: UUID, reach: Collection[UUID] = ()) -> bool:
    """The group and its rules are gone; what was assigned stays. False where somebody in it, or a rule for it, is out
    of reach.
    """
    row = get_group(organisation, group)
    if row is None:
        return True
    if not all(may_end(rule, reach) for rule in _open_rules().where(Rule.group == row)):
        return False
    out_of_reach = {one.id for one in list_people(organisation, ())} - {
        one.id for one in list_people(organisation, reach)
    }
    if members_of(row.id).keys() & out_of_reach:
        return False
    audit.record("training.delete_group", row, organisation)
    row.delete_instance()
    return True


# --- rules ---


@db.transaction
def make_rule(
    organisation: UUID,
    audience: Audience,
    target: UUID | str,
    modules: Collection[str],
    by: UUID,
    *,
    reach: Collection[UUID] = (),
    due_on: dt.date | None = None,
    due_days: int | None = None,
    reason: str = "",
) -> tuple[Rule, int]:
    """A rule for a group (its id), a role or an item of candidate-1, applied at once; with the number of new
    assignments. It reaches people of the programmes in ``reach``, by default of all of them. The same rule made again
    changes its date and reason and makes no second one. Raises ModulesGone.
    """
    services.refuse_gone(modules)
    column = {Audience.GROUP: "group", Audience.ROLE: "role", Audience.GROWTH: "item"}[audience]
    codes, programmes = sorted(set(modules)), sorted(map(str, reach))
    same = (
        rule
        for rule in _open_rules().where(
            Rule.organisation == organisation, Rule.audience == audience.value, getattr(Rule, column) == target
        )
        if rule.modules == codes and (rule.programmes or []) == programmes
    )
    found = next(same, None)
    rule = found or Rule(
        organisation=organisation,
        audience=audience.value,
        modules=codes,
        programmes=programmes,
        made_on=clock.today(),
        **{column: target},
    )
    rule.due_on, rule.due_days, rule.reason, rule.made_by = due_on, due_days, reason, by
    rule.save(force_insert=found is None)
    audit.record("training.make_rule", rule, organisation)
    return rule, _apply(rule)


def list_rules(organisation: UUID, *, wishes: bool = True) -> list[Rule]:
    """Rules that still reach newcomers, newest first, with their groups; without those for wishes where the reader
    may not know of any."""
    rules = (
        _open_rules()
        .select_extend(TrainingGroup)
        .join_from(Rule, TrainingGroup, "LEFT JOIN")
        .where(Rule.organisation == organisation)
        .order_by(Rule.made_on.desc(), Rule.id)
    )
    return [rule for rule in rules if wishes or rule.audience != Audience.GROWTH]


def may_end(rule: Rule, reach: Collection[UUID]) -> bool:
    """Whether a rule lies wholly in the programmes of somebody with this reach; empty means all of them."""
    return not reach or (bool(rule.programmes) and {UUID(one) for one in rule.programmes} <= set(reach))


@db.transaction
def end_rule(organisation: UUID, rule: UUID, reach: Collection[UUID] = ()) -> bool:
    """From now on nobody new gets its modules; who has them keeps them. False where the rule is out of reach."""
    row = Rule.get_or_none(Rule.organisation == organisation, Rule.id == rule)
    if row is None or row.ended_on is not None:
        return True
    if not may_end(row, reach):
        return False
    row.ended_on = clock.today()
    row.save()
    audit.record("training.end_rule", row, organisation)
    return True


def _open_rules() -> Any:
    return Rule.select(Rule).where(Rule.ended_on.is_null()).order_by(Rule.made_on, Rule.id)


def apply_rules() -> None:
    """Give newcomers what the rules say. Safe to repeat: nobody gets anything twice."""
    rules = list(
        _open_rules().join(Organisation).where(Organisation.closed_on.is_null()).order_by(Rule.made_on, Rule.id)
    )
    for rule in rules:
        _apply(rule)


def _apply(rule: Rule) -> int:
    """How many assignments are new."""
    joined = _joined(rule)
    known = {module.code for module in library.list_modules("")}
    dues = {
        (person, code): _due(rule, since) for person, since in joined.items() for code in rule.modules if code in known
    }
    by: Any = rule.made_by_id  # type: ignore[attr-defined]
    # A wish is between a person and the trainers: no row ties it to what came of it.
    named = None if rule.audience == Audience.GROWTH else rule.id
    return services.add(rule.organisation_id, dues, by, reason=rule.reason, rule=named) if dues else 0


def _due(rule: Rule, since: dt.date) -> dt.date | None:
    """Days count from joining; for those who were there before, from the day the rule was made.

    None where that day is over: nobody begins with something overdue.
    """
    day = rule.due_on
    if rule.due_days is not None:
        day = max(since, rule.made_on) + dt.timedelta(days=rule.due_days)
    return day if day and day >= clock.today() else None


def _joined(rule: Rule) -> dict[UUID, dt.date]:
    """Those the rule is for now, with the day from which it counts for them."""
    reach = {UUID(programme) for programme in rule.programmes or ()}
    members = {learner.id: learner for learner in list_people(rule.organisation_id, reach)}
    if rule.audience == Audience.ROLE:
        return {person: one.roles[rule.role] for person, one in members.items() if rule.role in one.roles}
    if rule.audience == Audience.GROUP:
        days = members_of(rule.group_id)
    else:
        days = growth.shown_by(rule.organisation_id, rule.item or "")
    # Whoever left and came back is in the group, and shows the wish, since before that.
    return {person: max(day, members[person].since) for person, day in days.items() if person in members}
