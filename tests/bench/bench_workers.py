"""Wall time of the contract phase with parallel workers against one, at equal coverage.

``python tests/bench/bench_workers.py [--rounds 3] [--workers 8] [--backend process]`` runs the gate
on the reference system with nothing but that phase, alternating, and prints every time, the medians
and their ratio.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "system_under_test" / "compose.yaml"
RUN_S_MAX = 600


def main() -> int:
    """Run, print, and fail when the runs did not cover the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--backend", default="process")
    options = parser.parse_args()
    seconds: dict[int, list[float]] = {1: [], options.workers: []}
    counts: set[int] = set()
    for number in range(options.rounds):
        for workers, measured in seconds.items():
            phase = _contract_phase(workers, options.backend)
            measured.append(phase["duration_s"])
            counts.add(sum(phase["tests"].values()))
            _say(f"round {number + 1}: {workers} workers {phase['duration_s']:.1f} s")
    one, many = (statistics.median(measured) for measured in seconds.values())
    _say(f"median {one:.1f} s with 1, {many:.1f} s with {options.workers}: {one / many:.2f} x")
    _say(f"scenarios in each run: {sorted(counts)}")
    return 0 if len(counts) == 1 else 1


def _contract_phase(workers: int, backend: str) -> dict[str, Any]:
    document = yaml.safe_load(TARGET.read_text())
    document["x-harness"]["objectives"] = []
    document["x-harness"]["profiles"] = {"default": {"phases": ["contract"], "workers": workers}}
    file = TARGET.with_name(f".bench-{workers}-workers.yaml")
    file.write_text(yaml.safe_dump(document))
    command = ["run", "-f", str(file), "--backend", backend, "--profile", "default"]
    try:
        subprocess.run(
            [str(Path(sys.executable).with_name("gonogo")), *command],
            cwd=ROOT, check=True, timeout=RUN_S_MAX, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    finally:
        file.unlink()
    newest = max(
        (ROOT / "reports" / "runs").glob("2*/run.json"), key=lambda path: path.stat().st_mtime
    )
    phases = json.loads(newest.read_text())["phases"]
    (contract,) = [each for each in phases if each["phase"] == "contract"]
    found: dict[str, Any] = contract
    return found


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its user interface


if __name__ == "__main__":
    sys.exit(main())
