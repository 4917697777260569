"""The process backend: what it can do."""

from pathlib import Path

from gonogo.backends.process.environment import ProcessEnvironment
from gonogo.backends.supervised_environment import SupervisedEnvironment
from gonogo.linux.processes import processes_of_run
from gonogo.ownership.snapshot import ServiceSnapshot
from gonogo.services.readiness import IsReady, ReadinessCheck
from gonogo.target import Target
from gonogo.vocabulary import Capability, Form, ProcessIdentity, Recorder


class ProcessBackend:
    """Each service is a process of this machine, on private loopback ports."""

    name: str = Form.PROCESS.value
    form = Form.PROCESS
    title = "local processes"
    advantage = "they need no engine"
    remedy = ""
    capabilities = frozenset(
        {Capability.SIGNAL, Capability.START, Capability.FAULT_PROXY, Capability.PRELOAD}
    )

    def trouble(self) -> str:
        """It can be used everywhere; which programs are missing is seen before a start."""
        return ""

    def environment(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder
    ) -> SupervisedEnvironment:
        """See ``ProcessEnvironment``."""
        return ProcessEnvironment(target, run_dir, run, recorder, self)

    def processes(self, run: str, service: str, main: ProcessIdentity) -> list[ProcessIdentity]:
        """The main process, then what carries the service's mark or belongs to such a process."""
        found = processes_of_run(run, service=service, mains=[main], since_ticks=main.start_ticks)
        return [main, *(each for each in found if each != main)]

    def readiness_check(self, declared: ReadinessCheck, now: ServiceSnapshot) -> IsReady:
        """The declared check alone."""
        return declared

    def prepare_removal(self) -> None:
        """Nothing to prepare."""

    def remove_run(
        self, run: str, *, limit_s: float, quiet_s: float = 0.0
    ) -> tuple[list[str], list[str]]:
        """A run has nothing besides its processes."""
        return [], []
