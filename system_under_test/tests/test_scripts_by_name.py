"""How scripts get their arguments and give their replies: by name, and byte for byte."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from swarm.jobs import JobQueue, Outcome, TaskQueue, TaskSpec
from swarm.memory import (
    SESSION_LIBRARY,
    AgentRegistry,
    Session,
    SessionRepository,
    SharedContext,
)
from swarm.store import Conflict, Once, Script, Store
from swarm_support import HERE, raw_client

LUA = sorted((HERE.parent / "swarm").glob("*/lua/*.lua"))
# As JSON text: each is damaged by a decoder that knows only doubles, or one kind of empty table.
VALUES = [
    "0.1",
    "-0.0",
    "9007199254740993",
    "123456789012345678901234567890",
    "null",
    "[]",
    "{}",
    "[null, [], {}]",
    '"1"',
    '"00012"',
    '"1e3"',
    '"\\u0000 \\ud83d\\ude00 \\ud800 \\u007f / \\\\ "',
    '"é 漢 😀 \x7f"',
    '{"a": [1.0, 1, true], "": {"b": null}}',
]


@pytest.fixture
def session(store: Store) -> Session:
    """A session to write into."""
    return SessionRepository(store).create(
        uuid.uuid4().hex, owner="o", name="n", metadata="{}", ttl_s=60
    )


@pytest.mark.parametrize("value", VALUES)
def test_a_context_value_comes_back_as_it_was_written(
    store: Store, session: Session, value: str
) -> None:
    """Numbers, nulls, empty lists and Unicode are not changed on the way to Redis and back."""
    context = SharedContext(store)
    context.write(session.id, "k", value, expected_version=0, once=Once("op", "f", 60.0))
    assert context.read(session.id, "k").value == value
    assert [entry.value for entry in context.read_all(session.id)] == [value]


@pytest.mark.parametrize("value", VALUES)
def test_a_repeated_operation_returns_the_first_reply_unchanged(store: Store, value: str) -> None:
    """The stored reply of an operation id keeps every text of it, with metadata and name."""
    sessions, once = SessionRepository(store), Once("op", "f", 60.0)
    first, again = (
        sessions.create(
            uuid.uuid4().hex, owner="o", name=value, metadata=value, ttl_s=60, once=once
        )
        for _ in range(2)
    )
    assert again == first
    assert (again.name, again.metadata) == (value, value)


@settings(
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(key=st.text(st.characters(exclude_categories=["Cs"])), value=st.text(max_size=200))
def test_any_text_is_a_key_and_any_json_a_value(
    store: Store, session: Session, key: str, value: str
) -> None:
    """Control characters and NUL included."""
    text = json.dumps(value)
    context = SharedContext(store)
    context.write(session.id, key, text, expected_version=None)
    entry = context.read(session.id, key)
    assert (entry.key, entry.value) == (key, text)


@pytest.mark.parametrize("value", VALUES)
def test_parameters_and_results_of_tasks_come_back_as_they_were(store: Store, value: str) -> None:
    """A task gets its parameters, a dependant its inputs and a reader the results unchanged."""
    jobs, tasks = JobQueue(store), TaskQueue(store)
    AgentRegistry(store).beat(
        "a", agent_type="t", capabilities=("upload",), heartbeat_s=30, busy=False
    )
    parameters = {"value": json.loads(value)}
    kind = "diagnostic.echo"
    job_id = jobs.submit(
        uuid.uuid4().hex,
        owner="o",
        name="j",
        parameters=parameters,
        tasks=[
            TaskSpec("first", kind, parameters, capabilities=("upload",)),
            TaskSpec("second", kind, {}, dependencies=("first",), capabilities=("upload",)),
        ],
        active_jobs_max=1,
        ttl_s=60,
    )
    for name in ("first", "second"):
        task = tasks.take(agent_id="a", operation=name, lease_s=60.0, capabilities=("upload",)).task
        assert task is not None
        if name == "first":
            assert json.dumps(task.parameters) == json.dumps(parameters)
        else:
            assert json.dumps(task.inputs) == json.dumps({"first": json.loads(value)})
        assert tasks.commit(task, Outcome("completed", value), agent_id="a") == "ok"
    assert jobs.read(job_id)[0].parameters == json.dumps(parameters)
    assert json.dumps(jobs.results(job_id).results) == json.dumps({"second": json.loads(value)})


@pytest.mark.parametrize("version", [2**53 + 1, 10**400])
def test_a_version_beyond_exact_doubles_is_no_match(
    store: Store, session: Session, version: int
) -> None:
    """Versions are compared as decimal text: no rounding makes two of them equal."""
    context = SharedContext(store)
    context.write(session.id, "k", "1", expected_version=None)
    versions = store.keys.of("session", session.id, "versions")
    raw_client(store).hset(versions, "k", str(2**53))
    with pytest.raises(Conflict, match="the current version is 9007199254740992"):
        context.write(session.id, "k", "2", expected_version=version)


def test_an_argument_that_nobody_sent_is_an_error(store: Store) -> None:
    """A misspelt name is refused; it does not count as an optional argument."""
    with pytest.raises(redis.ResponseError, match="no argument is named session_id"):
        store.run(Script("swarm.memory", "session_read", (SESSION_LIBRARY,)), id="s")


@pytest.mark.parametrize("path", LUA, ids=lambda path: path.stem)
def test_no_script_takes_arguments_by_position(path: Path) -> None:
    """Only the prelude reads ARGV: the JSON argument, and the texts that this gives names to."""
    code = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    found = re.findall(r"\bARGV\b(?:\[[^]]*\])?", code)
    assert found == (["ARGV[1]", "ARGV[at + 1]"] if path.stem == "_prelude" else [])
