"""Rounds for tests: opened through the services, filled with rows as answering would write them."""

from __future__ import annotations

import datetime as dt
import secrets

from assessments.model import Mode, RaterGroup
from portal import clock, db
from portal.rounds import instruments, opening, services
from portal.rounds.models import Answer, Round, RoundGroup, Sheet

INDIVIDUAL = {RaterGroup.PEER: Mode.INDIVIDUAL, RaterGroup.STAFF: Mode.INDIVIDUAL, RaterGroup.MGMT: Mode.STATEMENT}


def load_instruments() -> None:
    with db.connection():
        if instruments.get_instrument("principles-1") is None:
            instruments.load_instruments()


def open_round(organisation, *, modes=None, slips=None, days=30, programme=None, **terms) -> tuple[Round, dict]:
    """An open round of principles-1 in the organisation's first programme, and the codes of its slips by group."""
    load_instruments()
    with db.connection():
        round_, codes = opening.open_round(
            organisation.id,
            (programme or organisation.programme).id,
            **{
                "instrument": "principles-1",
                "modes": {RaterGroup.PEER: Mode.INDIVIDUAL} if modes is None else modes,
                "smallest_group": 5,
                "closes_on": clock.today() + dt.timedelta(days=days),
                "changed": "none",
                "slips": {RaterGroup.PEER: 6} if slips is None else slips,
            }
            | terms,
        )
        return services.get_round(organisation.id, round_.id), codes


def fill_round(make, round_, sheets) -> list[Sheet]:
    """Sheets with answers: ``[("peer", {"EQ1": "3", "EQ2": {"value": "na", "reason": "other"}, …}), …]``.

    The rows are as answering writes them; a level 3 or 4 given as a text alone has evidence "none".
    """

    @db.transaction
    def write() -> list[Sheet]:
        modes = dict(
            RoundGroup.select(RoundGroup.rater_group, RoundGroup.mode).where(RoundGroup.round == round_.id).tuples()
        )
        made = []
        for group, answers in sheets:
            sheet = Sheet.create(
                round=round_.id, rater_group=str(group), mode=modes[str(group)], key_hash=secrets.token_hex(32)
            )
            for item, given in answers.items():
                fields = {"value": given} if isinstance(given, str) else dict(given)
                if fields["value"] in ("3", "4"):
                    fields.setdefault("evidence", "none")
                Answer.create(
                    sheet=sheet,
                    item=item,
                    organisation=round_.organisation_id,
                    programme=round_.programme_id,
                    round=round_.id,
                    rater_group=str(group),
                    **fields,
                )
            made.append(sheet)
        return made

    with db.connection():
        return write()
