"""What somebody might take on next, worked out anew each time for the person alone (instruments.md §2.7).

Nothing of it is stored, and nothing of it reaches a trainer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.candidates import growth
from portal.permissions import Held
from portal.training import library, standing

PEER_SKILL = "PS."  # grows by practice with a mentor, never by a course
OF_ROLES = {"staff": ("A1",), "lead": ("A1", "A2")}  # modules for those who work with peer workers


class RuleKind(StrEnum):
    """Why something is suggested."""

    ROLE = "role"
    WISH = "wish"
    MENTORING = "mentoring"


@dataclass(frozen=True)
class Suggestion:
    """A module, or practice with a mentor where ``code`` is None, and what led to it."""

    code: str | None
    rule: RuleKind
    role: str = ""  # of a member, where the role asks for it
    items: tuple[str, ...] = ()  # codes in candidate-1 that the person wants to work on


def list_suggestions(person: UUID, held: Collection[Held], have: Collection[str], language: str) -> list[Suggestion]:
    """Modules not in ``have``: before working alone, for a role, then the person's wishes in their order.

    Each module comes once, by the first rule that names it; withdrawn modules never.
    """
    modules = [module for module in library.list_modules(language) if module.code not in have]
    found = _for_roles({one.role for one in held}, modules)
    by_role = {suggestion.code for suggestion in found}
    wishes = growth.wishes(person)
    develops = {module.code: _wished(module, wishes) for module in modules if module.code not in by_role}
    with_module = {item for module in library.list_modules(language) for item in _wished(module, wishes)}
    for wish in wishes:
        if wish not in with_module:
            found.append(Suggestion(None, RuleKind.MENTORING, items=(wish,)))
        found += [
            Suggestion(code, RuleKind.WISH, items=items)
            for code, items in develops.items()
            if items and items[0] == wish
        ]
    return found


def _for_roles(roles: Collection[str], modules: list[library.Module]) -> list[Suggestion]:
    alone = next(iter(standing.WORK_ALONE.intersection(roles)), None)
    before_solo = [module.code for module in modules if module.before_solo_work and alone]
    found = [Suggestion(code, RuleKind.ROLE, role=alone) for code in before_solo if alone]
    for module in modules:
        # A lead who is staff, too, is told once, as the lead.
        role = next((role for role in ("lead", "staff") if role in roles and module.code in OF_ROLES[role]), None)
        if role and module.code not in before_solo:
            found.append(Suggestion(module.code, RuleKind.ROLE, role=role))
    return found


def _wished(module: library.Module, wishes: list[str]) -> tuple[str, ...]:
    """The wishes the module leads to, in the person's order."""
    return tuple(wish for wish in wishes if wish in module.develops and not wish.startswith(PEER_SKILL))
