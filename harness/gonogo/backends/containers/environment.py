"""The docker backend: each service a container on the run's own network."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from gonogo.backends.backend import SystemBackend
from gonogo.backends.containers import create, engine, images, removal, volumes
from gonogo.backends.containers.edge_proxy import ALIAS, ProxyContainer, detour
from gonogo.backends.containers.labels import labels, name_of
from gonogo.backends.containers.launch import ContainerLaunch
from gonogo.backends.containers.parallel import in_parallel
from gonogo.backends.containers.readiness import ContainerReadinessCheck
from gonogo.backends.supervised_environment import SupervisedEnvironment
from gonogo.edges.edge_table import Proxy, detours
from gonogo.linux.signals import DeferredSignals
from gonogo.ownership.snapshot import ServiceSnapshot
from gonogo.ownership.state_dir import state_path
from gonogo.services.addresses import mentioned_ports
from gonogo.services.preload import preloaded
from gonogo.services.readiness import ReadinessCheck
from gonogo.services.service_log import log_path
from gonogo.services.supervised import READY_S_DEFAULT
from gonogo.target import Service, Target
from gonogo.vocabulary import Recorder
from gonogo.vocabulary.events import Note

_REMOVE_S_MAX = 20.0


class ContainerEnvironment(SupervisedEnvironment):
    """Starts a target as containers; see ``SupervisedEnvironment`` for what it promises.

    The gate supervises the containers, not the engine, so that restarts are the same in every
    backend. Each container keeps a fixed port on loopback for every port that is mentioned.

    Args:
        target: what to start.
        run_dir: the run directory; gets ``environment.json``, ``logs/`` and ``state/``.
        run: run id.
        recorder: where the states of the services are recorded.
        backend: the object that made this.
    """

    def __init__(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder, backend: SystemBackend
    ) -> None:
        super().__init__(target, run_dir, run, recorder, backend)
        self._containers: dict[str, str] = {}
        self._health_checked: dict[str, bool] = {}

    def _check(self) -> None:
        super()._check()
        engine.connect()

    def _container_ports(self) -> Mapping[str, Sequence[int]]:
        return mentioned_ports(self._target)

    def _prepare(self, state: Path, signals: DeferredSignals) -> None:
        found = images.resolve_images(self._target, self.run, self._tell, signals.check)
        network = name_of(self.run)
        with engine.engine_work("create a network", "docker network prune"):
            engine.connect().client_networks_create(
                network, {"driver": "bridge", "labels": labels(self.run)}
            )
        volumes.create_volumes(self._target, self.run)
        services = self._target.services.values()
        in_parallel([partial(self._create, each, found[each.name], network) for each in services])
        signals.check()
        volumes.fill_volumes(self._target, self.run, next(iter(found.values())), self._containers)
        for service in services:
            self._watch_over(service)

    def _create(self, service: Service, image: str, network: str) -> None:
        around = detours(self._target.edges, service.name, ALIAS, self._edge_ports)
        service = preloaded(service, state_path(self.run_dir), mounted=True)
        service = detour(service, self._target, around)
        container = create.create_container(
            service, image, self.run, network, self._ports[service.name]
        )
        test = (engine.inspect(container)["Config"].get("Healthcheck") or {}).get("Test") or []
        self._containers[service.name] = container
        self._health_checked[service.name] = bool(test) and test[0] != "NONE"

    def _watch_over(self, service: Service) -> None:
        name = service.name
        launch = ContainerLaunch(
            self.run, name, self._containers[name], log_path(self.run_dir, name)
        )
        check = None
        if service.ready or self._health_checked[name]:
            declared = ReadinessCheck(service.ready, self._endpoints(name), launch.log)
            check = ContainerReadinessCheck(declared, launch.container, self._health_checked[name])
        self._supervise(service, launch, check, _ready_s_max(service))

    def _start_proxy(self, control_port: int) -> Proxy:
        return ProxyContainer(
            self.run, self.run_dir, name_of(self.run), control_port, self._recorder
        )

    def _describe(self, name: str) -> ServiceSnapshot:
        return replace(super()._describe(name), health_checked=self._health_checked[name])

    def _tell(self, text: str) -> None:
        self._recorder.record(Note(text=text))

    def _clear_away(self) -> None:
        """Keep the engine's description of each container, then remove everything of the run."""
        for service, container in self._containers.items():
            try:
                self._keep_inspection(service, engine.inspect(container))
            except engine.ENGINE_ERRORS as error:
                self._tell_unkept(service, error)
        _, left = removal.remove_run(self.run, limit_s=_REMOVE_S_MAX)
        self._stuck += left

    def _keep_inspection(self, service: str, found: dict[str, Any]) -> None:
        path = log_path(self.run_dir, service).with_suffix(".inspect.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self._without_secrets(found), indent=2) + "\n")

    def _without_secrets(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._redact(value)
        if isinstance(value, list):
            return [self._without_secrets(each) for each in value]
        if isinstance(value, dict):
            return {key: self._without_secrets(each) for key, each in value.items()}
        return value

    def _tell_unkept(self, service: str, error: BaseException) -> None:
        self._unwritten = f"what the engine knows of {service} is not kept: {engine.brief(error)}"

    def _left_over(self) -> list[str]:
        try:
            things = removal.resources_of_run(self.run)
        except engine.ENGINE_ERRORS as error:
            things = [f"what the engine has of the run; it does not answer: {engine.brief(error)}"]
        return [*super()._left_over(), *things]


def _ready_s_max(service: Service) -> float:
    """The declared limit; else the time that the health check needs."""
    if service.ready is not None:
        return service.ready.timeout_s
    health = service.container.health
    if health is None:
        return READY_S_DEFAULT
    rounds_s = (health.retries + 1) * (health.interval_s + min(health.timeout_s, 5.0))
    return max(READY_S_DEFAULT, health.start_period_s + rounds_s)
