"""The ledger: every write that the system acknowledged under load is read back at the end."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.observation.records import CLOSED, LoadRecords, read_records
from gonogo.target import MISSING, JsonPointer, Operation, TestUser
from gonogo.vocabulary import Outcome, Recorder
from gonogo.vocabulary.events import LedgerRead, Note
from gonogo_load.client import Client, SetupRefused
from gonogo_load.open import drawn_operations
from gonogo_load.payload import Payload, fill_path

_CONCURRENCY = 16
_BATCH = 200  # sequence numbers an event
_READ_S_MAX = 5.0  # one read; a healthy system needs milliseconds
_ATTEMPTS = 3  # of one read while the system says it is ready
_POLL_S = 0.1
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class LedgerTally:
    """How many writes were acknowledged, and what was read back.

    Attributes:
        acknowledged: the sum of the others.
        read: the value that was written.
        missing: an answer without the value.
        wrong: another value.
        unread: no answer.
    """

    acknowledged: int
    read: int
    missing: int
    wrong: int
    unread: int


@dataclass(frozen=True, slots=True)
class LedgerReader:
    """Where and how to read acknowledged writes back.

    Attributes:
        run: run id.
        base_url: ``http://host:port`` of the entry service.
        operations: the load mix that the writes came from.
        health_path: path that answers 2xx when the system is ready.
        user: the user to log in as; None without a login.
        timeout_s: limit of reading all of them; writes not read by then are ``unread``.
    """

    run: str
    base_url: str
    operations: Sequence[Operation]
    health_path: str
    user: TestUser | None = None
    timeout_s: float = 120.0


def read_ledger(run_dir: Path, reader: LedgerReader, recorder: Recorder) -> LedgerTally:
    """Read back each acknowledged ledger write of every load of the run.

    A read that fails is tried again while the system is not ready, and twice when it is.
    Records ``LedgerRead`` events of at most 200 writes each. Must not be called from a
    running event loop.
    """
    return asyncio.run(_Reading(run_dir, reader, recorder).all())


@dataclass
class _Batch:
    load: str
    found: dict[str, list[int]] = field(
        default_factory=lambda: {key: [] for key in ("read", "missing", "wrong", "unread")}
    )

    def __len__(self) -> int:
        return sum(len(seqs) for seqs in self.found.values())


@dataclass(frozen=True, slots=True)
class _Write:
    """One acknowledged write: where it is read back, and the value it must have."""

    load: str
    seq: int
    path: str
    pointer: JsonPointer
    value: str
    authenticated: bool


class _Reading:
    def __init__(self, run_dir: Path, reader: LedgerReader, recorder: Recorder) -> None:
        self._run_dir = run_dir
        self._reader = reader
        self._recorder = recorder
        self._end_s = time.monotonic() + reader.timeout_s
        self._counts = {"read": 0, "missing": 0, "wrong": 0, "unread": 0}

    async def all(self) -> LedgerTally:
        """Read everything, load by load."""
        async with Client(self._reader.base_url, _READ_S_MAX) as client:
            reachable = await self._log_in(client)
            for load in read_records(self._run_dir):
                writes = _acknowledged(load, self._reader)
                await self._read_load(client, load.header.load, writes, reachable=reachable)
        return LedgerTally(acknowledged=sum(self._counts.values()), **self._counts)

    async def _log_in(self, client: Client) -> bool:
        while True:
            try:
                await self._wait_ready(client)
                if self._reader.user is not None:
                    await client.log_in(self._reader.user)
                return True
            except SetupRefused as refused:
                if time.monotonic() >= self._end_s:
                    self._recorder.record(Note(text=f"reading the ledger: {refused}"))
                    return False
            await asyncio.sleep(_POLL_S)

    async def _read_load(
        self, client: Client, load: str, writes: Sequence[_Write], *, reachable: bool
    ) -> None:
        batch = _Batch(load)
        left = iter(writes)

        async def work() -> None:
            nonlocal batch
            for write in left:
                answer = await self._read(client, write) if reachable else "unread"
                batch.found[answer].append(write.seq)
                if len(batch) >= _BATCH:
                    full, batch = batch, _Batch(load)
                    self._flush(full)

        await asyncio.gather(*(work() for _ in range(_CONCURRENCY)))
        if len(batch):
            self._flush(batch)

    def _flush(self, batch: _Batch) -> None:
        for key, seqs in batch.found.items():
            self._counts[key] += len(seqs)
        lists = {key: tuple(sorted(seqs)) for key, seqs in batch.found.items()}
        self._recorder.record(LedgerRead(load=batch.load, **lists))

    async def _read(self, client: Client, write: _Write) -> str:
        attempts = 0
        while attempts < _ATTEMPTS and time.monotonic() < self._end_s:
            try:
                status, content = await client.send(
                    "GET", write.path, authenticated=write.authenticated
                )
            except Exception:
                status, content = 0, b""
            if status in _GONE:
                return "missing"
            if 200 <= status < 300:
                return _compare(content, write)
            attempts += 1
            if not await self._is_ready(client):
                attempts = 0
                await self._wait_ready(client)
        return "unread"

    async def _wait_ready(self, client: Client) -> None:
        while not await self._is_ready(client) and time.monotonic() < self._end_s:
            await asyncio.sleep(_POLL_S)

    async def _is_ready(self, client: Client) -> bool:
        try:
            status, _ = await client.send("GET", self._reader.health_path, authenticated=False)
        except Exception:
            return False
        return 200 <= status < 300


def _compare(content: bytes, write: _Write) -> str:
    try:
        answer: Any = json.loads(content)
    except ValueError:
        return "wrong"
    value = write.pointer.resolve(answer)
    if value is MISSING:
        return "missing"
    return "read" if value == write.value else "wrong"


def _acknowledged(load: LoadRecords, reader: LedgerReader) -> list[_Write]:
    header, records = load.header, load.records
    promised = [header.names.index(name) for name in header.ledger_names]
    kept = (records["outcome"] == int(Outcome.OK)) & np.isin(records["name_id"], promised)
    chosen = _chosen_operations(load, reader)
    payload = Payload(reader.run, header.load, header.seed)
    writes: list[_Write] = []
    for seq in sorted(int(seq) for seq in records["seq"][kept]):
        operation = reader.operations[chosen[seq]]
        fillings = payload.fillings(seq, header.captures)
        writes.append(
            _Write(
                load=header.load,
                seq=seq,
                path=fill_path(operation.ledger_read, fillings),
                pointer=operation.ledger_pointer,
                value=payload.value(seq),
                authenticated=operation.authenticated,
            )
        )
    return writes


def _chosen_operations(load: LoadRecords, reader: LedgerReader) -> dict[int, int]:
    """Operation by sequence number: drawn by the seed, or recorded by the users."""
    seqs = load.schedule["seq"].tolist()
    if load.header.model == CLOSED:
        return dict(zip(seqs, load.schedule["operation"].tolist(), strict=True))
    drawn = drawn_operations(reader.operations, seed=load.header.seed, count=len(seqs))
    return dict(zip(seqs, drawn.tolist(), strict=True))
