"""The attach backend: a system that the gate did not start. It is observed, never changed."""

from pathlib import Path
from typing import NoReturn

from gonogo.ownership.snapshot import ServiceSnapshot
from gonogo.services.readiness import IsReady, ReadinessCheck
from gonogo.target import Target
from gonogo.vocabulary import Capability, Form, ProcessIdentity, Recorder, UsageError


class AttachedBackend:
    """The system runs already; the gate knows its addresses and nothing else of it."""

    name: str = Form.FOREIGN.value
    form = Form.FOREIGN
    title = "a system that runs already"
    advantage = "nothing is started"
    remedy = ""
    capabilities: frozenset[Capability] = frozenset()

    def trouble(self) -> str:
        """It needs nothing of this machine."""
        return ""

    def environment(
        self,
        target: Target,
        run_dir: Path,
        run: str,
        recorder: Recorder,
    ) -> NoReturn:
        """Refuse: there is nothing to start.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"the {self.name} backend starts no system",
            where=str(target.file),
            hint="choose a backend that does: gonogo run --backend auto",
        )

    def processes(self, run: str, service: str, main: ProcessIdentity) -> list[ProcessIdentity]:
        """Its processes are not known."""
        return []

    def readiness_check(self, declared: ReadinessCheck, now: ServiceSnapshot) -> IsReady:
        """The declared check alone."""
        return declared

    def prepare_removal(self) -> None:
        """Nothing to prepare."""

    def remove_run(
        self, run: str, *, limit_s: float, quiet_s: float = 0.0
    ) -> tuple[list[str], list[str]]:
        """Nothing of it is the gate's to remove."""
        return [], []
