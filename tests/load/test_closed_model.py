"""Locust as the harness holds it, against servers that behave well and badly."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.environment import RUN_VARIABLE, processes_of_run
from harness.observation import (
    NO_OPERATION,
    EventLog,
    read_events,
    unclosed_writers,
    worker_of,
)
from harness.target import Operation
from harness.vocabulary import EnvironmentFailed, Kind, Outcome, SystemFell, UsageError
from load import ClosedModelLoad, ClosedPlan, ClosedResult, LedgerTally, closed_model, read_ledger
from load.payload import Payload
from tests.load.conftest import READ, SETUP, USER, WRITE, Run, Server

Serve = Callable[..., Server]
ROOT = Path(__file__).parents[2]
WAIT_S = 30.0


def outcomes(run: Run) -> Counter[str]:
    return Counter(Outcome(each).name for each in run.load("closed").records["outcome"].tolist())


def driven(plan: ClosedPlan) -> ClosedResult:
    with ClosedModelLoad(plan) as load:
        return load.wait(WAIT_S)


def in_a_second(what: Callable[[], Any]) -> threading.Timer:
    timer = threading.Timer(1.0, what)
    timer.start()
    return timer


def aggregated(run: Run) -> dict[str, Any]:
    (figures,) = run.events(Kind.LOAD_FIGURES)
    assert figures.data["tool"].startswith("Locust 2.")
    (row,) = [row for row in figures.data["rows"] if row["name"] == "Aggregated"]
    return dict(row)


def test_users_from_login_to_closed_books(serve: Serve, run: Run) -> None:
    """Every user logs in and works, every write can be read back, and no secret is written.

    Neither the login nor the token stands in a file of the run or on a command line.
    """
    server = serve()
    plan = run.closed_plan(server.url, operations=(READ, WRITE), setup=SETUP, user=USER)
    with ClosedModelLoad(plan) as load:
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in load.worker_pids]
        variables = [Path(f"/proc/{pid}/environ").read_bytes() for pid in load.worker_pids]
        result = load.wait(WAIT_S)
    assert (result.ended, result.lost, result.stopped_early) == (True, (), False)
    assert result.started == result.recorded == result.answered > 50
    assert outcomes(run) == {"OK": result.recorded}
    found = run.load("closed")
    assert (found.header.names, found.header.captures) == (
        ("read", "write", "login"), {"session": "s 1/x"},
    )  # fmt: skip
    assert set(worker_of(found.schedule["seq"]).tolist()) == {0, 1}
    logins = found.schedule[found.schedule["operation"] == NO_OPERATION]
    people = list(zip(worker_of(logins["seq"]).tolist(), logins["user"].tolist(), strict=True))
    assert len(people) == len(set(people)) == 10
    assert (found.records["sent_ns"] >= found.records["intended_ns"]).all()
    writes = found.records["seq"][found.records["name_id"] == 1].tolist()
    payload = Payload(run.id, "closed", 7)
    keys = server.ask("/arrivals")["keys"]
    assert sorted(keys) == sorted(map(payload.idempotency_key, writes))
    with EventLog(run.path, run.id, "reader", "test") as log:
        tally = read_ledger(run.path, run.reader(server.url), log)
    assert tally == LedgerTally(len(writes), len(writes), 0, 0, 0)
    assert aggregated(run)["requests"] == result.recorded
    assert aggregated(run)["failures"] == 0
    assert not [each for each in commands if b"secret" in each]
    assert all(f"{RUN_VARIABLE}={run.id}".encode() in each for each in variables)
    files = [path.read_bytes() for path in run.path.rglob("*") if path.is_file()]
    assert not [text for text in files if b"secret" in text or b"the-token" in text]
    assert unclosed_writers(read_events(run.path)) == []
    assert processes_of_run(run.id) == []


def test_a_lost_write_is_missing(serve: Serve, run: Run) -> None:
    """What the server acknowledged to a user and lost, and what it changed, is told."""
    server = serve("forgetful")
    driven(run.closed_plan(server.url, operations=(WRITE,), setup=SETUP, user=USER))
    with EventLog(run.path, run.id, "reader", "test") as log:
        tally = read_ledger(run.path, run.reader(server.url, operations=(WRITE,)), log)
    assert (tally.missing, tally.wrong, tally.unread) == (1, 1, 0)


def test_a_server_frozen_to_the_end(serve: Serve, run: Run) -> None:
    """Every user's last request is a failure of ours at its age, and none of Locust's."""
    server = serve()
    load = ClosedModelLoad(run.closed_plan(server.url))
    load.start()
    timer = in_a_second(lambda: server.process.send_signal(signal.SIGSTOP))
    result = load.wait(WAIT_S)
    timer.join()
    assert result.ended
    assert outcomes(run)["TIMEOUT"] >= 10
    assert outcomes(run)["OK"] > 20
    assert result.started == result.recorded
    records = run.load("closed").records
    timed_out = records[records["outcome"] == int(Outcome.TIMEOUT)]
    assert ((timed_out["done_ns"] - timed_out["sent_ns"]) / 1e9).min() > 1.9
    assert aggregated(run)["failures"] < outcomes(run)["TIMEOUT"]


def test_a_killed_worker_is_noticed(url: str, run: Run) -> None:
    """SIGKILL of one: it is named at once, what it had in flight is known, the other goes on."""
    hang = Operation("hang", "GET", "/hang")
    plan = run.closed_plan(url, operations=(READ, hang), timeout_s=1.0, duration_s=3)
    load = ClosedModelLoad(plan)
    load.start()
    timer = in_a_second(lambda: os.kill(load.worker_pids[1], signal.SIGKILL))
    result = load.wait(WAIT_S)
    timer.join()
    assert (result.ended, result.lost) == (False, (1,))
    (lost,) = run.events(Kind.LOAD_WORKER_LOST)
    assert (lost.data["worker"], lost.data["why"]) == (1, "killed by SIGKILL")
    (finished,) = run.events(Kind.LOAD_FINISHED)
    assert finished.data["stopped_early"] is False
    assert lost.mono_ns < finished.data["end_ns"] - 1e9
    found = run.load("closed")
    silent = found.schedule["seq"][~np.isin(found.schedule["seq"], found.records["seq"])]
    assert set(worker_of(silent).tolist()) == {1}
    assert result.started == result.recorded + len(silent)
    last_ns = found.records["done_ns"][worker_of(found.records["seq"]) == 0].max()
    assert last_ns > lost.mono_ns + 1e9


def test_a_worker_that_falls_silent_is_noticed(url: str, run: Run) -> None:
    """SIGSTOP of one worker: its master misses it, and the load still ends."""
    load = ClosedModelLoad(run.closed_plan(url, duration_s=9))
    load.start()
    os.kill(load.worker_pids[0], signal.SIGSTOP)
    result = load.wait(15.0)
    assert result.lost == (0,)
    (lost,) = run.events(Kind.LOAD_WORKER_LOST)
    assert lost.data["why"] == "it stopped answering its master"
    assert processes_of_run(run.id) == []


def test_a_killed_master_ends_the_load(url: str, run: Run) -> None:
    """Without its master nobody starts or stops users: the load ends early and says so."""
    load = ClosedModelLoad(run.closed_plan(url, duration_s=60))
    load.start()
    assert load._master is not None
    load._master.process.kill()
    before_s = time.monotonic()
    result = load.wait(WAIT_S)
    assert time.monotonic() - before_s < 10
    assert result.lost[0] is None
    (finished,) = run.events(Kind.LOAD_FINISHED)
    assert finished.data["stopped_early"] is True


def test_it_ends_with_its_harness(url: str, run: Run) -> None:
    """After kill -9 of the harness no process of the load is left within 2 s."""
    plan = run.closed_plan(url, duration_s=60).to_json()
    code = (
        "import sys, time; from load import ClosedModelLoad, ClosedPlan\n"
        "ClosedModelLoad(ClosedPlan.from_json(sys.argv[1])).start(); print('up', flush=True)\n"
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", code, plan]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as harness:
        assert harness.stdout is not None
        assert harness.stdout.readline() == b"up\n"
        assert len(processes_of_run(run.id)) == 3
        harness.kill()
    end_s = time.monotonic() + 2.0
    while processes_of_run(run.id) and time.monotonic() < end_s:
        time.sleep(0.05)
    assert processes_of_run(run.id) == []


def test_a_load_that_is_stopped_closes_its_books(url: str, run: Run) -> None:
    """Users end their last request, and the load says that it was cut short."""
    with ClosedModelLoad(run.closed_plan(url, duration_s=60)) as load:
        time.sleep(1.0)
    result = load.wait(0)
    assert (result.ended, result.stopped_early, result.lost) == (True, True, ())
    assert result.started == result.recorded > 10


def test_an_always_200_stub_has_the_wrong_body(serve: Serve, run: Run) -> None:
    """A server that answers 200 to everything is found out by the keys it lacks."""
    assert driven(run.closed_plan(serve("stub").url)).ended
    assert set(outcomes(run)) == {"WRONG_BODY"}
    assert aggregated(run)["failures"] == aggregated(run)["requests"] > 20


def test_bad_answers_and_broken_connections(serve: Serve, run: Run) -> None:
    """A 503 is an HTTP error; a request whose kept connection breaks is a reset, sent once."""
    fail = Operation("fail", "GET", "/fail")
    server = serve("breaks")
    result = driven(run.closed_plan(server.url, operations=(READ, replace(fail, weight=0.2))))
    assert set(outcomes(run)) == {"OK", "RESET", "HTTP_ERROR"}
    assert outcomes(run)["RESET"] > 5
    seen = [each for each in server.ask("/arrivals")["seen"] if each]
    assert len(seen) == len(set(seen)) == result.started


@pytest.mark.parametrize("behaviour", ["closed", "stub"])
def test_a_refused_login_is_the_systems_fault(serve: Serve, run: Run, behaviour: str) -> None:
    """Without a token there is no load, and no Locust: an error event names the login."""
    load = ClosedModelLoad(run.closed_plan(serve(behaviour).url, user=USER))
    with pytest.raises(SystemFell, match="login"):
        load.start()
    (error,) = run.events(Kind.ERROR)
    assert error.data["exit_code"] == 1
    assert load.worker_pids == []
    assert unclosed_writers(read_events(run.path)) == []


def test_locust_that_cannot_start_is_the_environments_fault(
    url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own words are in the error, which is on record; nothing is left running."""
    monkeypatch.setattr(closed_model, "_LOCUSTFILE", run.path / "nowhere.py")
    with pytest.raises(EnvironmentFailed, match=r"nowhere\.py"):
        ClosedModelLoad(run.closed_plan(url)).start()
    (error,) = run.events(Kind.ERROR)
    assert error.data["exit_code"] == 6
    assert run.events(Kind.LOAD_STARTED) == []
    assert processes_of_run(run.id) == []


def test_plans_that_cannot_be(run: Run) -> None:
    """Nobody to send, more workers than users, or a name that is no file name are refused."""
    for changes, words in (
        ({"users": 0}, "nobody to send"),
        ({"duration_s": 0}, "nobody to send"),
        ({"users": 1}, "cannot be spread"),
        ({"operations": ()}, "no load operations"),
        ({"load": "../x"}, "cannot name a load"),
    ):
        with pytest.raises(UsageError, match=words):
            run.closed_plan("http://127.0.0.1:1", **changes)


def test_the_harness_never_imports_locust() -> None:
    """Importing Locust would turn the threads of the importing process into greenlets."""
    code = "import sys, load, harness.plugin; sys.exit('locust' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
