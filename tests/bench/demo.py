"""A demo's data folder for benchmarks, and somebody signed in to it."""

from __future__ import annotations

import http.cookiejar
import re
import tempfile
import urllib.parse
import urllib.request


def prepare() -> dict[str, str]:
    """A filled demo; the environment that serves it."""
    import os

    folder = tempfile.mkdtemp(prefix="bench-")
    os.environ |= {"PORTAL_DATA_DIR": folder, "PORTAL_DEMO": "true"}
    from portal.app import create_app
    from portal.operations import serve

    serve.bring_up_to_date(demo=True)
    serve.prepare(create_app())
    return {"PORTAL_DATA_DIR": folder, "PORTAL_DEMO": "true"}


class Visitor:
    def __init__(self, address: str):
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path) as answer:
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        with self.opener.open(self.address + path, urllib.parse.urlencode(fields).encode()) as answer:
            return answer.read().decode()

    def token(self, page: str) -> str:
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)

    def sign_in(self, nickname: str) -> None:
        self.post("/demo/sign-in", csrf_token=self.token(self.get("/en/demo")), nickname=nickname)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
