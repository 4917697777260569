"""kill -9 of the harness at twenty random moments in containers: nothing is left of the run."""

import random
import signal
import subprocess
import time

import pytest

from harness.environment import wait_until
from harness.vocabulary import ExitCode
from tests.environment.builders import skip_without
from tests.gate.conftest import ROOT, Gate
from tests.gate.leftovers import leftovers
from tests.gate.small_target import small_target

MOMENTS = 20
SPREAD_S = 1.0  # one moment in each second of a run: images, creation, start, load, faults
CLEAN_S_MAX = 5.0
_RANDOM = random.Random(30)  # noqa: S311 - a seeded choice of moments, not a secret
AFTER_S = [round(0.5 + (index + _RANDOM.random()) * SPREAD_S, 2) for index in range(MOMENTS)]


@pytest.mark.parametrize("after_s", AFTER_S)
def test_nothing_is_left_of_containers(gate: Gate, after_s: float) -> None:
    """Within five seconds no container, network, volume, process or port remains.

    What was recorded up to then can be judged. That nothing comes into being later is seen by
    looking again after the five seconds.
    """
    skip_without("docker")
    gate.backend = "docker"
    command = gate.command("run", "--profile", "quick", "-f", str(small_target(gate.folder)))
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        try:
            process.wait(timeout=after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        code = process.wait(timeout=10)
    assert code == -signal.SIGKILL, "the run was over before its moment: nothing was tried"
    killed_at = time.monotonic()
    runs = [path.parent for path in gate.runs_dir.glob("*/plan.json")]

    def left() -> list[str]:
        return [each for run in runs for each in leftovers(run)]

    wait_until(lambda: left() == [], CLEAN_S_MAX, interval_s=0.05)
    assert left() == []
    wait_until(lambda: time.monotonic() > killed_at + CLEAN_S_MAX, CLEAN_S_MAX)
    assert left() == []
    for run in runs:
        done = gate.gonogo("judge", str(run))
        may_be = (ExitCode.INCONCLUSIVE, ExitCode.NOTHING_RAN, ExitCode.NO_GO)
        assert done.code in may_be, done.output
