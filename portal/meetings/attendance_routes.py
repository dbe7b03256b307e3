"""Noting who was at a meeting, and the paid time that payroll gets."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.meetings import attendance, hours, services, words
from portal.meetings.attendance import AsOf, Outcome, Sheet
from portal.meetings.forms import drop_unknown
from portal.meetings.models import Meeting
from portal.meetings.routes import BASE, OF_PEERS, PEERS, TRAINERS, Side, bp, to_list
from portal.meetings.sheet_forms import AttendanceForm, leader_key, sheet_form
from portal.organisations.services import get_organisation
from portal.permissions import Permission, needs
from portal.training.services import LeftMeanwhile


@bp.route(f"{BASE}/<uuid:meeting_id>/attendance", methods=["GET", "POST"])
@needs(Permission.TRAINING_ASSIGN)
def note_attendance(organisation_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _note(TRAINERS, organisation_id, meeting_id)


@bp.route(f"{OF_PEERS}/<uuid:support_id>/hours", methods=["GET", "POST"])
@needs(Permission.SUPPORT_MEET)
def note_support_hours(organisation_id: UUID, support_id: UUID) -> ResponseReturnValue:
    return _note(PEERS, organisation_id, support_id)


def _note(side: Side, organisation_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    meeting, problem = side.meeting(organisation_id, meeting_id), ""
    asked = request.form.get("day") or request.args.get("day") or ""
    reach = side.reach(organisation_id)
    try:
        sheet = attendance.open_sheet(organisation_id, reach, meeting, _date(asked))
    except attendance.OtherDay:
        sheet = attendance.open_sheet(organisation_id, reach, meeting)
        problem = _("This meeting was never planned for that day. Look at the day below, then save.")
    form, changed = sheet_form(sheet), False
    if problem:
        form.day.data = sheet.day.isoformat()
    elif form.validate_on_submit():
        try:
            return _save_attendance(side, organisation_id, sheet, form)
        except services.ChangedMeanwhile as meanwhile:
            problem, changed = words.changed_words(meanwhile.meeting), True
            if meanwhile.meeting.day <= clock.today():
                form.day.data = meanwhile.meeting.day.isoformat()
            # Only the version: what was noted since the page was opened is still to be shown, whatever the day.
            seen = AsOf.read(form.as_of.data or "")
            form.as_of.data = str(seen._replace(version=str(meanwhile.meeting.version)))
        except attendance.NotedMeanwhile:
            problem = _(
                "Somebody else noted this day meanwhile. What they noted is now on this page, together with what you "
                "ticked. Look it over, then save again."
            )
            sheet = attendance.open_sheet(organisation_id, reach, meeting, sheet.day)
            form = sheet_form(sheet)
            form.take_in()
        except attendance.NotYet:
            problem, changed = _("That day has not come yet. What you ticked is still here; nothing was saved."), True
        except LeftMeanwhile:
            form.there.errors = [
                _(
                    "Somebody you ticked has left since. Everybody else is still ticked. If they were there, write "
                    "their nickname among those without an account, then save again."
                )
            ]
            drop_unknown(form.there)
    return render_template(
        "meetings/note_attendance.html",
        organisation=get_organisation(organisation_id) or abort(404),
        meeting=meeting,
        sheet=sheet,
        form=form,
        leader_key=leader_key,
        side=side,
        problem=problem,
        choose_day=changed and bool(sheet.other_days),
        early=request.method == "GET" and sheet.day > clock.today(),
    )


def _save_attendance(side: Side, organisation_id: UUID, sheet: Sheet, form: AttendanceForm) -> ResponseReturnValue:
    noted, meeting = form.noted, sheet.meeting
    done = attendance.note(
        organisation_id,
        side.reach(organisation_id),
        meeting.id,
        sheet.day,
        form.as_of.data or "",
        noted,
        by=current_user.id,
        module_done=bool(form.module_done.data),
    )
    number = len(noted.there) + len(noted.guests)
    day = words.weekday(sheet.day)
    flash(ngettext("Noted for %(day)s: %(num)s person.", "Noted for %(day)s: %(num)s people.", number, day=day))
    _say_of_module(organisation_id, meeting, done)
    return to_list(organisation_id)


def _say_of_module(organisation_id: UUID, meeting: Meeting, done: Outcome) -> None:
    """What became of the meeting's module, in words."""
    name = words.neutral_meeting(meeting.about, meeting.module)
    if done.new:
        flash(
            ngettext(
                "%(name)s is newly done for %(num)s person.",
                "%(name)s is newly done for %(num)s people.",
                done.new,
                name=name,
            )
        )
    if done.refreshed:
        flash(
            ngettext(
                "%(name)s is refreshed for %(num)s person.",
                "%(name)s is refreshed for %(num)s people.",
                done.refreshed,
                name=name,
            )
        )
    if done.open_again:
        flash(
            ngettext(
                "%(name)s is open again for %(num)s person who was not there after all.",
                "%(name)s is open again for %(num)s people who were not there after all.",
                done.open_again,
                name=name,
            )
        )
    if done.still:
        addresses = {
            url_for("training.show_person", organisation_id=organisation_id, person_id=person): nickname
            for person, nickname in done.still.items()
        }
        flash(words.still_marked(name, addresses))


def _date(text: str) -> dt.date | None:
    """The day; one that no meeting has where the text is none."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return dt.date.min


# --- paid time ---


@bp.get(f"{BASE}/hours")
@needs(Permission.TRAINING_ASSIGN)
def show_hours(organisation_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("month", "")
    month = hours.month_of(asked) or hours.this_month()
    reach = TRAINERS.reach(organisation_id)
    lines = hours.list_lines(organisation_id, reach, month)
    return render_template(
        "meetings/show_hours.html",
        organisation=get_organisation(organisation_id) or abort(404),
        month=month,
        before=hours.month_before(month),
        after=hours.next_month(month),
        lines=lines,
        together=hours.together(lines),
        limited=bool(reach),
        unknown=bool(asked) and hours.month_of(asked) is None,
    )


@bp.get(f"{BASE}/hours.csv")
@needs(Permission.TRAINING_ASSIGN)
def export_hours(organisation_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("month", "")
    month = hours.month_of(asked) if asked else hours.this_month()
    if month is None:
        return redirect(url_for(".show_hours", organisation_id=organisation_id, month=asked), 303)
    content = hours.to_csv(hours.list_lines(organisation_id, TRAINERS.reach(organisation_id), month))
    name = f"hours-{month:%Y-%m}.csv"
    return Response(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
