"""Phases: each is a pytest process that attaches to the system through the run directory."""

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from gonogo.gate.stop import StopSignal
from gonogo.linux import (
    RUN_VARIABLE,
    all_stats,
    deferred_signals,
    own_python,
    own_xdist_workers,
    wait_until,
)
from gonogo.observation import EventLog, from_json
from gonogo.target import Target
from gonogo.vocabulary import (
    CONTRACT_PHASE,
    DeclaredFault,
    EnvironmentFailed,
    Profile,
    Scenario,
    UsageError,
)
from gonogo.vocabulary.events import AttachmentStored, PhaseFinished, PhaseStarted

COLLECT_S_MAX = 60.0
ABORT_GRACE_S = 1.0
CLOSE_S_MAX = 10.0  # what pytest-xdist gives its workers
KILL_S_MAX = 5.0
POLL_S = 0.1
PYTEST_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
RAN = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


@dataclass(frozen=True, slots=True)
class Collected:
    """The scenarios that the profile runs.

    Attributes:
        tests: node ids of the scenarios.
        faults: what they declare to inject.
    """

    tests: tuple[str, ...]
    faults: tuple[DeclaredFault, ...]

    def labels_by_test(self) -> dict[str, list[str]]:
        """Labels of declared faults by scenario; only scenarios that declare one."""
        labels: dict[str, list[str]] = {}
        for fault in self.faults:
            labels.setdefault(fault.test, []).append(fault.label)
        return labels


class PhaseRunner:
    """Runs pytest for one target and run.

    Args:
        target: with its scenarios directory.
        profile: which scenarios, how many workers.
        run_dir: the run directory.
    """

    def __init__(self, target: Target, profile: Profile, run_dir: Path) -> None:
        self._target = target
        self._profile = profile
        self.run_dir = run_dir

    def collect(self) -> Collected:
        """Collect the scenarios, before anything is started.

        Raises:
            UsageError: they cannot be collected, or one is declared wrongly.
        """
        file = self.run_dir / "collection.json"
        command = [*self._command(), "--collect-only", "-q", "--collection", str(file)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=COLLECT_S_MAX,
                env=self._environment(), stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise UsageError(
                f"collecting the scenarios took more than {COLLECT_S_MAX:g} s",
                where=str(self._target.scenarios),
            ) from error
        if done.returncode not in RAN or not file.exists():
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise UsageError(
                f"the scenarios cannot be collected:\n{tail}", where=str(self._target.scenarios)
            )
        found = from_json(file.read_bytes(), tuple[Scenario, ...])
        return _collected([each for each in found if each.phase in self._profile.phases])

    def run(self, phase: str, log: EventLog, stop: StopSignal) -> None:
        """Run one phase to its end, or end it when the stop signal is set.

        Raises:
            EnvironmentFailed: pytest itself failed.
            KeyboardInterrupt: a signal arrived; pytest has been ended.
        """
        command = [*self._command(), "--phase", phase, *self._pages(phase)]
        if phase == CONTRACT_PHASE:
            command += [*own_xdist_workers(self._profile.workers), "--dist", "worksteal"]
        log.record(PhaseStarted(phase=phase))
        output = self.run_dir / "logs" / f"pytest-{phase}.log"
        output.parent.mkdir(exist_ok=True)
        with deferred_signals() as signals, output.open("wb") as file:
            signals.check()
            process = subprocess.Popen(
                command, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
                env=self._environment(), start_new_session=True,
            )  # fmt: skip
            try:
                ended = wait_for_end(process, lambda: bool(stop) or signals.arrived)
            finally:
                code = end_session(process)
            signals.check()
        self._attach_pages(phase, log)
        if not ended:
            return
        log.record(PhaseFinished(phase=phase, exit_code=code))
        if code not in RAN:
            tail = "\n".join(output.read_text(errors="replace").strip().splitlines()[-15:])
            raise EnvironmentFailed(
                f"pytest failed in phase {phase} (exit {code}):\n{tail}", where=str(output)
            )

    def _pages(self, phase: str) -> list[str]:
        """Options for pytest's own page and JUnit file of a phase."""
        page, junit = self._page_paths(phase)
        return [f"--html={page}", "--self-contained-html", f"--junitxml={junit}"]

    def _attach_pages(self, phase: str, log: EventLog) -> None:
        for path in self._page_paths(phase):
            if path.exists():  # a pytest that was killed wrote none
                log.record(
                    AttachmentStored(
                        name=f"{phase}: pytest's {'page' if path.suffix == '.html' else 'JUnit'}",
                        path=str(path.relative_to(self.run_dir)),
                        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                    )
                )

    def _page_paths(self, phase: str) -> tuple[Path, Path]:
        folder = self.run_dir / "pytest"
        return folder / f"{phase}.html", folder / f"junit-{phase}.xml"

    def _command(self) -> list[str]:
        return [
            *own_python("pytest", str(self._target.scenarios)),
            "-p", "gonogo.plugin", "-p", "no:locust", "-p", "no:cacheprovider",
            # It imports all of hypothesis when a session ends: seconds of CPU in every worker.
            "-p", "no:hypothesispytest",
            "--run-dir", str(self.run_dir), "--target-file", str(self._target.file),
            "--profile", self._profile.name, "--profiles", ",".join(self._target.profiles),
            "-o", "addopts=",
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        # Options from the environment could deselect scenarios without a trace.
        own = {name: value for name, value in os.environ.items() if name not in PYTEST_VARIABLES}
        # Secrets are passed in the environment only: arguments and files would show them.
        return {**own, **self._target.secret_values, RUN_VARIABLE: self.run_dir.name}


def _collected(scenarios: Sequence[Scenario]) -> Collected:
    faults = tuple(fault for scenario in scenarios for fault in scenario.faults)
    return Collected(tuple(scenario.test for scenario in scenarios), faults)


def wait_for_end(process: subprocess.Popen[bytes], give_up: Callable[[], bool]) -> bool:
    """Wait until it ends or is given up; says whether it ended."""
    while not give_up():
        if wait_until(lambda: _has_ended(process), POLL_S):
            return True
    return False


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended. It is not reaped: its pid, and its group's, cannot be reused yet."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def end_session(process: subprocess.Popen[bytes]) -> int:
    """End the session of a process that is not reaped yet; returns its exit code."""
    if _has_ended(process):  # its workers may still be closing their logs
        wait_until(lambda: _session_is_empty(process), CLOSE_S_MAX)
    # Interrupt first: fixtures and ``with`` blocks then undo what they armed.
    for name, grace_s in ((signal.SIGINT, ABORT_GRACE_S), (signal.SIGKILL, KILL_S_MAX)):
        os.killpg(process.pid, name)
        wait_until(lambda: _session_is_empty(process), grace_s)
    return process.wait(timeout=KILL_S_MAX)


def _session_is_empty(process: subprocess.Popen[bytes]) -> bool:
    return not any(stat.session == process.pid for stat in all_stats().values())
