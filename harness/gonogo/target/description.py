"""The target as values: read, checked and resolved. Every backend starts from it."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from gonogo.target.json_pointer import WHOLE_DOCUMENT, JsonPointer
from gonogo.vocabulary import Backend, Form, Profile, UsageError, names_edges

# In ``x-harness.requires``: with every backend.
ANY_FORM = "any"


@dataclass(frozen=True, slots=True)
class Readiness:
    """How to see from outside that a service is ready: by exactly one of the first three.

    Attributes:
        http: ``(port, path)``: a GET answers 2xx.
        tcp: a port that accepts a connection and, where ``banner`` is set, answers it.
        log: a regular expression that a line of the service's current output matches.
        send: bytes to send after connecting by ``tcp``.
        banner: regular expression the answer must match.
        timeout_s: limit for becoming ready.
    """

    http: tuple[int, str] | None = None
    tcp: int | None = None
    log: str | None = None
    send: str = ""
    banner: str = ""
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The command that the engine runs inside a container to see its health.

    Attributes:
        test: ``CMD`` or ``CMD-SHELL`` and what follows; ``NONE`` switches the image's own off;
            empty keeps the image's own command.
        interval_s: time between two runs, and before the first one.
        timeout_s: limit of one run.
        retries: failures in a row after which the container counts as unhealthy.
        start_period_s: time after the start in which failures do not count.
    """

    test: tuple[str, ...] = ()
    interval_s: float = 30.0
    timeout_s: float = 30.0
    retries: int = 3
    start_period_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Container:
    """The settings of a service's container; a local process has none of them.

    Attributes:
        user: user that runs it; ``""`` for the user of the image.
        read_only: whether its root file system is read-only.
        init: whether the engine's init process reaps its processes.
        cap_add: capabilities added.
        cap_drop: capabilities dropped.
        security_opt: such as ``no-new-privileges:true``.
        group_add: further groups.
        tmpfs: path to mount options; ``""`` for the engine's defaults.
        entrypoint: replaces that of the image; None keeps it.
        working_dir: ``""`` keeps that of the image.
        shm_size_bytes: size of /dev/shm; None for the engine's default.
        stop_signal: name of the signal that stops it; ``""`` keeps that of the image.
        pids_max: limit of its processes and threads together; None for no limit.
        ulimits: name to soft and hard limit.
        sysctls: kernel parameters of its own namespaces.
        health: its health check; None for that of the image.
    """

    user: str = ""
    read_only: bool = False
    init: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    group_add: tuple[str, ...] = ()
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] | None = None
    working_dir: str = ""
    shm_size_bytes: int | None = None
    stop_signal: str = ""
    pids_max: int | None = None
    ulimits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    health: HealthCheck | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service: what the Compose file and ``x-harness`` say about it.

    Attributes:
        name: its name in the Compose file.
        image: name of the image; ``""`` when it is only built.
        build: the ``build`` key as a mapping; empty without one.
        command: ``command`` as argv; empty for that of the image.
        environment: resolved variables; values may hold ``service:port`` addresses.
        ports: container ports, published or exposed, in file order.
        published: container port to host port, for those with a fixed host port.
        depends_on: service to condition (``service_started``, ``service_healthy``).
        restart: ``no``, ``always``, ``unless-stopped`` or ``on-failure``.
        restart_max: attempts of ``on-failure:N``; None for no limit.
        volumes: named volume or host path, to container path.
        read_only_mounts: container paths of the volumes that are mounted read-only.
        cpus_limit: cores; None for the whole machine.
        memory_limit_bytes: None for the whole machine.
        stop_grace_s: how long a stop waits before SIGKILL.
        process_command: argv as a local process, with ``{port:N}``, ``{data:/path}``, ``{python}``,
            ``{root}`` placeholders; falls back to ``command``.
        process_environment: as a local process, added to ``environment``; it wins.
        ready: how to see that it is ready; None when running is enough.
        healthcheck: the ``healthcheck`` key as written, empty when none or disabled; it runs
            inside a container only.
        container: what only its container has.
        preload: whether its programs load the shared object that clock and power-loss faults need.
    """

    name: str
    image: str = ""
    build: Mapping[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    ports: tuple[int, ...] = ()
    published: Mapping[int, int] = field(default_factory=dict)
    depends_on: Mapping[str, str] = field(default_factory=dict)
    restart: str = "no"
    restart_max: int | None = None
    volumes: Mapping[str, str] = field(default_factory=dict)
    read_only_mounts: tuple[str, ...] = ()
    cpus_limit: float | None = None
    memory_limit_bytes: int | None = None
    stop_grace_s: float = 5.0
    process_command: tuple[str, ...] = ()
    process_environment: Mapping[str, str] = field(default_factory=dict)
    ready: Readiness | None = None
    healthcheck: Mapping[str, Any] = field(default_factory=dict)
    container: Container = field(default_factory=Container)
    preload: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """A program the target needs on this machine.

    Attributes:
        binary: looked up on PATH.
        purpose: what for.
        apt: Debian package that brings it, ``""`` when none does.
        backend: the form of services that needs it; ``any`` for what scenarios need with every
            one.
    """

    binary: str
    purpose: str
    apt: str = ""
    backend: str = Form.PROCESS.value

    def needed_by(self, form: Form) -> bool:
        """Whether a backend whose services have that form needs it."""
        return self.backend in (form, ANY_FORM)


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection between two services that goes through the fault proxy.

    Attributes:
        name: ``client->service``, with ``:port`` where a pair of services has several.
        client: service that connects.
        service: the service it connects to.
        port: container port it connects to.
    """

    name: str
    client: str
    service: str
    port: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of the load mix.

    Attributes:
        name: its name in reports and objectives; several operations may share one.
        method: HTTP method.
        path: may hold ``{captured}`` values and ``{key}``.
        body: JSON body; strings inside may hold ``{captured}``, ``{key}``, ``{value}``, ``{seq}``.
        weight: share of the mix.
        status: statuses that count as OK.
        json_keys: top-level keys that the JSON answer must have; without them it is an error.
        authenticated: whether it carries the test user's bearer token.
        ledger_read: path at which an acknowledged write is read back; ``""`` for operations whose
            writes are not checked.
        ledger_pointer: where the value stands in that answer.
    """

    name: str
    method: str
    path: str
    body: Any = None
    weight: float = 1.0
    status: tuple[int, ...] = (200,)
    json_keys: tuple[str, ...] = ()
    authenticated: bool = True
    ledger_read: str = ""
    ledger_pointer: JsonPointer = WHOLE_DOCUMENT


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A request made once before a load; ``capture`` maps a name to a place in the answer."""

    method: str
    path: str
    body: Any = None
    status: tuple[int, ...] = (200, 201)
    capture: Mapping[str, JsonPointer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestUser:
    """How to get a bearer token.

    Attributes:
        login_path: POSTed to with ``body``.
        body: JSON body, secrets resolved.
        token_pointer: where the token stands in the answer.
    """

    __test__: ClassVar[bool] = False  # pytest would take the name for a test class

    login_path: str
    body: Mapping[str, Any] = field(repr=False)
    token_pointer: JsonPointer


@dataclass(frozen=True, slots=True)
class Target:
    """A system under test.

    Attributes:
        name: from ``x-harness.name``, else the Compose project's.
        file: the Compose file.
        root: its directory; relative paths are resolved against it.
        services: by name, in file order.
        entry_service: service that serves the API.
        entry_port: its container port.
        health_path: its path that answers 2xx when the system is healthy.
        websocket_path: its WebSocket path; ``""`` when there is none.
        user: the test user; None when nothing needs a login.
        load_setup: requests before a load.
        operations: the load mix; empty means that there is no load.
        timeout_s: client timeout of one load request.
        objectives: lines of the objectives language.
        profile_objectives: further lines by profile name.
        profiles: by name, defaults overridden by the file.
        scenarios: directory of pytest scenarios, None when there are none.
        seeds: by volume name, the file or directory that is copied into the volume of each run.
        requires: programs needed.
        edges: connections that go through the fault proxy.
        secrets: names of variables whose values are redacted everywhere; generated when not set.
        secret_values: the values of these variables.
        notes: keys that are accepted without effect.
        notes_by_form: keys that change nothing, by the form of a backend's services.
        refusals: what keeps a backend with services of that form from starting this target.
    """

    name: str
    file: Path
    root: Path
    services: Mapping[str, Service]
    entry_service: str
    entry_port: int
    health_path: str
    websocket_path: str = ""
    user: TestUser | None = None
    load_setup: tuple[SetupStep, ...] = ()
    operations: tuple[Operation, ...] = ()
    timeout_s: float = 10.0
    objectives: tuple[str, ...] = ()
    profile_objectives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    scenarios: Path | None = None
    seeds: Mapping[str, Path] = field(default_factory=dict)
    requires: tuple[Requirement, ...] = ()
    edges: tuple[Edge, ...] = ()
    secrets: tuple[str, ...] = ()
    secret_values: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    notes_by_form: Mapping[Form | None, tuple[str, ...]] = field(default_factory=dict)
    refusals: Mapping[Form, tuple[UsageError, ...]] = field(default_factory=dict)

    def for_backend(self, backend: Backend) -> "Target":
        """This target with the notes of the backend that was chosen.

        Raises:
            UsageError: the file asks for something that backend cannot honour.
        """
        for error in self.refusals.get(backend.form, ()):
            raise error
        return replace(self, notes=(*self.notes, *self.notes_by_form.get(backend.form, ())))

    def selectable(self, selector: str) -> tuple[str, ...]:
        """Names a fault's selector may match: edges where it holds an arrow, else services."""
        names = [edge.name for edge in self.edges] if names_edges(selector) else self.services
        return tuple(sorted(names))

    def selected(self, selector: str) -> tuple[str, ...]:
        """Those of ``selectable`` that match the selector."""
        return tuple(fnmatch.filter(self.selectable(selector), selector))
