"""A small harness: ``owner.py RUN_DIR RUN [fault]``; prints its progress on stdout.

Starts the watchdog, then a target of a restarting web service, a service with a child and
Redis; with ``fault`` a pause of all is armed. It continues at each line on stdin.
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from gonogo.backends import PROCESSES
from gonogo.observation import EventLog
from gonogo.ownership import spawn_watchdog
from gonogo_faults import Journal, armed, make_fault
from tests.backends.builders import redis, stay, target, web

run_dir, run = Path(sys.argv[1]), sys.argv[2]
run_dir.mkdir(parents=True, exist_ok=True)
WATCH = [sys.executable, str(Path(__file__).with_name("watch.py")), str(run_dir), run]


def tell(word: str) -> None:
    print(word, flush=True)  # noqa: T201 - how it is told


def abort() -> None:
    tell("watchdog died")
    os._exit(3)


with ExitStack() as stack:
    log = stack.enter_context(EventLog(run_dir, run, "harness", "harness"))
    log_file = run_dir / "watchdog.log"
    stack.enter_context(spawn_watchdog(WATCH, log=log_file, on_death=abort))
    tell("starting")
    services = (
        web("web", "0.1", restart="always"),
        stay("parent", "child", depends_on={"web": "service_started"}),
        redis(restart="always", depends_on={"web": "service_healthy"}),
        stay("slow", "deaf", stop_grace_s=0.4),
    )
    small = target(run_dir, *services)
    system = stack.enter_context(PROCESSES.environment(small, run_dir, run, log))
    tell("running")
    if "fault" in sys.argv:
        tell("arming")
        stack.enter_context(
            armed(make_fault("pause"), "*", label="freeze", system=system,
                  journal=Journal(run_dir, run), recorder=log)
        )  # fmt: skip
        tell("armed")
    sys.stdin.readline()
    tell("stopping")
tell("ended")
