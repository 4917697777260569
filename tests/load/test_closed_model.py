"""Closed-model load by Locust, against servers that behave well and badly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from gonogo.linux import RUN_VARIABLE, processes_of_run
from gonogo.observation import EventLog, read_events, unclosed_writers
from gonogo.observation.records import NO_OPERATION, worker_of
from gonogo.target import Operation
from gonogo.vocabulary import EnvironmentFailed, Outcome, SystemNotReady, UsageError
from gonogo.vocabulary.events import (
    ErrorOccurred,
    FigureRow,
    LoadFiguresReported,
    LoadFinished,
    LoadStarted,
    LoadWorkerLost,
)
from gonogo_load import (
    ClosedModelLoad,
    ClosedModelPlan,
    ClosedModelResult,
    LedgerTally,
    read_ledger,
)
from gonogo_load.closed import processes
from gonogo_load.payload import Payload
from tests.load.conftest import (
    READ,
    ROOT,
    SETUP,
    USER,
    WAIT_S,
    WRITE,
    Run,
    Serve,
    killed_harness,
    wait_for,
)


def run_load(plan: ClosedModelPlan, until: Callable[[], object] | None = None) -> ClosedModelResult:
    """Run a load to its end, or until a condition holds."""
    with ClosedModelLoad(plan) as load:
        if until is not None:
            wait_for(until, "the load has done what the test needs")
            load.stop()
        return load.wait(WAIT_S)


def unanswered(run: Run) -> npt.NDArray[np.integer]:
    """Sequence numbers of the requests that were begun and have no record."""
    found = run.load("closed")
    seqs = found.schedule["seq"]
    return seqs[~np.isin(seqs, found.records["seq"])]


def answered_for_s(run: Run) -> float:
    """Seconds from the first answer to the last, so far."""
    done_ns = run.load("closed").records["done_ns"]
    return float(np.ptp(done_ns)) / 1e9 if len(done_ns) else 0.0


def aggregated(run: Run) -> FigureRow:
    (figures,) = run.events(LoadFiguresReported)
    assert figures.what.tool.startswith("Locust 2.")
    (row,) = [row for row in figures.what.rows if row.name == "Aggregated"]
    return row


def test_users_from_login_to_the_last_record(serve: Serve, run: Run) -> None:
    """Every user logs in and works, every write can be read back, and no secret is written.

    Neither the login nor the token stands in a file of the run or on a command line.
    """
    server = serve()
    plan = run.closed_plan(
        server.url, operations=(READ, WRITE), setup=SETUP, user=USER, duration_s=10
    )
    with ClosedModelLoad(plan) as load:
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in load.worker_pids]
        variables = [Path(f"/proc/{pid}/environ").read_bytes() for pid in load.worker_pids]
        result = load.wait(WAIT_S)
    assert (result.ended, result.lost, result.stopped_early) == (True, (), False)
    assert result.started == result.recorded == result.answered > 50
    assert run.outcomes("closed") == {"OK": result.recorded}
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
    # Its master waits half a second for the last reports: a busy machine may be late with them.
    assert 0 < aggregated(run).requests <= result.recorded
    assert aggregated(run).failures == 0
    assert not [each for each in commands if b"secret" in each]
    assert all(f"{RUN_VARIABLE}={run.id}".encode() in each for each in variables)
    files = [path.read_bytes() for path in run.path.rglob("*") if path.is_file()]
    assert not [text for text in files if b"secret" in text or b"the-token" in text]
    assert unclosed_writers(read_events(run.path)) == []
    assert processes_of_run(run.id) == []


def test_a_lost_write_is_missing(serve: Serve, run: Run) -> None:
    """A write that was acknowledged and lost is missing; one that was changed is wrong."""
    server = serve("forgetful")
    plan = run.closed_plan(server.url, operations=(WRITE,), setup=SETUP, user=USER, duration_s=600)
    run_load(plan, lambda: len(server.ask("/arrivals")["keys"]) > 20)
    with EventLog(run.path, run.id, "reader", "test") as log:
        tally = read_ledger(run.path, run.reader(server.url, operations=(WRITE,)), log)
    assert (tally.missing, tally.wrong, tally.unread) == (1, 1, 0)


def test_a_server_frozen_to_the_end(serve: Serve, run: Run) -> None:
    """Our records count each user's last request as timed out; Locust's figures do not."""
    server = serve()
    load = ClosedModelLoad(run.closed_plan(server.url, duration_s=600, timeout_s=2.0))
    load.start()
    wait_for(lambda: run.outcomes("closed")["OK"] > 20, "users are answered")
    with server.frozen():
        wait_for(lambda: run.outcomes("closed")["TIMEOUT"] >= 10, "no user is answered")
        load.stop()
        result = load.wait(WAIT_S)
    assert result.ended
    assert int(Outcome.OK) not in run.load("closed").records["outcome"][-10:]
    assert result.started == result.recorded
    records = run.load("closed").records
    timed_out = records[records["outcome"] == int(Outcome.TIMEOUT)]
    assert ((timed_out["done_ns"] - timed_out["sent_ns"]) / 1e9).min() > 1.9
    assert aggregated(run).failures < run.outcomes("closed")["TIMEOUT"]


def test_a_killed_worker_is_noticed(url: str, run: Run) -> None:
    """A worker killed by SIGKILL is named at once, with its requests in flight; others run on."""
    hang = Operation("hang", "GET", "/hang")
    plan = run.closed_plan(url, operations=(READ, hang), timeout_s=2.0, duration_s=10)
    load = ClosedModelLoad(plan)
    load.start()
    # Three of its five users, so that some requests are still in flight at the kill.
    wait_for(lambda: (worker_of(unanswered(run)) == 1).sum() >= 3, "requests hang")
    os.kill(load.worker_pids[1], signal.SIGKILL)
    result = load.wait(WAIT_S)
    assert (result.ended, result.lost) == (False, (1,))
    (lost,) = run.events(LoadWorkerLost)
    assert (lost.what.worker, lost.what.why) == (1, "killed by SIGKILL")
    (finished,) = run.events(LoadFinished)
    assert finished.what.stopped_early is False
    assert lost.mono_ns < finished.what.end_ns
    silent = unanswered(run)
    assert set(worker_of(silent).tolist()) == {1}
    assert result.started == result.recorded + len(silent)
    records = run.load("closed").records
    assert records["done_ns"][worker_of(records["seq"]) == 0].max() > lost.mono_ns


def test_a_worker_that_falls_silent_is_noticed(url: str, run: Run) -> None:
    """SIGSTOP of one worker: its master misses it, and the load still ends."""
    load = ClosedModelLoad(run.closed_plan(url, duration_s=600))
    load.start()
    os.kill(load.worker_pids[0], signal.SIGSTOP)
    assert load.watch_until(lambda: bool(run.events(LoadWorkerLost)), WAIT_S)
    load.stop()

    def only_left() -> list[int]:
        return [each.pid for each in processes_of_run(run.id)]

    assert load.watch_until(lambda: only_left() == [load.worker_pids[0]], WAIT_S)
    result = load.wait(0)
    assert result.lost[0] == 0
    assert None not in result.lost
    lost = run.events(LoadWorkerLost)[0]
    assert (lost.what.worker, lost.what.why) == (0, "it stopped answering its master")
    assert processes_of_run(run.id) == []


def test_a_killed_master_ends_the_load(url: str, run: Run) -> None:
    """Without a master no users are started or stopped: the load is recorded as stopped early."""
    load = ClosedModelLoad(run.closed_plan(url, duration_s=600))
    load.start()
    assert load.master_pid is not None
    os.kill(load.master_pid, signal.SIGKILL)
    before_s = time.monotonic()
    result = load.wait(WAIT_S)
    assert time.monotonic() - before_s < WAIT_S
    assert result.lost[0] is None
    (finished,) = run.events(LoadFinished)
    assert finished.what.stopped_early is True


def test_it_ends_with_its_harness(url: str, run: Run) -> None:
    """After SIGKILL of the harness every process of the load ends, before its planned end."""
    with killed_harness(run.closed_plan(url, duration_s=600)):
        assert len(processes_of_run(run.id)) == 3
    wait_for(lambda: processes_of_run(run.id) == [], "no process is left")


def test_a_stopped_load_writes_every_record(url: str, run: Run) -> None:
    """Users end their last request, and the result says that the load was stopped early."""
    plan = run.closed_plan(url, duration_s=600)
    result = run_load(plan, lambda: len(run.load("closed").records) > 10)
    assert (result.ended, result.stopped_early, result.lost) == (True, True, ())
    assert result.started == result.recorded > 10


def test_an_always_200_stub_has_the_wrong_body(serve: Serve, run: Run) -> None:
    """Answers with status 200 and without the expected keys are WRONG_BODY."""
    plan = run.closed_plan(serve("stub").url, duration_s=600)
    assert run_load(plan, lambda: answered_for_s(run) > 8).ended  # two reports to Locust's master
    assert set(run.outcomes("closed")) == {"WRONG_BODY"}
    assert aggregated(run).failures == aggregated(run).requests > 0


def test_bad_answers_and_broken_connections(serve: Serve, run: Run) -> None:
    """A 503 is an HTTP error; a request whose kept connection breaks is a reset, sent once."""
    fail = Operation("fail", "GET", "/fail")
    kinds = {"OK", "RESET", "HTTP_ERROR"}
    server = serve("breaks")
    operations = (READ, replace(fail, weight=0.2))
    plan = run.closed_plan(server.url, operations=operations, duration_s=600)
    result = run_load(plan, lambda: kinds <= set(run.outcomes("closed")) and server.aborts() > 5)
    assert set(run.outcomes("closed")) == kinds
    assert run.outcomes("closed")["RESET"] == server.aborts()
    seen = server.arrived()
    assert len(seen) == len(set(seen)) == result.started


@pytest.mark.parametrize("behaviour", ["closed", "stub"])
def test_a_refused_login_is_the_systems_fault(serve: Serve, run: Run, behaviour: str) -> None:
    """Without a token Locust is not started: an error event names the login."""
    load = ClosedModelLoad(run.closed_plan(serve(behaviour).url, user=USER))
    with pytest.raises(SystemNotReady, match="login"):
        load.start()
    (error,) = run.events(ErrorOccurred)
    assert error.what.exit_code == 1
    assert load.worker_pids == []
    assert unclosed_writers(read_events(run.path)) == []


def test_locust_that_cannot_start_is_the_environments_fault(
    url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locust's message is in the error, an event records it, and no process is left."""
    monkeypatch.setattr(processes, "LOCUSTFILE", run.path / "nowhere.py")
    with pytest.raises(EnvironmentFailed, match=r"nowhere\.py"):
        ClosedModelLoad(run.closed_plan(url)).start()
    (error,) = run.events(ErrorOccurred)
    assert error.what.exit_code == 6
    assert run.events(LoadStarted) == []
    assert processes_of_run(run.id) == []


def test_plans_that_cannot_be(run: Run) -> None:
    """No users, more workers than users, and a name that is no file name are refused."""
    for changes, words in (
        ({"users": 0}, "no user that sends"),
        ({"duration_s": 0}, "no user that sends"),
        ({"users": 1}, "cannot be spread"),
        ({"operations": ()}, "no load operations"),
        ({"load": "../x"}, "cannot name a load"),
    ):
        with pytest.raises(UsageError, match=words):
            run.closed_plan("http://127.0.0.1:1", **changes)


def test_the_harness_never_imports_locust() -> None:
    """Importing Locust would turn the threads of the importing process into greenlets."""
    code = "import sys, gonogo_load, gonogo.plugin; sys.exit('locust' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
