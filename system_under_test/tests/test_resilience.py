"""swarm as processes while parts of it die or hang."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are not in the lock
import redis
import requests
import websocket
from swarm.agent.worker import IDLE_POLL_S_MAX
from swarm.config import load_agent_settings
from swarm_support import ANSWER_S, System, echo_task, wait_for, waiting_task

# The README promises it: the lease and half a second.
TAKEOVER_S_MAX = 3.5


def _running_on(system: System, job_id: str, task: str = "wait") -> str | None:
    for found in system.job(job_id)["tasks"]:
        if found["name"] == task and found["state"] == "in_progress":
            return str(found["agent_id"])
    return None


def _is_dead(process: psutil.Process) -> bool:
    # Init may need a moment to reap an orphan.
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _completions(system: System, job_id: str) -> list[dict[str, Any]]:
    events = system.call("GET", "/api/events?limit=1000").json()["events"]
    return [
        event
        for event in events
        if event["type"] == "task_completed" and event["data"]["job_id"] == job_id
    ]


def test_a_task_outlives_the_agent_that_ran_it(system: System) -> None:
    """SIGKILL of an agent: another takes over, the result is recorded exactly once."""
    agents = {name: system.agent(name) for name in ("one", "two")}
    job_id = system.submit(waiting_task(1.5), echo_task("after", dependencies=["wait"]))
    victim = wait_for(lambda: _running_on(system, job_id), "the task runs")
    agents[victim].kill()
    job = system.finished(job_id)
    assert job["status"] == "completed"
    assert job["progress"] == 100
    outcomes = [attempt["outcome"] for attempt in job["tasks"][0]["attempts"]]
    assert outcomes == ["lost", "completed"]
    assert len(_completions(system, job_id)) == 2
    system.orchestrator.wait_line("orchestrator.swept", agents_lost=1)


def test_a_takeover_takes_a_lease_and_a_poll() -> None:
    """As long as the README says, with the settings that hold when nobody sets others."""
    environ = {
        "SWARM_REDIS_URL": "redis://127.0.0.1/0",
        "SWARM_WORKSPACE": "/",
        "SWARM_AGENT_ID": "a",
        "SWARM_AGENT_CAPABILITIES": "genomics",
    }
    assert load_agent_settings(environ).lease_s + IDLE_POLL_S_MAX <= TAKEOVER_S_MAX


def test_an_agent_takes_its_task_process_with_it(system: System) -> None:
    """SIGKILL of an agent ends its child at once, even deep in native code."""
    agent = system.agent("one")
    parameters = {
        "fasta": "small.fna",
        "genes": [{"gene": "all", "strand": "+", "start": 1, "end": 720}],
        "shuffles": 100_000_000,
        "seed": 1,
    }
    task = {"name": "long", "type": "genome.shuffle_null", "parameters": parameters}
    job_id = system.submit(task)
    wait_for(lambda: _running_on(system, job_id, "long"), "the task runs")
    children = wait_for(psutil.Process(agent.process.pid).children, "it has a child")
    # Long enough to be inside the native call, short of its end by far.
    time.sleep(1)
    agent.kill()
    wait_for(lambda: all(_is_dead(child) for child in children), "its child died too")


def test_the_api_leaves_no_worker_behind(system: System) -> None:
    """SIGKILL of the api with a socket open: its workers die with it and the port is free."""
    token = str(system.http.headers["Authorization"]).removeprefix("Bearer ")
    connection = websocket.create_connection(f"ws://127.0.0.1:{system.port}/ws?token={token}")
    assert "authenticated" in connection.recv()
    workers = psutil.Process(system.api.process.pid).children()
    assert workers
    system.api.kill()
    wait_for(lambda: all(_is_dead(worker) for worker in workers), "the workers died too")
    connection.close()
    system.service("swarm.api", "api-2")
    wait_for(system.is_ready, "its successor is ready")


def test_a_zombie_cannot_record_a_second_result(system: System) -> None:
    """SIGSTOP beyond the lease, then SIGCONT: the late commit is refused, the agent goes on."""
    agents = {name: system.agent(name) for name in ("one", "two")}
    job_id = system.submit(waiting_task(5))
    zombie = wait_for(lambda: _running_on(system, job_id), "the task runs")
    agents[zombie].process.send_signal(signal.SIGSTOP)
    job = system.finished(job_id)
    assert job["tasks"][0]["agent_id"] != zombie
    agents[zombie].process.send_signal(signal.SIGCONT)
    agents[zombie].wait_line("task.lost", job_id=job_id)
    assert len(_completions(system, job_id)) == 1
    # The agent that was declared lost works again.
    other = next(name for name in agents if name != zombie)
    agents[other].stop()
    again = system.submit(echo_task("again"))
    assert system.finished(again)["tasks"][0]["agent_id"] == zombie


def test_while_redis_hangs_every_answer_is_a_prompt_503(system: System) -> None:
    """SIGSTOP redis: reads and writes answer 503 with Retry-After while it hangs, then recover.

    How long that takes at most is in test_redis_away.
    """
    system.agent("one")
    job_id = system.submit(waiting_task(3.5))
    wait_for(lambda: _running_on(system, job_id), "the task runs")
    session = system.call("POST", "/api/sessions", {}).json()["id"]
    path = f"/api/sessions/{session}/context/k"
    system.redis.signal(signal.SIGSTOP)
    answers: list[requests.Response] = []

    def ask(method: str, target: str, body: object) -> None:
        answer = requests.request(
            method,
            system.url + target,
            json=body,
            headers={"Authorization": str(system.http.headers["Authorization"])},
            timeout=ANSWER_S,
        )
        answers.append(answer)

    threads = [
        threading.Thread(target=ask, args=arguments)
        for arguments in [("GET", "/api/jobs", None), ("PUT", path, {"value": 1})] * 8
        + [("GET", "/api/health/ready", None)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(1.5)
    system.redis.signal(signal.SIGCONT)
    assert [answer.status_code for answer in answers] == [503] * len(threads)
    for answer in answers:
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert system.call("GET", "/api/health").status_code == 200
    wait_for(lambda: system.call("PUT", path, {"value": 2}).ok, "writes work again")
    assert system.finished(job_id)["status"] == "completed"
    assert len(_completions(system, job_id)) == 1


def test_redis_may_be_killed_and_nothing_acknowledged_is_lost(system: System) -> None:
    """SIGKILL of redis and a restart: acknowledged writes are there, jobs go on."""
    system.agent("one")
    session = system.call("POST", "/api/sessions", {}).json()["id"]
    job_id = system.submit(waiting_task(1.5), echo_task("after", dependencies=["wait"]))
    wait_for(lambda: _running_on(system, job_id), "the task runs")
    stop = threading.Event()
    acknowledged: list[int] = []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            path = f"/api/sessions/{session}/context/{number}"
            if system.call("PUT", path, {"value": number}).status_code == 200:
                acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    wait_for(lambda: len(acknowledged) > 100, "writes are acknowledged")
    # With everysec, Redis acknowledges writes during a sync and writes them afterwards.
    with redis.Redis.from_url(system.redis.url) as client:
        client.config_set("appendfsync", "no")
    system.redis.kill()
    time.sleep(0.5)
    system.redis.start()
    before = len(acknowledged)
    wait_for(lambda: len(acknowledged) > before + 20, "writes are acknowledged again")
    stop.set()
    writer.join()
    for number in acknowledged:
        answer = system.call("GET", f"/api/sessions/{session}/context/{number}")
        assert answer.json()["value"] == number
    assert system.finished(job_id)["status"] == "completed"


def test_jobs_go_on_while_the_orchestrator_is_dead(system: System) -> None:
    """Only a retry waits for it, and a new one promotes that."""
    system.agent("one")
    system.orchestrator.kill()
    assert system.finished(system.submit(echo_task("t")))["status"] == "completed"
    failing = {
        "name": "f",
        "type": "diagnostic.fail",
        "capabilities": ["genomics"],
        "max_retries": 1,
    }
    job_id = system.submit(failing)
    wait_for(lambda: system.job(job_id)["tasks"][0]["attempts"], "the first attempt failed")
    time.sleep(0.3)
    assert system.job(job_id)["status"] == "running"
    system.service("swarm.orchestrator", "orchestrator-2").wait_line("orchestrator.ready")
    assert system.finished(job_id)["status"] == "failed"


def test_crashes_and_timeouts_end_the_task_not_the_agent(system: System) -> None:
    """A signal in task code and a task that takes too long fail their jobs; the agent lives."""
    agent = system.agent("one")
    crash = {"name": "c", "type": "diagnostic.crash", "capabilities": ["genomics"]}
    crashed = system.finished(system.submit({**crash, "max_retries": 1}))
    assert crashed["status"] == "failed"
    assert "SIGABRT" in crashed["error"]
    assert len(crashed["tasks"][0]["attempts"]) == 2
    slow = system.finished(system.submit(waiting_task(60, timeout_s=0.3, max_retries=0)))
    assert "longer than 0.3 s" in slow["error"]
    assert system.finished(system.submit(echo_task("t")))["status"] == "completed"
    assert agent.process.poll() is None


def test_a_cancelled_task_stops_working(system: System) -> None:
    """The agent notices at its next report and is free again."""
    agent = system.agent("one")
    job_id = system.submit(waiting_task(60))
    wait_for(lambda: _running_on(system, job_id), "the task runs")
    assert system.call("POST", f"/api/jobs/{job_id}/cancel").status_code == 200
    agent.wait_line("task.lost", job_id=job_id)
    assert system.finished(system.submit(echo_task("t")))["status"] == "completed"


def test_every_process_stops_in_order_and_gives_its_task_back(system: System) -> None:
    """SIGTERM: exit code 0 within seconds; the task is free at once, not after the lease."""
    first = system.agent("one")
    job_id = system.submit(waiting_task(5))
    wait_for(lambda: _running_on(system, job_id), "the task runs")
    assert first.stop() == 0
    assert system.job(job_id)["tasks"][0]["state"] == "queued"
    system.agent("two")
    job = system.finished(job_id)
    assert [attempt["outcome"] for attempt in job["tasks"][0]["attempts"]] == [
        "released",
        "completed",
    ]
    assert system.orchestrator.stop() == 0
    assert system.api.stop() == 0


def test_processes_wait_for_a_redis_that_is_not_there_yet(system: System) -> None:
    """Started first, they become ready when Redis does; nothing exits, nothing traces."""
    system.redis.kill()
    agent = system.service(
        "swarm.agent", "early", SWARM_AGENT_ID="early", SWARM_AGENT_CAPABILITIES="genomics"
    )
    agent.wait_line("agent.redis_away")
    assert system.call("GET", "/api/health/ready").status_code == 503
    system.redis.start()
    agent.wait_line("agent.ready")
    wait_for(lambda: system.call("GET", "/api/health/ready").ok, "the api is ready again")
    for service in (agent, system.api, system.orchestrator):
        assert "Traceback" not in service.text()
        assert service.process.poll() is None


def test_no_secret_is_ever_logged(system: System) -> None:
    """Neither the password of Redis, nor the signing secret, nor a user's password."""
    agent = system.agent("one")
    system.finished(system.submit(echo_task("t")))
    system.redis.kill()
    system.call("GET", "/api/jobs")
    agent.wait_line("agent.redis_away")
    for service in (agent, system.api, system.orchestrator):
        assert "only-for-tests" not in service.text()
        assert "0123456789abcdef0123456789abcdef" not in service.text()


def test_a_very_large_payload_is_refused_and_the_client_gets_to_see_it(system: System) -> None:
    """100 MB, with its length announced or in chunks: 413, not a reset connection."""
    payload = b" " * 100_000_000
    headers = {"Content-Type": "application/json"}
    for data in (payload, iter([payload])):
        answer = system.http.post(
            f"{system.url}/api/jobs", data=data, headers=headers, timeout=ANSWER_S
        )
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
