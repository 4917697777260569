"""Edges: a dead fault proxy is never a NO-GO; a fault on an edge excuses no service."""

from gonogo.vocabulary import ExitCode, Result
from gonogo.vocabulary.events import ErrorOccurred, FaultIntended
from tests.judgement.looking import about, finding, verdict_on
from tests.run_builder import RunBuilder

EDGE = "api->store"


def test_a_dead_fault_proxy_takes_a_fail_back(builder: RunBuilder) -> None:
    """The FAIL may come from the proxy's death: failed environment, which can be retried."""
    builder.loads["steady"].fail(slice(0, 100))
    assert verdict_on(builder).exit_code is ExitCode.NO_GO
    builder.event(ErrorOccurred(error="EdgesLost", what="it died", exit_code=6), 15.0)
    verdict = verdict_on(builder)
    assert (verdict.exit_code, verdict.result) == (ExitCode.ENVIRONMENT, Result.INCONCLUSIVE)
    assert "it died" in verdict.summary


def test_a_service_that_exits_under_a_cut_edge_fails(builder: RunBuilder) -> None:
    """The fault is on the edge, not on the service: an exit in the window is a finding."""
    builder.fault("cut", armed_s=21.0, healed_s=23.0, services=("api", "store"), fault="cut")
    builder.service("api", "exited", 22.0, exit_code=1)
    builder.service("api", "ready", 22.5)
    assert verdict_on(builder).exit_code is ExitCode.GO
    builder.change(FaultIntended, {"label": "cut"}, edges=(EDGE,))
    verdict = verdict_on(builder)
    assert verdict.exit_code is ExitCode.NO_GO
    assert finding(verdict, "service-exited").title == "service api exited with code 1"
    assert about(verdict, f"fault cut on {EDGE}").result is Result.PASS
