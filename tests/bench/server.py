"""Serving an application on granian beside another one, loading it with wrk, and reading what it cost."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

PROJECT = pathlib.Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")

SERVE = """
import sys
from granian.constants import Interfaces
from granian.server import Server
Server(sys.argv[1], factory=True, interface=Interfaces.WSGI, address="127.0.0.1", port=int(sys.argv[2]),
       workers=int(sys.argv[3]), blocking_threads=int(sys.argv[4]), log_enabled=False).serve()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def served(target: str, *, workers: int = 1, threads: int = 2, ready: str = "/", **environment: str):
    """``target`` ("module:factory") on granian; yields (address, pid, seconds from start to the first 200)."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, target, str(port), str(workers), str(threads)],
        env={**os.environ, **environment, "PYTHONPATH": str(PROJECT)},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(address + ready, timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - began > 60:
                    raise RuntimeError(f"{target} does not start") from None
                time.sleep(0.005)
        yield address, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def family(pid: int) -> list[int]:
    """The process and everything below it."""
    below = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in below for one in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    total = 0
    for one in family(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def proportional_memory(pid: int) -> float:
    """MiB, shared pages counted by their share."""
    total = 0
    for one in family(pid):
        rollup = pathlib.Path(f"/proc/{one}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))
    return total / 1024


def load(address: str, *, seconds: int = 5, connections: int = 8, script: str = "", headers=()) -> dict[str, float]:
    """wrk's figures: requests, requests a second, p99 in ms, answers that were not 2xx or 3xx."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    if script:
        file = pathlib.Path(tempfile.gettempdir()) / f"bench-{os.getpid()}.lua"
        file.write_text(script)
        command += ["-s", str(file)]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return {
        "requests": int(re.search(r"(\d+) requests in", said).group(1)),
        "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)),
        "p99_ms": float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit],
        "refused": int(refused.group(1)) if refused else 0,
    }


def say(**figures: object) -> None:
    print(json.dumps(figures, indent=2, default=str))
