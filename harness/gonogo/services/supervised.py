"""Supervision of one service: start, watch, restart by its policy, stop."""

import contextlib
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gonogo.linux.identity import is_alive, signal_identity
from gonogo.linux.kill import kill_all
from gonogo.observation import record_error
from gonogo.services.incarnation import Exit, Incarnation, Launch
from gonogo.services.readiness import IsReady
from gonogo.services.redact import Redactor
from gonogo.services.restart_policy import RestartPolicy
from gonogo.services.service_log import tail
from gonogo.target import Service
from gonogo.vocabulary import EnvironmentFailed, ProcessIdentity, Recorder
from gonogo.vocabulary.events import ServiceStateChanged

KILLED = 128 + signal.SIGKILL
READY_S_DEFAULT = 30.0
_CANNOT_EXECUTE = 126
# Without a readiness check a running service is ready; a wrong command ends within this time.
_SETTLE_S = 0.25
_CHECK_EVERY_S = 0.02
_CHECK_EVERY_S_LATER = 0.1
# SIGKILL takes effect at once unless the process is stuck inside the kernel.
_KILL_S_MAX = 5.0
# From an exit to its exit code: milliseconds, but seconds from an engine on a busy machine.
_TELL_S_MAX = 15.0


class State(StrEnum):
    """Where a service is in its life."""

    DOWN = "down"
    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"  # down, and its restart policy brings it back after a delay


@dataclass(frozen=True, slots=True)
class SharedContext:
    """What all services of one environment share.

    Attributes:
        recorder: where states are recorded.
        redact: hides secrets.
        changed: held to read or change states, notified on each change.
        publish: writes the new states where other processes read them.
    """

    recorder: Recorder
    redact: Redactor
    changed: threading.Condition
    publish: Callable[[], None]


class SupervisedService:
    """Keeps one service in the state its restart policy asks for; one thread while it should be up.

    Args:
        service: its description.
        launch: how to start it.
        is_ready: checks readiness once; None: a service that runs is ready.
        context: see ``SharedContext``.
        ready_s_max: limit for becoming ready.

    Attributes:
        state: see ``State``; read it with ``context.changed`` held.
        main: main process of the current or last incarnation.
        incarnation: how often it was started.
        log_offset: where the current incarnation's output begins.
        exit_code: of the last incarnation, None before its end.
        exits: in a row, since it was last ready.
        kept: whether a thread supervises it: it is up or will be.
        unready: whether "unready" was recorded: not ready within its limit; reset when it is ready.
        log: where its output goes.
        container: id of its container, ``""`` for a local process.
        failure: why supervision ended early, ``""`` normally.
    """

    def __init__(
        self,
        service: Service,
        launch: Launch,
        is_ready: IsReady | None,
        context: SharedContext,
        ready_s_max: float,
    ) -> None:
        self.service = service
        self.state = State.DOWN
        self.main: ProcessIdentity | None = None
        self.incarnation = 0
        self.log_offset = 0
        self.exit_code: int | None = None
        self.exits = 0
        self.kept = False
        self.unready = False
        self.log = launch.log
        self.container = launch.container
        self.failure = ""
        self.ready_s_max = ready_s_max
        self._launch = launch
        self._is_ready = is_ready
        self._context = context
        self._policy = RestartPolicy(service.restart, service.restart_max)
        self._stopping = threading.Event()
        self._wake_fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread: threading.Thread | None = None
        self._begun = math.inf

    def start(self) -> None:
        """Ask for its start, unless it is kept up already; returns at once."""
        with self._context.changed:
            self._context.changed.wait_for(self._settled, _KILL_S_MAX)
            if self.kept or self._stopping.is_set():
                return
            self.kept = True
            self.unready = False
            self.state = State.STARTING
            self._begun = math.inf  # the time that the engine needs does not count as the service's
            self._thread = threading.Thread(
                target=self._keep, name=f"supervise {self.service.name}", daemon=True
            )
            self._thread.start()

    def _settled(self) -> bool:
        """Whether no exit waits to be handled by the supervising thread."""
        if self.is_up() and self.main is not None and not is_alive(self.main):
            return False
        return not (self.kept and self.state is State.DOWN)

    def ask_to_stop(self) -> None:
        """Ask for its stop without a restart; returns at once."""
        self._stopping.set()
        os.eventfd_write(self._wake_fd, 1)

    def join(self) -> bool:
        """Wait until it is down and stays down; says whether it is. Call once, after asking."""
        if self._thread is not None:
            self._thread.join(self.service.stop_grace_s + _TELL_S_MAX + _KILL_S_MAX)
            if self._thread.is_alive():
                return False
        os.close(self._wake_fd)
        return True

    def restarts_itself(self) -> bool:
        """Whether a kill now would be followed by a restart; not of one that stays down."""
        return self.state is not State.DOWN and self._policy.would_restart(KILLED)

    def is_up(self) -> bool:
        """Whether its main process runs, ready or not."""
        return self.state in (State.STARTING, State.READY)

    def overdue(self, by_s: float) -> bool:
        """Whether it is not ready although its limit has passed, by the record or by the clock.

        Args:
            by_s: how far beyond the limit the clock alone must be. While the service waits for a
                restart nothing is recorded, and the limit alone counts.
        """
        if self.state not in (State.STARTING, State.WAITING):
            return False
        limit_s = self.ready_s_max + (by_s if self.state is State.STARTING else 0.0)
        return self.unready or time.monotonic() > self._begun + limit_s

    def trouble(self) -> str:
        """Why it may not be ready, beyond its output; without secrets."""
        return self._context.redact(self._launch.trouble())

    def log_tail(self) -> list[str]:
        """Its last lines, without secrets."""
        return [self._context.redact(line) for line in tail(self.log, self.log_offset)]

    def _keep(self) -> None:
        asked = True
        try:
            while not self._stopping.is_set() and self._live_once(asked=asked):
                asked = False
        except Exception as error:
            self.failure = f"service {self.service.name} is no longer supervised: {error!r}"
            self._tell_failure(type(error).__name__)
        finally:
            with self._context.changed:
                self.kept = False
                self.state = State.DOWN
                self._context.changed.notify_all()
            with contextlib.suppress(OSError):  # recorded already when it fails and stays down
                self._context.publish()

    def _tell_failure(self, error: str) -> None:
        """Record that the environment failed, not the service: a full disk, no descriptors left."""
        failed = EnvironmentFailed(self.failure, where=str(self.log))
        with contextlib.suppress(OSError):
            record_error(self._context.recorder, failed, name=error)

    def _live_once(self, *, asked: bool) -> bool:
        """One incarnation; says whether another one follows."""
        try:
            child = self._launch.begin(self._wake_fd)
        except OSError as error:
            reason = f"cannot be executed: {error.strerror or error}"
            return self._ended(Exit(_CANNOT_EXECUTE), 0.0, reason)
        try:
            self._watch(child, "starting" if asked else "restarted")
        except BaseException:
            child.kill()
            child.reap(_KILL_S_MAX)
            self._clear()
            raise
        if self._stopping.is_set():
            self._stop(child)
            return False
        lived_s = child.lived_s()
        end = child.reap(_TELL_S_MAX)
        self._clear()
        if end is None:
            raise EnvironmentFailed(
                "the exit code of the service cannot be read", where=str(self.log)
            )
        return self._ended(end, lived_s, "")

    def _watch(self, child: Incarnation, beginning: str) -> None:
        """Return when it exits or is to be stopped; record when it becomes ready."""
        self.main, self.log_offset = child.identity, child.log_offset
        self.incarnation += 1
        self.exit_code = None
        self._begun = min(self._begun, time.monotonic())
        self._change(State.STARTING)
        self._record(beginning, pid=child.identity.pid)
        if not self._await_ready(child):
            return
        self.exits, self.unready = 0, False
        self._change(State.READY)
        self._record("ready", pid=child.identity.pid, detail=f"after {child.lived_s():.2f} s")
        child.wait(None)

    def _await_ready(self, child: Incarnation) -> bool:
        if self._is_ready is None:
            return not child.wait(_SETTLE_S)
        recorded = False
        while not self._is_ready(child.identity, child.log_offset):
            lived_s = child.lived_s()
            if child.wait(_CHECK_EVERY_S if lived_s < 2 else _CHECK_EVERY_S_LATER):
                return False
            if lived_s > self.ready_s_max and not recorded:
                recorded = True
                parts = [f"not ready within {self.ready_s_max:g} s", self.trouble()]
                detail = "; ".join(filter(None, parts))
                self._record("unready", pid=child.identity.pid, detail=detail, tailed=True)
                with self._context.changed:
                    self.unready = True
                    self._context.changed.notify_all()
        return True

    def _ended(self, end: Exit, lived_s: float, reason: str) -> bool:
        """Handle an exit that was not asked for; says whether the service is restarted."""
        self.exit_code = end.code
        self.exits += 1
        delay_s = self._policy.delay_s(end.code, lived_s)
        self._change(State.DOWN if delay_s is None else State.WAITING)
        parts = [*filter(None, [end.cause]), reason or describe_exit(end.code)]
        parts.append(f"after {lived_s:.2f} s")
        parts.append("no restart" if delay_s is None else f"restart in {delay_s:g} s")
        pid = self.main.pid if self.main else None
        self._record("exited", pid=pid, exit_code=end.code, detail=", ".join(parts), tailed=True)
        return delay_s is not None and not self._stopping.wait(delay_s)

    def _stop(self, child: Incarnation) -> None:
        """SIGTERM, grace, SIGKILL; what the main process leaves behind is killed."""
        child.ask_to_stop()
        ignored = True
        try:
            for each in self._processes():  # a paused service does not handle SIGTERM
                signal_identity(each, signal.SIGCONT)
            ignored = not child.wait_exit(self.service.stop_grace_s)
        finally:
            if ignored:
                child.kill()
            end = child.reap(_KILL_S_MAX)
            left = self._clear()
        code = self.exit_code = end.code if end else None
        self._change(State.DOWN)
        signal_name = self.service.container.stop_signal if self.container else ""
        grace = f"{signal_name or 'SIGTERM'} for {self.service.stop_grace_s:g} s"
        detail = f"ignored {grace}, killed" if ignored else ""
        if left or code is None:
            detail = f"survived SIGKILL: {[each.pid for each in left] or child.identity.pid}"
        self._record("stopped", pid=child.identity.pid, exit_code=code, detail=detail)

    def _clear(self) -> list[ProcessIdentity]:
        """Kill what the main process left, as the end of a container would; returns survivors."""
        return kill_all(self._processes, limit_s=_KILL_S_MAX)[1]

    def _processes(self) -> Sequence[ProcessIdentity]:
        return self._launch.processes(self.main)

    def _change(self, state: State) -> None:
        with self._context.changed:
            self.state = state
            self._context.changed.notify_all()
        self._context.publish()

    def _record(
        self,
        state: str,
        *,
        pid: int | None,
        exit_code: int | None = None,
        detail: str = "",
        tailed: bool = False,
    ) -> None:
        self._context.recorder.record(
            ServiceStateChanged(
                service=self.service.name,
                state=state,
                pid=pid,
                exit_code=exit_code,
                detail=detail,
                log_tail=tuple(self.log_tail()) if tailed else (),
            )
        )


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code > 128:
        try:
            return f"killed by {signal.Signals(code - 128).name}"
        except ValueError:
            pass
    return f"exited with code {code}"
