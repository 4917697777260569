"""Open-model load, against servers that behave well and badly."""

import os
import signal
import socket
from pathlib import Path

import numpy as np
import pytest

from gonogo.linux import RUN_VARIABLE
from gonogo.observation import mono_ns, read_events, unclosed_writers
from gonogo.target import Operation
from gonogo.vocabulary import SystemNotReady, UsageError
from gonogo.vocabulary.events import ErrorOccurred, LoadFinished, LoadStarted
from gonogo_load import OpenModelLoad
from gonogo_load.payload import Payload
from tests.load.conftest import (
    READ,
    SETUP,
    USER,
    WAIT_S,
    WRITE,
    Run,
    Serve,
    Server,
    killed_harness,
    wait_for,
)

ESTABLISHED = "01"  # as /proc/net/tcp has it


def latencies_s(run: Run) -> np.ndarray:
    records = run.load().records
    return np.asarray((records["done_ns"] - records["intended_ns"]) / 1e9)


def test_a_load_from_login_to_the_last_record(serve: Serve, run: Run) -> None:
    """It logs in, captures, sends every request once with its ids, and records each."""
    server = serve()
    plan = run.plan(server.url, operations=(READ, WRITE), setup=SETUP, user=USER)
    with OpenModelLoad(plan) as load:
        result = load.wait(WAIT_S)
    assert result.ended
    assert (result.scheduled, result.recorded, result.answered) == (50, 50, 50)
    assert result.stopped_early is False
    assert run.outcomes() == {"OK": 50}
    header = run.load().header
    assert header.captures == {"session": "s 1/x"}
    assert (header.names, header.ledger_names) == (("read", "write"), ("write",))
    payload = Payload(run.id, "steady", 7)
    arrived = server.ask("/arrivals")
    assert sorted(server.arrived()) == sorted(map(payload.request_id, range(50)))
    writes = run.load().records["seq"][run.load().records["name_id"] == 1].tolist()
    assert sorted(arrived["keys"]) == sorted(map(payload.idempotency_key, writes))
    (started,), (finished,) = run.events(LoadStarted), run.events(LoadFinished)
    assert started.what.planned == 50
    assert started.what.start_ns <= run.load().schedule["intended_ns"].min()
    assert finished.what.end_ns >= run.load().schedule["intended_ns"].max()
    assert finished.what.stopped_early is False
    assert unclosed_writers(read_events(run.path)) == []


def test_no_secret_is_written(url: str, run: Run) -> None:
    """Neither the login nor the token stands in a file of the run or on a command line."""
    with OpenModelLoad(run.plan(url, user=USER, count=100_000)) as load:
        assert load.pid is not None
        process = Path(f"/proc/{load.pid}")
        assert b"secret" not in (process / "cmdline").read_bytes()
        assert f"{RUN_VARIABLE}={run.id}".encode() in (process / "environ").read_bytes()
    files = [path.read_bytes() for path in run.path.rglob("*") if path.is_file()]
    assert files
    assert not [text for text in files if b"secret" in text or b"the-token" in text]


def connections_to(server: Server) -> int:
    """How many clients are connected to it, accepted or not."""
    port = int(server.url.rpartition(":")[2])
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == ESTABLISHED for row in rows)


def test_intended_times_are_honoured_while_the_server_is_frozen(serve: Serve, run: Run) -> None:
    """All requests leave though none is answered; latency counts from the intended time."""
    server = serve()
    load = OpenModelLoad(run.plan(server.url, count=100, rate_per_s=100.0))
    with server.frozen():
        load.start()
        wait_for(lambda: connections_to(server) == 100, "every request has its connection")
        thaw_ns = mono_ns()
    assert load.wait(WAIT_S).ended
    assert run.outcomes() == {"OK": 100}
    schedule, records = run.load().schedule, np.sort(run.load().records, order="seq")
    assert (records["intended_ns"] == np.sort(schedule, order="seq")["intended_ns"]).all()
    assert (records["intended_ns"] <= records["sent_ns"]).all()
    assert (records["sent_ns"] < thaw_ns).all()
    assert (records["done_ns"] >= thaw_ns).all()
    assert latencies_s(run).max() >= (thaw_ns - schedule["intended_ns"].min()) / 1e9


def test_a_server_that_hangs_to_the_end(url: str, run: Run) -> None:
    """Requests that never end are failures: timed out, or in flight at their age; none is lost."""
    hang = Operation("hang", "GET", "/hang")
    with OpenModelLoad(run.plan(url, operations=(hang,), timeout_s=1.0)) as load:
        result = load.wait(WAIT_S)
    assert (result.ended, result.scheduled, result.recorded) == (True, 50, 50)
    assert result.answered == 0
    assert set(run.outcomes()) <= {"TIMEOUT", "IN_FLIGHT"}
    assert latencies_s(run).min() > 0.9


def test_requests_in_flight_at_an_abort(serve: Serve, run: Run) -> None:
    """An aborted load does not wait: requests in flight are recorded as such, with their age."""
    hang = Operation("hang", "GET", "/hang")
    server = serve()
    plan = run.plan(server.url, operations=(hang,), rate_per_s=20.0, count=100_000, timeout_s=600.0)
    load = OpenModelLoad(plan)
    load.start()
    wait_for(lambda: len(server.arrived()) > 10, "requests are in flight")
    assert load.pid is not None
    os.kill(load.pid, signal.SIGINT)
    result = load.wait(WAIT_S)
    assert result.ended
    assert result.stopped_early
    assert result.scheduled == result.recorded > 10
    assert run.outcomes() == {"IN_FLIGHT": result.recorded}


def test_every_request_has_a_record_after_sigterm(url: str, run: Run) -> None:
    """A stopped load sends nothing more, waits for requests in flight and says when it stopped."""
    load = OpenModelLoad(run.plan(url, count=100_000, rate_per_s=20.0))
    load.start()
    wait_for(lambda: len(run.load().records) > 20, "requests are answered")
    load.stop()
    load.stop()
    result = load.wait(WAIT_S)
    assert result.ended
    assert result.stopped_early
    assert result.scheduled == result.recorded > 20
    (finished,) = run.events(LoadFinished)
    assert finished.what.stopped_early is True
    assert run.load().records["intended_ns"].max() <= finished.what.end_ns
    assert run.outcomes() == {"OK": result.recorded}


def test_a_killed_engine_leaves_readable_records(url: str, run: Run) -> None:
    """After SIGKILL schedule and records can be read, and its event log is known to be unclosed."""
    load = OpenModelLoad(run.plan(url, count=100_000, rate_per_s=20.0))
    load.start()
    wait_for(lambda: len(run.load().records) > 20, "requests are answered")
    assert load.pid is not None
    os.kill(load.pid, signal.SIGKILL)
    result = load.wait(WAIT_S)
    assert not result.ended
    assert len(run.load().schedule) == 100_000
    assert len(run.load().records) > 20
    assert unclosed_writers(read_events(run.path)) == ["load-steady"]


def test_it_ends_with_its_harness(url: str, run: Run) -> None:
    """After SIGKILL of the harness the worker writes its records and ends before its schedule."""
    with killed_harness(run.plan(url, count=100_000)):
        assert not run.all_logs_are_closed()
    wait_for(run.all_logs_are_closed, "the worker closes its log")
    (finished,) = run.events(LoadFinished)
    assert finished.what.stopped_early is True


def test_a_refused_port(run: Run) -> None:
    """When nothing listens every request is REFUSED; the load itself ends normally."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with OpenModelLoad(run.plan(url)) as load:
            assert load.wait(WAIT_S).ended
    assert run.outcomes() == {"REFUSED": 50}


def test_wrong_answers(url: str, run: Run) -> None:
    """A 503 is an HTTP error with its status; so is a 404 that is not expected."""
    operations = (Operation("a", "GET", "/fail"), Operation("b", "GET", "/nowhere"))
    with OpenModelLoad(run.plan(url, operations=operations)) as load:
        assert load.wait(WAIT_S).ended
    assert run.outcomes() == {"HTTP_ERROR": 50}
    assert set(run.load().records["status"].tolist()) == {503, 404}


def test_an_always_200_stub_has_the_wrong_body(serve: Serve, run: Run) -> None:
    """Answers with status 200 and without the expected keys are WRONG_BODY."""
    with OpenModelLoad(run.plan(serve("stub").url)) as load:
        assert load.wait(WAIT_S).ended
    assert run.outcomes() == {"WRONG_BODY": 50}


def test_a_broken_connection_is_not_hidden_by_a_retry(serve: Serve, run: Run) -> None:
    """A request whose kept connection is reset counts as reset and is sent once."""
    server = serve("breaks")
    with OpenModelLoad(run.plan(server.url, count=100_000)) as load:
        wait_for(lambda: server.aborts() > 5, "connections are reset")
    result = load.wait(0)
    ended = run.outcomes()
    assert ended["RESET"] == server.aborts()
    assert ended["RESET"] + ended["OK"] == result.recorded
    seen = server.arrived()
    assert len(seen) == len(set(seen)) == result.recorded


@pytest.mark.parametrize("behaviour", ["closed", "stub"])
def test_a_failed_login_is_the_systems_fault(serve: Serve, run: Run, behaviour: str) -> None:
    """Without a token there is no load: an error event with exit code 1 names the login."""
    load = OpenModelLoad(run.plan(serve(behaviour).url, user=USER))
    with pytest.raises(SystemNotReady, match="login"):
        load.start()
    (error,) = run.events(ErrorOccurred)
    assert error.what.exit_code == 1
    assert "login" in error.what.what
    assert run.events(LoadStarted) == []
    assert unclosed_writers(read_events(run.path)) == []


def test_a_failed_setup_is_the_systems_fault(url: str, run: Run) -> None:
    """An unexpected answer to a setup step stops the load before it begins."""
    wrong = (type(SETUP[0])("POST", "/nowhere"),)
    load = OpenModelLoad(run.plan(url, user=USER, setup=wrong))
    with pytest.raises(SystemNotReady, match="POST /nowhere: 404"):
        load.start()


def test_a_name_is_used_once(url: str, run: Run) -> None:
    """A second load of the same name, or a name that is no file name, is refused."""
    with OpenModelLoad(run.plan(url, count=2)) as load:
        load.wait(WAIT_S)
    with pytest.raises(UsageError, match="ran already"):
        OpenModelLoad(run.plan(url)).start()
    with pytest.raises(UsageError, match="cannot name a load"):
        run.plan(url, load="../x")
    with pytest.raises(UsageError, match="no load operations"):
        run.plan(url, operations=())
    with pytest.raises(UsageError, match="nothing to send"):
        run.plan(url, count=0)
