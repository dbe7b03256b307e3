from __future__ import annotations

import functools
from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from assessments import files
from assessments.model import Links, RaterGroup
from portal import clock
from portal.guidance import titles
from portal.guidance.services import by_name, named
from portal.i18n import language
from portal.permissions import Permission, needs
from portal.results import exports, item_words, sentences, services, words
from portal.results.forms import LABELS, ReleaseForm
from portal.results.release import EARLIEST, Choice
from portal.results.view import Result, build
from portal.rounds.instruments import instrument_of, words_of
from portal.rounds.models import Round
from portal.rounds.services import get_round, group_of
from portal.text import slug
from portal.views import discreet, neutral_name

bp = Blueprint("results", __name__)


def _find(organisation_id: UUID, round_id: UUID) -> tuple[Round, RaterGroup]:
    """The round and the reader's group in it; 404 unless a role of theirs covers the programme."""
    round_ = get_round(organisation_id, round_id) or abort(404)
    group = group_of(current_user.held, organisation_id, round_.programme.id) or abort(404)
    return round_, group


def _is_newcomer(round_: Round, group: RaterGroup) -> bool:
    return group is RaterGroup.PEER and services.is_newcomer(round_, current_user.id)


@functools.cache
def _links(instrument: str) -> Mapping[str, Links]:
    """Where the items of a shipped instrument lead. They are files of the release, so they are read once."""
    return files.load_links(files.INSTRUMENTS / instrument)


def _result(round_: Round, reading: services.Reading) -> Result:
    instrument = instrument_of(round_)
    worded = words_of(round_, language())
    return build(reading.published, instrument, worded, _links(instrument.name), reading.texts, reading.differed)


@bp.get("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/results")
@needs(Permission.RESULTS_VIEW)
def show_results(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    round_, group = _find(organisation_id, round_id)
    return _show(round_, group, ReleaseForm(formdata=None))


def _show(round_: Round, group: RaterGroup, form: ReleaseForm) -> str:
    if round_.closed_at is None:
        return render_template("results/still_open.html", round=round_)
    newcomer = _is_newcomer(round_, group)
    reading = services.read_results(round_, group, newcomer=newcomer)
    result = _result(round_, reading)
    form.offer(reading.release.offers)
    return render_template(
        "results/show_results.html",
        round=round_,
        reading=reading,
        release=reading.release,
        result=result,
        group=group,
        say=services.say_of(round_, current_user.id) if group is RaterGroup.PEER and not newcomer else None,
        newcomer=newcomer,
        form=form,
        words=words,
        item_words=item_words.item_words,
        item_gap_words=item_words.item_gap_words,
        sentence=sentences.sentence(result),
        sentences=sentences,
        labels=LABELS,
        earliest=reading.closed_on + EARLIEST,
        read_on=functools.partial(named, pages=by_name(language())),
        modules=titles.of_kind("module", language()),
    )


@bp.post("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/release")
@needs(Permission.RESULTS_RELEASE)
def release(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    round_, group = _find(organisation_id, round_id)
    if group is not RaterGroup.PEER:
        abort(403)  # a lead who is a peer worker, too, answers and reads as management
    form = ReleaseForm()
    if not form.validate_on_submit():
        return _show(round_, group, form)
    try:
        stands = services.choose(organisation_id, round_id, current_user.id, Choice(form.choice.data))
    except services.NothingToRelease:
        flash(_("The round is still open. There is nothing to choose before it has closed."))
    except services.NotTheirs:
        flash(_("Peer workers who were there in the round choose, or their contact. Talk with them."))
    except (services.NotOffered, ValueError):
        flash(_("This cannot be chosen any more. Below you see what can."))
    else:
        flash(_("Your choice stands.") if stands else _("Noted. It stands when another peer worker chooses the same."))
    return redirect(url_for(".show_results", organisation_id=organisation_id, round_id=round_id), 303)


@bp.get("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/results.csv")
@needs(Permission.RESULTS_VIEW)
def export_csv(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    round_, reading, result = _read_closed(organisation_id, round_id)
    return _file(exports.to_csv(result), "text/csv; charset=utf-8", _file_name(round_, reading, "csv"))


@bp.get("/organisations/<uuid:organisation_id>/rounds/<uuid:round_id>/results.json")
@needs(Permission.RESULTS_VIEW)
def export_json(organisation_id: UUID, round_id: UUID) -> ResponseReturnValue:
    round_, reading, result = _read_closed(organisation_id, round_id)
    told = exports.to_json(
        result,
        programme=round_.programme.name,
        instrument=reading.published.instrument,
        closed_on=reading.closed_on.isoformat(),
    )
    return _file(told, "application/json", _file_name(round_, reading, "json"))


def _read_closed(organisation_id: UUID, round_id: UUID) -> tuple[Round, services.Reading, Result]:
    round_, group = _find(organisation_id, round_id)
    if round_.closed_at is None:
        abort(404)
    reading = services.read_results(round_, group, newcomer=_is_newcomer(round_, group))
    return round_, reading, _result(round_, reading)


def _file_name(round_: Round, reading: services.Reading, ending: str) -> str:
    if discreet():
        return f"{slug(neutral_name())}-{clock.today()}.{ending}"
    return f"results-{slug(round_.programme.name)}-{reading.closed_on}.{ending}"


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
