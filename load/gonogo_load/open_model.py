"""The open-model engine: each request leaves at its intended time, whatever became of others.

Run as ``python -m gonogo_load.open_model``. Standard input: one line, a ``LoadPlan``; it stays
open, and its end means that the harness is gone. Standard output: one JSON line when the schedule
is written, one when the books are closed. SIGTERM stops the scheduling and waits for
stragglers; SIGINT and the end of the input wait for nobody. Exit codes: 0 books closed, 1
the system refused the login or setup.
"""

import asyncio
import contextlib
import gc
import json
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

import uvloop

from gonogo.observation import EventLog, mono_ns, record_error
from gonogo.observation.records import LoadHeader, RecordWriter, Rows
from gonogo.target import Operation
from gonogo.vocabulary import ExitCode, Kind, Outcome, SystemNotReady
from gonogo_load.answer import outcome_of_answer
from gonogo_load.client import Client
from gonogo_load.outcome import outcome_of
from gonogo_load.payload import Payload, fill_body, fill_path
from gonogo_load.plan import LoadPlan
from gonogo_load.prepare import prepare
from gonogo_load.schedule import drawn_operations, operation_names, planned_schedule

_LEAD_NS = 250_000_000  # from writing the schedule durably to the first request
_NS_PER_MS = 1_000_000


class OpenModel:
    """Sends one schedule and records how each request ended.

    Args:
        plan: see ``LoadPlan``.
        client: opened, logged in.
        captures: what the setup captured.
        schedule: rows of dtype ``SCHEDULE``.
        records: where each request's end is written.
    """

    def __init__(
        self,
        plan: LoadPlan,
        client: Client,
        captures: dict[str, str],
        schedule: Rows,
        records: RecordWriter,
    ) -> None:
        self._plan = plan
        self._client = client
        self._captures = captures
        self._records = records
        self._payload = Payload(plan.run, plan.load, plan.seed)
        self._intended_ns: list[int] = schedule["intended_ns"].tolist()
        self._name_ids: list[int] = schedule["name_id"].tolist()
        drawn = drawn_operations(plan.operations, seed=plan.seed, count=plan.count)
        self._operations = [plan.operations[index] for index in drawn.tolist()]
        self._next = 0
        self._sent_ns: dict[int, int] = {}  # of requests in flight
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._scheduled = asyncio.Event()
        self._patience = asyncio.Event()  # set when stragglers get no more time
        self.stopped_early = False
        self.end_ns = 0

    def begin(self) -> None:
        """Start sending; returns at once."""
        self._fire()

    def stop(self) -> None:
        """Schedule nothing more; those in flight may end."""
        if not self._scheduled.is_set():
            self.stopped_early = True
            now_ns = mono_ns()
            self._send_due(now_ns)  # what was due is sent, or the books would not close
            self._end_scheduling(now_ns)

    def abort(self) -> None:
        """Schedule nothing more and wait for nobody."""
        self.stop()
        self._patience.set()

    async def finish(self) -> None:
        """Wait until all is sent and answered, or given up; then every request has a record."""
        await self._scheduled.wait()
        await self._wait_for_stragglers()
        now_ns = mono_ns()
        for seq, sent_ns in sorted(self._sent_ns.items()):
            self._tasks[seq].cancel()
            self._record(seq, sent_ns, now_ns, 0, Outcome.IN_FLIGHT)
        self._sent_ns.clear()

    async def _wait_for_stragglers(self) -> None:
        tasks = list(self._tasks.values())
        if not tasks or self._patience.is_set():
            return
        given_up: asyncio.Future[Any] = self._loop.create_task(self._patience.wait())
        answered: asyncio.Future[Any] = asyncio.gather(*tasks)
        await asyncio.wait(
            [given_up, answered],
            timeout=self._plan.timeout_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        given_up.cancel()

    def _fire(self) -> None:
        """Send what is due and come back when the next is."""
        now_ns = mono_ns()
        self._send_due(now_ns)
        if self._next == len(self._intended_ns):
            self._end_scheduling(now_ns)
            return
        # uvloop's timers count whole milliseconds: up, so as never to be early.
        wait_ms = -(-(self._intended_ns[self._next] - now_ns) // _NS_PER_MS)
        self._timer = self._loop.call_later(wait_ms / 1000, self._fire)

    def _send_due(self, now_ns: int) -> None:
        while self._next < len(self._intended_ns) and self._intended_ns[self._next] <= now_ns:
            seq = self._next
            self._next += 1
            self._sent_ns[seq] = mono_ns()
            self._tasks[seq] = self._loop.create_task(self._send(seq))

    def _end_scheduling(self, end_ns: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.end_ns = end_ns
        self._scheduled.set()

    async def _send(self, seq: int) -> None:
        operation = self._operations[seq]
        status = 0
        try:
            status, content = await self._request(operation, seq)
            outcome = outcome_of_answer(operation, status, content)
        except Exception as error:
            outcome = outcome_of(error)
        done_ns = mono_ns()
        self._tasks.pop(seq, None)
        sent_ns = self._sent_ns.pop(seq, None)
        if sent_ns is not None:  # else it was given up, and its record says so
            self._record(seq, sent_ns, done_ns, status, outcome)

    async def _request(self, operation: Operation, seq: int) -> tuple[int, bytes]:
        fillings = self._payload.fillings(seq, self._captures)
        headers = {"X-Request-Id": self._payload.request_id(seq)}
        if operation.method not in ("GET", "HEAD"):
            headers["Idempotency-Key"] = self._payload.idempotency_key(seq)
        return await self._client.send(
            operation.method,
            fill_path(operation.path, fillings),
            body=fill_body(operation.body, fillings),
            authenticated=operation.authenticated,
            headers=headers,
        )

    def _record(self, seq: int, sent_ns: int, done_ns: int, status: int, outcome: Outcome) -> None:
        self._records.append(
            intended_ns=self._intended_ns[seq],
            sent_ns=sent_ns,
            done_ns=done_ns,
            seq=seq,
            status=status,
            name_id=self._name_ids[seq],
            outcome=outcome,
        )


async def _run(plan: LoadPlan, log: EventLog) -> ExitCode:
    async with Client(plan.base_url, plan.timeout_s) as client:
        try:
            captures = await prepare(client, plan)
        except SystemNotReady as fell:
            record_error(log, fell)
            _tell(refused=fell.what)
            return ExitCode.NO_GO
        start_ns = mono_ns() + _LEAD_NS
        schedule = planned_schedule(
            plan.operations,
            seed=plan.seed,
            rate_per_s=plan.rate_per_s,
            count=plan.count,
            start_ns=start_ns,
        )
        records = RecordWriter(plan.run_dir, _header(plan, captures), schedule)
        model = OpenModel(plan, client, captures, schedule, records)
        await _drive(plan, model, log, start_ns)
        records.close()
    return ExitCode.GO


async def _drive(plan: LoadPlan, model: OpenModel, log: EventLog, start_ns: int) -> None:
    loop = asyncio.get_running_loop()
    _on_signal(signal.SIGTERM, loop, model.stop)
    _on_signal(signal.SIGINT, loop, model.abort)
    loop.add_reader(sys.stdin.fileno(), _orphaned, loop, model)  # nothing comes but its end
    log.record(
        Kind.LOAD_STARTED,
        load=plan.load,
        phase=plan.phase,
        planned=plan.count,
        rate_per_s=plan.rate_per_s,
        start_ns=start_ns,
    )
    _tell(started_ns=start_ns)
    gc.collect()
    gc.freeze()  # later collections need not look at what is there now
    model.begin()
    await model.finish()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    log.record(
        Kind.LOAD_FINISHED,
        load=plan.load,
        end_ns=model.end_ns,
        stopped_early=model.stopped_early,
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    _tell(
        end_ns=model.end_ns,
        stopped_early=model.stopped_early,
        cpu_s=round(used.ru_utime + used.ru_stime, 3),
    )


def _on_signal(
    number: signal.Signals, loop: asyncio.AbstractEventLoop, call: Callable[[], None]
) -> None:
    # Not add_signal_handler: the end of the loop would give the signal its default back, and a
    # second one that comes late would kill an engine whose books are closed.
    signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))


def _orphaned(loop: asyncio.AbstractEventLoop, model: OpenModel) -> None:
    loop.remove_reader(sys.stdin.fileno())
    model.abort()


def _header(plan: LoadPlan, captures: dict[str, str]) -> LoadHeader:
    return LoadHeader(
        load=plan.load,
        phase=plan.phase,
        seed=plan.seed,
        rate_per_s=plan.rate_per_s,
        names=operation_names(plan.operations),
        ledger_names=operation_names([each for each in plan.operations if each.ledger_read]),
        timeout_s=plan.timeout_s,
        captures=captures,
    )


def _tell(**data: Any) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody is left to be told
        sys.stdout.write(json.dumps(data) + "\n")
        sys.stdout.flush()


def main() -> int:
    """Read the plan, run the load."""
    with open(0, "rb", buffering=0, closefd=False) as stdin:  # the loop watches what follows
        line = stdin.readline()
    if not line:
        return ExitCode.USAGE
    plan = LoadPlan.from_json(line.decode())
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        EventLog(plan.run_dir, plan.run, f"load-{plan.load}", "load") as log,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_run(plan, log))


if __name__ == "__main__":
    raise SystemExit(main())
