"""performance.md, goal 4: CPU of a signed-in page ≤ 4 × that of a Flask route that returns a string."""

from __future__ import annotations

from tests.bench import demo
from tests.bench.server import cpu_seconds, load, say, served

PATHS = ("/en/accessibility", "/me/programme", "/me/settings", "/me", "/en/guidance/principles/equality")


def cost(address: str, pid: int, headers=()) -> float:
    """Microseconds of CPU a request, the better of three runs."""
    load(address, seconds=1, headers=headers)
    found = []
    for _ in range(3):
        before = cpu_seconds(pid)
        done = load(address, seconds=4, headers=headers)
        found.append((cpu_seconds(pid) - before) / done["requests"] * 1e6)
    return min(found)


def main() -> None:
    environment = demo.prepare()
    with served("tests.bench.bare:string") as (address, pid, _):
        bare = cost(address + "/", pid)
    figures = {"string route, µs": round(bare)}
    with served("portal:create_app", ready="/-/health", **environment) as (address, pid, _):
        visitor = demo.Visitor(address)
        visitor.sign_in("Quiet Heron")
        visitor.get("/me")  # the session has its CSRF token from here on, as in a browser
        for path in PATHS:
            own = cost(address + path, pid, [f"Cookie: {visitor.cookies}"])
            figures[path] = {"µs": round(own), "ratio": round(own / bare, 2)}
    say(**figures)


if __name__ == "__main__":
    main()
