"""A real browser in front of a real server: Debian's Chromium, skipped with a reason where there is none."""

from __future__ import annotations

import os
import pathlib
import shutil
import threading

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SCREENSHOTS = os.environ.get("SCREENSHOTS")  # a folder: then every page looked at is saved there

WIDTHS = (320, 768, 1280)
LARGE_TEXT_WIDTHS = (320, 640)  # with text at twice its size
SCHEMES = ("light", "dark")


@pytest.fixture(scope="session")
def chromium():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        if os.environ.get("REQUIRE_BROWSER"):
            raise
        pytest.skip("Playwright is not installed: pip install -e '.[dev]'")
    if not CHROMIUM:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("REQUIRE_BROWSER is set and there is no Chromium: apt-get install chromium")
        pytest.skip("There is no Chromium on this machine: apt-get install chromium")
    flags = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A demo that is really served; its address."""
    from werkzeug.serving import make_server

    from portal import clock, config, create_app, db, keys
    from portal.operations import serve, services

    data = tmp_path_factory.mktemp("demo")
    keys.make_keys(data)
    settings = {"DATA_DIR": str(data), "DEMO": True}
    config.load(settings)
    clock.stop(None)
    db.connect(db.sqlite_url(data))
    db.migrate()
    with db.connection():
        services.mark_as_demo()
    app = create_app(**settings)
    serve.prepare(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Visit:
    """A visitor: pages are opened, checked with axe, and looked at in every width and scheme."""

    def __init__(self, context, site: str):
        self.context, self.site = context, site
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.messages: list[str] = []
        self.page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        self.page.on("request", self._own_only)

    def _own_only(self, request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.messages.append(f"foreign request: {request.url}")

    def open(self, path: str):
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, nickname: str):
        self.open("/en/demo")
        self.page.get_by_role("button", name=f"Sign in as {nickname}", exact=True).click()
        self.page.wait_for_url("**/me")
        return self.page

    def press(self, name: str):
        """Press the button of this name."""
        button = self.page.get_by_role("button", name=name, exact=False).first
        try:
            button.click()
        except Exception as error:
            words = self.page.get_by_role("main").inner_text()[:500]
            raise AssertionError(f"no button {name!r} on {self.page.url}: {words}") from error
        self.page.wait_for_load_state()
        return self.page

    def follow(self, name: str, exact: bool = False):
        """Follow the first link of this name in the page's own part; come back once the new page is there."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("link", name=name, exact=exact).first.click()
        return self.page

    def quiet(self) -> None:
        assert self.messages == [], self.messages

    def look(self, name: str, schemes=SCHEMES, widths=WIDTHS) -> None:
        """Check the page that is open: axe, sideways scroll, console; at every width and scheme, and in large text."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_load_state()
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in widths:
                self.page.set_viewport_size({"width": width, "height": 900})
                wide = self.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} scrolls sideways at {width}: {wide}"
                if SCREENSHOTS:
                    pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
                    self.page.screenshot(path=f"{SCREENSHOTS}/{name}-{width}-{scheme}.png", full_page=True)
            found = Axe().run(self.page, options=options).response["violations"]
            told = [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
            assert not told, f"{name} ({scheme}): {told}"
        self.page.emulate_media(color_scheme="light")
        self._look_with_text_twice_as_large(name)
        self.quiet()

    def _look_with_text_twice_as_large(self, name: str) -> None:
        size = "(size) => { document.documentElement.style.fontSize = size; }"
        self.page.evaluate(size, "200%")
        for width in LARGE_TEXT_WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} with text twice as large scrolls sideways at {width}: {wide}"
            if SCREENSHOTS:
                self.page.screenshot(path=f"{SCREENSHOTS}/{name}-{width}-large.png", full_page=True)
        self.page.evaluate(size, "")


@pytest.fixture(params=["with script", "without script"])
def script(request):
    return request.param == "with script"


@pytest.fixture
def visit(chromium, site):
    context = chromium.new_context(locale="en-GB")
    yield Visit(context, site)
    context.close()


@pytest.fixture
def visitor(chromium, site):
    """``visitor(script=False)``: a further browser of its own."""
    contexts = []

    def make(script: bool = True) -> Visit:
        context = chromium.new_context(locale="en-GB", java_script_enabled=script)
        contexts.append(context)
        return Visit(context, site)

    yield make
    for context in contexts:
        context.close()
