"""Processor time of the open-model engine a request, against a server on loopback.

``python -m tests.bench.bench_load_cost [--rounds 3]`` loads with 10 and with 1010 requests a round
and prints the difference for one request; 1 when the median is a millisecond or more.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from gonogo_load import OpenModelLoad
from tests.load.conftest import WAIT_S, Run, serving

SHORT, LONG = 10, 1010
COST_MS_MAX = 1.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with serving("good") as server:
        costs_ms = [_cost_ms(server.url) for _ in range(options.rounds)]
    each = " ".join(f"{cost_ms:.3f}" for cost_ms in costs_ms)
    middle_ms = statistics.median(costs_ms)
    sys.stdout.write(f"{middle_ms:.3f} ms of the processor a request (each round: {each})\n")
    return 0 if middle_ms < COST_MS_MAX else 1


def _cost_ms(url: str) -> float:
    with tempfile.TemporaryDirectory(prefix="load-cost-") as folder:
        short, long = (_used_s(Run(Path(folder) / str(n)), url, n) for n in (SHORT, LONG))
    return (long - short) * 1000 / (LONG - SHORT)


def _used_s(run: Run, url: str, count: int) -> float:
    with OpenModelLoad(run.plan(url, count=count, rate_per_s=1000.0)) as load:
        return load.wait(WAIT_S).cpu_s


if __name__ == "__main__":
    raise SystemExit(main())
