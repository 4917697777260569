"""Creating a container as the Compose file describes it, with our labels and ports."""

from collections.abc import Mapping
from typing import Any

from docker.types import LogConfig, Ulimit

from gonogo.backends.containers.engine import connect, engine_work
from gonogo.backends.containers.labels import labels, name_of
from gonogo.linux.identity import RUN_VARIABLE, SERVICE_VARIABLE
from gonogo.services.addresses import HOST
from gonogo.target import HealthCheck, Service

_NANO = 1_000_000_000
# The gate keeps the whole output itself; this log is for `docker logs` by hand.
_ENGINE_LOG = LogConfig(type="json-file", config={"max-size": "10m"})


def create_container(
    service: Service, image: str, run: str, network: str, ports: Mapping[int, int]
) -> str:
    """Create a container; returns its id.

    Args:
        service: what to create.
        image: id of its image.
        run: run id.
        network: name of the run's network, on which the service's name is its address.
        ports: container port to port on loopback.

    Raises:
        EnvironmentFailed: the engine refuses it.
    """
    engine = connect()
    with engine_work(
        f"create the container of service {service.name}", "see the keys of that service"
    ):
        endpoint = engine.client.api.create_endpoint_config(aliases=[service.name])
        made = engine.create(
            image,
            command=list(service.command) or None,
            environment={
                **service.environment, RUN_VARIABLE: run, SERVICE_VARIABLE: service.name,
            },
            ports={f"{port}/tcp": (HOST, at) for port, at in ports.items()},
            labels=labels(run, service.name),
            name=name_of(run, service.name),
            network=network,
            networking_config={network: endpoint},
            log_config=_ENGINE_LOG,
            **_limits(service),
            **_shape(service, run),
        )  # fmt: skip
        assert made.id is not None  # noqa: S101 - the engine's own id
        return made.id


def volume_name(run: str, source: str) -> str:
    """The engine's name of a volume of the Compose file."""
    return name_of(run, "volume", source)


def named_volumes(service: Service) -> dict[str, str]:
    """Its volumes that are the run's own: name in the Compose file to container path."""
    return {
        source: path
        for source, path in service.volumes.items()
        if not source.startswith("/") and path not in service.container.tmpfs
    }


def _mounts(service: Service, run: str) -> dict[str, dict[str, str]]:
    bound = {source: path for source, path in service.volumes.items() if source.startswith("/")}
    named = {volume_name(run, name): path for name, path in named_volumes(service).items()}
    return {
        source: {"bind": path, "mode": "ro" if path in service.read_only_mounts else "rw"}
        for source, path in {**bound, **named}.items()
    }


def _limits(service: Service) -> dict[str, Any]:
    wanted = service.container
    limits: dict[str, Any] = {}
    if service.memory_limit_bytes:
        # No swap beyond the limit: what a service may use is what it is measured against.
        limits |= dict.fromkeys(("mem_limit", "memswap_limit"), service.memory_limit_bytes)
    if service.cpus_limit:
        limits["nano_cpus"] = int(service.cpus_limit * _NANO)
    if wanted.pids_max:
        limits["pids_limit"] = wanted.pids_max
    if wanted.ulimits:
        limits["ulimits"] = [
            Ulimit(name=name, soft=soft, hard=hard) for name, (soft, hard) in wanted.ulimits.items()
        ]
    return limits


def _shape(service: Service, run: str) -> dict[str, Any]:
    wanted = service.container
    shape = {
        "user": wanted.user,
        "read_only": wanted.read_only,
        "init": wanted.init,
        "cap_add": list(wanted.cap_add),
        "cap_drop": list(wanted.cap_drop),
        "security_opt": list(wanted.security_opt),
        "group_add": list(wanted.group_add),
        "tmpfs": dict(wanted.tmpfs),
        "working_dir": wanted.working_dir,
        "shm_size": wanted.shm_size_bytes,
        "stop_signal": wanted.stop_signal,
        "sysctls": dict(wanted.sysctls),
        "volumes": _mounts(service, run),
        "healthcheck": _health(wanted.health),
    }
    given = {key: value for key, value in shape.items() if value}
    # An empty entry point differs from none: it removes the image's own.
    entrypoint = wanted.entrypoint
    return given if entrypoint is None else {**given, "entrypoint": list(entrypoint) or [""]}


def _health(health: HealthCheck | None) -> dict[str, Any] | None:
    if health is None:
        return None
    seconds = {
        "interval": health.interval_s,
        "timeout": health.timeout_s,
        "start_period": health.start_period_s,
    }
    spec: dict[str, Any] = {name: int(value * _NANO) for name, value in seconds.items()}
    return {"test": list(health.test), "retries": health.retries, **spec}
