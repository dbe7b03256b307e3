"""performance.md, goal 5: two workers; start ≤ 2 × and memory ≤ 1.4 × a bare Flask that imports the same libraries."""

from __future__ import annotations

from statistics import median

from tests.bench import demo
from tests.bench.server import load, proportional_memory, say, served


def measure(target: str, path: str, **environment: str) -> tuple[float, float]:
    """Seconds from start to the first 200, and MiB after some requests; medians of five."""
    starts, sizes = [], []
    for _ in range(5):
        with served(target, workers=2, ready=path, **environment) as (address, pid, seconds):
            load(address + path, seconds=1)
            starts.append(seconds)
            sizes.append(proportional_memory(pid))
    return median(starts), median(sizes)


def main() -> None:
    environment = demo.prepare()
    bare_start, bare_size = measure("tests.bench.bare:libraries", "/")
    start, size = measure("portal:create_app", "/-/health", **environment)
    say(
        bare={"start s": round(bare_start, 3), "MiB": round(bare_size)},
        portal={"start s": round(start, 3), "MiB": round(size)},
        start_ratio=round(start / bare_start, 2),
        memory_ratio=round(size / bare_size, 2),
    )


if __name__ == "__main__":
    main()
