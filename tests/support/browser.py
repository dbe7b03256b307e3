"""A browser without script: follows links and redirects, fills in the forms a page really shows, checks every page."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import url_for

from portal import db
from portal.accounts import sign_ins

CONTROLS = ("input", "textarea", "select")


class Page:
    """An answer of the portal, read the way a browser reads it."""

    def __init__(self, response, path: str):
        self.response, self.path, self.status = response, path, response.status_code
        self.html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        self.root = html5lib.parse(self.html, namespaceHTMLElements=False)

    @property
    def text(self) -> str:
        """What stands in the main part, with single spaces."""
        main = self.root.find(".//main")
        return " ".join("".join((main if main is not None else self.root).itertext()).split())

    @property
    def heading(self) -> str:
        return " ".join("".join(self.root.find(".//h1").itertext()).split())

    @property
    def title(self) -> str:
        return " ".join(self.root.find(".//title").text.split())

    def links(self) -> dict[str, str]:
        """Words to address of every link in the main part."""
        return {" ".join("".join(a.itertext()).split()): a.get("href") for a in self.root.findall(".//main//a[@href]")}

    def form(self, button: str | None = None, action: str | None = None) -> Element:
        """The form that has this button or address; else the first one of the main part."""
        for form in self.root.findall(".//main//form"):
            words = [" ".join("".join(b.itertext()).split()) for b in form.findall(".//button")]
            if (button is None or button in words) and (action is None or action in (form.get("action") or "")):
                return form
        raise AssertionError(f"no form with button {button!r} and address {action!r} on {self.path}: {self.text[:400]}")

    def fields(self, form: Element) -> list[tuple[str, str]]:
        """What a browser would send of this form as it stands."""
        sent = []
        for control in form.iter():
            name = control.get("name")
            if control.tag not in CONTROLS or not name or control.get("disabled") is not None:
                continue
            if control.tag == "textarea":
                sent.append((name, (control.text or "").removeprefix("\n")))
            elif control.tag == "select":
                options = control.findall(".//option")
                chosen = [o for o in options if o.get("selected") is not None] or options[:1]
                sent += [(name, o.get("value", o.text)) for o in chosen]
            elif control.get("type") in ("radio", "checkbox"):
                if control.get("checked") is not None:
                    sent.append((name, control.get("value", "on")))
            else:
                sent.append((name, control.get("value", "")))
        return sent


class Browser:
    def __init__(self, app):
        self.app = app
        self.client = app.test_client()

    def sign_in(self, person, *, seen: int | None = None) -> Browser:
        """Sign in as a person (a row), as the sign-in page would."""
        with db.connection():
            token = sign_ins.sign_in(person.id)
        from portal import clock

        with self.client.session_transaction() as session:
            session.clear()
            session["sign_in"] = token
            session["seen"] = seen or int(clock.now().timestamp())
        return self

    def address(self, endpoint: str, **values) -> str:
        if endpoint.startswith("/"):
            return endpoint
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def get(self, endpoint: str, *, status: int = 200, follow: bool = True, **values) -> Page:
        return self._open("GET", self.address(endpoint, **values), status, follow)

    def post(self, endpoint: str, data=None, *, status: int = 200, follow: bool = True, **values) -> Page:
        """POST as a form would, with a token that is right."""
        data = {"csrf_token": self.csrf_token(), **(data or {})}
        return self._open("POST", self.address(endpoint, **values), status, follow, data=data)

    def submit(self, page: Page, *, button=None, action=None, status=200, follow=True, press=None, **typed) -> Page:
        """Send a form of the page with what is typed. A list fills boxes of one name; ``press`` is (name, value)."""
        form = page.form(button, action)
        known = {control.get("name") for control in form.iter() if control.tag in (*CONTROLS, "button")}
        assert set(typed) <= known, f"the form has no {set(typed) - known}; it has {known}"
        sent = [(name, value) for name, value in page.fields(form) if name not in typed]
        for name, value in typed.items():
            values = value if isinstance(value, list) else [value]
            sent += [(name, str(one)) for one in values if one is not None]
        if press:
            sent.append(press)
        elif button:
            chosen = next(b for b in form.findall(".//button") if " ".join("".join(b.itertext()).split()) == button)
            if chosen.get("name"):
                sent.append((chosen.get("name"), chosen.get("value", "")))
        path = form.get("action") or page.path
        if (form.get("method") or "get").lower() == "get":
            return self._open("GET", path, status, follow, query_string=sent)
        from werkzeug.datastructures import MultiDict

        return self._open("POST", path, status, follow, data=MultiDict(sent))

    def csrf_token(self) -> str:
        """A token of this browser's session."""
        from flask_wtf.csrf import generate_csrf

        with self.app.test_request_context(), self.client.session_transaction() as session:
            from flask import g
            from flask import session as request_session

            request_session.update(session)
            token = generate_csrf()
            session.update(request_session)
            g.pop("csrf_token", None)
        return token

    def _open(self, method: str, path: str, status: int, follow: bool, **options) -> Page:
        response = self.client.open(path, method=method, **options)
        hops = 0
        while follow and response.status_code in (301, 302, 303, 307, 308):
            parts = urlsplit(response.headers["Location"])
            if parts.netloc and parts.netloc != "localhost":
                break
            path, hops = parts.path, hops + 1
            response = self.client.get(path, query_string=parse_qsl(parts.query))
            assert hops < 8, "redirects go round in a circle"
        page = Page(response, path)
        assert page.status == status, f"{method} {path}: {page.status} instead of {status}. {page.text[:600]}"
        if page.html:
            check(page)
        return page


def check(page: Page) -> None:
    """What must hold of every page: one h1, a label for each field, ids once, headings in order, nothing inline."""
    root = page.root
    where = f"{page.path}: "
    assert root.get("lang"), where + "no language"
    headings = [e for e in root.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert [e.tag for e in headings].count("h1") == 1, where + "not exactly one h1"
    levels = [int(e.tag[1]) for e in headings]
    for before, after in pairwise(levels):
        assert after <= before + 1, where + f"a heading of level {after} follows one of level {before}"
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)), where + f"ids used twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    labelled = {e.get("for") for e in root.iter("label")}
    inside = {id(control) for label in root.iter("label") for control in label.iter()}
    for control in root.iter():
        if control.tag in CONTROLS and control.get("type") != "hidden":
            named = control.get("id") in labelled or id(control) in inside or control.get("aria-label")
            assert named, where + f"no label for {control.get('name')}"
    for e in root.iter():
        inline = [a for a in e.attrib if a == "style" or str(a).startswith("on")]
        assert not inline, where + f"inline {inline} on <{e.tag}>"
        assert e.tag != "style", where + "an inline style sheet"
        assert e.tag != "script" or e.get("src"), where + "an inline script"
    for e in root.iter():
        for name in ("aria-describedby", "aria-labelledby"):
            missing = set((e.get(name) or "").split()) - set(ids)
            assert not missing, where + f"{name} names {missing}, which is not there"
