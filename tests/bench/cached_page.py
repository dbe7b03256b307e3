"""performance.md, goals 1 to 3: public pages from the page cache, beside a bare WSGI callable and nginx.

Goal 1: ≥ 0.50 of a bare callable on the same server, one worker pinned to a core; ≥ 0.15 of nginx sending the file.
Goal 2: 304 ≥ 1.1 × the rate of the full page; gzip ≥ 0.9 × the identity rate and ≤ 0.30 of its bytes.
Goal 3: never stale after a committed edit in any worker; ≥ 0.85 of the quiet rate while 300 answers a second are saved.

Runs are interleaved and the better one counts: other work on the machine disturbs.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from tests.bench import demo
from tests.bench.save_answer import ITEMS
from tests.bench.server import PROJECT, family, free_port, load, say, served

PAGE = "/en/guidance/principles/equality"
ROUNDS = 3
EDITS = 100
ANSWERS_A_SECOND = 300
SAVERS = 8  # connections

EDIT = """
import sys, time
from portal import config, db, generation
from portal.guidance.models import Revision
values = config.load({})
db.connect(db.sqlite_url(values["DATA_DIR"]))
@db.transaction
def edit(number):
    Revision.update(summary=f"Edit {number}.").execute()
    generation.raise_it()
with db.connection():
    for line in sys.stdin:
        edit(int(line))
        print("saved", flush=True)
"""

NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log /dev/null;
events {{ worker_connections 64; }}
http {{ access_log off; types {{ text/html html; }} keepalive_requests 1000000000;
  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


def bare():
    """A WSGI callable that sends the page and does nothing else."""
    page = pathlib.Path(os.environ["BENCH_PAGE"]).read_bytes()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))]

    def application(environ, start_response):
        start_response("200 OK", headers)
        return [page]

    return application


def fetch(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as they come over the wire."""
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/" + path, headers=headers)
    answer = connection.getresponse()
    found = (answer.status, dict(answer.getheaders()), answer.read())
    connection.close()
    return found


def pin(pid: int, core: int) -> None:
    for one in family(pid):
        for thread in os.listdir(f"/proc/{one}/task"):
            os.sched_setaffinity(int(thread), {core})


@contextlib.contextmanager
def nginx(folder: str):
    """nginx sending what lies in the folder; yields its address and pid, or None where it is not installed."""
    program = shutil.which("nginx")
    if program is None:
        yield None
        return
    port = free_port()
    configuration = pathlib.Path(folder) / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(10)


def rates(environment: dict[str, str], threads: int) -> dict[str, object]:
    """Goals 1 and 2: one worker on one core, the program that asks on the other."""
    os.sched_setaffinity(0, {1})
    folder = tempfile.mkdtemp(prefix="bench-")
    with served("portal:create_app", threads=threads, ready="/-/health", **environment) as (ours, pid, _):
        _status, plain_headers, plain = fetch(ours + PAGE)
        _status, packed_headers, packed = fetch(ours + PAGE, **{"Accept-Encoding": "gzip"})
        (pathlib.Path(folder) / "page.html").write_bytes(plain)
        with (
            served("tests.bench.cached_page:bare", threads=threads, BENCH_PAGE=f"{folder}/page.html") as other_server,
            nginx(folder) as files,
        ):
            other, other_pid, _ = other_server
            for one in (pid, other_pid, *([files[1]] if files else [])):
                pin(one, 0)
            targets = {
                "page": (ours + PAGE, []),
                "bare callable": (other + "/", []),
                "304": (ours + PAGE, [f"If-None-Match: {plain_headers['etag']}"]),
                "gzip": (ours + PAGE, ["Accept-Encoding: gzip"]),
                **({"nginx": (files[0] + "/page.html", [])} if files else {}),
            }
            runs: dict[str, list[float]] = {name: [] for name in targets}
            for _ in range(ROUNDS):
                for name, (address, headers) in targets.items():
                    runs[name].append(load(address, seconds=3, connections=16, headers=headers)["per_second"])
    os.sched_setaffinity(0, {0, 1})
    best = {name: max(found) for name, found in runs.items()}
    assert packed_headers["etag"] != plain_headers["etag"]
    return {
        "requests a second": {name: round(rate) for name, rate in best.items()},
        "of the bare callable (≥ 0.50)": round(best["page"] / best["bare callable"], 2),
        "of nginx (≥ 0.15)": round(best["page"] / best["nginx"], 2) if files else "nginx is not installed",
        "304 / page (≥ 1.1)": round(best["304"] / best["page"], 2),
        "gzip / page (≥ 0.9)": round(best["gzip"] / best["page"], 2),
        "bytes gzip / page (≤ 0.30)": round(len(packed) / len(plain), 2),
    }


def stale(address: str, environment: dict[str, str]) -> int:
    """Answers that showed the old text after an edit by another process had been saved."""
    editor = subprocess.Popen(
        [sys.executable, "-c", EDIT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env={**os.environ, **environment},
    )  # fmt: skip
    found = 0
    for number in range(EDITS):
        print(number, file=editor.stdin, flush=True)
        assert editor.stdout.readline() == "saved\n"
        for _ in range(8):  # new connections, so that every worker and thread is met
            found += f"Edit {number}.".encode() not in fetch(address + PAGE)[2]
    editor.stdin.close()
    editor.wait(10)
    return found


class Savers:
    """People who save answers steadily, each over a connection of their own."""

    def __init__(self, address: str):
        self.visitor = demo.Visitor(address)
        self.visitor.sign_in("Amber Fox")
        round_ = re.search(r'href="(/organisations/[^"]+/rounds/[^"]+)"', self.visitor.get("/me")).group(1)
        start = re.search(r'action="(/answer/start/[^"]+)"', self.visitor.get(round_)).group(1)
        page = self.visitor.post(start, csrf_token=self.visitor.token(self.visitor.get(round_)))
        key = re.search(r'name="key"[^>]*value="([^"]+)"', page).group(1)
        self.visitor.post(start, csrf_token=self.visitor.token(page), key=key)
        body = f"csrf_token={self.visitor.token(self.visitor.get('/answer/EQ1'))}&answer=2"
        self._requests = [
            f"POST /answer/{item} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.visitor.cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            for item in ITEMS
        ]

    def save_for(self, seconds: float) -> float:
        """Answers a second that were saved."""
        saved: list[int] = []
        threads = [threading.Thread(target=lambda: saved.append(self._save(seconds))) for _ in range(SAVERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(saved) / seconds

    def _save(self, seconds: float) -> int:
        """Over a bare socket: a client of Python's own would take the time of the pages that are counted."""
        host, _, port = self.visitor.address.removeprefix("http://").partition(":")
        began, saved = time.perf_counter(), 0
        with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as answers:
            while time.perf_counter() < began + seconds:
                connection.sendall(self._requests[saved % len(ITEMS)])
                status, length = answers.readline(), 0
                assert status.startswith(b"HTTP/1.1 303"), status
                while (line := answers.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                answers.read(length)
                saved += 1
                time.sleep(max(0.0, began + saved * SAVERS / ANSWERS_A_SECOND - time.perf_counter()))
        return saved


def while_saving(address: str) -> dict[str, object]:
    """Goal 3: the rate while answers are saved, beside the quiet rate."""
    quiet, busy, saved = [], [], []
    savers = Savers(address)
    for _ in range(ROUNDS):
        quiet.append(load(address + PAGE, seconds=4, connections=16)["per_second"])
        thread = threading.Thread(target=lambda: saved.append(savers.save_for(5)))
        thread.start()
        busy.append(load(address + PAGE, seconds=4, connections=16)["per_second"])
        thread.join()
    return {
        "quiet": round(max(quiet)),
        "while saving": round(max(busy)),
        "answers saved a second": round(max(saved)),
        "while saving / quiet (≥ 0.85)": round(max(busy) / max(quiet), 2),
    }


def main() -> None:
    environment = demo.prepare()
    figures: dict[str, object] = {
        f"one worker with {threads} thread{'s'[: threads - 1]}": rates(environment, threads) for threads in (1, 2)
    }
    with served("portal:create_app", workers=2, ready="/-/health", **environment) as (address, _, _):
        figures[f"stale of {EDITS * 8} (0)"] = stale(address, environment)
        figures["two workers"] = while_saving(address)
    say(**figures)


if __name__ == "__main__":
    main()
