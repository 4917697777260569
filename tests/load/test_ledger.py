"""The ledger against servers that keep and lose what they acknowledged."""

import signal
import threading
import time
from dataclasses import replace

from gonogo.observation import EventLog
from gonogo.vocabulary.events import LedgerRead, Note
from gonogo_load import LedgerTally, OpenModelLoad, read_ledger
from tests.load.conftest import READ, SETUP, USER, WAIT_S, WRITE, Run, Serve, Server


def written(run: Run, server: Server, load: str = "steady", count: int = 60) -> list[int]:
    """Load the server; returns the sequence numbers of the acknowledged writes, by arrival."""
    operations = (READ, replace(WRITE, weight=3))
    plan = run.plan(
        server.url, load=load, operations=operations, setup=SETUP, user=USER, count=count
    )
    with OpenModelLoad(plan) as running:
        assert running.wait(WAIT_S).ended
    keys = server.ask("/arrivals")["keys"]
    return [int(key.rpartition("-")[2]) for key in keys if f"-{load}-" in key]


def read(run: Run, server: Server, **changes: object) -> LedgerTally:
    reader = run.reader(server.url, operations=(READ, replace(WRITE, weight=3)), **changes)
    with EventLog(run.path, run.id, "reader", "test") as log:
        return read_ledger(run.path, reader, log)


def test_what_was_kept_is_read_back(serve: Serve, run: Run) -> None:
    """Every acknowledged write of every load is found, in events that name each of them."""
    server = serve()
    counts = [len(written(run, server)), len(written(run, server, "second"))]
    assert read(run, server) == LedgerTally(sum(counts), sum(counts), 0, 0, 0)
    events = run.events(LedgerRead)
    assert [len(event.what.read) for event in sorted(events, key=lambda e: e.what.load)] == [
        counts[1],
        counts[0],
    ]


def test_a_lost_write_is_missing_and_a_changed_one_wrong(serve: Serve, run: Run) -> None:
    """The event names the acknowledged write that the server lost and the one it changed."""
    server = serve("forgetful")
    sent = written(run, server)
    tally = read(run, server)
    assert (tally.missing, tally.wrong, tally.unread) == (1, 1, 0)
    assert tally.acknowledged == tally.read + 2 == len(sent)
    (event,) = run.events(LedgerRead)
    assert event.what.missing == (sent[2],)
    assert event.what.wrong == (sent[3],)


def test_a_system_that_is_down(serve: Serve, run: Run) -> None:
    """When the system is down each write is unread, within the limit; none counts as missing."""
    server = serve()
    sent = written(run, server)
    server.process.kill()
    server.process.wait()
    before_s = time.monotonic()
    tally = read(run, server, timeout_s=1.0)
    assert time.monotonic() - before_s < WAIT_S
    assert tally == LedgerTally(len(sent), 0, 0, 0, len(sent))
    assert run.events(Note)


def test_a_system_that_is_not_ready_is_waited_for(serve: Serve, run: Run) -> None:
    """From a server that is frozen at the start and runs again, every write is read."""
    server = serve()
    sent = written(run, server)
    server.process.send_signal(signal.SIGSTOP)
    threading.Timer(1.0, server.process.send_signal, [signal.SIGCONT]).start()
    tally = read(run, server)
    assert tally.read == len(sent)


def test_no_load_no_ledger(serve: Serve, run: Run) -> None:
    """A run without loads has no acknowledged writes."""
    assert read(run, serve()) == LedgerTally(0, 0, 0, 0, 0)
