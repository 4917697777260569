"""The docker backend: what it can do. The engine's client is imported when it is needed."""

# ruff: noqa: PLC0415 - the watchdog and `gonogo --help` must not wait for the engine's client
from pathlib import Path

from gonogo.backends.containers.readiness import ContainerReadinessCheck
from gonogo.backends.supervised_environment import SupervisedEnvironment
from gonogo.linux.processes import family_of
from gonogo.ownership.snapshot import ServiceSnapshot
from gonogo.services.readiness import IsReady, ReadinessCheck
from gonogo.target import Target
from gonogo.vocabulary import Capability, EnvironmentFailed, Form, ProcessIdentity, Recorder


class ContainerBackend:
    """Each service is a container on the run's own network."""

    name: str = Form.CONTAINER.value
    form = Form.CONTAINER
    title = "containers"
    advantage = "an engine answers and every service has an image"
    remedy = "start the engine: gonogo doctor --install does so as root on Debian"
    capabilities = frozenset(Capability)

    def trouble(self) -> str:
        """Why no container engine of this machine can be used."""
        from gonogo.backends.containers.engine import connect

        try:
            connect()
        except EnvironmentFailed as error:
            return error.what
        return ""

    def environment(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder
    ) -> SupervisedEnvironment:
        """See ``ContainerEnvironment``."""
        from gonogo.backends.containers.environment import ContainerEnvironment

        return ContainerEnvironment(target, run_dir, run, recorder, self)

    def processes(
        self,
        run: str,
        service: str,
        main: ProcessIdentity,
    ) -> list[ProcessIdentity]:
        """The main process and what descends from it."""
        return family_of(main)

    def readiness_check(self, declared: ReadinessCheck, now: ServiceSnapshot) -> IsReady:
        """The declared check, and the container's own health check where it has one."""
        return ContainerReadinessCheck(declared, now.container, now.health_checked)

    def prepare_removal(self) -> None:
        """Import the engine's client."""
        import gonogo.backends.containers.removal  # noqa: F401

    def remove_run(
        self, run: str, *, limit_s: float, quiet_s: float = 0.0
    ) -> tuple[list[str], list[str]]:
        """Remove containers, networks and volumes that carry the run's label."""
        from gonogo.backends.containers.removal import remove_run

        return remove_run(run, limit_s=limit_s, quiet_s=quiet_s)
