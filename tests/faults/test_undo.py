"""Undo: the journal keeps the planned undo, and faults that may not overlap are refused."""

import time
from pathlib import Path
from typing import cast

import pytest

from gonogo.vocabulary import NoUndo, ProcessIdentity, System, Undo, UsageError
from gonogo_faults import Journal, open_intents
from gonogo_faults.undo import (
    MECHANISMS,
    Ballast,
    ContainerLimit,
    DeletePacketRules,
    EndSyncDelays,
    MakeMountsWritable,
    OpenEdges,
    PreloadedService,
    ProcessLimit,
    RemoveBallast,
    RemoveToxics,
    ReplaceProcesses,
    RestoreContainerLimits,
    RestoreDescriptorLimits,
    SendSignal,
    ServiceLimit,
    ServiceMount,
    SetClocksRight,
    StartServices,
)

WEB = ("web",)
EDGES = ("api->web",)
CONTROL = "127.0.0.1:8474"
PROCESS = ProcessIdentity(4711, 123456789, "run")
SHARED = (PreloadedService("web", "/run/state/web"),)
ONE_OF_EACH: list[Undo] = [
    DeletePacketRules(WEB, "run", "gonogo-loss-1", "peers", "redis"),
    EndSyncDelays(SHARED),
    MakeMountsWritable("run", (ServiceMount("web", "/data"),)),
    NoUndo(),
    OpenEdges(EDGES, CONTROL, "run"),
    RemoveBallast("run", (Ballast("web", "/data", ".gonogo-1"),)),
    RemoveToxics(EDGES, CONTROL, "run", "slow-1", "latency"),
    ReplaceProcesses((PROCESS,), WEB, WEB),
    RestoreContainerLimits("run", (ContainerLimit("web", "PidsLimit", -1),)),
    RestoreDescriptorLimits((ProcessLimit(PROCESS, 1024),), (ServiceLimit("web", 1024),)),
    SendSignal("SIGCONT", (PROCESS,), WEB),
    SetClocksRight(SHARED),
    StartServices(WEB, ()),
]


@pytest.fixture
def written(tmp_path: Path) -> Journal:
    """An empty journal."""
    return Journal(tmp_path, "run")


@pytest.mark.parametrize("undo", ONE_OF_EACH, ids=lambda undo: type(undo).__name__)
def test_the_journal_keeps_every_field(tmp_path: Path, written: Journal, undo: Undo) -> None:
    """A process that has only the run directory gets the undo that was planned."""
    written.intend("one", "one", "fault", WEB, lambda: undo)
    assert [each.undo for each in open_intents(tmp_path)] == [undo]


def test_every_mechanism_is_among_them() -> None:
    """Each mechanism of undo is among the tested ones."""
    assert {type(each) for each in ONE_OF_EACH} == set(MECHANISMS.values())


@pytest.mark.parametrize("undo", ONE_OF_EACH, ids=lambda undo: type(undo).__name__)
def test_an_undo_without_a_system_or_what_it_changed_does_nothing(undo: Undo) -> None:
    """When process, file, proxy and container are gone, as after a sweep, nothing is raised."""
    for _ in range(2):
        undo.execute(None)


class _Ending:
    """A service that met a limit: it ends some time after the limit is restored."""

    def __init__(self, ends_in_s: float) -> None:
        self._end_s = time.monotonic() + ends_in_s
        self.started: list[str] = []

    def processes(self, service: str) -> tuple[ProcessIdentity, ...]:
        return (PROCESS,) if time.monotonic() < self._end_s else ()

    def restarts_itself(self, service: str) -> bool:
        return False

    def is_ready(self, service: str) -> bool:
        return False

    def start(self, service: str, *, timeout_s: float) -> None:
        self.started.append(service)


def test_a_service_that_ends_late_of_its_limit_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may end it a while after the limit is restored; it does not stay down."""
    monkeypatch.setattr("gonogo_faults.undo.container_limits.all_containers", lambda *_: [])
    ending = _Ending(1.5)
    _limit("Memory").execute(cast("System", ending))
    assert ending.started == ["web"]


def _rules(subject: str, peer: str = "", service: str = "web") -> Undo:
    return DeletePacketRules((service,), "run", "tag", subject, peer)


def _toxic(kind: str, name: str) -> Undo:
    return RemoveToxics(EDGES, CONTROL, "run", name, kind)


def _ballast(directory: str) -> Undo:
    return RemoveBallast("run", (Ballast("web", directory, "name"),))


def _limit(name: str) -> Undo:
    return RestoreContainerLimits("run", (ContainerLimit("web", name, 1),))


MOUNT = MakeMountsWritable("run", (ServiceMount("web", "/data"),))
DESCRIPTORS = RestoreDescriptorLimits((), (ServiceLimit("web", 1024),))
PAUSE = SendSignal("SIGCONT", (), WEB)
OVERLAPPING: list[tuple[Undo, Undo]] = [
    (PAUSE, StartServices(("redis", "web"), ())),
    (PAUSE, ReplaceProcesses((), WEB, ())),
    (_rules("peers"), _rules("peers", "redis")),
    (_rules("peers", "redis"), _rules("peers")),
    (_rules("resolver"), _rules("resolver")),
    (MOUNT, _ballast("/data/below")),
    (_ballast("/data"), MOUNT),
    (_limit("Memory"), _limit("Memory")),
    (DESCRIPTORS, DESCRIPTORS),
    (SetClocksRight(SHARED), SetClocksRight(SHARED)),
    (EndSyncDelays(SHARED), EndSyncDelays(SHARED)),
    (OpenEdges(EDGES, CONTROL, "run"), _toxic("latency", "one")),
    (_toxic("http", "one"), _toxic("reset_peer", "other")),
]
APART: list[tuple[Undo, Undo]] = [
    (PAUSE, SendSignal("SIGCONT", (), ("redis",))),
    (PAUSE, DESCRIPTORS),
    (PAUSE, _rules("peers")),
    (_rules("peers"), _rules("resolver")),
    (_rules("peers", "redis"), _rules("peers", "store")),
    (_rules("peers"), _rules("peers", service="redis")),
    (_ballast("/data"), _ballast("/database")),
    (_limit("Memory"), _limit("PidsLimit")),
    (SetClocksRight(SHARED), EndSyncDelays(SHARED)),
    (EndSyncDelays(SHARED), ReplaceProcesses((), WEB, ())),
    (_toxic("latency", "one"), _toxic("latency", "other")),
    (_toxic("latency", "one"), _toxic("http", "other")),
    (OpenEdges(EDGES, CONTROL, "run"), OpenEdges(("idle->web",), CONTROL, "run")),
    (NoUndo(), NoUndo()),
]


@pytest.mark.parametrize(("first", "second"), OVERLAPPING)
def test_one_resource_is_armed_once(
    tmp_path: Path, written: Journal, first: Undo, second: Undo
) -> None:
    """The second intent is refused and leaves no line; when the first is healed, it is accepted."""
    written.intend("one", "outer", "pause", WEB, lambda: first)
    with pytest.raises(UsageError) as refused:
        written.intend("two", "inner", "pause", WEB, lambda: second)
    assert "fault inner is refused: fault outer (pause) is active on " in str(refused.value)
    assert [each.id for each in open_intents(tmp_path)] == ["one"]
    written.healed("one", "test")
    written.intend("two", "inner", "pause", WEB, lambda: second)


@pytest.mark.parametrize(("first", "second"), APART)
def test_different_resources_are_armed_together(
    tmp_path: Path, written: Journal, first: Undo, second: Undo
) -> None:
    """Faults that do not interfere are never refused."""
    written.intend("one", "outer", "pause", WEB, lambda: first)
    written.intend("two", "inner", "pause", WEB, lambda: second)
    assert [each.id for each in open_intents(tmp_path)] == ["one", "two"]


def test_a_fault_that_is_healed_while_another_is_planned_is_in_its_way(
    tmp_path: Path, written: Journal
) -> None:
    """The plan may have noted the first fault's effect as the usual state, and would restore it."""
    written.intend("one", "outer", "cpu", WEB, lambda: _limit("CpuQuota"))

    def plan() -> Undo:
        written.healed("one", "timer")
        return _limit("CpuQuota")

    with pytest.raises(UsageError, match="fault outer"):
        written.intend("two", "inner", "cpu", WEB, plan)
    assert open_intents(tmp_path) == []
    written.intend("two", "inner", "cpu", WEB, lambda: _limit("CpuQuota"))


def test_a_fault_of_an_earlier_boot_is_not_active(
    tmp_path: Path, written: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its processes, rules and mounts ended with the reboot."""
    with monkeypatch.context() as earlier:
        earlier.setattr("gonogo_faults.journal.boot_id", lambda: "an-earlier-boot")
        written.intend("one", "outer", "pause", WEB, lambda: PAUSE)
    written.intend("two", "inner", "pause", WEB, lambda: PAUSE)
    assert [each.id for each in open_intents(tmp_path)] == ["one", "two"]
