"""Installs and starts a container engine where none answers, or says why it cannot.

A failure is not fatal: without an engine, services run as local processes. An engine that runs is
not touched. An engine that is started here keeps running, like one that the machine started itself.
"""

import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gonogo.linux import read_stat
from gonogo.provision.engine_api import EngineAnswer, ask_engine
from gonogo.provision.machine import AptFailed, install_packages, is_root_on_debian

COMMAND = ("dockerd", "--storage-driver=overlay2")
# Without access to a registry, mmdebstrap makes the base image.
PACKAGES = {"dockerd": "docker.io", "mmdebstrap": "mmdebstrap"}
STATE = Path("/run/gonogo-engine.json")
LOG = Path("/var/log/gonogo-engine.log")
# The first start creates keys, firewall chains and a bridge: seconds, and longer on slow disks.
START_LIMIT_S = 60.0
INTERVAL_S = 0.1
# Folders of daemons on Debian, which PATH may lack.
SYSTEM_PATH = "/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class EngineState:
    """What provisioning did about an engine.

    Attributes:
        pid: process id of the engine that was started; 0 for none.
        started_ticks: start time of that process from the kernel; a later process with the same
            pid has another one.
        since: time of its start in UTC, as text.
        problem: why no engine could be started, else ``""``.
    """

    pid: int = 0
    started_ticks: str = ""
    since: str = ""
    problem: str = ""


class EngineFailed(Exception):
    """The engine did not start. The message says why."""


def ensure_engine() -> EngineAnswer:
    """Start an engine if none answers; ``problem`` of the answer says why that failed."""
    answer = ask_engine()
    if not answer.version and os.environ.get("DOCKER_HOST"):
        # The user has chosen an engine; a local one would not be used.
        return replace(answer, problem=f"{answer.problem}; unset DOCKER_HOST to use a local one")
    try:
        _install_missing(engine_needed=not answer.version)
        if not answer.version:
            start_engine(COMMAND)
    except (AptFailed, EngineFailed, OSError) as error:
        if answer.version:
            return answer  # mmdebstrap is missing, but perhaps a registry can be reached
        problem = f"{answer.problem}; {error}"
        _remember(EngineState(problem=problem))
        return replace(answer, problem=problem)
    return ask_engine()


def start_engine(command: Sequence[str], limit_s: float = START_LIMIT_S) -> None:
    """Start an engine that keeps running after this process, and wait until it answers.

    Raises:
        EngineFailed: it cannot be started, it ended, or it did not answer within the limit.
    """
    program = _find(command[0])
    if program is None:
        raise EngineFailed(f"there is no {command[0]}: apt-get install {PACKAGES['dockerd']}")
    if os.geteuid() != 0:
        raise EngineFailed(f"only root can start {command[0]}")
    with STATE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(
            lock, fcntl.LOCK_EX
        )  # a second provisioning waits here, and then finds the engine
        if ask_engine().version:
            return
        began = LOG.stat().st_size if LOG.exists() else 0
        with LOG.open("ab") as output:
            process = subprocess.Popen(
                [program, *command[1:]], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, cwd="/",
            )  # fmt: skip
        _await_answer(process, limit_s, began)
        if process.poll() is None:
            since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
            _remember(EngineState(process.pid, _start_ticks(process.pid), since))


def started_by_us() -> EngineState | None:
    """The engine that provisioning started, if it still runs, or why it could not start one."""
    try:
        known = EngineState(**json.loads(STATE.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    alive = known.pid and _start_ticks(known.pid) == known.started_ticks
    return known if alive or known.problem else None


def _await_answer(process: "subprocess.Popen[bytes]", limit_s: float, began: int) -> None:
    deadline = time.monotonic() + limit_s
    while not ask_engine(limit_s=1.0).version:
        if process.poll() is not None:
            if ask_engine().version:
                return  # it ended because another engine was started at the same time
            raise EngineFailed(f"{_ended(process)}: {_reason_in_log(began)}")
        if time.monotonic() > deadline:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
            reason = _reason_in_log(began)
            raise EngineFailed(f"it was started but did not answer within {limit_s:g} s: {reason}")
        with suppress(subprocess.TimeoutExpired):
            process.wait(INTERVAL_S)


def _ended(process: "subprocess.Popen[bytes]") -> str:
    return f"{Path(str(process.args[0])).name} ended with {process.returncode}"  # type: ignore[index]


def _reason_in_log(began: int) -> str:
    with LOG.open("rb") as file:
        file.seek(began)
        lines = file.read().decode(errors="replace").strip().splitlines()
    # One line says why the engine ended; the other lines are noise.
    reasons = [line for line in lines if "failed to start daemon" in line or "level=fatal" in line]
    return f"{(reasons or lines or ['it logged nothing'])[-1][:400]} (whole log: {LOG})"


def _install_missing(*, engine_needed: bool) -> None:
    wanted = PACKAGES if engine_needed else {"mmdebstrap": PACKAGES["mmdebstrap"]}
    packages = [package for program, package in wanted.items() if _find(program) is None]
    if packages and is_root_on_debian():
        install_packages(packages)


def _find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}")


def _remember(known: EngineState) -> None:
    with suppress(
        OSError
    ):  # only root can write there; without it, `gonogo doctor` cannot show this
        STATE.write_text(json.dumps(asdict(known)))


def _start_ticks(pid: int) -> str:
    stat = read_stat(pid)
    return str(stat.start_ticks) if stat else ""
