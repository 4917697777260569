"""Events: everything that happens in a run is one of these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kinds of event and the keys of their ``data``.

    A key with ``?`` may be absent. Times inside ``data`` are nanoseconds of the
    machine's monotonic clock (``*_ns``), durations seconds (``*_s``).
    """

    WRITER_OPENED = "writer.opened"  # role, pid
    WRITER_CLOSED = "writer.closed"  # lost?, why?: unwritten events; without it: killed
    RUN_STARTED = "run.started"  # profile, seed, backend, backend_reason, target, command
    RUN_FINISHED = "run.finished"  # interrupted: bool
    PHASE_STARTED = "phase.started"  # phase
    PHASE_FINISHED = "phase.finished"  # phase, exit_code?
    TEST_STARTED = "test.started"  # test, phase
    TEST_FINISHED = "test.finished"  # test, phase, outcome, duration_s, message, expectations
    EXPECTATION = "expectation"  # test, claim, passed, observed, expected
    BROWSER_STEP_STARTED = "browser.step_started"  # test, step, name
    # test, step, name, outcome: passed | failed | lost | interrupted, error, duration_s, url,
    # console: [{level, source, text, declared}], screenshot?, thumbnail?, page_source?: {path,
    # sha256}
    BROWSER_STEP_FINISHED = "browser.step_finished"
    SERVICE_STATE = "service.state"  # service, state, pid?, exit_code?, detail?, log_tail?
    LOAD_STARTED = "load.started"  # load, phase, planned, rate_per_s, start_ns, users?
    LOAD_FINISHED = "load.finished"  # load, end_ns, stopped_early: bool
    LOAD_WORKER_LOST = "load.worker_lost"  # load, worker: number or None (its master), why
    LOAD_FIGURES = "load.figures"  # load, tool, rows: [the tool's own, see docs/load.md]
    FAULT_INTENT = "fault.intent"  # id, fault, label, selector, services, edges, parameters
    FAULT_ARMED = "fault.armed"  # id, label
    FAULT_OBSERVED = "fault.observed"  # id, label, observed: bool, evidence, waited_s
    FAULT_HEALED = "fault.healed"  # id, label, by
    FAULT_ABSENT = "fault.absent"  # id, label, absent: bool, evidence, waited_s
    RESOURCE = "resource"  # service, cpu_percent, memory_percent, rss_bytes, threads, fds
    LEDGER_READ = "ledger.read"  # load, read: [seq], missing: [seq], wrong: [seq], unread: [seq]
    STOP = "stop"  # reason, condition? ("stop-condition": NO-GO; "signal": interrupted)
    ERROR = "error"  # error, what, where, alternatives, hint, exit_code
    NOTE = "note"  # text
    NOT_TESTED = "not_tested"  # what (fault label or test), reason, test?
    LOG_EXCERPT = "log.excerpt"  # service, lines
    ATTACHMENT = "attachment"  # name, path (below the run directory), sha256


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        run: run id.
        writer: name of the event file it stands in, without suffix.
        seq: position in that file, from 0.
        boot: kernel boot id; monotonic times of different boots do not compare.
        mono_ns: CLOCK_MONOTONIC, nanoseconds.
        wall: UTC time, ISO 8601 with microseconds.
        kind: see ``Kind``.
        data: the keys listed beside the kind.
    """

    run: str
    writer: str
    seq: int
    boot: str
    mono_ns: int
    wall: str
    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)
