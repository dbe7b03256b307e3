"""Every call that writes leaves a line in the record of changes, or stands here with the reason why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import portal

ROOT = Path(portal.__file__).parent
HOUSEKEEPING = "what is due is done for nobody"
UNLINKED = "no trace of who answers (scoring.md §3.4.5)"
DELETED = "part of deleting an account, which leaves one"
PART = "part of calls that leave one"
THEIR_ANSWER = "a line would tell trainers what somebody answered"

WITHOUT_A_LINE = {
    "accounts.second_factor._take_code": "that a code was used up tells when somebody signed in",
    "accounts.sign_ins.forget_ended_sign_ins": HOUSEKEEPING,
    "accounts.sign_ins.name_sign_in": "a word to oneself",
    "accounts.sign_ins.sign_in": "when somebody comes is nobody's business; the list of open sign-ins is theirs",
    "accounts.sign_ins.sign_out": "and when they go",
    "answering.services._delete": UNLINKED,
    "answering.services._save": UNLINKED,
    "answering.starting._begin": UNLINKED,
    "audit.forget": "the name goes, the lines stay",
    "candidates.services.forget_person": DELETED,
    "editing.drafts.forget_replaced": HOUSEKEEPING,
    "editing.drafts.save": "a draft is nobody's but its author's until it is published",
    "generation.raise_it": PART,
    "operations.services.mark_as_demo": "before anybody is there",
    "organisations.peer_contact.forget_namings": PART,
    "organisations.peer_contact.mark_contact": PART,
    "records.services.forget_person": DELETED,
    "rounds.closing._purge": HOUSEKEEPING,
    "rounds.places._empty_log": UNLINKED,
    "rounds.places._rewrite_places": UNLINKED,
    "rounds.places.rewrite_sheets": UNLINKED,
    "search.services._read_and_rebuild": PART,
    "search.services._rebuild": PART,
    "throttle.allow": "a count of tries without a name",
    "throttle.forget_old": HOUSEKEEPING,
    "throttle.give_back": "a count of tries without a name",
    "training.plans.choose": "how somebody wants their own plan named",
    "training.services.respond": THEIR_ANSWER,
    "training.services.take_on": THEIR_ANSWER,
}


class Module:
    """The functions of a module, and what the names in it stand for."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.names = {name: f"{self.name}.{name}" for name in self.functions}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}

    def called(self, function: ast.FunctionDef) -> Iterator[str]:
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                owner, _, name = ast.unparse(node.func).rpartition(".")
                if not owner and name in self.names:
                    yield self.names[name]
                elif owner in self.names:
                    yield f"{self.names[owner]}.{name}"


def modules() -> list[Module]:
    return [Module(path) for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts]


def is_transaction(function: ast.FunctionDef) -> bool:
    return "db.transaction" in map(ast.unparse, function.decorator_list)


def test_every_writing_call_leaves_a_line_or_says_why_not():
    calls, writing = {}, set()
    for module in modules():
        for name, function in module.functions.items():
            calls[f"{module.name}.{name}"] = set(module.called(function))
            if is_transaction(function):
                writing.add(f"{module.name}.{name}")
    leaving = {"portal.audit.record"}
    while more := {name for name, called in calls.items() if called & leaving} - leaving:
        leaving |= more
    silent = {name.removeprefix("portal.") for name in writing - leaving}
    assert silent == set(WITHOUT_A_LINE)
