"""Helpers: child processes on private ports, and waiting for conditions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import redis
import requests
from port_support import lease_port
from swarm.store import Store

T = TypeVar("T")

HERE = Path(__file__).resolve().parent
PASSWORD = "only-for-tests"
EMAIL = "tester@example.org"
SECRET = "0123456789abcdef0123456789abcdef"
# Long, because the machine may be busy. A test that passes never waits so long.
WAIT_S = 120.0
ANSWER_S = 60.0
LEASE_S = 1.0


def new_namespace() -> str:
    """Return a namespace nobody else uses."""
    return f"test-{uuid.uuid4().hex[:12]}"


def wait_for(condition: Callable[[], T | None], what: str, timeout_s: float = WAIT_S) -> T:
    """Return the first result that is true; fail when there is none in time."""
    end_s = time.monotonic() + timeout_s
    while time.monotonic() < end_s:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {timeout_s} s")


def raw_client(store: Store) -> redis.Redis:
    """Return a client that bypasses the store, to look at keys and to change them."""
    return _client(store.settings.redis_url)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, decode_responses=True)


def make_workspace(directory: Path) -> Path:
    """Write a small genome, its gene list and a small feed."""
    sequence = "ATGGCTGCAAAAGATTAA" * 40
    (directory / "small.fna").write_text(f">tiny a test genome\n{sequence}\n")
    genes = [
        {"gene": "one", "strand": "+", "start": 1, "end": 18, "traits": ["growth"]},
        {"gene": "two", "strand": "+", "start": 19, "end": 54, "traits": ["shape"]},
    ]
    (directory / "genes.json").write_text(json.dumps({"genes": genes}))
    (directory / "bad.fna").write_text("this is no FASTA\n")
    (directory / "feed.csv").write_text(
        "Title,SKU,Price,Inventory\n"
        "Bolt,AB-12,1.5,3\n"
        "Nut,ab13,-10.00,1\n"
        ",X1,2,1\n"
        "Washer,W-9,0.10,\n"
    )
    (directory / "reference.csv").write_text("ItemNumber,ID,Description\nAB12,7,A bolt\n")
    outside = directory.parent / "outside.fna"
    outside.write_text(">x\nACGT\n")
    (directory / "link.fna").symlink_to(outside)
    return directory


class RedisServer:
    """redis-server as a child on a private port; may be killed, paused and started again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.port = lease_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and return when it answers."""
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self._directory),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "requirepass": PASSWORD,
            "save": "",
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
        self._process = subprocess.Popen(
            ["redis-server", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(self._answers, "redis answers")
        except BaseException:
            self.kill()
            raise

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Service:
    """A swarm process whose log lines can be awaited."""

    def __init__(self, module: str, environ: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                env={**os.environ, "PYTHONPATH": str(HERE.parent), **environ},
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines of one event."""
        found = []
        for line in self._log.read_text().splitlines():
            if line.startswith("{"):
                entry = json.loads(line)
                if entry["event"] == event:
                    found.append(entry)
        return found

    def text(self) -> str:
        """Return the whole log."""
        return self._log.read_text()

    def wait_line(self, event: str, **fields: Any) -> dict[str, Any]:
        """Return the first log line of an event with these fields."""

        def find() -> dict[str, Any] | None:
            for line in self.lines(event):
                if fields.items() <= line.items():
                    return line
            return None

        return wait_for(find, f"{event} {fields} in {self._log.name}")

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.terminate()
        return self.process.wait(ANSWER_S)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


class System:
    """Redis, api and orchestrator; agents are added by the test."""

    def __init__(self, directory: Path, workspace: Path) -> None:
        self._directory = directory
        self._services: list[Service] = []
        redis_directory = directory / "redis"
        redis_directory.mkdir()
        self.redis = RedisServer(redis_directory)
        self.port = lease_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = requests.Session()
        self._environ = {
            "SWARM_REDIS_URL": self.redis.url,
            "SWARM_JWT_SECRET": SECRET,
            "SWARM_WORKSPACE": str(workspace),
            "SWARM_API_PORT": str(self.port),
            "SWARM_API_WORKERS": "1",
            "SWARM_API_THREADS": "32",
            "SWARM_API_SOCKETS_MAX": "16",
            "SWARM_BOOTSTRAP_EMAIL": EMAIL,
            "SWARM_BOOTSTRAP_PASSWORD": PASSWORD,
            "SWARM_LEASE_S": str(LEASE_S),
            "SWARM_HEARTBEAT_S": "0.3",
            "SWARM_RETRY_BASE_S": "0.1",
            "SWARM_TICK_S": "0.1",
        }

    def __enter__(self) -> System:
        try:
            self.redis.start()
            self.api = self.service("swarm.api", "api")
            self.orchestrator = self.service("swarm.orchestrator", "orchestrator")
            wait_for(self.is_ready, "the api is ready")
            self.login()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: object, __: TracebackType | None
    ) -> None:
        self.http.close()
        for service in self._services:
            service.kill()
        self.redis.kill()
        if kind is not None:
            for path in sorted(self._directory.glob("*.log")):
                sys.stdout.write(f"--- {path.name}\n{path.read_text()[-3000:]}\n")

    def service(self, module: str, name: str, **environ: str) -> Service:
        """Start a process of swarm."""
        log = self._directory / f"{name}.log"
        service = Service(module, {**self._environ, **environ}, log)
        self._services.append(service)
        return service

    def agent(self, name: str, capabilities: str = "genomics,data_processing") -> Service:
        """Start an agent and return when it is ready."""
        service = self.service(
            "swarm.agent", name, SWARM_AGENT_ID=name, SWARM_AGENT_CAPABILITIES=capabilities
        )
        service.wait_line("agent.ready")
        return service

    def is_ready(self) -> bool:
        """Whether requests can be served."""
        try:
            return self.http.get(f"{self.url}/api/health/ready", timeout=2).ok
        except requests.RequestException:
            return False

    def login(self) -> str:
        """Sign in and use the token from now on; returns it."""
        answer = self.call("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        token = str(answer.json()["access_token"])
        self.http.headers["Authorization"] = f"Bearer {token}"
        return token

    def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> requests.Response:
        """Send a request."""
        return self.http.request(
            method, self.url + path, json=body, headers=headers, timeout=ANSWER_S
        )

    def submit(self, *tasks: dict[str, Any]) -> str:
        """Submit a job and return its id."""
        answer = self.call("POST", "/api/jobs", {"tasks": list(tasks)})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def job(self, job_id: str) -> dict[str, Any]:
        """Return a job's document."""
        answer = self.call("GET", f"/api/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def finished(self, job_id: str) -> dict[str, Any]:
        """Wait until a job has ended and return its document."""

        def ended() -> dict[str, Any] | None:
            document = self.job(job_id)
            return document if document["finished_at"] else None

        return wait_for(ended, f"job {job_id} ended")


def waiting_task(seconds: float, name: str = "wait", **more: Any) -> dict[str, Any]:
    """Return a task that takes as long as asked."""
    return {
        "name": name,
        "type": "diagnostic.wait",
        "parameters": {"seconds": seconds},
        "capabilities": ["genomics"],
        **more,
    }


def echo_task(name: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """Return a task that answers its value and what it waited for."""
    return {
        "name": name,
        "type": "diagnostic.echo",
        "parameters": {"value": value},
        "capabilities": ["genomics"],
        **more,
    }
