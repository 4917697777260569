"""dns: names cannot be looked up in the container, and can be afterwards."""

import json

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.backends.containers.engine import connect
from gonogo.backends.containers.run_containers import containers_of
from gonogo.vocabulary import UsageError
from gonogo_faults import heal_all, make_fault, open_intents
from gonogo_faults.catalogue import Dns, dns
from gonogo_faults.mechanisms import packet_rules
from tests.backends.builders import PATIENCE_S, Memory, soon_ready
from tests.faults.conftest import Arm
from tests.faults.in_containers import killed_armer

pytestmark = pytest.mark.parametrize("backend", ["docker"])
CLIENT = "direct"
SILENT_S = 3.0
# The query of a resolver, sent by the test: how it fails is seen without measuring time.
LOOK_UP = r"""
import socket, sys
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(float(sys.argv[1]))
asking.connect(("127.0.0.11", 53))
try:
    asking.send(b"go" + bytes.fromhex("01000001000000000000") + b"\x05redis\0\0\1\0\1")
    answer = asking.recv(512)
    print("answered" if answer[:2] == b"go" and answer[6:8] != bytes(2) else "not found")
except ConnectionRefusedError:
    print("refused")
except TimeoutError:
    print("silent")
"""


def _look_up(system: SupervisedEnvironment, within_s: float = PATIENCE_S) -> str:
    """The result of a look-up of the peer's name by a program in the container."""
    api = connect().client.api
    (container,) = containers_of(system.run, CLIENT)
    command = ["python3", "-c", LOOK_UP, str(within_s)]
    said: bytes = api.exec_start(api.exec_create(container.id, command)["Id"])
    return said.decode().strip()


@pytest.mark.parametrize(("how", "within_s"), [("silent", SILENT_S), ("refused", PATIENCE_S)])
def test_it_bites_and_is_gone_after(
    edged: SupervisedEnvironment, arm_edge: Arm, how: str, within_s: float
) -> None:
    """A real look-up is refused or not answered; afterwards it finds the peer."""
    assert _look_up(edged) == "answered"
    with arm_edge(make_fault("dns", how=how), CLIENT) as fault:
        assert fault.observed, fault.evidence
        assert _look_up(edged, within_s) == how
    assert fault.absent
    assert _look_up(edged) == "answered"


def test_rules_that_are_not_there_are_not_observed(
    edged: SupervisedEnvironment, arm_edge: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an arming that does nothing the canary is answered."""
    monkeypatch.setattr(Dns, "arm", lambda *_: None)
    monkeypatch.setattr(dns, "_ANSWER_S_MAX", 30.0)
    monkeypatch.setattr(packet_rules, "_CALL_S_MAX", 60.0)
    with arm_edge(Dns(), CLIENT, observe_timeout_s=0.2) as fault:
        assert not fault.observed
        assert "canary answered" in fault.evidence.what
    assert soon_ready(edged, CLIENT)


def test_another_process_undoes_it(edged: SupervisedEnvironment) -> None:
    """Another process deletes what a killed process left, from the journal; twice is harmless."""
    with killed_armer(edged, "dns", CLIENT, json.dumps({"how": "refused"})):
        assert _look_up(edged) == "refused"
        undo = open_intents(edged.run_dir)[0].undo
        assert len(heal_all(edged.run_dir, recorder=Memory())) == 1
        assert _look_up(edged) == "answered"
        undo.execute(None)


def test_nonsense_is_refused(backend: str) -> None:
    """Only two modes are valid, and only in the backend with a resolver of its own."""
    assert backend == "docker"
    with pytest.raises(UsageError, match="how"):
        make_fault("dns", how="loudly")
