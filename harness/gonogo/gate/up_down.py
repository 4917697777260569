"""The system alone: started and left running, and stopped again.

A process of its own, ``gonogo.gate.system_owner``, owns the system in between.
"""

import os
import secrets as tokens
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gonogo.backends import choose
from gonogo.gate.interrupt import interruptible
from gonogo.gate.owner import living_elsewhere, sweep_dead
from gonogo.linux import (
    own_python,
    signal_identity,
    wait_for_exits,
    wait_until,
)
from gonogo.ownership import read_owner, read_snapshot
from gonogo.target import Target, load_target
from gonogo.vocabulary import EnvironmentFailed, ExitCode, HarnessError, UsageError

PREFIX = "up-"
POLL_S = 0.05
# Each service has its own limit, the build of an image has none. This limit ends a hang.
START_S_MAX = 900.0
STOP_S_MAX = 60.0
SWEEP_S_MAX = 5.0  # by the watchdog, when the owner left something

Say = Callable[[str], object]  # gets each line of what was done


def start_system(target_file: Path, runs_dir: Path, asked: str, say: Say) -> None:
    """Start the system, wait until all of it is ready, say where it answers, leave it running.

    Raises:
        HarnessError: it did not become ready; nothing is left running.
    """
    target = load_target(target_file, os.environ)
    backend, reason = choose(asked, target)
    target = target.for_backend(backend)
    say(f"{target.name}: backend {backend.name} ({reason})")
    sweep_dead(runs_dir)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    run_dir = runs_dir / f"{PREFIX}{stamp}-{tokens.token_hex(2)}"
    (run_dir / "logs").mkdir(parents=True)
    output = run_dir / "logs" / "owner.log"
    with output.open("wb") as file:
        owner = subprocess.Popen(
            own_python("gonogo.gate.system_owner", str(target_file), backend.name, str(run_dir)),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        with interruptible():
            _wait_running(run_dir, owner, output)
    except KeyboardInterrupt:
        owner.terminate()
        owner.wait(timeout=STOP_S_MAX)
        raise
    _say_where(target, run_dir, say)


def _say_where(target: Target, run_dir: Path, say: Say) -> None:
    for name, service in sorted(read_snapshot(run_dir).services.items()):
        where = ", ".join(
            f"{port} at {host}:{local}" for port, (host, local) in service.endpoints.items()
        )
        say(f"  {name:<20} {where or 'running'}")
    generated = [name for name in target.secrets if name not in os.environ]
    if generated:
        say(f"  generated: {', '.join(generated)}; set them in the environment to know them")
    say(f"{target.name} is up; `gonogo down` ends it. Its logs: {run_dir / 'logs'}")


def _wait_running(run_dir: Path, owner: "subprocess.Popen[bytes]", output: Path) -> None:
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline:
        if owner.poll() is not None:
            text = output.read_text(errors="replace").strip()
            raise OwnerEnded(text.removeprefix("gonogo: "), owner.returncode)
        if read_owner(run_dir) is not None and _phase(run_dir) == "running":
            return
        time.sleep(POLL_S)
    owner.terminate()
    raise EnvironmentFailed(f"not up within {START_S_MAX:g} s", where=str(output))


class OwnerEnded(HarnessError):
    """The process that owns the system ended before the system was ready.

    Args:
        what: what it wrote.
        code: its return code; negative when it was killed.
    """

    def __init__(self, what: str, code: int) -> None:
        super().__init__(what)
        self.exit_code = ExitCode(code) if code > 0 else ExitCode.ENVIRONMENT


def _phase(run_dir: Path) -> str:
    try:
        return read_snapshot(run_dir).phase
    except UsageError:
        return ""


def stop_systems(runs_dir: Path, say: Say) -> None:
    """Stop every system that was started and left running, and wait until it is gone.

    Raises:
        UsageError: none runs.
        EnvironmentFailed: one did not end in time.
    """
    owners = [
        (path, owner)
        for path in sorted(runs_dir.glob(f"{PREFIX}*"))
        if (owner := read_owner(path)) is not None and owner.alive() and not owner.elsewhere()
    ]
    sweep_dead(runs_dir)
    for line in living_elsewhere(runs_dir):
        say(line)
    if not owners:
        raise UsageError("nothing is up", where=str(runs_dir), hint="gonogo up starts a system")
    for path, owner in owners:
        signal_identity(owner.process, signal.SIGTERM)
        if not wait_for_exits([owner.process], STOP_S_MAX):
            raise EnvironmentFailed(f"{path.name} did not end within {STOP_S_MAX:g} s")
        if not wait_until(partial(_is_gone, path), SWEEP_S_MAX):
            raise EnvironmentFailed(
                f"{path.name} ended and left something behind", where=str(path), hint="gonogo heal"
            )
        say(f"{path.name} is down")


def _is_gone(run_dir: Path) -> bool:
    return read_owner(run_dir) is None
