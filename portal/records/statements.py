"""xAPI statements to take along: one line of JSON for each module done. No result, no score."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5
from zoneinfo import ZoneInfo

from portal.config import setting
from portal.training.plans import Line
from portal.training.words import module_name

COMPLETED = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}
MODULE = "http://adlnet.gov/expapi/activities/module"


def as_json_lines(
    lines: Iterable[Line], titles: dict[str, str], site: str, nickname: str = "", *, language: str = "en"
) -> str:
    """Statements in the order of the lines. Without a nickname the actor is an account nobody has, and a new one in
    every export, so that two of them cannot be told to be the same person's."""
    account = nickname or str(uuid4())
    actor = {"objectType": "Agent", "account": {"homePage": site, "name": account}}
    if nickname:
        actor["name"] = nickname
    statements = [_statement(line, actor, titles, site, language, named=bool(nickname)) for line in lines]
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in statements)


def _statement(
    line: Line, actor: dict[str, Any], titles: dict[str, str], site: str, language: str, *, named: bool
) -> dict[str, Any]:
    # With the nickname the same statement has the same id each time, so that a store takes it once.
    identity = uuid5(NAMESPACE_URL, f"{site}/statements/{line.id}") if named else uuid4()
    return {
        "id": str(identity),
        "actor": actor,
        "verb": COMPLETED,
        "object": {
            "objectType": "Activity",
            "id": f"{site}/{language}/modules/{line.code}",
            "definition": {"type": MODULE, "name": {language: module_name(line.code, titles)}},
        },
        "timestamp": start_of(line.done_on).isoformat() if line.done_on else None,
    }


def start_of(day: dt.date) -> dt.datetime:
    """The moment the day began where the site is: never one that has not come yet."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(setting("TIME_ZONE")))
