"""clock and power-loss: what a preloaded service reads, and what it loses."""

import json
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import wait_until
from gonogo.target import Service
from gonogo.vocabulary import EnvironmentFailed, UsageError
from gonogo.vocabulary.events import FaultIntended
from gonogo_faults import FaultUnsupported, heal_all, make_fault, open_intents
from gonogo_faults.catalogue import power_loss
from tests.backends.builders import (
    PATIENCE_S,
    REDIS,
    STARTING_BACKENDS,
    Memory,
    redis,
    stay,
)
from tests.faults.conftest import Arm
from tests.faults.in_containers import killed_armer

in_both = pytest.mark.parametrize("backend", STARTING_BACKENDS)
HOUR_S = 3600.0
NEAR_S = 5.0
WRITES_MIN = 500
DELAY_MS = 200.0
SYNC_S = 1.5  # every second, with some margin
SYNC_MS = 1000.0
# Readings of two clocks within this time of each other can be compared.
TOGETHER_S = 0.1
TICKER = """
import time
print("stay.ready", flush=True)
while True:
    began = time.monotonic()
    time.sleep(0.05)
    woke, said, told = time.monotonic(), time.time(), time.monotonic()
    print(f"{woke:.3f} {said:.3f} {told:.3f} {woke - began:.3f}", flush=True)
"""
# Fifty lines of ten bytes are synced, twenty-five more are not.
JOURNAL = """
import os, sys, time
path = sys.argv[1] + "/journal"
print("found", os.path.getsize(path) if os.path.exists(path) else 0, flush=True)
file = open(path, "ab", buffering=0)
for number in range(75):
    file.write(f"{number:09}\\n".encode())
    if number == 49:
        os.fsync(file.fileno())
print("stay.ready", flush=True)
while True:
    time.sleep(1)
"""
SYNCED_BYTES, WRITTEN_BYTES = 500, 750
Connect = Callable[[str], "Redis[str]"]


def _store(name: str, policy: str) -> Service:
    script = REDIS.replace('save ""', f'save ""\nappendonly yes\nappendfsync {policy}')
    return redis(
        name,
        process_command=("sh", "-c", script),
        volumes={f"{name}-data": "/data"},
        restart="always",
        preload=True,
    )


@pytest.fixture
def services() -> Sequence[Service]:
    """Two services that log the time, one of them preloaded, and two stores."""
    ticking = {"process_command": ("{python}", "-c", TICKER), "command": ("python3", "-c", TICKER)}
    return (
        stay("ticker", **ticking, preload=True),
        stay("other", **ticking),
        stay(
            "journal",
            process_command=("{python}", "-c", JOURNAL, "{data:/data}"),
            command=("python3", "-c", JOURNAL, "/data"),
            volumes={"journal-data": "/data"},
            restart="always",
            preload=True,
        ),
        _store("everysec", "everysec"),
        _store("always", "always"),
    )


@pytest.fixture
def connect(system: SupervisedEnvironment) -> Connect:
    """A client of one of the stores."""

    def make(service: str) -> "Redis[str]":
        host, port = system.address(service, 6379)
        once = Retry(NoBackoff(), 0)  # a client that tries again would outlive the fault
        return Redis(host, port, password="s3cret-of-redis", decode_responses=True, retry=once)

    return make


def _ticks(system: SupervisedEnvironment, service: str) -> tuple[float, float]:
    """How far its clock is from ours, and how long its sleep of 0.05 s took.

    Both are compared with the monotonic clock, so that a late reading changes nothing.
    """
    path, since = system.run_dir / "logs" / f"{service}.log", time.monotonic()
    found: list[tuple[float, float]] = []

    def look() -> bool:
        # The first line is another, the last may be torn.
        for line in path.read_text().rpartition("\n")[0].splitlines()[1:]:
            woke, said, told, slept = map(float, line.split())
            if woke > since and told - woke < TOGETHER_S:
                found.append((said - woke - _ahead_s(), slept))
        return bool(found)

    assert wait_until(look, PATIENCE_S)
    return found[-1]


def _ahead_s() -> float:
    """How far our wall clock is from the monotonic clock."""
    while True:
        before, wall, after = time.monotonic(), time.time(), time.monotonic()
        if after - before < TOGETHER_S:
            return wall - before


def _is_ahead(store: "Redis[str]", by_s: float) -> bool:
    """Whether its clock is this far from ours, independent of the time of its answer."""
    before, said, after = time.time(), store.time()[0], time.time()
    return before + by_s - NEAR_S < said < after + by_s + NEAR_S


@in_both
@pytest.mark.parametrize("offset_s", [HOUR_S, -HOUR_S])
@pytest.mark.runs("ticker", "other")
def test_a_clock_jumps_and_is_right_again(
    system: SupervisedEnvironment, arm: Arm, offset_s: float
) -> None:
    """Only in one service, only its wall clock, and only while the fault is armed."""
    assert abs(_ticks(system, "ticker")[0]) < NEAR_S
    with arm(make_fault("clock", offset_s=offset_s), "ticker") as fault:
        assert fault.observed, fault.evidence
        apart_s, slept_s = _ticks(system, "ticker")
        assert abs(apart_s - offset_s) < NEAR_S
        assert 0.05 <= slept_s < HOUR_S / 2
        assert abs(_ticks(system, "other")[0]) < NEAR_S
    assert fault.absent
    assert abs(_ticks(system, "ticker")[0]) < NEAR_S


@in_both
@pytest.mark.runs("ticker")
def test_a_clock_that_runs_too_fast(system: SupervisedEnvironment, arm: Arm) -> None:
    """At 1.5 times the speed it is half a second ahead after a second, and more later."""
    with arm(make_fault("clock", drift_ppm=500_000), "ticker") as fault:
        assert fault.observed, fault.evidence
        assert wait_until(lambda: _ticks(system, "ticker")[0] > 0.4, PATIENCE_S)
        first_s = _ticks(system, "ticker")[0]
        assert wait_until(lambda: _ticks(system, "ticker")[0] > first_s + 0.4, PATIENCE_S)
    assert fault.absent


@in_both
@pytest.mark.runs("always")
def test_redis_reads_it_too(arm: Arm, connect: Connect) -> None:
    """With the clock an hour ahead, a key that expires in a minute has expired."""
    store = connect("always")
    store.set("brief", "value", ex=60)
    with arm(make_fault("clock", offset_s=HOUR_S), "always") as fault:
        assert fault.observed, fault.evidence
        assert store.get("brief") is None
        assert _is_ahead(store, HOUR_S)
    assert fault.absent
    assert _is_ahead(store, 0.0)


@in_both
@pytest.mark.runs("always")
def test_a_slow_disk_and_a_quick_one_again(arm: Arm, connect: Connect) -> None:
    """A Redis that syncs before each answer is slow, and only while the fault is armed."""
    store, over = connect("always"), threading.Event()
    writer = threading.Thread(target=_write_until, args=(connect("always"), over))
    writer.start()
    try:
        with arm(make_fault("slow-disk", sync_ms=DELAY_MS), "always") as fault:
            assert fault.observed, fault.evidence
            assert _write_ms(store) >= DELAY_MS
        assert fault.absent
    finally:
        over.set()
        writer.join(PATIENCE_S)
    assert wait_until(lambda: _write_ms(store) < DELAY_MS, PATIENCE_S)


def _write_until(store: "Redis[str]", over: threading.Event) -> None:
    while not over.is_set():
        store.set("key", "value")


def _write_ms(store: "Redis[str]") -> float:
    began = time.monotonic()
    store.set("one", "more")
    return (time.monotonic() - began) * 1e3


@in_both
@pytest.mark.runs("ticker")
def test_another_process_sets_a_clock_right(system: SupervisedEnvironment) -> None:
    """What a killed process left armed is undone from the journal; twice is as once."""
    with killed_armer(system, "clock", "ticker", json.dumps({"offset_s": HOUR_S})):
        assert _ticks(system, "ticker")[0] > HOUR_S - NEAR_S
        undo = open_intents(system.run_dir)[0].undo
        assert len(heal_all(system.run_dir, recorder=Memory())) == 1
        undo.execute(None)
    assert abs(_ticks(system, "ticker")[0]) < NEAR_S


@in_both
@pytest.mark.parametrize(
    ("name", "parameters"),
    [("clock", {"offset_s": HOUR_S}), ("slow-disk", {"sync_ms": 1.0}), ("power-loss", {})],
)
@pytest.mark.runs("other")
def test_what_is_not_preloaded_is_not_tested(
    arm: Arm, memory: Memory, name: str, parameters: dict[str, float]
) -> None:
    """The reason says so, with a hint how to preload."""
    refused = pytest.raises(FaultUnsupported, match=r"x-harness\.services\.other\.preload")
    with refused, arm(make_fault(name, **parameters), "other"):
        pass
    assert memory.of(FaultIntended) == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("clock", {}),
        ("clock", {"offset_s": 1e9}),
        ("clock", {"drift_ppm": -600_000.0}),
        ("slow-disk", {"sync_ms": 0.0}),
        ("slow-disk", {"sync_ms": 1e6}),
    ],
)
def test_what_would_do_nothing_is_refused(name: str, wrong: dict[str, float]) -> None:
    """Parameters without an effect, and values out of range, are refused."""
    with pytest.raises(UsageError, match=name):
        make_fault(name, **wrong)


def _write_until_it_falls(store: "Redis[str]", acknowledged: list[int]) -> None:
    number = 0
    try:
        while True:
            store.set(f"key-{number}", number)
            acknowledged.append(number)
            number += 1
    except RedisError:
        return


def _survivors(arm: Arm, connect: Connect, service: str) -> tuple[int, int]:
    """Acknowledged and surviving writes of a loss of power in the middle of a stream."""
    acknowledged: list[int] = []
    writer = threading.Thread(target=_write_until_it_falls, args=(connect(service), acknowledged))
    writer.start()
    began = time.monotonic()

    def under_way() -> bool:
        return len(acknowledged) > WRITES_MIN and time.monotonic() - began > SYNC_S

    assert wait_until(under_way, PATIENCE_S)
    with arm(make_fault("power-loss"), service) as fault:
        assert fault.observed, fault.evidence
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    assert fault.absent
    kept = connect(service).mget([f"key-{number}" for number in acknowledged])
    return len(acknowledged), sum(each is not None for each in kept)


@in_both
@pytest.mark.parametrize(
    ("name", "parameters", "kept_bytes"),
    [("power-loss", {}, SYNCED_BYTES), ("kill", {"scope": "service"}, WRITTEN_BYTES)],
)
@pytest.mark.runs("journal")
def test_a_loss_of_power_takes_what_was_not_synced(
    system: SupervisedEnvironment,
    arm: Arm,
    name: str,
    parameters: dict[str, str],
    kept_bytes: int,
) -> None:
    """Exact to the byte, as the evidence says; after a kill all written data is left."""
    with arm(make_fault(name, **parameters), "journal") as fault:
        assert fault.observed, fault.evidence
    assert fault.absent
    lost = f"journal lost {WRITTEN_BYTES - SYNCED_BYTES} of {WRITTEN_BYTES} bytes"
    assert (lost in fault.evidence.what) == (name == "power-loss")
    log = (system.run_dir / "logs" / "journal.log").read_text()
    assert f"found {kept_bytes}" in log


@in_both
@pytest.mark.runs("everysec")
def test_redis_that_syncs_every_second_loses_acknowledged_writes(
    arm: Arm, connect: Connect
) -> None:
    """It loses the writes that it acknowledged after the start of its last sync.

    A sync that has just ended could have covered all of it; one that takes a second cannot, for
    Redis acknowledges on during the sync.
    """
    store, over = connect("everysec"), threading.Event()
    writer = threading.Thread(target=_write_until, args=(store, over))
    writer.start()
    with arm(make_fault("slow-disk", sync_ms=SYNC_MS), "everysec") as slow:
        assert slow.observed, slow.evidence
        over.set()
        writer.join(PATIENCE_S)
        acknowledged, kept = _survivors(arm, connect, "everysec")
    assert kept < acknowledged


@in_both
@pytest.mark.runs("always")
def test_redis_that_syncs_always_loses_none(arm: Arm, connect: Connect) -> None:
    """Every acknowledged write had been synced."""
    acknowledged, kept = _survivors(arm, connect, "always")
    assert kept == acknowledged


@in_both
@pytest.mark.runs("everysec")
def test_another_process_completes_a_loss_of_power(
    system: SupervisedEnvironment,
) -> None:
    """Processes that were stopped are ended from the journal, and the service comes back."""
    before = system.processes("everysec")
    with killed_armer(system, "power-loss", "everysec", json.dumps({})):
        heal_all(system.run_dir, recorder=Memory())

    def is_back() -> bool:
        return system.is_ready("everysec") and system.processes("everysec") != before

    assert wait_until(is_back, PATIENCE_S)


@pytest.mark.runs("journal")
def test_a_loss_of_power_that_fails_leaves_no_process_stopped(
    system: SupervisedEnvironment, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the files cannot be cut the error is told; the service still ends and comes back."""

    def refused(*_: object) -> None:
        raise EnvironmentFailed("it does not stand still")

    monkeypatch.setattr(power_loss, "_cut_files", refused)
    before = system.processes("journal")
    failing = pytest.raises(EnvironmentFailed, match="stand still")
    with failing, arm(make_fault("power-loss"), "journal"):
        pass

    def is_back() -> bool:
        return system.is_ready("journal") and system.processes("journal") != before

    assert wait_until(is_back, PATIENCE_S)
