"""The shape of the judged document, which ``run.json`` holds as it is.

Times of events (``*_s``) are seconds since the start of the run. A time that never came is null.
"""

from typing import Any, TypedDict

SCHEMA = "gonogo.run/1"


class VerdictPart(TypedDict):
    """The verdict. ``exit_meaning`` says what the caller should do next."""

    word: str
    result: str
    exit_code: int
    exit_meaning: str
    summary: str


class RunPart(TypedDict):
    """What was run. ``finished`` is the wall time of the last event, of any kind.

    ``reproduce`` is the command with the seed of this run.
    """

    id: str
    target: str
    target_file: str
    profile: str
    seed: int | None
    backend: str
    backend_reason: str
    command: str
    reproduce: str
    started: str
    finished: str
    duration_s: float
    complete: bool
    interrupted: bool
    phases_planned: list[str]
    faults_required: list[str]
    killed_writers: list[str]


class PhasePart(TypedDict):
    """One phase; ``tests`` counts its test attempts by outcome."""

    phase: str
    started_s: float | None
    finished_s: float | None
    duration_s: float | None
    exit_code: int | None
    tests: dict[str, int]


class ExpectationPart(TypedDict):
    """What a scenario expected and what it saw."""

    claim: str
    passed: bool
    observed: str
    expected: str


class TestPart(TypedDict):
    """One attempt of one test. Its outcome is ``unfinished`` when the run ended inside it.

    ``result`` and ``reason`` are the judge's; they are empty where it has no judgement. A test that
    passed without an expectation is INCONCLUSIVE.
    """

    test: str
    phase: str
    attempt: int
    outcome: str
    started_s: float | None
    duration_s: float | None
    message: str
    expectations: list[ExpectationPart]
    expectations_stated: int
    result: str
    reason: str


class ProofPart(TypedDict):
    """What an independent observation showed: true, false, or null when there was none."""

    proven: bool | None
    evidence: str
    waited_s: float | None


class RecoveryPart(TypedDict):
    """The parts of a recovery, in seconds.

    Felt (first error of a user), noticed and healed count from the arming, recovered and watched
    from the heal. ``recovered_after_s`` is null when no recovery was seen within ``watched_s``.
    """

    felt_after_s: float | None
    noticed_after_s: float | None
    healed_after_s: float | None
    noticed_by: str
    recovered_after_s: float | None
    watched_s: float | None


class FaultPart(TypedDict):
    """One fault, from intent to proven absence. ``recovery`` is null if it was never armed."""

    id: str
    label: str
    fault: str
    selector: str
    services: list[str]
    parameters: dict[str, Any]
    healed_by: str
    intent_s: float | None
    armed_s: float | None
    observed_s: float | None
    healed_s: float | None
    absent_s: float | None
    bite: ProofPart
    absence: ProofPart
    recovery: RecoveryPart | None


class BooksPart(TypedDict):
    """Where every request that was due ended; ``closed`` when the sum is right.

    ``not_due`` counts requests whose intended start is after the end of the load, because the load
    was stopped early or killed.
    """

    scheduled: int
    not_due: int
    due: int
    ok: int
    failed: int
    timed_out: int
    in_flight: int
    dropped: int
    closed: bool


class PercentilesPart(TypedDict):
    """Exact percentiles (inverted CDF) in seconds."""

    n: int
    p50_s: float | None
    p90_s: float | None
    p95_s: float | None
    p99_s: float | None
    max_s: float | None


class OperationPart(TypedDict):
    """One operation of a load, timed from the intended start."""

    name: str
    ledger: bool
    failed: int
    from_intended: PercentilesPart


class RequestStatisticsPart(TypedDict):
    """The number of requests and of failures, percentiles of their latency, and their rate."""

    requests: int
    failures: int
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    per_s: float | None


class ComparisonPart(TypedDict):
    """One operation, or all of them, measured in three ways.

    ``tool`` is what the load tool itself reports. ``exact`` is ours, of the same requests. Both are
    timed from the sending. ``open`` is of the open-model load, timed from the intended start.
    """

    name: str
    tool: RequestStatisticsPart | None
    exact: RequestStatisticsPart
    open: RequestStatisticsPart | None


class ClosedPart(TypedDict):
    """What only a closed-model load has.

    ``users_at_once`` is the number of users who were there together for half of its length.
    """

    users: int
    users_at_once: int
    workers: int
    lost: list[str]
    tool: str
    comparison: list[ComparisonPart]


class LoadPart(TypedDict):
    """One load: what was scheduled, where each request ended, how long it took.

    ``generator_lag`` is the time of sending minus the intended start: how late the generator was.
    ``closed_model`` is null for an open-model load.
    """

    load: str
    phase: str
    seed: int
    rate_per_s: float
    timeout_s: float
    started_s: float | None
    finished_s: float | None
    finished: bool
    stopped_early: bool
    books: BooksPart
    outcomes: dict[str, int]
    from_intended: PercentilesPart
    from_sent: PercentilesPart
    generator_lag: PercentilesPart
    operations: list[OperationPart]
    closed_model: ClosedPart | None


class StatePart(TypedDict):
    """One change of a service's state."""

    at_s: float
    state: str
    exit_code: int | None
    detail: str
    log_tail: str


class ServicePart(TypedDict):
    """One service: its states, its use of resources, the end of its log."""

    service: str
    restarts: int
    times_down: int
    last_state: str
    states: list[StatePart]
    resources: dict[str, float | int | None]
    log: str


class NotePart(TypedDict):
    """A note for the reader; ``at_s`` is null for a note on the target, made before the run."""

    at_s: float | None
    kind: str
    text: str


class AttachmentPart(TypedDict):
    """A file of the run directory."""

    name: str
    path: str
    sha256: str


class ConsolePart(TypedDict):
    """One line of the page's console."""

    level: str
    source: str
    text: str
    declared: bool


class StepPart(TypedDict):
    """One step of a journey; ``unfinished`` when the run ended inside it."""

    step: int
    name: str
    outcome: str
    error: str
    started_s: float
    duration_s: float | None
    url: str
    console: list[ConsolePart]
    screenshot: AttachmentPart | None
    thumbnail: AttachmentPart | None
    page_source: AttachmentPart | None


class JourneyPart(TypedDict):
    """What one test did in a browser. Its outcome is that of the first step that did not pass."""

    test: str
    outcome: str
    duration_s: float
    steps: list[StepPart]


class Document(TypedDict):
    """The whole document."""

    schema: str
    verdict: VerdictPart
    run: RunPart
    judgements: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    phases: list[PhasePart]
    faults: list[FaultPart]
    loads: list[LoadPart]
    services: list[ServicePart]
    tests: list[TestPart]
    journeys: list[JourneyPart]
    notes: list[NotePart]
    attachments: list[AttachmentPart]
    unreadable: list[str]
    system: dict[str, Any]
