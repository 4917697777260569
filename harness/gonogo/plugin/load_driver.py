"""The ``load`` fixture: planned loads of the target, and load in the background of a fault."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import pytest

from gonogo.plugin.under_test import SystemUnderTest
from gonogo.vocabulary import (
    CLOSED_PHASE,
    FAULTS_PHASE,
    LOAD_PHASE,
    EnvironmentFailed,
    Plan,
    Recorder,
)
from gonogo_load import (
    ClosedModelLoad,
    ClosedModelPlan,
    ClosedModelResult,
    LedgerReader,
    LedgerTally,
    OpenModelLoad,
    OpenModelPlan,
    OpenModelResult,
    read_ledger,
    usual_ramp_s,
)

L = TypeVar("L", OpenModelLoad, ClosedModelLoad)

STEADY = "steady"
CLOSED = "closed"
BACKGROUND_S_MAX = 180.0  # schedule of a background load; it is stopped much earlier
BASELINE_S = 1.0  # load without a fault, so that the timeline shows the change
STEADY_S = 5.0  # healthy time after a fault; recovery is judged on at least three seconds
STEADY_S_MAX = 60.0  # twice the recovery most objectives allow
READ_LEDGER_S_MAX = 120.0
END_S_MAX = 15.0  # for the exit of the generator's processes after the last request


class LoadDriver:
    """Applies load to the system of this run.

    A generator that cannot start says nothing about the system: the scenario is skipped with
    the reason, and the run is never GO.

    Args:
        system: where to send it.
        plan: seed, rates and counts.
        recorder: event log of this process.
    """

    def __init__(self, system: SystemUnderTest, plan: Plan, recorder: Recorder) -> None:
        self._system = system
        self._plan = plan
        self._recorder = recorder

    def steady(self) -> OpenModelResult:
        """Run the whole planned open-model load alone; returns when every record is written.

        A generator that does not end says nothing about the system: a skip, with the reason.
        """
        profile = self._plan.profile
        plan = self._open_plan(STEADY, LOAD_PHASE, profile.rate_per_s, profile.requests)
        scheduled_s = profile.requests / profile.rate_per_s
        with _started(OpenModelLoad(plan)) as load:
            # A Poisson schedule is a few per cent longer or shorter than its mean.
            result = load.wait(1.5 * scheduled_s + 2 * self._system.target.timeout_s + END_S_MAX)
        if not result.ended:
            pytest.skip(f"the generator of load {STEADY} did not end in time")
        return result

    def closed(self) -> ClosedModelResult:
        """Run the planned closed-model load alone; returns when every record is written."""
        target, profile = self._system.target, self._plan.profile
        plan = ClosedModelPlan(
            run=self._plan.run,
            run_dir=self._system.run_dir,
            load=CLOSED,
            phase=CLOSED_PHASE,
            base_url=self._system.base_url,
            operations=target.operations,
            seed=_derived(self._plan.seed, CLOSED),
            users=profile.users,
            duration_s=profile.users_s,
            ramp_s=usual_ramp_s(profile.users_s),
            timeout_s=target.timeout_s,
            setup=target.load_setup,
            user=target.user,
        )
        with _started(ClosedModelLoad(plan)) as load:
            return load.wait(profile.users_s + plan.stop_timeout_s + END_S_MAX)

    @contextmanager
    def background(self, label: str) -> Iterator[None]:
        """Open-model load while the block runs, after a short baseline."""
        rate_per_s = self._plan.profile.background_rate_per_s
        count = max(1, int(rate_per_s * BACKGROUND_S_MAX))
        plan = self._open_plan(f"background-{label}", FAULTS_PHASE, rate_per_s, count)
        with _started(OpenModelLoad(plan)):
            self._stay_healthy(BASELINE_S)
            yield

    def until_steady(self) -> None:
        """Wait until the system has been healthy for some seconds in a row.

        Raises:
            AssertionError: it was not, within a minute.
        """
        self._stay_healthy(STEADY_S)

    def read_ledger(self) -> LedgerTally:
        """Read back every write that the system acknowledged to a load of this run."""
        target = self._system.target
        reader = LedgerReader(
            run=self._plan.run,
            base_url=self._system.base_url,
            operations=target.operations,
            health_path=target.health_path,
            user=target.user,
            timeout_s=READ_LEDGER_S_MAX,
        )
        return read_ledger(self._system.run_dir, reader, self._recorder)

    def _stay_healthy(self, healthy_s: float) -> None:
        since = 0.0

        def long_enough() -> bool:
            nonlocal since
            if not self._system.health().holds:
                since = 0.0
                return False
            since = since or time.monotonic()
            return time.monotonic() - since >= healthy_s

        self._system.wait_for(f"healthy for {healthy_s:g} s", long_enough, timeout_s=STEADY_S_MAX)

    def _open_plan(self, load: str, phase: str, rate_per_s: float, count: int) -> OpenModelPlan:
        target = self._system.target
        return OpenModelPlan(
            run=self._plan.run,
            run_dir=self._system.run_dir,
            load=load,
            phase=phase,
            base_url=self._system.base_url,
            operations=target.operations,
            seed=self._plan.seed if load == STEADY else _derived(self._plan.seed, load),
            rate_per_s=rate_per_s,
            count=count,
            timeout_s=target.timeout_s,
            setup=target.load_setup,
            user=target.user,
        )


def _derived(seed: int, load: str) -> int:
    """A seed for each load, so that loads do not repeat each other's requests."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{load}".encode()).digest()[:4], "big")


@contextmanager
def _started(load: L) -> Iterator[L]:
    with ExitStack() as stack:
        try:
            stack.enter_context(load)
        except EnvironmentFailed as failed:
            pytest.skip(failed.what)
        yield load
