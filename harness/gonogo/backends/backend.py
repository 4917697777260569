"""What a backend must be able to say and do; docs: docs/adding-a-backend.md."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gonogo.ownership.snapshot import ServiceSnapshot
from gonogo.services.readiness import IsReady, ReadinessCheck
from gonogo.target import Target
from gonogo.vocabulary import Backend, ProcessIdentity, Recorder

if TYPE_CHECKING:
    from gonogo.backends.supervised_environment import SupervisedEnvironment


class SystemBackend(Backend, Protocol):
    """A backend as ``backends.by_name`` gives it: stateless, one object for all runs.

    Making one costs nothing and imports no engine's client: that is left to the methods.
    """

    @property
    def title(self) -> str:
        """What it runs, for a sentence such as "auto: containers, because …"."""

    @property
    def advantage(self) -> str:
        """Why ``auto`` chooses it where it can be used."""

    @property
    def remedy(self) -> str:
        """What to try when it cannot be used on this machine."""

    def trouble(self) -> str:
        """Why it cannot be used on this machine, ``""`` when it can."""

    def environment(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder
    ) -> "SupervisedEnvironment":
        """An environment that is not entered yet; arguments as ``SupervisedEnvironment`` has them.

        Raises:
            UsageError: this backend does not start systems.
        """

    def processes(self, run: str, service: str, main: ProcessIdentity) -> list[ProcessIdentity]:
        """Main process first, then the rest of the service by age.

        Args:
            run: run id.
            service: its name.
            main: its main process, alive.
        """

    def readiness_check(self, declared: ReadinessCheck, now: ServiceSnapshot) -> IsReady:
        """How readiness of a service is checked.

        Args:
            declared: the check of the target file.
            now: the service as it is now.
        """
