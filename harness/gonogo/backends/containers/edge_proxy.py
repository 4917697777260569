"""The fault proxy of a run as a container on the run's network."""

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from gonogo.backends.containers.base_image import has_image
from gonogo.backends.containers.engine import connect, engine_work, inspect
from gonogo.backends.containers.labels import labels, name_of
from gonogo.backends.containers.launch import ContainerLaunch
from gonogo.edges.control import EdgeControl
from gonogo.edges.edge_table import Detours
from gonogo.edges.local_proxy import PROXY, ProxyWatch, proxy_program, proxy_seed
from gonogo.linux.identity import RUN_VARIABLE
from gonogo.linux.waiting import wait_until
from gonogo.ownership.state_dir import state_path
from gonogo.services.addresses import HOST, detoured
from gonogo.services.service_log import log_path
from gonogo.target import Edge, Service, Target
from gonogo.vocabulary import EnvironmentFailed, Recorder

# Docker's own name resolution gives this to every client on the network.
ALIAS = PROXY
_ANY = "0.0.0.0"  # noqa: S104 - inside its container; published on loopback alone
_UP_S_MAX = 10.0
_DOWN_S_MAX = 3.0
_MEMORY_BYTES = 512 << 20
_PIDS_MAX = 64
# The program is static.
_DOCKERFILE = f"""FROM scratch
COPY {PROXY} /{PROXY}
USER 65534:65534
ENTRYPOINT ["/{PROXY}"]
"""


class ProxyContainer:
    """A running fault proxy; its death is recorded.

    Args:
        run: run id.
        run_dir: the run directory; it logs to ``logs/gonogo-proxy.log``.
        network: name of the run's network.
        control_port: port of its control API, in the container and on loopback.
        recorder: where its death is recorded.

    Raises:
        EnvironmentFailed: its image cannot be made, or it does not start.

    Attributes:
        control: ``host:port`` of its control API.
        binds: address its listeners bind.
        reached_at: address at which this machine reaches its listeners.
    """

    binds = _ANY

    def __init__(
        self, run: str, run_dir: Path, network: str, control_port: int, recorder: Recorder
    ) -> None:
        self.control = f"{HOST}:{control_port}"
        container = _create(_image(run_dir), run, run_dir, network, control_port)
        log = log_path(run_dir, PROXY)
        self._wake_fd = os.eventfd(0, os.EFD_CLOEXEC)
        try:
            self._life = ContainerLaunch(run, PROXY, container, log).begin(self._wake_fd)
        except OSError as error:
            raise EnvironmentFailed(f"the fault proxy cannot be started: {error}") from error
        if not wait_until(EdgeControl(self.control, run).is_there, _UP_S_MAX):
            raise EnvironmentFailed("the fault proxy does not answer", where=str(log))
        # Not the published port: the engine accepts there even when the container does not listen.
        networks = inspect(container)["NetworkSettings"]["Networks"]
        self.reached_at = str(networks[network]["IPAddress"])
        self._watch = ProxyWatch(self._life.identity.pid, log, recorder)

    def upstream(self, edge: Edge) -> str:
        """As the Compose file has it; resolved at each connect."""
        return f"{edge.service}:{edge.port}"

    def close(self) -> None:
        """End it; its container is removed with the others of the run."""
        self._watch.expect_end()
        self._life.ask_to_stop()
        if not self._life.wait_exit(_DOWN_S_MAX):
            self._life.kill()
        self._watch.join()
        self._life.reap(_DOWN_S_MAX)
        os.close(self._wake_fd)


def detour(service: Service, target: Target, detours: Detours) -> Service:
    """The service with every address of its edges replaced by the listener's."""

    def told(text: str) -> str:
        return detoured(text, target, detours)

    entrypoint = service.container.entrypoint
    return replace(
        service,
        command=tuple(told(word) for word in service.command),
        environment={name: told(value) for name, value in service.environment.items()},
        container=replace(
            service.container,
            entrypoint=None if entrypoint is None else tuple(told(word) for word in entrypoint),
        ),
    )


def _image(run_dir: Path) -> str:
    """Name of the image that holds the installed proxy; built where there is none."""
    program = proxy_program()
    digest = hashlib.sha256(program.read_bytes() + _DOCKERFILE.encode()).hexdigest()[:12]
    name = f"{PROXY}:{digest}"
    if has_image(name):
        return name
    context = state_path(run_dir) / "proxy-image"
    context.mkdir()
    dockerfile = context / "Dockerfile"
    dockerfile.write_text(_DOCKERFILE)
    shutil.copy2(program, context / PROXY)
    with engine_work("build the image of the fault proxy"):
        connect().client.images.build(path=str(context), tag=name, rm=True, forcerm=True)
    return name


def _create(image: str, run: str, run_dir: Path, network: str, control_port: int) -> str:
    engine = connect()
    with engine_work("create the container of the fault proxy"):
        endpoint = engine.client.api.create_endpoint_config(aliases=[ALIAS])
        made = engine.create(
            image,
            command=["--control", f"{_ANY}:{control_port}", "--seed", str(proxy_seed(run_dir))],
            environment={RUN_VARIABLE: run},
            ports={f"{control_port}/tcp": (HOST, control_port)},
            labels=labels(run),
            name=name_of(run, PROXY),
            network=network,
            networking_config={network: endpoint},
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            mem_limit=_MEMORY_BYTES,
            pids_limit=_PIDS_MAX,
        )
        assert made.id is not None  # noqa: S101 - the engine's own id
        return made.id
