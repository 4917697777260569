"""Starts Locust's processes: one master and its workers.

Locust itself is never imported here: it would turn the threads of this process into greenlets.
"""

import os
import site
from pathlib import Path

from gonogo.linux import RUN_VARIABLE, own_python
from gonogo_load.child import ChildProcess
from gonogo_load.closed.plan import ClosedModelPlan, LocustOrder

CONNECT_S_MAX = 60  # interpreters and imports on a busy machine
LOCUSTFILE = Path(__file__).with_name("worker.py")


def start_processes(plan: ClosedModelPlan, port: int) -> tuple[ChildProcess, list[ChildProcess]]:
    """Start the master, which listens at ``port``, and the workers; the latter by number."""
    folder = plan.run_dir / "records" / plan.load
    folder.mkdir(parents=True)
    # Failed requests are for the judge: the exit code is about Locust itself.
    locust = own_python("locust", "-f", str(LOCUSTFILE), "--exit-code-on-error", "0")
    master = [
        *locust, "--headless", "--only-summary", "--master",
        "--master-bind-host", "127.0.0.1", "--master-bind-port", str(port),
        "--expect-workers", str(plan.workers),
        "--expect-workers-max-wait", str(CONNECT_S_MAX),
        "--users", str(plan.users), "--spawn-rate", f"{plan.users / plan.ramp_s:.3f}",
        "--run-time", f"{plan.duration_s}s", "--stop-timeout", f"{plan.stop_timeout_s:g}",
    ]  # fmt: skip
    worker = [*locust, "--worker", "--master-host", "127.0.0.1", "--master-port", str(port)]
    return (
        _start("master", master, LocustOrder(plan, None), folder),
        [
            _start(f"worker-{number}", worker, LocustOrder(plan, number), folder)
            for number in range(plan.workers)
        ],
    )


def _start(name: str, command: list[str], order: LocustOrder, folder: Path) -> ChildProcess:
    plan = order.plan
    # Locust reads options from variables too, and from files in its folder and home.
    own = {key: value for key, value in os.environ.items() if not key.startswith("LOCUST_")}
    own |= {"HOME": str(folder), "PYTHONUSERBASE": site.getuserbase(), RUN_VARIABLE: plan.run}
    return ChildProcess(
        name,
        command,
        order,
        environment=own,
        log=plan.run_dir / "logs" / f"load-{plan.load}-{name}.log",
        folder=folder,
    )
