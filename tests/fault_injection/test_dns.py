"""dns: names cannot be looked up in the container, and can be afterwards."""

import json
import time

import pytest

from fault_injection import execute, heal_all, make_fault, open_intents
from fault_injection.catalogue import Dns
from harness.environment import SupervisedEnvironment
from harness.environment.containers._engine import connect
from harness.environment.containers.of_run import containers_of
from harness.vocabulary import UsageError
from tests.environment.builders import Memory
from tests.fault_injection.conftest import Hurt
from tests.fault_injection.in_containers import killed_armer

pytestmark = pytest.mark.parametrize("backend", ["docker"])
LOOK_UP = "import socket; socket.getaddrinfo('redis', 6379)"
CLIENT = "direct"


def _look_up(system: SupervisedEnvironment) -> tuple[bool, float]:
    """Whether a program in the container finds its peer, and how long it looked."""
    api = connect().client.api
    (container,) = containers_of(system.run, CLIENT)
    began = time.monotonic()
    # Its own limit: a resolver that is silent takes many seconds to give up.
    command = ["timeout", "3", "python3", "-c", LOOK_UP]
    run = api.exec_create(container.id, command)["Id"]
    api.exec_start(run)
    return api.exec_inspect(run)["ExitCode"] == 0, time.monotonic() - began


@pytest.mark.parametrize(("how", "at_once"), [("silent", False), ("refused", True)])
def test_it_bites_and_is_gone_after(
    edged: SupervisedEnvironment, hurt_edge: Hurt, how: str, at_once: bool
) -> None:
    """A real look-up fails, at once or after its timeout; afterwards it succeeds."""
    assert _look_up(edged)[0]
    with hurt_edge(make_fault("dns", how=how), CLIENT) as fault:
        assert fault.observed, fault.evidence
        found, took_s = _look_up(edged)
        assert not found
        assert (took_s < 2.5) is at_once
    assert fault.absent
    assert _look_up(edged)[0]


def test_rules_that_are_not_there_are_not_observed(
    edged: SupervisedEnvironment, hurt_edge: Hurt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an arming that does nothing the canary is answered."""
    monkeypatch.setattr(Dns, "arm", lambda *_: None)
    with hurt_edge(Dns(), CLIENT, observe_timeout_s=0.2) as fault:
        assert not fault.observed
        assert "canary answered" in fault.evidence.what
    assert edged.is_ready(CLIENT)


def test_a_stranger_takes_it_back(edged: SupervisedEnvironment) -> None:
    """What a killed armer left is deleted by the journal, once and again."""
    with killed_armer(edged, "dns", CLIENT, json.dumps({"how": "refused"})):
        assert not _look_up(edged)[0]
        undo = open_intents(edged.run_dir)[0].undo
        assert len(heal_all(edged.run_dir, recorder=Memory())) == 1
        assert _look_up(edged)[0]
        execute(undo, None)


def test_nonsense_is_refused(backend: str) -> None:
    """There are two ways not to answer, in the one backend that has a resolver of its own."""
    assert backend == "docker"
    with pytest.raises(UsageError, match="how"):
        make_fault("dns", how="loudly")
