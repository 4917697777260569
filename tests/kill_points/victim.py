"""A small harness that is killed: ``victim.py RUN_DIR BACKEND FAULT STEP [unwatched]``.

It has the real watchdog (or none), owns a system in that backend, arms the fault, and gets SIGKILL
at the step. It ends by itself, with 7, only where the step was never reached.
"""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

from gonogo.backends import by_name
from gonogo.gate.owner import owned
from gonogo.gate.stop import StopSignal
from gonogo.observation import EventLog
from gonogo_faults import Journal, armed, make_fault
from tests.kill_points.points import CASES
from tests.kill_points.steps import die, die_at

run_dir, backend, name, step = Path(sys.argv[1]), by_name(sys.argv[2]), *sys.argv[3:5]
run = run_dir.name
case = CASES[name]
fault = make_fault(name, **case.parameters)
with (
    EventLog(run_dir, run, "harness", "harness") as log,
    nullcontext() if "unwatched" in sys.argv else owned(run_dir, StopSignal(), log, backend),
    backend.environment(case.target(run_dir), run_dir, run, log) as system,
):
    die_at(step, fault)
    given = {"system": system, "journal": Journal(run_dir, run), "recorder": log}
    with armed(fault, case.selector, label="label", observe_timeout_s=0.3, **given):  # type: ignore[arg-type] # as named
        if step == "observed":
            die()
os._exit(7)
