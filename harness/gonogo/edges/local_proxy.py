"""The fault proxy of a run as a local process."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from gonogo.linux.identity import RUN_VARIABLE
from gonogo.observation import EDGES_LOST, read_plan, record_error
from gonogo.services.addresses import HOST, Endpoints
from gonogo.services.service_log import log_path, open_log
from gonogo.target import Edge
from gonogo.vocabulary import EnvironmentFailed, NothingRan, Recorder

PROXY = "gonogo-proxy"
# It binds one port and prints a line; the limit is for a busy machine.
_UP_S_MAX = 10.0
_DOWN_S_MAX = 3.0


class ProxyProcess:
    """A running fault proxy that ends with this process; its death is recorded.

    Args:
        run: run id; it identifies the process and its control API.
        run_dir: the run directory; it logs to ``logs/gonogo-proxy.log``.
        control_port: port of its control API on loopback.
        endpoints: by service, container port to port on loopback.
        recorder: where its death is recorded.

    Raises:
        EnvironmentFailed: it is not installed or does not start.

    Attributes:
        control: ``host:port`` of its control API.
        binds: address its listeners bind.
        reached_at: address at which this machine reaches its listeners.
    """

    binds = HOST
    reached_at = HOST

    def __init__(
        self, run: str, run_dir: Path, control_port: int, endpoints: Endpoints, recorder: Recorder
    ) -> None:
        self._endpoints = endpoints
        self._log = log_path(run_dir, PROXY)
        self._process = self._spawn(run, f"{HOST}:{control_port}", proxy_seed(run_dir))
        self.control = self._read_control()
        self._watch = ProxyWatch(self._process.pid, self._log, recorder)

    def upstream(self, edge: Edge) -> str:
        """Where the service's port answers."""
        return f"{HOST}:{self._endpoints[edge.service][edge.port]}"

    def close(self) -> None:
        """End it. That cuts its connections, so the services must be down before."""
        self._watch.expect_end()
        self._process.terminate()
        try:
            self._process.wait(_DOWN_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_DOWN_S_MAX)
        self._watch.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _spawn(self, run: str, control: str, seed: int) -> subprocess.Popen[bytes]:
        log, _ = open_log(self._log)
        try:
            return subprocess.Popen(
                [str(proxy_program()), "--control", control, "--seed", str(seed),
                 "--die-with-parent"],
                env={RUN_VARIABLE: run},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                # As for services: the watchdog's pipe stays open until this is the proxy.
                close_fds=False,
            )  # fmt: skip
        except OSError as error:
            raise EnvironmentFailed(f"the fault proxy cannot be started: {error}") from error
        finally:
            os.close(log)

    def _read_control(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - asked for a pipe
        readable, _, _ = select.select([self._process.stdout], [], [], _UP_S_MAX)
        line = self._process.stdout.readline() if readable else b""
        try:
            return str(json.loads(line)["control"])
        except (ValueError, KeyError) as error:
            self._process.kill()
            raise EnvironmentFailed(
                f"the fault proxy did not say where it listens: {line!r}", where=str(self._log)
            ) from error


class ProxyWatch:
    """Waits for the end of the proxy and records one that was not asked for.

    Args:
        pid: of the proxy.
        log: its log.
        recorder: where its death is recorded.
    """

    def __init__(self, pid: int, log: Path, recorder: Recorder) -> None:
        self._log = log
        self._recorder = recorder
        self._expected = threading.Event()
        self._pidfd = os.pidfd_open(pid)
        self._thread = threading.Thread(target=self._wait, name=f"watch {PROXY}", daemon=True)
        self._thread.start()

    def expect_end(self) -> None:
        """From here on its end is expected."""
        self._expected.set()

    def join(self) -> None:
        """Wait until its end was seen."""
        self._thread.join(_DOWN_S_MAX)

    def _wait(self) -> None:
        select.select([self._pidfd], [], [])
        os.close(self._pidfd)
        if self._expected.is_set():
            return
        died = EnvironmentFailed(
            "the fault proxy died: what went through it failed by our fault, not the system's",
            where=str(self._log),
            hint="run it again; a proxy that dies twice is a defect of ours: please report it",
        )
        with contextlib.suppress(OSError):  # a full disk must not stop the clean-up
            record_error(self._recorder, died, name=EDGES_LOST)


def proxy_seed(run_dir: Path) -> int:
    """The seed of the run, as its plan has it; 0 for a system that was started without one."""
    try:
        return read_plan(run_dir).seed
    except NothingRan:
        return 0


def proxy_program() -> Path:
    """Where the proxy is installed.

    Raises:
        EnvironmentFailed: it is not.
    """
    beside = Path(sys.executable).with_name(PROXY)
    found = beside if beside.is_file() else shutil.which(PROXY)
    if found is None:
        raise EnvironmentFailed(
            f"the target declares edges, and {PROXY} is not installed",
            where=str(beside),
            hint="make provision builds and installs it",
        )
    return Path(found)
