"""The WebSocket: authentication, live messages, and replay."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios import genome
from scenarios.jobs import execute, wait_ended

pytestmark = pytest.mark.phase("contract")


@pytest.mark.parametrize("token", ["", "not.a.token"], ids=["empty", "forged"])
def test_bad_token(system: SystemUnderTest, expect: Expect, token: str) -> None:
    """With a bad token in the URL, the socket is closed with 4401."""
    with system.websocket(f"?token={token}") as socket:
        expect.equal("the close code says unauthenticated", socket.until_closed(5), 4401)


def test_bad_first_message(system: SystemUnderTest, expect: Expect) -> None:
    """Without a token in the URL, the first message must have a valid one."""
    with system.websocket() as socket:
        socket.send({"type": "auth", "token": "nonsense"})
        expect.equal("the close code says unauthenticated", socket.until_closed(5), 4401)


def test_bad_frame(system: SystemUnderTest, expect: Expect) -> None:
    """After a frame that is not JSON, the socket is closed with 4400."""
    with system.websocket(f"?token={system.login()}") as socket:
        socket.send("this is not JSON")
        expect.equal("the close code says bad frame", socket.until_closed(5), 4400)


def test_job_messages(system: SystemUnderTest, expect: Expect) -> None:
    """A subscriber gets the progress of its job, which never decreases, and its end."""
    client = system.user_http()
    with system.websocket(f"?token={system.login()}") as socket:
        job = execute(
            client, expect, "genome_analysis", {"fasta": genome.FASTA, "genes": genome.GENES}
        )
        socket.send({"type": "subscribe", "job_id": job, "last_event_id": "0"})
        done = socket.until("job.completed", timeout_s=30)
        expect.true("the end of the job is sent", done is not None, observed=socket.messages[-3:])
    mine = [m for m in socket.messages if isinstance(m, dict) and m.get("job_id") == job]
    progress = [message["progress"] for message in mine if "progress" in message]
    expect.true("progress is sent", bool(progress), observed=mine)
    expect.equal("progress never decreases", progress, sorted(progress))
    expect.equal("and ends at 100", progress[-1], 100)


def test_replay(system: SystemUnderTest, expect: Expect) -> None:
    """A late subscriber gets every past event once."""
    client = system.user_http()
    job = execute(client, expect, "genome_analysis", {"fasta": genome.FASTA})
    wait_ended(system, client, job, timeout_s=30)
    with system.websocket(f"?token={system.login()}") as socket:
        socket.send({"type": "subscribe", "job_id": job, "last_event_id": "0"})
        done = socket.until("job.completed", timeout_s=10)
        expect.true("the past end of the job is sent", done is not None, observed=socket.messages)
        ids = [m["event_id"] for m in socket.messages if "event_id" in m]
        expect.equal("no event twice", len(ids), len(set(ids)))
