"""A 100-genome job on one agent and on two: how much faster, and is it the same result?

Starts its own redis-server, orchestrator and two agents on loopback and stops them. Runs on one
agent and on two take turns, so that a slow moment of the machine hits both; the agent that is to
rest is stopped by SIGSTOP, so that both stay warm. A result that differs from the first fails the
run. Beside the ratio stand the time of the tasks nobody can share (locate, aggregate), and the
ratio the machine itself allows: the same number of analyses by one process and by two.

    python bench_agents.py [--genomes 100] [--genes 10] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import redis
import swarm_core
from swarm.config import StoreSettings
from swarm.jobs import Job, JobQueue, Task
from swarm.scripts import SCRIPTS
from swarm.store import Store

START_S_MAX = 30.0
JOB_S_MAX = 300.0
STOP_S_MAX = 10.0
POLL_S = 0.02
PARAMETERS = {"fasta": "genomes.fa", "genes": "genes.json", "profiles": "profiles.json"}


@dataclass(frozen=True)
class Run:
    """One run of the job: seconds from submission to the end, of these alone in a serial task."""

    took_s: float
    serial_s: float
    analysing_s: float
    digests: tuple[str, ...]


def main() -> None:
    """Measure, print, and fail when the results differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--genomes", type=int, default=100)
    parser.add_argument("--genes", type=int, default=10, help="genes of each genome")
    parser.add_argument("--rounds", type=int, default=5, help="runs on one agent, and on two")
    asked = parser.parse_args()
    # So that a stopped benchmark stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="bench_agents_") as name, ExitStack() as stack:
        directory = Path(name)
        workspace = directory / "workspace"
        workspace.mkdir()
        write_genomes(workspace, asked.genomes, asked.genes)
        machine = machine_ratio(workspace, asked.rounds)
        settings = stack.enter_context(redis_server(directory))
        environ = {
            "SWARM_REDIS_URL": settings.redis_url,
            "SWARM_NAMESPACE": settings.namespace,
            "SWARM_WORKSPACE": str(workspace),
            "SWARM_AGENT_CAPABILITIES": "genomics",
        }
        stack.enter_context(service("orchestrator", directory, environ))
        agents = [
            stack.enter_context(
                service("agent", directory, {**environ, "SWARM_AGENT_ID": f"agent-{number}"})
            )
            for number in (1, 2)
        ]
        report(*measure(Store(settings), workspace, agents, asked.rounds), machine)


def write_genomes(workspace: Path, genomes: int, genes: int) -> None:
    """Write the genomes as records of one file, with their genes and the first one's profiles."""
    fasta, listed = [], []
    for number in range(genomes):
        made = swarm_core.generate_genome(1000 + number, genes=genes)
        fasta.append(made["fasta"])
        for gene in made["genes"]:
            place = {key: gene[key] for key in ("start", "end", "strand")}
            listed.append(
                {"gene": f"{made['record']}.{gene['id']}", "record": made["record"], **place}
            )
        if number == 0:
            (workspace / "profiles.json").write_text(json.dumps({"profiles": made["profiles"]}))
    (workspace / "genomes.fa").write_text("".join(fasta))
    (workspace / "genes.json").write_text(json.dumps({"genes": listed}))


def measure(
    store: Store, workspace: Path, agents: list[subprocess.Popen[bytes]], rounds: int
) -> tuple[list[Run], list[Run]]:
    """Return the runs on one agent and on two, after each agent has done a job alone."""
    first, second = agents
    alone: list[Run] = []
    together: list[Run] = []
    with resting(second):
        run_job(store, workspace)
    with resting(first):
        run_job(store, workspace)
    for _ in range(rounds):
        with resting(second):
            alone.append(run_job(store, workspace))
        together.append(run_job(store, workspace))
    results = {run.digests for run in (*alone, *together)}
    if len(results) != 1:
        raise SystemExit("two runs of the same job gave different bytes")
    return alone, together


@contextmanager
def resting(agent: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let an agent rest, warm as it is."""
    agent.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        agent.send_signal(signal.SIGCONT)


def run_job(store: Store, workspace: Path) -> Run:
    """Run the job once."""
    queue = JobQueue(store)
    tasks = SCRIPTS["genome_analysis"].plan(PARAMETERS, workspace)
    job_id = queue.submit(
        uuid.uuid4().hex,
        owner="bench",
        name="genome_analysis",
        parameters=PARAMETERS,
        tasks=tasks,
        active_jobs_max=1,
        ttl_s=3600,
    )

    def ended() -> tuple[Job, list[Task]] | None:
        job, of_job = queue.read(job_id)
        return (job, of_job) if job.finished_ms is not None else None

    job, of_job = wait_for(ended, "the job ends", JOB_S_MAX)
    if job.state != "completed":
        raise SystemExit(f"the job {job.state}: {job.error}")
    took = {task.name: seconds(task.started_ms, task.finished_ms) for task in of_job}
    serial_s = took.pop("locate") + took.pop("aggregate")
    artefacts = queue.results(job_id).results["aggregate"]["artefacts"]
    return Run(
        took_s=seconds(job.created_ms, job.finished_ms),
        serial_s=serial_s,
        analysing_s=sum(took.values()),
        digests=tuple(artefact["sha256"] for artefact in artefacts),
    )


def seconds(start_ms: int | None, end_ms: int | None) -> float:
    """Seconds between two times that are known."""
    if start_ms is None or end_ms is None:
        raise SystemExit("a task of a completed job has no times")
    return (end_ms - start_ms) / 1000


def machine_ratio(workspace: Path, rounds: int) -> float:
    """How much faster two processes are than one with work that shares nothing."""
    with get_context("spawn").Pool(2) as pool:
        genome = [str(workspace / "genomes.fa")] * 2
        pool.map(work, genome)
        one: list[float] = []
        two: list[float] = []
        for _ in range(rounds):
            for times, tasks in ((one, genome[:1]), (two, genome)):
                began = time.perf_counter()
                pool.map(work, tasks, chunksize=1)
                times.append(time.perf_counter() - began)
    return 2 * statistics.median(one) / statistics.median(two)


def work(path: str) -> int:
    """Test one gene with many shuffles: arithmetic in a first-level cache."""
    record, bases = swarm_core.read_records(path)[0]
    return len(
        swarm_core.scan_windows(
            path, [(1, min(len(bases), 3000) // 3 * 3, "+")], record, shuffles=40_000
        )
    )


def report(alone: list[Run], together: list[Run], machine: float) -> None:
    """Print medians and their ratio."""

    def middle(runs: list[Run], name: str) -> float:
        return float(statistics.median(getattr(run, name) for run in runs))

    say(f"{'':12}{'s':>8}{'serial s':>10}{'analysing s':>13}   each run, s")
    for name, runs in (("one agent", alone), ("two agents", together)):
        each = " ".join(f"{run.took_s:.2f}" for run in runs)
        say(
            f"{name:12}{middle(runs, 'took_s'):8.2f}{middle(runs, 'serial_s'):10.2f}"
            f"{middle(runs, 'analysing_s'):13.2f}   {each}"
        )
    ratio = middle(alone, "took_s") / middle(together, "took_s")
    say(f"two agents are {ratio:.2f} times as fast; two plain processes {machine:.2f} times")
    say("every run gave the same bytes")


@contextmanager
def redis_server(directory: Path) -> Iterator[StoreSettings]:
    """A redis-server of this run's own; its password goes in by its standard input."""
    port, password = free_port(), secrets.token_hex(16)
    lines = ("bind 127.0.0.1", f"port {port}", f"dir {directory}", "appendonly yes")
    configuration = "\n".join((*lines, f"requirepass {password}", ""))
    process = subprocess.Popen(
        ["redis-server", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    with stopped_after(process):
        if process.stdin is not None:
            process.stdin.write(configuration.encode())
            process.stdin.close()
        settings = StoreSettings(f"redis://:{password}@127.0.0.1:{port}/0", "bench", 3600.0, 50_000)
        wait_for(lambda: answers(settings), "redis answers", START_S_MAX)
        yield settings


def answers(settings: StoreSettings) -> bool:
    """Whether Redis serves."""
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def service(
    name: str, directory: Path, environ: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of swarm, from when it says that it is ready."""
    log = directory / f"{name}-{uuid.uuid4().hex}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", f"swarm.{name}"],
            env={**os.environ, **environ},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    with stopped_after(process):
        wait_for(lambda: f"{name}.ready" in log.read_text(), f"{name} is ready", START_S_MAX)
        yield process


@contextmanager
def stopped_after(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the process with the block, also one that rests."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(condition: Callable[[], Any], what: str, timeout_s: float) -> Any:
    """Return the first true answer."""
    end_s = time.monotonic() + timeout_s
    while time.monotonic() < end_s:
        found = condition()
        if found:
            return found
        time.sleep(POLL_S)
    raise SystemExit(f"{what}: not within {timeout_s:.0f} s")


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
