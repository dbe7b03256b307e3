"""Codes of roles, states and changes in plain words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.organisations.models import State

_ROLES = {
    "lead": _l("lead"),
    "staff": _l("staff"),
    "peer_worker": _l("peer worker"),
    "trainer": _l("trainer"),
    "candidate": _l("candidate"),
    "administrator": _l("administrator of the portal"),
    "editor": _l("editor"),
    "author": _l("author"),
    "reviewer": _l("reviewer"),
}


def role_words(role: str) -> str:
    return str(_ROLES[role])


def state_words(state: State) -> str:
    words: dict[State, str] = {
        State.OPEN: _("open"),
        State.USED_UP: _("used up"),
        State.ENDED: _("ended"),
        State.REVOKED: _("revoked"),
    }
    return words[state]


def action_words(action: str) -> str:
    """What an audit row is about; the code itself where there are no words for it."""
    words: dict[str, str] = {
        "accounts.sign_up": _("made an account"),
        "accounts.end_sign_in": _("ended a sign-in"),
        "accounts.end_all_sign_ins": _("ended all sign-ins"),
        "accounts.save_settings": _("changed settings"),
        "accounts.delete_person": _("deleted an account"),
        "accounts.set_portal_roles": _("changed roles in the portal"),
        "accounts.block": _("shut out an account"),
        "accounts.unblock": _("let an account in again"),
        "accounts.set_second_factor": _("turned a second factor on"),
        "accounts.change_key_words": _("took new key words"),
        "accounts.make_setup_link": _("made a link for an administrator"),
        "audit.checkpoint": _("older rows were taken away"),
        "organisations.create": _("made an organisation"),
        "organisations.close": _("closed an organisation"),
        "organisations.create_programme": _("added a programme"),
        "organisations.save_programme": _("changed a programme"),
        "organisations.join": _("joined"),
        "organisations.leave": _("a membership ended"),
        "organisations.invite": _("made an invitation"),
        "organisations.revoke_invitation": _("revoked an invitation"),
        "organisations.name_peer_contact": _("a peer worker named a contact"),
        "training.assign": _("assigned modules"),
        "training.take_back": _("took an assignment back"),
        "training.finish": _("marked a module done"),
        "training.practise": _("marked a module practised"),
        "training.refresh": _("marked a module refreshed"),
        "training.undo": _("took a mark back"),
        "training.save_group": _("changed a training group"),
        "training.delete_group": _("deleted a training group"),
        "training.make_rule": _("made a training rule"),
        "training.end_rule": _("ended a training rule"),
        "meetings.plan": _("planned a meeting"),
        "meetings.change": _("changed a meeting"),
        "meetings.move": _("moved a meeting"),
        "meetings.cancel": _("cancelled a meeting"),
        "meetings.hold": _("a cancelled meeting takes place after all"),
        "meetings.note_attendance": _("noted who was at a meeting"),
        "meetings.ask": _("a question was put into the box"),
        "meetings.delete_question": _("a question was taken out of the box"),
        "meetings.answer": _("answered a question"),
        "meetings.hand_on": _("handed a question to the authors"),
        "meetings.take_back_draft": _("took a question back from the authors"),
        "meetings.begin_page": _("began a page with a question"),
        "guidance.load": _("pages were loaded from files"),
        "guidance.create_page": _("began a new page"),
        "guidance.publish": _("published a page"),
        "guidance.revert_page": _("took up an old text of a page"),
        "guidance.discard_draft": _("threw a draft away"),
        "guidance.shift_page": _("moved a page in its menu"),
        "guidance.move_page": _("moved a page to another address"),
        "guidance.withdraw_page": _("withdrew a page"),
        "guidance.bring_back_page": _("brought a page back"),
        "rounds.load_instrument": _("an instrument was loaded from files"),
        "rounds.open": _("opened a round"),
        "rounds.close": _("a round was closed"),
        "rounds.add_slips": _("made more slips"),
        "rounds.raise_smallest_group": _("raised the smallest group shown"),
        "results.release_all": _("peer workers opened their figures"),
        "results.talk_first": _("peer workers talk first"),
        "results.take_back": _("peer workers took a release back"),
        "candidates.keep": _("kept a checklist"),
        "candidates.delete_kept": _("deleted a kept checklist"),
        "candidates.share": _("shared a copy"),
        "candidates.look": _("looked at a copy"),
        "candidates.take_back": _("took a copy back"),
        "candidates.end_copy": _("a copy came to its end"),
        "candidates.show_wish": _("showed the trainers a wish to grow"),
        "candidates.take_back_wish": _("took a wish to grow back"),
        "candidates.end_wish": _("a wish to grow is shown no more"),
        "records.make_certificate": _("made a certificate"),
        "records.withdraw_certificate": _("withdrew a certificate"),
        "records.delete_certificate": _("deleted a certificate"),
        "records.make_calendar": _("made a private address for a calendar"),
        "records.delete_calendar": _("deleted the private address of a calendar"),
    }
    return words.get(action, action)


def thing_words(thing: str) -> str:
    """The object of an audit row: what it is, and the beginning of its id."""
    kind, _slash, identity = thing.partition("/")
    return f"{kind} {identity[:8]}".strip()
