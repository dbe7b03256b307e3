"""Meetings as members see them, and planning them. The blueprint's other views are imported at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.forms import acts
from portal.i18n import language
from portal.meetings import hours, people, services, words
from portal.meetings.forms import MeetingForm, drop_unknown, uuids
from portal.meetings.models import About, Meeting
from portal.meetings.services import FOR_ALL, FOR_PEERS
from portal.organisations.services import get_organisation, organisations_by_id
from portal.permissions import Permission, allowed, needs, signed_in
from portal.training import library
from portal.training.people import reach_of
from portal.training.services import LeftMeanwhile, ModulesGone

bp = Blueprint("meetings", __name__)
for _words in (words.part_words, words.meeting_words, words.moment_words, words.month_words, words.support_to_come):
    bp.add_app_template_global(_words)
bp.add_app_template_filter(words.weekday)

BASE = "/organisations/<uuid:organisation_id>/meetings"
OF_PEERS = "/organisations/<uuid:organisation_id>/support-meetings"


@dataclass(frozen=True)
class Side:
    """The trainers' meetings, or the peer workers' own: the same pages behind different doors."""

    permission: Permission
    abouts: frozenset[About]
    id_name: str  # of a meeting in its addresses
    edit: str
    cancel: str
    note: str

    @property
    def about(self) -> About:
        """Who may be named at these meetings depends on it."""
        return About.SUPPORT if About.SUPPORT in self.abouts else About.OTHER

    def reach(self, organisation_id: UUID) -> frozenset[UUID]:
        return reach_of(current_user.held, organisation_id, self.permission)

    def meeting(self, organisation_id: UUID, meeting_id: UUID) -> Meeting:
        return services.get_meeting(organisation_id, meeting_id, self.abouts) or abort(404)

    def address(self, view: str, meeting: Meeting, **more: str) -> str:
        """Where to edit, cancel or note a meeting."""
        values: dict[str, Any] = {"organisation_id": meeting.organisation_id, self.id_name: meeting.id, **more}
        return url_for(f".{view}", **values)


TRAINERS = Side(Permission.TRAINING_ASSIGN, FOR_ALL, "meeting_id", "edit_meeting", "cancel_meeting", "note_attendance")
PEERS = Side(
    Permission.SUPPORT_MEET,
    FOR_PEERS - FOR_ALL,
    "support_id",
    "edit_support_meeting",
    "cancel_support_meeting",
    "note_support_hours",
)


def to_list(organisation_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("meetings.list_meetings", organisation_id=organisation_id), 303)


@bp.get(BASE)
@needs(Permission.TRAINING_DO)
def list_meetings(organisation_id: UUID) -> ResponseReturnValue:
    abouts = FOR_PEERS if allowed(Permission.SUPPORT_MEET, organisation_id) else FOR_ALL
    page = max(1, request.args.get("page", 1, type=int))
    past, more = services.list_past(organisation_id, abouts, page)
    return render_template(
        "meetings/list_meetings.html",
        organisation=get_organisation(organisation_id) or abort(404),
        coming=services.list_coming([organisation_id], abouts) if page == 1 else [],
        past=past,
        page=page,
        more=more,
        modules=library.modules_by_code(language()),
        sides={about: PEERS if about in PEERS.abouts else TRAINERS for about in FOR_PEERS},
    )


@bp.get("/me/meetings")
@signed_in
def show_own() -> ResponseReturnValue:
    organisations = organisations_by_id({held.organisation for held in current_user.held})
    return render_template(
        "meetings/show_own.html",
        coming=services.list_coming_for(current_user.held),
        organisations={one.id: one for one in organisations},
        lines=hours.list_own(current_user.id),
        modules=library.modules_by_code(language()),
    )


# --- planning ---


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def new_meeting(organisation_id: UUID) -> ResponseReturnValue:
    return _plan(TRAINERS, organisation_id, None)


@bp.route(f"{BASE}/<uuid:meeting_id>", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def edit_meeting(organisation_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _plan(TRAINERS, organisation_id, TRAINERS.meeting(organisation_id, meeting_id))


@bp.route(f"{OF_PEERS}/new", methods=["GET", "POST"])
@needs(Permission.SUPPORT_MEET)
def new_support_meeting(organisation_id: UUID) -> ResponseReturnValue:
    return _plan(PEERS, organisation_id, None)


@bp.route(f"{OF_PEERS}/<uuid:support_id>", methods=["GET", "POST"])
@needs(Permission.SUPPORT_MEET)
def edit_support_meeting(organisation_id: UUID, support_id: UUID) -> ResponseReturnValue:
    return _plan(PEERS, organisation_id, PEERS.meeting(organisation_id, support_id))


def _plan(side: Side, organisation_id: UUID, meeting: Meeting | None) -> ResponseReturnValue:
    leading = people.leaders_of(meeting.id) if meeting else []
    offered = people.offer(organisation_id, side.reach(organisation_id), side.about, people.named(leading))
    form = MeetingForm(
        offered,
        [] if side is PEERS else [(one.code, f"{one.code} {one.title}") for one in library.list_modules(language())],
        meeting,
        leaders=[str(leader.person) for leader in leading if leader.person],
        guests="\n".join(leader.nickname for leader in leading if leader.person is None),
    )
    if side is PEERS:
        form.for_support()
    changed = None
    if form.validate_on_submit():
        try:
            return _save(side, organisation_id, meeting, form)
        except services.Overlapping as overlap:
            form.anyway.errors = [" ".join(words.clash_words(clash) for clash in overlap.clashes)]
        except services.ChangedMeanwhile as meanwhile:
            changed = meanwhile.meeting
            form.version.data = str(changed.version)
        except LeftMeanwhile:
            form.leaders.errors = [
                _("Somebody you ticked has left since. Look at the list again; nothing was saved yet.")
            ]
            drop_unknown(form.leaders)
        except ModulesGone:
            form.module.errors = [_("This module was taken away meanwhile. Choose another one, or something else.")]
    return render_template(
        "meetings/edit_meeting.html",
        organisation=get_organisation(organisation_id) or abort(404),
        form=form,
        meeting=meeting,
        side=side,
        changed=changed,
        kept=[leader.nickname for leader in leading if leader.person in offered.kept],
    )


def _save(side: Side, organisation_id: UUID, meeting: Meeting | None, form: MeetingForm) -> ResponseReturnValue:
    reach, leaders, guests = side.reach(organisation_id), uuids(form.leaders.data), form.guest_list
    plan, anyway = form.plan, bool(form.anyway.data)
    if meeting is None:
        try:
            services.create(organisation_id, reach, plan, leaders, guests, meeting_id=form.given_id, anyway=anyway)
        except services.AlreadyMade:
            flash(_("This meeting is there already; nothing was made twice."))
        else:
            flash(_("Planned. Everybody it is for sees it from now on."))
        return to_list(organisation_id)
    version = int(typed) if (typed := str(form.version.data)).isdecimal() else 0
    move = services.change(organisation_id, reach, meeting.id, plan, leaders, guests, version=version, anyway=anyway)
    if move:
        now = words.when_and_where(plan.day, plan.starts, plan.ends, plan.place)
        flash(_("Moved from %(before)s to %(now)s.", before=words.moment_words(move), now=now))
    else:
        flash(_("Saved."))
    return to_list(organisation_id)


@bp.route(f"{BASE}/<uuid:meeting_id>/cancel", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def cancel_meeting(organisation_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _cancel(TRAINERS, organisation_id, meeting_id)


@bp.route(f"{OF_PEERS}/<uuid:support_id>/cancel", methods=["GET", "POST"])
@needs(Permission.SUPPORT_MEET)
def cancel_support_meeting(organisation_id: UUID, support_id: UUID) -> ResponseReturnValue:
    return _cancel(PEERS, organisation_id, support_id)


def _cancel(side: Side, organisation_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Cancel a meeting; a cancelled one takes place after all."""
    meeting = side.meeting(organisation_id, meeting_id)
    if acts():
        if request.form.get("do") == "hold":
            services.hold_after_all(organisation_id, meeting_id)
            flash(_("It takes place after all. Tell people: they may have made other plans."))
        else:
            services.cancel(organisation_id, meeting_id)
            flash(_("Cancelled. It stays in the list, so that everybody sees it."))
        return to_list(organisation_id)
    return render_template(
        "meetings/cancel_meeting.html",
        organisation=get_organisation(organisation_id) or abort(404),
        meeting=meeting,
        side=side,
    )


from portal.meetings import attendance_routes, question_routes  # noqa: E402,F401 - views of the same blueprint
