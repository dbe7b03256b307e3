"""One organisation with everything an address can name, and people of every kind around it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from uuid import uuid4

from portal import clock, db, paths
from portal.candidates import checklist, copies
from portal.config import remember, setting
from portal.guidance import loading
from portal.organisations import invitations
from portal.organisations import services as organisations
from portal.organisations.models import Invitation, Membership
from portal.rounds import closing
from tests.support.rounds import fill_round, open_round


class World:
    """Made once, then put back before every request, so that one request's change never meets the next."""

    # Addresses that name somebody's own thing: 404 for everybody else who may open the endpoint with theirs.
    own_only = frozenset(
        {"candidates.show_copy", "candidates.take_back_copy", "answering.open_place", "answering.start_as_member",
         "answering.come_back_by_link", "answering.show_item", "answering.save_item", "accounts.open_setup_link",
         "organisations.open_invitation", "organisations.show_invitation", "organisations.join", "answering.start",
         "candidates.download_checklist", "candidates.share_copy"}
    )  # fmt: skip
    # Addresses of one programme, opened by members whose role includes the permission.
    of_programme = (
        "organisations.edit_programme", "rounds.new_round", "rounds.show_round", "rounds.close_round",
        "rounds.raise_threshold", "results.show_results", "results.export_csv", "results.export_json",
        "results.release", "candidates.show_shared_copy",
    )  # fmt: skip

    def __init__(self, make):
        self.make = make
        remember(BASE_URL="https://peerwork.example")  # what gives absolute addresses is 404 without it
        with db.connection():
            loading.load(paths.resource_dir("content"))
        self.organisation = make.organisation()
        self.programme = self.organisation.programme
        with db.connection():
            self.other_programme = organisations.create_programme(self.organisation.id, "Drop-in")
        self.other_organisation = make.organisation("Station Square", "Night bus")
        self.candidate = make.member(self.organisation, "candidate")
        for _ in range(2):  # so that removing or leaving never meets the last lead
            make.member(self.organisation, "lead")
        self._people: dict[tuple, object] = {}
        self.closed_round = self._closed_round()
        self.open_round, _ = open_round(self.organisation)
        with db.connection():
            self.membership = Membership.get(Membership.person == self.candidate.id)
            code = invitations.invite(
                self.organisation.id, "staff", ends_on=clock.today() + dt.timedelta(days=7), uses=5
            )
            self.invitation = invitations.find_invitation(code) or Invitation.get()
            found = checklist.Checklist(answers={"D.04": "s3"})
            content = copies.Content(
                sheet={"name": "Robin"}, items=copies.chosen_items(found, [], checklist.words("en"))
            )
            purpose = next(iter(copies.Purpose))
            self.copy = copies.share(
                uuid4(), self.candidate.id, self.programme.id, content, purpose, copies.usual_end()
            )
        self._snapshot: Path | None = None

    def _closed_round(self):
        round_, _ = open_round(self.organisation)
        fill_round(self.make, round_, [("peer", {"EQ1": "2", "EQ2": "3"})] * 6)
        with db.connection():
            closing.close_round(self.organisation.id, round_.id)
        return round_

    def member(self, role):
        return self._once((role, "here"), lambda: self.make.member(self.organisation, role))

    def stranger(self, role):
        return self._once((role, "elsewhere"), lambda: self.make.member(self.other_organisation, role))

    def portal(self, role):
        return self._once((role, "portal"), lambda: self.make.person(portal_role=role))

    def member_elsewhere_in_the_organisation(self, role):
        make_one = lambda: self.make.member(self.organisation, role, programmes=[self.other_programme])  # noqa: E731
        return self._once((role, "other programme"), make_one)

    def _once(self, key, make_one):
        if key not in self._people:
            self._people[key] = make_one()
            self._snapshot = None
        return self._people[key]

    def address(self, app, endpoint) -> tuple[str, bool]:
        """The endpoint's address for things that exist, and whether it lies in the organisation."""
        rule = next(app.url_map.iter_rules(endpoint))
        known = {
            "language": "en",
            "organisation_id": self.organisation.id,
            "chosen_id": self.other_organisation.id,
            "programme_id": self.programme.id,
            "round_id": self.closed_round.id if endpoint.startswith("results.") else self.open_round.id,
            "membership_id": self.membership.id,
            "invitation_id": self.invitation.id,
            "copy_id": self.copy,
            "sign_in_id": uuid4(),
            "section": "principles",
            "page": "equality",
            "topic": "pay",
            "token": "nothing",
            "code": "nothing",
            "key": "nothing",
            "item": "EQ1",
            "how": "stopped",
        }
        with app.test_request_context():
            from flask import url_for

            address = url_for(endpoint, **{name: known[name] for name in rule.arguments})
        return address, "organisation_id" in rule.arguments

    def restore(self) -> None:
        """Put the database back as it was when everybody in it had been made."""
        source = Path(db.database.obj.database)
        if self._snapshot is None:
            with db.connection():
                db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.database.close()
            self._snapshot = source.with_suffix(".kept")
            shutil.copy(source, self._snapshot)
            return
        if not db.database.is_closed():
            db.database.close()
        for name in (f"{source}-wal", f"{source}-shm"):
            Path(name).unlink(missing_ok=True)
        shutil.copy(self._snapshot, source)
        head = Path(setting("DATA_DIR")) / "audit.head"
        head.unlink(missing_ok=True)
