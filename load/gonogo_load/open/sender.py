"""Sends an open-model schedule: each request at its time, independent of the others."""

import asyncio
from typing import Any

from gonogo.observation import mono_ns
from gonogo.observation.records import RecordWriter, Rows
from gonogo.target import Operation
from gonogo.vocabulary import Outcome
from gonogo_load.client import Client
from gonogo_load.open.plan import OpenModelPlan
from gonogo_load.open.schedule import drawn_operations
from gonogo_load.outcome import outcome_of_answer, outcome_of_error
from gonogo_load.payload import Payload, fill_body, fill_path

_NS_PER_MS = 1_000_000


class RequestSender:
    """Sends one schedule and records how each request ended.

    Args:
        plan: see ``OpenModelPlan``.
        client: open and logged in.
        captures: what the setup captured.
        schedule: rows of dtype ``SCHEDULE``.
        records: the writer of the records.
    """

    def __init__(
        self,
        plan: OpenModelPlan,
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
        self._aborted = asyncio.Event()  # requests in flight get no more time
        self.stopped_early = False
        self.end_ns = 0

    def begin(self) -> None:
        """Start sending; returns at once."""
        self._fire()

    def stop(self) -> None:
        """Schedule no new request; requests in flight may still end."""
        if not self._scheduled.is_set():
            self.stopped_early = True
            now_ns = mono_ns()
            self._send_due(now_ns)  # every request due by ``end_ns`` needs a record
            self._end_scheduling(now_ns)

    def abort(self) -> None:
        """Schedule no new request and wait for none in flight."""
        self.stop()
        self._aborted.set()

    async def finish(self) -> None:
        """Wait until every request has its record: answered, failed, or still in flight."""
        await self._scheduled.wait()
        await self._wait_for_requests_in_flight()
        now_ns = mono_ns()
        for seq, sent_ns in sorted(self._sent_ns.items()):
            self._tasks[seq].cancel()
            self._record(seq, sent_ns, now_ns, 0, Outcome.IN_FLIGHT)
        self._sent_ns.clear()

    async def _wait_for_requests_in_flight(self) -> None:
        tasks = list(self._tasks.values())
        if not tasks or self._aborted.is_set():
            return
        aborted: asyncio.Future[Any] = self._loop.create_task(self._aborted.wait())
        answered: asyncio.Future[Any] = asyncio.gather(*tasks)
        await asyncio.wait(
            [aborted, answered],
            timeout=self._plan.timeout_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        aborted.cancel()

    def _fire(self) -> None:
        """Send every due request, and schedule the next call for the next one."""
        now_ns = mono_ns()
        self._send_due(now_ns)
        if self._next == len(self._intended_ns):
            self._end_scheduling(now_ns)
            return
        # uvloop's timers count whole milliseconds: round up, so that none is early.
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
            outcome = outcome_of_error(error)
        done_ns = mono_ns()
        self._tasks.pop(seq, None)
        sent_ns = self._sent_ns.pop(seq, None)
        if sent_ns is not None:  # else its record says that it was in flight at the end
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
