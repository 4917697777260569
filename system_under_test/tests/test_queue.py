"""What the job queue guarantees, on a real Redis."""

from __future__ import annotations

import time
import uuid
from functools import partial
from typing import Any

import pytest
from swarm.jobs import (
    Assignment,
    JobQueue,
    Outcome,
    TaskQueue,
    TaskSpec,
    TooManyJobs,
    sweep,
)
from swarm.memory import AgentRegistry, EventLog
from swarm.store import Ended, Once, Store
from swarm_support import raw_client, wait_for

# The agent that asks says how old a lease may be. No test takes so long, on a busy machine either.
LEASE_S = 60.0
# A lease that has run out by the next question.
SHORT_LEASE_S = 0.001
# How long the sweep keeps agents that are offline; no test takes so long.
DAY_S = 86_400.0
sweep_ten = partial(sweep, items_max=10)


class Worker:
    """An agent that the test drives."""

    def __init__(self, store: Store, name: str, *capabilities: str) -> None:
        self._queue = TaskQueue(store)
        self.name = name
        self._capabilities = capabilities or ("genomics",)
        AgentRegistry(store).beat(
            name, agent_type="t", capabilities=self._capabilities, heartbeat_s=30, busy=False
        )

    def take(self, operation: str | None = None, lease_s: float = LEASE_S) -> Assignment | None:
        """Ask for a task."""
        return self._queue.take(
            agent_id=self.name,
            operation=operation or uuid.uuid4().hex,
            lease_s=lease_s,
            capabilities=self._capabilities,
        ).task

    def must_take(self, lease_s: float = LEASE_S) -> Assignment:
        """Ask for a task that has to be there."""
        task = self.take(lease_s=lease_s)
        assert task is not None
        return task

    def commit(self, task: Assignment, state: str = "completed", delay_s: float = 0.0) -> str:
        """Record an outcome."""
        outcome = Outcome(state, f'"by {self.name}"', "error")
        return self._queue.commit(task, outcome, agent_id=self.name, delay_s=delay_s)

    def report(self, task: Assignment, fraction: float = 0.0) -> bool:
        """Renew the lease."""
        return self._queue.report(task, agent_id=self.name, fraction=fraction)


def echo(name: str, *dependencies: str, **more: Any) -> TaskSpec:
    """A task that no agent process runs here."""
    more.setdefault("capabilities", ("genomics",))
    return TaskSpec(name, "diagnostic.echo", {}, dependencies=dependencies, **more)


def submit(store: Store, *tasks: TaskSpec, limit: int = 10, once: Once | None = None) -> str:
    """Queue a job."""
    return JobQueue(store).submit(
        uuid.uuid4().hex,
        owner="o",
        name="j",
        parameters={},
        tasks=tasks,
        active_jobs_max=limit,
        ttl_s=60,
        once=once,
    )


def states(store: Store, job_id: str) -> dict[str, str]:
    """Return the states of a job's tasks by name."""
    return {task.name: task.state for task in JobQueue(store).read(job_id)[1]}


def test_a_late_result_of_a_lost_lease_is_refused(store: Store) -> None:
    """The zombie's token is stale; the second agent's result is recorded, once."""
    job_id = submit(store, echo("t"))
    zombie, healthy = Worker(store, "zombie"), Worker(store, "healthy")
    lost = zombie.must_take()
    assert healthy.take() is None
    again = wait_for(lambda: healthy.take(lease_s=SHORT_LEASE_S), "the lease runs out")
    assert (again.task_id, again.token) == (lost.task_id, lost.token + 1)
    assert zombie.report(lost) is False
    assert zombie.commit(lost) == "stale"
    assert healthy.commit(again) == "ok"
    assert zombie.commit(lost) == "stale"
    assert JobQueue(store).results(job_id).results == {"t": "by healthy"}


def test_a_token_issued_twice_is_the_holders_only(store: Store) -> None:
    """Redis lost an assignment and issued its token again: the first agent is refused."""
    job_id = submit(store, echo("t"))
    forgotten, holder = Worker(store, "forgotten"), Worker(store, "holder")
    first = forgotten.must_take()
    # As after a restart of Redis that lost its last writes: the next agent gets the same token.
    raw_client(store).hincrby(store.keys.of("task", first.task_id), "token", -1)
    again = wait_for(lambda: holder.take(lease_s=SHORT_LEASE_S), "the lease runs out")
    assert again.token == first.token
    assert forgotten.report(first) is False
    assert forgotten.commit(first) == "stale"
    assert holder.commit(again) == "ok"
    assert forgotten.commit(first) == "stale"
    assert holder.commit(again) == "repeat"
    assert JobQueue(store).results(job_id).results == {"t": "by holder"}


def test_a_repeated_commit_changes_nothing(store: Store) -> None:
    """An agent that did not hear the answer may ask again: dependants are unlocked once."""
    job_id = submit(store, echo("a"), echo("b", "a"), echo("c", "a", "b"))
    worker = Worker(store, "w")
    first = worker.must_take()
    assert [worker.commit(first) for _ in range(3)] == ["ok", "repeat", "repeat"]
    second = worker.must_take()
    assert second.name == "b"
    assert worker.take() is None
    worker.commit(second)
    third = worker.must_take()
    assert third.inputs == {"a": "by w", "b": "by w"}
    worker.commit(third)
    job, _ = JobQueue(store).read(job_id)
    assert (job.state, job.progress, job.tasks_completed) == ("completed", 100.0, 3)
    types = [event.type for event in EventLog(store).after("0-0", count=1000)]
    assert types.count("task_completed") == 3
    assert types.count("job_completed") == 1


def test_a_renewed_lease_holds(store: Store) -> None:
    """An agent that reports keeps its task: its lease counts from the report."""
    submit(store, echo("t"))
    worker, other = Worker(store, "w"), Worker(store, "other")
    task = worker.must_take()
    wait_for(lambda: _idle_ms(store) >= 50, "the lease has run for a while")
    before_s = time.monotonic()
    assert worker.report(task)
    idle_ms = _idle_ms(store)
    after_s = time.monotonic()
    # Redis counts whole milliseconds.
    assert idle_ms <= (after_s - before_s) * 1000 + 1
    assert other.take() is None
    assert worker.commit(task) == "ok"


def _idle_ms(store: Store) -> int:
    """How long ago the only task's lease was taken or renewed."""
    (queue,) = raw_client(store).smembers(store.keys.of("queues"))
    (entry,) = raw_client(store).xpending_range(
        store.keys.of("queue", str(queue)), "agents", min="-", max="+", count=2
    )
    return int(entry["time_since_delivered"])


def test_an_assignment_whose_answer_was_lost_is_offered_again(store: Store) -> None:
    """Asking twice with the same operation id starts one attempt, not two."""
    submit(store, echo("a"), echo("b"))
    worker = Worker(store, "w")
    first, again = worker.take("op"), worker.take("op")
    assert first is not None
    assert again == first


def test_a_failed_task_skips_what_depends_on_it_and_ends_the_job(store: Store) -> None:
    """Dependants are skipped; tasks running elsewhere are cancelled, and their results refused."""
    job_id = submit(store, echo("bad"), echo("after", "bad"), echo("beside"))
    one, two = Worker(store, "one"), Worker(store, "two")
    bad, beside = one.must_take(), two.must_take()
    one.commit(bad, "failed")
    assert states(store, job_id) == {"bad": "failed", "after": "skipped", "beside": "cancelled"}
    assert JobQueue(store).read(job_id)[0].state == "failed"
    assert two.report(beside) is False
    assert two.commit(beside) == "stale"
    assert one.take() is None


def test_a_failure_is_retried_later_and_only_so_often(store: Store) -> None:
    """Retries wait for their time; after the last one the task has failed."""
    worker = Worker(store, "w")
    submit(store, echo("t", max_retries=1))
    worker.commit(worker.must_take(), "retry", delay_s=60.0)
    sweep_ten(store, offline_agent_kept_s=DAY_S)
    assert worker.take() is None, "not yet"
    job_id = submit(store, echo("t", max_retries=1))
    worker.commit(worker.must_take(), "retry", delay_s=0.001)

    def again() -> Assignment | None:
        sweep_ten(store, offline_agent_kept_s=DAY_S)
        return worker.take()

    worker.commit(wait_for(again, "its time comes"), "retry", delay_s=0.001)
    job, tasks = JobQueue(store).read(job_id)
    assert job.state == "failed"
    assert [attempt.outcome for attempt in tasks[0].attempts] == ["failed", "failed"]


def test_a_task_whose_agents_keep_dying_is_given_up(store: Store) -> None:
    """A task that kills each agent that runs it fails after ten lost leases."""
    job_id = submit(store, echo("t"))
    worker = Worker(store, "w")
    for _ in range(10):
        worker.must_take(lease_s=SHORT_LEASE_S)
        time.sleep(0.003)
    assert worker.take(lease_s=SHORT_LEASE_S) is None
    assert JobQueue(store).read(job_id)[0].state == "failed"


def test_urgent_tasks_come_first(store: Store) -> None:
    """Among queued tasks the higher priority is taken first, equal ones in order."""
    submit(store, echo("low", priority=1), echo("a"), echo("b"), echo("high", priority=9))
    worker = Worker(store, "w")
    taken = [worker.must_take().name for _ in range(4)]
    assert taken == ["high", "a", "b", "low"]


def test_a_task_goes_only_to_an_agent_with_all_its_capabilities(store: Store) -> None:
    """One of two capabilities is not enough."""
    submit(store, echo("t", capabilities=("genomics", "upload")))
    assert Worker(store, "half", "genomics").take() is None
    assert Worker(store, "whole", "analysis", "genomics", "upload").take() is not None


def test_cancelling_fences_off_what_runs(store: Store) -> None:
    """A cancelled job takes no result, starts nothing more, and cannot be cancelled twice."""
    job_id = submit(store, echo("a"), echo("b", "a"))
    worker = Worker(store, "w")
    task = worker.must_take()
    JobQueue(store).cancel(job_id)
    assert worker.commit(task) == "stale"
    assert worker.take() is None
    assert set(states(store, job_id).values()) == {"cancelled"}
    with pytest.raises(Ended):
        JobQueue(store).cancel(job_id)


def test_the_limit_on_active_jobs_counts_only_active_ones(store: Store) -> None:
    """A finished job makes room."""
    submit(store, echo("t"), limit=1)
    with pytest.raises(TooManyJobs):
        submit(store, echo("t"), limit=1)
    worker = Worker(store, "w")
    worker.commit(worker.must_take())
    submit(store, echo("t"), limit=1)


def test_a_repeated_submission_makes_one_job(store: Store) -> None:
    """The operation id decides, not the job id: a repeat returns the first job's id."""
    once = Once("key", "f", 60.0)
    assert submit(store, echo("t"), once=once) == submit(store, echo("t"), once=once)
    assert JobQueue(store).page(owner="*", state="*", page=1, per_page=10).total == 1


def test_progress_never_goes_back_and_ends_at_100(store: Store) -> None:
    """Whatever is reported, events show progress rising to 100."""
    job_id = submit(store, echo("a"), echo("b"))
    worker = Worker(store, "w")
    task = worker.must_take()
    for fraction in (0.5, 0.2, 0.7):
        worker.report(task, fraction)
    worker.commit(task, "retry")
    worker.commit(worker.must_take())
    worker.commit(worker.must_take())
    values = [
        event.data["progress"]
        for event in EventLog(store).after("0-0", count=1000)
        if event.data.get("job_id") == job_id and "progress" in event.data
    ]
    assert values == sorted(values)
    assert values[-1] == 100


def test_a_forgotten_job_leaves_no_key(store: Store) -> None:
    """After its time a finished job is gone with its tasks and its log."""
    job_id = JobQueue(store).submit(
        "job-1",
        owner="o",
        name="j",
        parameters={},
        tasks=[echo("t")],
        active_jobs_max=1,
        ttl_s=0.001,
    )
    worker = Worker(store, "w")
    worker.commit(worker.must_take())
    time.sleep(0.01)
    sweep_ten(store, offline_agent_kept_s=DAY_S)
    for parts in (("job", job_id), ("task", f"{job_id}-0"), ("jobs", "*", "*")):
        assert store.keys.of(*parts) not in _all_keys(store)


def test_an_agent_that_is_long_gone_is_forgotten(store: Store) -> None:
    """With its consumer; one that is online is kept, however long ago it came."""
    submit(store, echo("t"))
    gone, there = Worker(store, "gone"), Worker(store, "there")
    gone.commit(gone.must_take())
    agents = AgentRegistry(store)
    agents.leave("gone")
    assert sweep_ten(store, offline_agent_kept_s=DAY_S).agents_deleted == 0
    assert {agent.id for agent in agents.find()} == {"gone", "there"}
    assert _consumers(store) == {"gone"}
    assert (
        wait_for(
            lambda: sweep_ten(store, offline_agent_kept_s=0.001).agents_deleted, "its time comes"
        )
        == 1
    )
    assert [agent.id for agent in agents.find()] == ["there"]
    assert store.keys.of("agent", "gone") not in _all_keys(store)
    assert _consumers(store) == set()
    submit(store, echo("t"))
    assert gone.take() is None, "it has to register again"
    assert there.take() is not None


def test_an_agent_that_comes_back_is_kept(store: Store) -> None:
    """The time counts from when it last went offline, not from the first time."""
    Worker(store, "a")
    AgentRegistry(store).leave("a")
    Worker(store, "a")
    _let_pass(store, 2)
    sweep_ten(store, offline_agent_kept_s=0.001)
    assert [agent.status for agent in AgentRegistry(store).find()] == ["idle"]


def test_an_agent_whose_task_nobody_took_over_is_kept(store: Store) -> None:
    """Its consumer holds the pending entry; without it no agent could take the task over."""
    submit(store, echo("t"))
    holder = Worker(store, "holder")
    task = holder.must_take()
    AgentRegistry(store).leave("holder")
    _let_pass(store, 2)
    assert sweep_ten(store, offline_agent_kept_s=0.001).agents_deleted == 0
    assert _consumers(store) == {"holder"}
    other = Worker(store, "other")
    again = wait_for(lambda: other.take(lease_s=SHORT_LEASE_S), "the lease runs out")
    assert again.task_id == task.task_id
    wait_for(
        lambda: sweep_ten(store, offline_agent_kept_s=0.001).agents_deleted, "its time comes again"
    )
    assert [agent.id for agent in AgentRegistry(store).find()] == ["other"]
    assert _consumers(store) == {"other"}


def _let_pass(store: Store, milliseconds: int) -> None:
    """Wait until Redis' clock has gone on."""

    def now_ms() -> float:
        seconds, micros = raw_client(store).time()
        return float(seconds * 1000 + micros / 1000)

    begun_ms = now_ms()
    wait_for(lambda: now_ms() - begun_ms > milliseconds, "time passes")


def _consumers(store: Store) -> set[str]:
    """The consumers of the only queue."""
    (queue,) = raw_client(store).smembers(store.keys.of("queues"))
    rows = raw_client(store).xinfo_consumers(store.keys.of("queue", str(queue)), "agents")
    return {str(row["name"]) for row in rows}


def _all_keys(store: Store) -> set[str]:
    return set(raw_client(store).scan_iter(f"{store.keys.prefix}*"))
