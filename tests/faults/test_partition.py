"""partition and loss: packets are dropped in the given direction, and pass afterwards."""

import json
import subprocess
from pathlib import Path

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import wait_until
from gonogo.vocabulary import EnvironmentFailed, UsageError
from gonogo.vocabulary.events import FaultIntended, NotTested
from gonogo_faults import FaultUnsupported, heal_all, make_fault, open_intents
from gonogo_faults.catalogue import Loss, Partition
from gonogo_faults.mechanisms import answers, append_rule
from tests.backends.builders import PATIENCE_S, Memory, soon_ready
from tests.faults.conftest import Arm
from tests.faults.in_containers import killed_armer, main_pid

pytestmark = pytest.mark.parametrize("backend", ["docker"])
REDIS = "redis"
SILENT_S = 3.0


def _log(system: SupervisedEnvironment, client: str) -> list[str]:
    return (system.run_dir / "logs" / f"{client}.log").read_text().splitlines()


def _goes_on(system: SupervisedEnvironment, client: str, within_s: float = PATIENCE_S) -> bool:
    """Whether a client still gets answers."""
    pongs = sum(line.startswith("pong") for line in _log(system, client))
    return wait_until(
        lambda: sum(line.startswith("pong") for line in _log(system, client)) > pongs + 2, within_s
    )


def _marked(system: SupervisedEnvironment, service: str) -> list[str]:
    saved = subprocess.run(
        ["nsenter", "-t", str(main_pid(system, service)), "-n", "iptables-save", "-t", "filter"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line for line in saved.stdout.splitlines() if line.startswith("-A")]


def _sent_bytes(system: SupervisedEnvironment, service: str) -> int:
    table = Path(f"/proc/{main_pid(system, service)}/net/dev").read_text().splitlines()
    row = next(line for line in table if line.strip().startswith("eth0"))
    return int(row.partition(":")[2].split()[8])


def test_a_full_partition_bites_and_is_gone_after(
    edged: SupervisedEnvironment, arm_edge: Arm
) -> None:
    """No client reaches the service, from anywhere; after the block all do."""
    address = edged.address(REDIS, 6379)
    assert answers(address, 30)
    with arm_edge(make_fault("partition"), REDIS) as fault:
        assert fault.observed, fault.evidence
        assert "canary silent" in fault.evidence.what
        assert not answers(address, 0.3)
        # What it had logged before may still be on its way from the container.
        assert wait_until(lambda: not _goes_on(edged, "direct", 0.5), PATIENCE_S)
    assert fault.absent
    assert _marked(edged, REDIS) == []
    assert answers(address, 30)
    assert _goes_on(edged, "direct")


@pytest.mark.parametrize(("direction", "sends"), [("in", True), ("out", False)])
def test_one_way_leaves_the_other_way(
    edged: SupervisedEnvironment, arm_edge: Arm, direction: str, sends: bool
) -> None:
    """What the service sends leaves its container with ``in``, and does not with ``out``."""
    with arm_edge(make_fault("partition", direction=direction), "direct") as fault:
        assert fault.observed, fault.evidence
        before = _sent_bytes(edged, "direct")
        # TCP sends unacknowledged data again and again.
        within_s = PATIENCE_S if sends else SILENT_S
        assert wait_until(lambda: _sent_bytes(edged, "direct") > before, within_s) is sends
    assert fault.absent
    assert _goes_on(edged, "direct")


def test_a_partition_from_one_peer_leaves_the_others(
    edged: SupervisedEnvironment, arm_edge: Arm
) -> None:
    """Only that pair is cut; the canary goes out from the namespace of the client."""
    with arm_edge(make_fault("partition", peer=REDIS), "direct") as fault:
        assert fault.observed, fault.evidence
        assert "canary silent" in fault.evidence.what
        assert _goes_on(edged, "api")
        # What it had logged before may still be on its way from the container.
        assert wait_until(lambda: not _goes_on(edged, "direct", 0.5), PATIENCE_S)
    assert fault.absent
    assert _goes_on(edged, "direct")


def test_loss_drops_its_share(edged: SupervisedEnvironment, arm_edge: Arm) -> None:
    """About the given share, by counters; the client continues, but slower."""
    with arm_edge(make_fault("loss", percent=30), REDIS) as fault:
        assert fault.observed, fault.evidence
        assert _goes_on(edged, "direct")
    assert fault.absent
    assert _marked(edged, REDIS) == []
    assert _goes_on(edged, "direct")


@pytest.mark.parametrize(("kind", "given"), [(Partition, {}), (Loss, {"percent": 50})])
def test_rules_that_are_not_there_are_not_observed(
    edged: SupervisedEnvironment,
    arm_edge: Arm,
    monkeypatch: pytest.MonkeyPatch,
    kind: type,
    given: dict[str, float],
) -> None:
    """An arming that does nothing drops nothing."""
    monkeypatch.setattr(kind, "arm", lambda *_: None)
    with arm_edge(kind(**given), REDIS, observe_timeout_s=0.3) as fault:
        assert not fault.observed
    assert soon_ready(edged, REDIS)


def test_a_service_without_traffic_is_not_observed(
    edged: SupervisedEnvironment, arm_edge: Arm
) -> None:
    """A partition of a service without traffic has no effect to observe."""
    with arm_edge(make_fault("partition", direction="out"), "idle", observe_timeout_s=0.3) as it:
        assert not it.observed
        assert "no packet" in it.evidence.what


@pytest.mark.parametrize(("name", "given"), [("partition", {}), ("loss", {"percent": 10})])
def test_another_process_executes_the_undo(
    edged: SupervisedEnvironment, name: str, given: dict[str, float]
) -> None:
    """Another process deletes the rules by the journal, twice is harmless; other rules stay."""
    with killed_armer(edged, name, REDIS, json.dumps(given)):
        append_rule(main_pid(edged, REDIS), "somebody-elses", "INPUT", "-s", "192.0.2.1")
        assert len(_marked(edged, REDIS)) > 1
        undo = open_intents(edged.run_dir)[0].undo
        assert len(heal_all(edged.run_dir, recorder=Memory())) == 1
        assert ["somebody-elses" in line for line in _marked(edged, REDIS)] == [True]
        undo.execute(None)
    assert open_intents(edged.run_dir) == []


def test_a_restart_under_the_fault_ends_it(edged: SupervisedEnvironment, arm_edge: Arm) -> None:
    """The rules end with the container's namespace; healing finds nothing to delete."""
    with (
        arm_edge(make_fault("partition"), REDIS) as fault,
        arm_edge(make_fault("kill"), REDIS, observe_timeout_s=3),
    ):
        pass
    assert fault.absent
    assert _marked(edged, REDIS) == []


def test_without_root_it_is_unsupported(
    edged: SupervisedEnvironment,
    arm_edge: Arm,
    memory: Memory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without root and without a helper, the error says so, and nothing is changed."""

    def refuse() -> None:
        raise EnvironmentFailed("the engine starts nobody as root")

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("gonogo.backends.containers.root_helper.root_helper", refuse)
    with pytest.raises(FaultUnsupported, match="root"), arm_edge(Partition(), REDIS):
        pass
    monkeypatch.undo()
    assert [each.what for each in memory.of(NotTested)] == ["label"]
    assert memory.of(FaultIntended) == []


def test_nonsense_is_refused(edged: SupervisedEnvironment, arm_edge: Arm) -> None:
    """An invalid direction, share or peer is a usage error."""
    with pytest.raises(UsageError, match="direction"):
        make_fault("partition", direction="up")
    with pytest.raises(UsageError, match="percent"):
        make_fault("loss", percent=100)
    with pytest.raises(UsageError, match="peer"), arm_edge(Partition(peer="nobody"), REDIS):
        pass
