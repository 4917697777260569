"""kill -9 of the harness at every step of every fault's journal, in each backend it works in.

``python -m tests.bench.bench_kill_points [--workers 3] [--backend process|docker]`` prints what was
left, the number of points, and how long it took until nothing was: below five seconds, it is said.
"""

import argparse
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.kill_points.points import PLACES, Killed, kill_at
from tests.kill_points.steps import STEPS

# What is promised; a machine that is overloaded does not keep it.
CLEAN_S_MAX = 5.0


def main() -> int:
    """Kill, print; 1 when anything was left, or for too long, or a step was not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--backend", choices=("process", "docker"))
    options = parser.parse_args()
    points = [
        (name, backend, step)
        for name, backend in PLACES
        if options.backend in (None, backend)
        for step in STEPS
    ]
    with (
        tempfile.TemporaryDirectory(prefix="kp-") as folder,
        ThreadPoolExecutor(options.workers) as pool,
    ):
        waiting = [pool.submit(_one, Path(folder), *point) for point in points]
        found = [each.result() for each in waiting]
    bad = [point for point, killed in zip(points, found, strict=True) if not _is_clean(killed)]
    took_s = sorted(each.clean_after_s for each in found)
    _say(f"{len(points)} points, {len(bad)} bad: {bad}")
    _say(f"clean after: median {statistics.median(took_s):.2f} s, longest {took_s[-1]:.2f} s")
    return 1 if bad else 0


def _one(folder: Path, name: str, backend: str, step: str) -> Killed:
    killed = kill_at(folder, backend, name, step)
    verdict = f"clean after {killed.clean_after_s:.2f} s" if _is_clean(killed) else f"BAD: {killed}"
    _say(f"{name} {backend} {step}: {verdict}")
    return killed


def _is_clean(killed: Killed) -> bool:
    return killed.at_its_step and not killed.left and killed.clean_after_s < CLEAN_S_MAX


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its user interface


if __name__ == "__main__":
    sys.exit(main())
