"""Who gets in where: every endpoint × every role × own, other and no organisation.

ACCESS is the table reviewers read: a route without a line here fails, so each change of access is one visible line.
"""

from __future__ import annotations

from portal import permissions
from portal.permissions import ORGANISATION_ROLES, PORTAL_ROLES, Label, Permission
from tests.support.browser import Browser

PUBLIC, TOKEN, SIGNED_IN, DEMO = Label.PUBLIC, Label.TOKEN, Label.SIGNED_IN, Label.DEMO

ACCESS = {
    "accounts.change_key_words": SIGNED_IN,
    "accounts.change_portal_person": Permission.ACCOUNT_BLOCK,
    "accounts.change_sign_in": SIGNED_IN,
    "accounts.choose_discreet": PUBLIC,
    "accounts.confirm_sign_up": PUBLIC,
    "accounts.delete_account": SIGNED_IN,
    "accounts.edit_settings": SIGNED_IN,
    "accounts.end_all_sign_ins": SIGNED_IN,
    "accounts.leave_quickly": PUBLIC,
    "accounts.list_portal_people": Permission.ACCOUNT_BLOCK,
    "accounts.list_sign_ins": SIGNED_IN,
    "accounts.open_setup_link": TOKEN,
    "accounts.set_up_second_factor": SIGNED_IN,
    "accounts.sign_in": PUBLIC,
    "accounts.sign_out": SIGNED_IN,
    "accounts.sign_up": PUBLIC,
    "accounts.take_code": PUBLIC,
    "answering.come_back": TOKEN,
    "answering.come_back_by_link": TOKEN,
    "answering.delete_sheet": TOKEN,
    "answering.finish": TOKEN,
    "answering.go_on": TOKEN,
    "answering.keep_key": TOKEN,
    "answering.open_place": TOKEN,
    "answering.save_item": TOKEN,
    "answering.show_end": TOKEN,
    "answering.show_item": TOKEN,
    "answering.show_overview": TOKEN,
    "answering.start": TOKEN,
    "answering.start_as_member": SIGNED_IN,
    "answering.stop": TOKEN,
    "candidates.confirm_keeping": PUBLIC,
    "candidates.delete_checklist": SIGNED_IN,
    "candidates.download_checklist": SIGNED_IN,
    "candidates.edit_wishes": SIGNED_IN,
    "candidates.keep_checklist": SIGNED_IN,
    "candidates.list_copies": SIGNED_IN,
    "candidates.list_growth": Permission.GROWTH_VIEW,
    "candidates.list_shared_copies": Permission.COPY_VIEW,
    "candidates.share_copy": SIGNED_IN,
    "candidates.show_checklist": PUBLIC,
    "candidates.show_copy": SIGNED_IN,
    "candidates.show_kept_checklist": SIGNED_IN,
    "candidates.show_shared_copy": Permission.COPY_VIEW,
    "candidates.show_wishes": SIGNED_IN,
    "candidates.take_back_copy": SIGNED_IN,
    "candidates.take_back_wish": SIGNED_IN,
    "candidates.turn_card": PUBLIC,
    "demo.find_demo": DEMO,
    "demo.show_demo": DEMO,
    "demo.sign_in_as": DEMO,
    "editing.bring_back_page": Permission.CONTENT_PUBLISH,
    "editing.discard_draft": Permission.CONTENT_DRAFT,
    "editing.edit_page": Permission.CONTENT_DRAFT,
    "editing.list_pages": Permission.CONTENT_DRAFT,
    "editing.list_revisions": Permission.CONTENT_DRAFT,
    "editing.move_page": Permission.CONTENT_PUBLISH,
    "editing.new_page": Permission.CONTENT_DRAFT,
    "editing.preview_page": Permission.CONTENT_DRAFT,
    "editing.publish_page": Permission.CONTENT_PUBLISH,
    "editing.revert": Permission.CONTENT_DRAFT,
    "editing.save_draft": Permission.CONTENT_DRAFT,
    "editing.shift_page": Permission.CONTENT_PUBLISH,
    "editing.show_differences": Permission.CONTENT_DRAFT,
    "editing.withdraw_page": Permission.CONTENT_PUBLISH,
    "guidance.download_booklet": PUBLIC,
    "guidance.list_resources": PUBLIC,
    "guidance.list_sections": PUBLIC,
    "guidance.list_terms": PUBLIC,
    "guidance.show_booklet": PUBLIC,
    "guidance.show_feed": PUBLIC,
    "guidance.show_page": PUBLIC,
    "guidance.show_robots": PUBLIC,
    "guidance.show_section": PUBLIC,
    "guidance.show_sitemap": PUBLIC,
    "guidance.show_topic": PUBLIC,
    "home.choose_language": PUBLIC,
    "home.show_accessibility": PUBLIC,
    "home.show_front_page": PUBLIC,
    "home.show_my_page": SIGNED_IN,
    "home.show_our_programme": SIGNED_IN,
    "home.show_safety": PUBLIC,
    "home.show_who_reads_what": PUBLIC,
    "meetings.answer_question": Permission.TRAINING_ASSIGN,
    "meetings.begin_page": Permission.CONTENT_DRAFT,
    "meetings.cancel_meeting": Permission.TRAINING_ASSIGN,
    "meetings.cancel_support_meeting": Permission.SUPPORT_MEET,
    "meetings.delete_question": Permission.TRAINING_DO,
    "meetings.edit_meeting": Permission.TRAINING_ASSIGN,
    "meetings.edit_support_meeting": Permission.SUPPORT_MEET,
    "meetings.export_hours": Permission.TRAINING_ASSIGN,
    "meetings.hand_on_question": Permission.TRAINING_ASSIGN,
    "meetings.list_handed": Permission.CONTENT_DRAFT,
    "meetings.list_meetings": Permission.TRAINING_DO,
    "meetings.list_questions": Permission.TRAINING_DO,
    "meetings.new_meeting": Permission.TRAINING_ASSIGN,
    "meetings.new_support_meeting": Permission.SUPPORT_MEET,
    "meetings.note_attendance": Permission.TRAINING_ASSIGN,
    "meetings.note_support_hours": Permission.SUPPORT_MEET,
    "meetings.show_hours": Permission.TRAINING_ASSIGN,
    "meetings.show_own": SIGNED_IN,
    "meetings.take_back_draft": Permission.TRAINING_ASSIGN,
    "operations.show_health": PUBLIC,
    "organisations.close_organisation": Permission.ORGANISATION_CLOSE,
    "organisations.edit_programme": Permission.PROGRAMME_EDIT,
    "organisations.enter_code": TOKEN,
    "organisations.invite_lead": Permission.ORGANISATION_CLOSE,
    "organisations.join": TOKEN,
    "organisations.leave": Permission.ORGANISATION_VIEW,
    "organisations.leave_closed": SIGNED_IN,
    "organisations.list_changes": Permission.AUDIT_VIEW,
    "organisations.list_closed": SIGNED_IN,
    "organisations.list_members": Permission.MEMBER_REMOVE,
    "organisations.list_organisations": Permission.ORGANISATION_CLOSE,
    "organisations.list_portal_changes": Permission.AUDIT_VIEW,
    "organisations.name_peer_contact": Permission.PEER_CONTACT_NAME,
    "organisations.new_invitation": Permission.MEMBER_INVITE,
    "organisations.new_organisation": Permission.ORGANISATION_CREATE,
    "organisations.new_programme": Permission.PROGRAMME_EDIT,
    "organisations.open_invitation": TOKEN,
    "organisations.remove_member": Permission.MEMBER_REMOVE,
    "organisations.revoke_invitation": Permission.MEMBER_INVITE,
    "organisations.show_invitation": TOKEN,
    "organisations.show_organisation": Permission.ORGANISATION_VIEW,
    "records.change_calendar": SIGNED_IN,
    "records.delete_certificate": SIGNED_IN,
    "records.download_badge": SIGNED_IN,
    "records.download_calendar": TOKEN,
    "records.download_certificate": SIGNED_IN,
    "records.export_statements": SIGNED_IN,
    "records.make_certificate": SIGNED_IN,
    "records.show_badge_issuer": PUBLIC,
    "records.show_badge_keys": PUBLIC,
    "records.show_calendar": SIGNED_IN,
    "records.show_certificate": SIGNED_IN,
    "records.show_learning": SIGNED_IN,
    "records.verify": TOKEN,
    "records.withdraw_certificate": SIGNED_IN,
    "results.export_csv": Permission.RESULTS_VIEW,
    "results.export_json": Permission.RESULTS_VIEW,
    "results.release": Permission.RESULTS_RELEASE,
    "results.show_results": Permission.RESULTS_VIEW,
    "rounds.add_slips": Permission.ROUND_ANSWER,
    "rounds.close_round": Permission.ROUND_CLOSE,
    "rounds.list_rounds": Permission.RESULTS_VIEW,
    "rounds.new_round": Permission.ROUND_OPEN,
    "rounds.raise_threshold": Permission.ROUND_CLOSE,
    "rounds.show_round": Permission.RESULTS_VIEW,
    "search.find": PUBLIC,
    "training.assign_modules": Permission.TRAINING_ASSIGN,
    "training.catch_up": Permission.TRAINING_ASSIGN,
    "training.change_own": SIGNED_IN,
    "training.delete_group": Permission.TRAINING_ASSIGN,
    "training.download_pack": PUBLIC,
    "training.edit_group": Permission.TRAINING_ASSIGN,
    "training.end_rule": Permission.TRAINING_ASSIGN,
    "training.list_modules": PUBLIC,
    "training.list_rules": Permission.TRAINING_ASSIGN,
    "training.save_choices": SIGNED_IN,
    "training.show_board": Permission.TRAINING_ASSIGN,
    "training.show_changes": SIGNED_IN,
    "training.show_guide": PUBLIC,
    "training.show_module": PUBLIC,
    "training.show_person": Permission.TRAINING_ASSIGN,
    "training.show_plan": SIGNED_IN,
    "training.take_on": SIGNED_IN,
}


def endpoints(app):
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()} - {"static"})


def methods_of(app, endpoint):
    found = {method for rule in app.url_map.iter_rules(endpoint) for method in rule.methods}
    return sorted(found & {"GET", "POST"})


def test_the_table_lists_every_endpoint_with_its_label(app):
    labels = {name: permissions.access_of(app.view_functions[name]) for name in endpoints(app)}
    assert {name: str(label) for name, label in labels.items()} == {name: str(label) for name, label in ACCESS.items()}


def test_address_and_label_agree(app):
    for rule in app.url_map.iter_rules():
        label = ACCESS.get(rule.endpoint)
        if rule.rule.startswith("/organisations/<"):
            assert isinstance(label, Permission), rule
            assert "organisation_id" in rule.arguments, rule
        elif rule.rule.startswith("/manage"):
            assert isinstance(label, Permission), rule
        elif rule.rule.startswith("/me"):
            assert label is SIGNED_IN, rule
        elif rule.rule.startswith("/<language>"):
            assert label in (PUBLIC, DEMO), rule
        if isinstance(label, Permission):
            assert rule.rule.startswith(("/organisations/", "/manage")), rule


def test_addresses_are_lower_case_with_hyphens(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            fixed = "".join(part for is_argument, part in rule._trace if not is_argument)
            assert fixed == fixed.lower() and "_" not in fixed, rule.rule


def expected(label, roles, belongs):
    """What a visitor with these permissions meets: "in", "sign in", 403 or 404."""
    if label is DEMO:
        return 404
    if label in (PUBLIC, TOKEN):
        return "in"
    if roles is None:
        return "sign in"
    if label is SIGNED_IN:
        return "in"
    return belongs


def meets(browser, method, address):
    answer = browser.client.open(address, method=method, data={"csrf_token": browser.csrf_token()})
    if answer.status_code == 401 or "/sign-in?next=" in answer.headers.get("Location", ""):
        return "sign in"
    return answer.status_code if answer.status_code in (403, 404) else "in"


def visitors(world):
    """Name, person, and what the person may do in the world's organisation and in the portal."""
    yield "nobody", None, frozenset(), False, frozenset()
    for role, may in ORGANISATION_ROLES.items():
        yield f"{role} here", world.member(role), may, True, frozenset()
        yield f"{role} elsewhere", world.stranger(role), frozenset(), False, frozenset()
    for role, may in PORTAL_ROLES.items():
        yield f"{role} of the portal", world.portal(role), frozenset(), False, may
    yield "an account without any role", world.make.person(), frozenset(), False, frozenset()


def test_every_endpoint_meets_every_role_as_the_table_says(app, world):
    wrong = []
    for name, person, here, belongs, in_portal in list(visitors(world)):
        browser = Browser(app)
        for endpoint in endpoints(app):
            label = ACCESS[endpoint]
            for method in methods_of(app, endpoint):
                if endpoint in ("accounts.leave_quickly",):
                    continue  # open to all, and it would end the sign-in of the rest of the round
                world.restore()
                if person is not None:
                    browser.sign_in(person)
                address, in_organisation = world.address(app, endpoint)
                if in_organisation:
                    may = (here and label in here) if belongs else False
                    then = "in" if may else 403 if belongs else 404
                else:
                    then = "in" if label in in_portal else 403
                then = expected(label, None if person is None else here, then)
                met = meets(browser, method, address)
                if then == "in" and endpoint in world.own_only and met == 404:
                    continue  # somebody else's thing: nothing is there for this person
                if met != then:
                    wrong.append(f"{name}: {method} {endpoint} ({label}) gave {met} instead of {then}")
    assert not wrong, "\n".join(wrong)


def test_a_membership_in_one_programme_opens_no_other(app, world):
    wrong = []
    for role in ("lead", "staff", "peer_worker"):
        browser = Browser(app)
        for endpoint in world.of_programme:
            if ACCESS[endpoint] not in ORGANISATION_ROLES[role]:
                continue
            for method in methods_of(app, endpoint):
                world.restore()
                browser.sign_in(world.member_elsewhere_in_the_organisation(role))
                met = meets(browser, method, world.address(app, endpoint)[0])
                if met != 404:
                    wrong.append(f"{role} of another programme: {method} {endpoint} gave {met}")
    assert not wrong, "\n".join(wrong)


def test_an_unlabelled_view_is_refused(app, login, make, browser):
    app.add_url_rule("/me/unlabelled", "unlabelled", lambda: "seen")
    login(make.person())
    browser.get("/me/unlabelled", status=403)


def test_with_open_registration_everybody_signed_in_may_register(app, login, make, browser):
    login(make.person())
    browser.get("organisations.new_organisation", status=403)
    app.config["REGISTRATION"] = "open"
    browser.get("organisations.new_organisation")
