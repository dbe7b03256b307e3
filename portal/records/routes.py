"""A person's own record of learning, and the two addresses that others open: a certificate's and a calendar's."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal.feature import CalendarEntry
from portal.forms import acts
from portal.i18n import language
from portal.permissions import by_token, public, signed_in
from portal.qr import qr_code
from portal.records import badges, calendar, certificates, services, statements
from portal.records.forms import CalendarForm, CertificateForm, StatementsForm
from portal.training import plans
from portal.training.words import module_name
from portal.views import day, neutral_name

bp = Blueprint("records", __name__)


def _site() -> str:
    """The site's address, without a slash at its end."""
    return str(current_app.config["BASE_URL"] or request.url_root).rstrip("/")


def _verify_address(certificate: services.Certificate) -> str:
    return _site() + url_for("records.verify", token=certificate.token)


# --- what somebody has done ---


@bp.get("/me/learning")
@signed_in
def show_learning() -> ResponseReturnValue:
    plan = plans.plan(current_user.id, language())
    form = CertificateForm(data={"name": current_user.nickname, "full_titles": plan.full_titles})
    form.certificate_id.data = str(uuid4())
    return _show_learning(plan, form)


def _show_learning(plan: plans.Plan, form: CertificateForm, *, gone: bool = False) -> str:
    form.offer((str(line.id), _choice(line, plan.titles)) for line in plan.done)
    made = services.list_certificates(current_user.id)
    return render_template(
        "records/show_learning.html",
        plan=plan,
        form=form,
        gone=gone,
        statements=StatementsForm(formdata=None),
        certificates=made,
        addresses={one.id: _verify_address(one) for one in made if one.content},
        certificate_table=certificates.table,
    )


def _choice(line: plans.Line, titles: dict[str, str]) -> str:
    return _("%(module)s, %(day)s", module=module_name(line.code, titles), day=day(line.done_on))


@bp.post("/me/learning/certificates")
@signed_in
def make_certificate() -> ResponseReturnValue:
    plan, form = plans.plan(current_user.id, language()), CertificateForm()
    form.offer(())  # what was ticked may be gone meanwhile: the service looks
    if not form.validate_on_submit():
        return _show_learning(plan, form)
    wanted = services.Wanted(
        full_titles=form.full_titles.data, later_days=form.later_days.data, organisations=form.organisations.data
    )
    site = current_app.config["SITE_NAME"] if form.site.data else ""
    chosen = {_uuid(one) for one in form.modules.data or ()}
    name = " ".join((form.name.data or "").split())
    try:
        made = services.make_certificate(
            _uuid(form.certificate_id.data), current_user.id, chosen, name, wanted, language(), site
        )
    except services.NotDone:
        return _show_learning(plan, form, gone=True)
    return redirect(url_for(".show_certificate", certificate_id=made), 303)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return uuid4()  # an id of nothing


@bp.post("/me/learning/statements.jsonl")
@signed_in
def export_statements() -> ResponseReturnValue:
    form = StatementsForm()
    if not form.validate_on_submit():
        return redirect(url_for(".show_learning"), 303)
    plan = plans.plan(current_user.id, language())
    nickname = current_user.nickname if form.with_nickname.data else ""
    text = statements.as_json_lines(reversed(plan.done), plan.titles, _site(), nickname, language=language())
    return _file(text, "application/jsonl", "statements.jsonl")


def _file(content: str | bytes, kind: str, name: str) -> Response:
    """A download whose name tells nothing."""
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# --- one certificate ---


@bp.get("/me/learning/certificates/<uuid:certificate_id>")
@signed_in
def show_certificate(certificate_id: UUID) -> ResponseReturnValue:
    certificate, content = _own(certificate_id)
    address = _verify_address(certificate)
    return render_template(
        "records/show_certificate.html",
        certificate=certificate,
        content=content,
        table=certificates.table(content),
        notes=certificates.notes(),
        address=address,
        qr=qr_code(address),
        badges=badges.available(),
    )


def _own(certificate_id: UUID) -> tuple[services.Certificate, services.Content]:
    """The person's own certificate that stands; 404 for any other."""
    certificate = services.get_certificate(current_user.id, certificate_id) or abort(404)
    return certificate, certificate.content or abort(404)


@bp.get("/me/learning/certificates/<uuid:certificate_id>/certificate.pdf")
@signed_in
def download_certificate(certificate_id: UUID) -> ResponseReturnValue:
    certificate, content = _own(certificate_id)
    made = certificates.make_certificate_pdf(certificate, content, _verify_address(certificate))
    return _file(made, "application/pdf", "learning.pdf")


@bp.get("/me/learning/certificates/<uuid:certificate_id>/badge.<any(json, jwt):kind>")
@signed_in
def download_badge(certificate_id: UUID, kind: str) -> ResponseReturnValue:
    certificate, content = _own(certificate_id)
    if not badges.available():
        abort(404)
    address = _verify_address(certificate)
    if kind == "jwt":
        return _file(badges.sign(certificate, content, _site(), address), "application/vc+jwt", "learning.jwt")
    found = badges.credential(certificate, content, _site(), address)
    return _file(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "application/vc", "learning.json")


@bp.post("/me/learning/certificates/<uuid:certificate_id>/withdraw")
@signed_in
def withdraw_certificate(certificate_id: UUID) -> ResponseReturnValue:
    services.get_certificate(current_user.id, certificate_id) or abort(404)
    if acts():
        services.withdraw_certificate(current_user.id, certificate_id)
        flash(_("Withdrawn. Its address now says so, and shows nothing else."))
    return redirect(url_for(".show_learning"), 303)


@bp.post("/me/learning/certificates/<uuid:certificate_id>/delete")
@signed_in
def delete_certificate(certificate_id: UUID) -> ResponseReturnValue:
    services.get_certificate(current_user.id, certificate_id) or abort(404)
    if acts():
        services.delete_certificate(current_user.id, certificate_id)
        flash(_("Deleted. Its address leads nowhere now."))
    return redirect(url_for(".show_learning"), 303)


# --- for whoever was given an address ---


@bp.get("/verify/<token>")
@by_token
def verify(token: str) -> ResponseReturnValue:
    certificate = services.find_certificate(token)
    content = certificate.content if certificate else None
    page = render_template(
        "records/verify.html",
        certificate=certificate,
        content=content,
        table=certificates.table(content) if content else None,
        notes=certificates.notes(),
    )
    return page, 200 if certificate else 404


@bp.get("/-/badge-keys.json")
@public
def show_badge_keys() -> ResponseReturnValue:
    return _json(badges.public_keys(_site()), "application/jwk-set+json")


@bp.get("/-/badge-issuer.json")
@public
def show_badge_issuer() -> ResponseReturnValue:
    return _json({"@context": badges.CONTEXT, **badges.issuer(_site())}, "application/ld+json")


def _json(found: dict[str, object], kind: str) -> Response:
    return Response(json.dumps(found, indent=2) + "\n", mimetype=kind)


# --- the calendar ---


@bp.get("/me/calendar")
@signed_in
def show_calendar() -> ResponseReturnValue:
    return _show_calendar("")


def _show_calendar(address: str) -> str:
    return render_template(
        "records/show_calendar.html",
        form=CalendarForm(formdata=None),
        made_on=calendar.made_on(current_user.id),
        reminders=calendar.wants_reminders(current_user.id),
        address=address,
        entries=[(one.title, calendar.when(one)) for one in calendar.in_order(_entries(current_user.id))],
    )


def _entries(person: UUID) -> list[CalendarEntry]:
    gather = [one.calendar_entries for one in current_app.extensions["features"] if one.calendar_entries]
    return [entry for entries in gather for entry in entries(person)]


@bp.post("/me/calendar")
@signed_in
def change_calendar() -> ResponseReturnValue:
    """A new address is shown in the answer itself, once: what is kept of it cannot be turned back."""
    form = CalendarForm()
    if not form.validate_on_submit() or not acts():
        return redirect(url_for(".show_calendar"), 303)
    if request.form.get("do") == "delete":
        calendar.delete_address(current_user.id)
        flash(_("Deleted. The address leads nowhere now."))
        return redirect(url_for(".show_calendar"), 303)
    token = calendar.make_address(current_user.id)
    return _show_calendar(_site() + url_for(".download_calendar", token=token))


@bp.get("/cal/<token>.ics")
@by_token
def download_calendar(token: str) -> ResponseReturnValue:
    """For a calendar program, which has no cookie: the address is the key."""
    person = calendar.find_person(token)
    if person is None:
        return Response(status=404)
    known = person.language in current_app.config["LANGUAGES"]
    with force_locale(person.language if known else current_app.config["DEFAULT_LANGUAGE"]):
        content = calendar.as_icalendar(
            neutral_name(), _entries(person.id), reminders=calendar.wants_reminders(person.id)
        )
    return Response(content, mimetype="text/calendar")
