"""One organisation with everything an address can name, and people of every kind around it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from uuid import uuid4

from portal import clock, db
from portal.candidates import checklist, copies, copy_content, growth
from portal.candidates import services as kept
from portal.config import remember, setting
from portal.guidance.models import Page, Revision
from portal.meetings import questions
from portal.meetings import services as meetings
from portal.meetings.models import About
from portal.organisations import invitations
from portal.organisations import services as organisations
from portal.organisations.models import Invitation, Membership
from portal.records import services as records
from portal.rounds import closing
from portal.training import marking, rules
from portal.training.models import Assignment, Audience, Way
from tests.support.rounds import fill_round, open_round


class World:
    """Made once beside the shipped content, then put back before every request: no request's change meets the next."""

    # Addresses that name somebody's own thing: 404 for everybody else who may open the endpoint with theirs.
    own_only = frozenset(
        {"candidates.show_copy", "candidates.take_back_copy", "answering.open_place", "answering.start_as_member",
         "answering.come_back_by_link", "answering.show_item", "answering.save_item", "accounts.open_setup_link",
         "organisations.open_invitation", "organisations.show_invitation", "organisations.join", "answering.start",
         "candidates.download_checklist", "candidates.share_copy", "training.change_own",
         "training.download_pack", "training.show_changes",
         "training.take_on", "records.show_certificate", "records.download_certificate", "records.download_badge",
         "records.withdraw_certificate", "records.delete_certificate", "records.verify", "records.download_calendar"}
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
            self.page = Page.get(Page.section == "principles", Page.slug == "equality")
            self.revision = Revision.get(Revision.page == self.page)
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
            content = copy_content.Content(
                sheet={"name": "Robin"}, items=copy_content.chosen_items(found, [], checklist.words("en"))
            )
            purpose = next(iter(copies.Purpose))
            self.copy = copies.share(
                uuid4(), self.candidate.id, self.programme.id, content, purpose, copies.usual_end()
            )
            kept.keep(self.candidate.id, checklist.with_wishes(found, ["D.04"]))
            growth.show(self.candidate.id, self.organisation.id, ["D.04"], checklist.words("en"))
            self.shown = growth.list_shown(self.organisation.id)[0]
            self.group = rules.save_group(self.organisation.id, "December", [self.candidate.id])
            self.rule, _new = rules.make_rule(
                self.organisation.id, Audience.GROUP, self.group.id, ["K1"], self.candidate.id
            )
            self.assignment = Assignment.get()
            marking.finish_many(self.organisation.id, [self.candidate.id], "K2", clock.today(), Way.ALONE, None)
            done = Assignment.get(Assignment.module == "K2")
            self.certificate = records.make_certificate(
                uuid4(), self.candidate.id, [done.id], "Robin", records.Wanted(), "en"
            )
            self._plan_meetings()
        self._snapshot: Path | None = None

    def _plan_meetings(self):
        here = self.organisation.id
        at = {"place": "Kitchen", "day": clock.today(), "starts": dt.time(10), "ends": dt.time(12)}
        meeting = meetings.Plan(About.OTHER, title="Talk", **at)
        support = meetings.Plan(About.SUPPORT, **at)
        self.meeting = meetings.create(here, (), meeting, [], [])
        self.support = meetings.create(here, (), support, [], [], anyway=True)
        self.question = uuid4()
        questions.ask(here, self.candidate.id, "What helps?", with_name=True, question_id=self.question)
        questions.answer(here, self.question, "Water.", "a nurse", clock.today(), checked=False)
        questions.hand_on(here, self.question, questions.Draft("Water", "What helps?", "Water."))

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
            "meeting_id": self.meeting.id,
            "support_id": self.support.id,
            "question_id": self.question,
            "invitation_id": self.invitation.id,
            "copy_id": self.copy,
            "shown_id": self.shown.id,
            "sign_in_id": uuid4(),
            "section": "principles",
            "page_id": self.page.id,
            "revision_id": self.revision.id,
            "page": "equality",
            "topic": "pay",
            "token": "nothing",
            "code": "K1" if endpoint.startswith("training.") else "nothing",
            "group_id": self.group.id,
            "rule_id": self.rule.id,
            "person_id": self.candidate.id,
            "assignment_id": self.assignment.id,
            "certificate_id": self.certificate,
            "kind": "json",
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
