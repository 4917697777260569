"""``gonogo up`` and ``gonogo down``: the system alone, owned by a process of its own."""

import os
import secrets as tokens
import signal
import subprocess
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from gonogo.backends import by_name, choose
from gonogo.gate.interrupt import interruptible
from gonogo.gate.owner import living_elsewhere, owned, sweep_dead
from gonogo.gate.stop import StopSignal
from gonogo.linux import (
    deferred_signals,
    own_environment,
    own_python,
    signal_identity,
    wait_for_exits,
    wait_until,
)
from gonogo.observation import EventLog
from gonogo.ownership import read_owner, read_snapshot
from gonogo.target import load_target
from gonogo.vocabulary import EnvironmentFailed, ExitCode, HarnessError, UsageError

PREFIX = "up-"
POLL_S = 0.05
SIGNAL_S_MAX = 0.2  # until a signal is noticed
# Every service has a limit of its own, a build of an image has none; this one ends a hang of ours.
START_S_MAX = 900.0
STOP_S_MAX = 60.0
SWEEP_S_MAX = 5.0  # by the watchdog, when the owner left something


def up(target_file: Path, runs_dir: Path, asked: str) -> int:
    """Start the system, wait until all of it is ready, print where it answers, leave it running.

    Raises:
        HarnessError: it did not come up; nothing is left running.
    """
    target = load_target(target_file, os.environ)
    backend, reason = choose(asked, target)
    target = target.for_backend(backend)
    _say(f"{target.name}: backend {backend.name} ({reason})")
    sweep_dead(runs_dir)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    run_dir = runs_dir / f"{PREFIX}{stamp}-{tokens.token_hex(2)}"
    (run_dir / "logs").mkdir(parents=True)
    output = run_dir / "logs" / "hold.log"
    command = own_python("gonogo.commands.cli", "hold", "-f", str(target_file), str(run_dir))
    command += ["--backend", backend.name]
    with output.open("wb") as file:
        owner = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            env=own_environment(os.environ),
        )
    try:
        with interruptible():
            _wait_running(run_dir, owner, output)
    except KeyboardInterrupt:
        owner.terminate()
        owner.wait(timeout=STOP_S_MAX)
        raise
    for name, service in sorted(read_snapshot(run_dir).services.items()):
        where = ", ".join(
            f"{port} at {host}:{local}" for port, (host, local) in service.endpoints.items()
        )
        _say(f"  {name:<20} {where or 'running'}")
    generated = [name for name in target.secrets if name not in os.environ]
    if generated:
        _say(f"  generated: {', '.join(generated)}; set them in the environment to know them")
    _say(f"{target.name} is up; `gonogo down` ends it. Its logs: {run_dir / 'logs'}")
    return ExitCode.GO


def _wait_running(run_dir: Path, owner: "subprocess.Popen[bytes]", output: Path) -> None:
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline:
        if owner.poll() is not None:
            text = output.read_text(errors="replace").strip()
            raise _Failed(text.removeprefix("gonogo: "), owner.returncode)
        if read_owner(run_dir) is not None and _phase(run_dir) == "running":
            return
        time.sleep(POLL_S)
    owner.terminate()
    raise EnvironmentFailed(f"not up within {START_S_MAX:g} s", where=str(output))


class _Failed(HarnessError):
    """What the owner of the system said before it ended."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(what)
        # A negative code: it was killed.
        self.exit_code = ExitCode(code) if code > 0 else ExitCode.ENVIRONMENT


def _phase(run_dir: Path) -> str:
    try:
        return read_snapshot(run_dir).phase
    except UsageError:
        return ""


def hold(target_file: Path, run_dir: Path, backend_name: str) -> int:
    """Own the system until a signal ends it; the process behind ``up``."""
    backend = by_name(backend_name)
    target = load_target(target_file, os.environ).for_backend(backend)
    stop = StopSignal()
    with EventLog(run_dir, run_dir.name, "hold", "harness") as log, interruptible():
        try:
            with deferred_signals() as signals, ExitStack() as stack:
                stack.enter_context(owned(run_dir, stop, log, backend))
                stack.enter_context(backend.environment(target, run_dir, run_dir.name, log))
                while not stop.wait(SIGNAL_S_MAX):
                    signals.check()
        except KeyboardInterrupt:
            return ExitCode.GO
    return ExitCode.ENVIRONMENT


def down(runs_dir: Path) -> int:
    """End every system that ``up`` started below ``runs_dir``, and wait until it is gone.

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
        _say(line)
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
        _say(f"{path.name} is down")
    return ExitCode.GO


def _is_gone(run_dir: Path) -> bool:
    return read_owner(run_dir) is None


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its user interface
