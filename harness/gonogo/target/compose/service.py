"""One service of the Compose file."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gonogo.target.compose import keys as keys_of
from gonogo.target.compose.container import HEALTH_KEYS, read_container
from gonogo.target.compose.env_file import read_env_file
from gonogo.target.compose.volumes import read_mounts
from gonogo.target.description import Service
from gonogo.target.node import Keys, Node
from gonogo.target.remarks import Remarks
from gonogo.target.units import duration_s, exposed, port, size_bytes
from gonogo.vocabulary import Form

_RESTART = ("no", "always", "unless-stopped", "on-failure")
_CONDITIONS = ("service_started", "service_healthy")


@dataclass(frozen=True, slots=True)
class Scope:
    """What reading a service needs besides its own keys.

    Attributes:
        root: folder of the Compose file.
        variables: values of the environment and of ``.env``.
        volumes: names of the declared volumes.
        with_process_command: services that have a process command in ``x-harness``.
        remarks: receives what a backend ignores or refuses.
    """

    root: Path
    variables: Mapping[str, str]
    volumes: frozenset[str] = frozenset()
    with_process_command: frozenset[str] = frozenset()
    remarks: Remarks = field(default_factory=Remarks)


def read_service(node: Node, scope: Scope) -> Service:
    """One element of ``services``.

    Raises:
        UsageError: a key is wrong, unknown or cannot be honoured.
    """
    name = str(node.path[-1])
    has_process_command = name in scope.with_process_command
    keys = keys_of.apply(
        keys_of.SERVICE, node, scope.remarks, has_process_command=has_process_command
    )
    if "image" not in keys and "build" not in keys:
        missing = node.error("the service has neither an image nor a build")
        if not has_process_command:
            raise missing
        scope.remarks.refuse(missing, Form.CONTAINER)
    deploy = _deploy(keys, scope)
    ports, published = _ports(keys)
    restart, restart_max = _restart(keys, deploy)
    _networks(keys)
    mounts = read_mounts(keys, scope.root, scope.volumes, scope.remarks)
    entrypoint = read_command(keys["entrypoint"]) if "entrypoint" in keys else None
    return Service(
        name=name,
        image=keys["image"].text() if "image" in keys else "",
        build=_build(keys, scope),
        command=read_command(keys["command"]) if "command" in keys else (),
        environment=_environment(keys, scope),
        ports=ports,
        published=published,
        depends_on=_depends_on(keys, scope),
        restart=restart,
        restart_max=restart_max,
        volumes=mounts.volumes,
        read_only_mounts=mounts.read_only,
        cpus_limit=_cpus(_limit(keys, "cpus", deploy, "cpus")),
        memory_limit_bytes=_memory(_limit(keys, "mem_limit", deploy, "memory")),
        **_stop_grace(keys),
        healthcheck=_healthcheck(keys),
        container=read_container(keys, entrypoint, mounts.tmpfs, scope.remarks),
    )


def read_command(node: Node) -> tuple[str, ...]:
    """Argv from a list, or from text split as a shell would."""
    if isinstance(node.value, list):
        return tuple(item.scalar() for item in node.items())
    if node.value is None:
        return ()
    try:
        return tuple(shlex.split(node.text("text or a list")))
    except ValueError as error:
        raise node.error(f"cannot be split into words: {error}") from error


def _build(keys: Keys, scope: Scope) -> Mapping[str, Any]:
    if "build" not in keys:
        return {}
    node = keys["build"]
    if isinstance(node.value, str):
        return {"context": str(node.file_path())}
    honoured = keys_of.apply(keys_of.BUILD, node, scope.remarks)
    build: dict[str, Any] = {"context": str(scope.root)}
    for key, value in honoured.items():
        if key == "context":
            build[key] = str(value.file_path())
        elif key == "args":
            build[key] = read_environment(value, scope.variables)
        else:
            build[key] = value.text()
    return build


def _environment(keys: Keys, scope: Scope) -> Mapping[str, str]:
    environment: dict[str, str] = {}
    if "env_file" in keys:
        node = keys["env_file"]
        for item in node.items() if isinstance(node.value, list) else [node]:
            environment |= _env_file(item, scope)
    if "environment" in keys:
        environment |= read_environment(keys["environment"], scope.variables)
    return environment


def _env_file(node: Node, scope: Scope) -> dict[str, str]:
    required = True
    if isinstance(node.value, dict):
        keys = node.mapping(("path", "required"), required=("path",))
        required = keys["required"].flag() if "required" in keys else True
        node = keys["path"]
    path = node.file_path()
    if path.is_file():
        return read_env_file(path, scope.variables)
    if required:
        raise node.error(f"there is no file {path}")
    return {}


def read_environment(node: Node, variables: Mapping[str, str]) -> dict[str, str]:
    """Variables as a mapping or as ``NAME=value`` lines; a name alone is one of ``variables``."""
    if isinstance(node.value, list):
        given = [item.scalar().partition("=") for item in node.items()]
        pairs = [(name, value if equals else None) for name, equals, value in given]
    else:
        values = node.mapping().items()
        pairs = [(key, None if each.value is None else each.scalar()) for key, each in values]
    passed = {name: variables[name] for name, value in pairs if value is None and name in variables}
    return {name: passed[name] if value is None else value
            for name, value in pairs if value is not None or name in passed}  # fmt: skip


def _ports(keys: Keys) -> tuple[tuple[int, ...], Mapping[int, int]]:
    listed = [port(item) for item in keys["ports"].items()] if "ports" in keys else []
    shown = [exposed(item) for item in keys["expose"].items()] if "expose" in keys else []
    ports = tuple(dict.fromkeys(each.container for each in [*listed, *shown]))
    return ports, {each.container: each.host for each in listed if each.host is not None}


def _depends_on(keys: Keys, scope: Scope) -> Mapping[str, str]:
    if "depends_on" not in keys:
        return {}
    node = keys["depends_on"]
    if isinstance(node.value, list):
        return {item.text(): "service_started" for item in node.items()}
    return {name: _condition(each, scope) for name, each in node.mapping().items()}


def _condition(node: Node, scope: Scope) -> str:
    keys = node.mapping(("condition", "restart", "required"))
    if "required" in keys and not keys["required"].flag():
        raise keys["required"].error(
            "with an optional dependency it is not certain what is judged",
            hint="remove the dependency",
        )
    if "restart" in keys and keys["restart"].flag():
        scope.remarks.note(f"{keys['restart'].dotted}: accepted without effect; only"
                           " Compose uses it for its own restarts")  # fmt: skip
    if "condition" not in keys:
        return "service_started"
    if keys["condition"].value == "service_completed_successfully":
        raise keys["condition"].error(
            "one-shot services are not supported: the gate judges services that stay up",
            alternatives=_CONDITIONS,
            hint="let the service that needs it do this work when it starts",
        )
    return keys["condition"].one_of(_CONDITIONS, "condition")


def _deploy(keys: Keys, scope: Scope) -> Keys:
    """``deploy``, with its resource limits as ``cpus`` and ``memory``."""
    if "deploy" not in keys:
        return {}
    deploy = keys_of.apply(keys_of.DEPLOY, keys["deploy"], scope.remarks)
    if "resources" not in deploy:
        return deploy
    resources = deploy["resources"].mapping(("limits", "reservations"))
    if "reservations" in resources:
        at = resources["reservations"].dotted
        scope.remarks.note(f"{at}: accepted without effect; it is a reservation, not a limit")
    if "limits" not in resources:
        return deploy
    return deploy | resources["limits"].mapping(("cpus", "memory"))


def _limit(keys: Keys, name: str, deploy: Keys, deploy_name: str) -> Node | None:
    own, deployed = keys.get(name), deploy.get(deploy_name)
    if own is not None and deployed is not None and own.scalar() != deployed.scalar():
        raise own.error(f"{own.dotted} and {deployed.dotted} differ", hint="remove one of them")
    return own or deployed


def _cpus(node: Node | None) -> float | None:
    return (node.number(at_least=0) or None) if node else None


def _memory(node: Node | None) -> int | None:
    return size_bytes(node) if node else None


def _restart(keys: Keys, deploy: Keys) -> tuple[str, int | None]:
    if "restart" in keys:
        policy, _, times = keys["restart"].scalar().partition(":")
        if policy not in _RESTART or (times and not times.isdecimal()):
            raise keys["restart"].error(
                f"there is no restart policy {keys['restart'].value!r}",
                alternatives=[*_RESTART, "on-failure:N"],
            )
        return policy, int(times) if times else None
    if "restart_policy" not in deploy:
        return "no", None
    policy_keys = deploy["restart_policy"].mapping(("condition", "delay", "max_attempts", "window"))
    condition = policy_keys.get("condition")
    names = {"none": "no", "on-failure": "on-failure", "any": "always"}
    name = condition.one_of(names, "condition") if condition else "any"
    times_node = policy_keys.get("max_attempts")
    return names[name], times_node.integer() if times_node else None


def _stop_grace(keys: Keys) -> dict[str, Any]:
    node = keys.get("stop_grace_period")
    return {"stop_grace_s": duration_s(node)} if node else {}


def _healthcheck(keys: Keys) -> Mapping[str, Any]:
    if "healthcheck" not in keys:
        return {}
    given = keys["healthcheck"].mapping((*HEALTH_KEYS, "disable"))
    disabled = "disable" in given and given["disable"].flag()
    test = given["test"].value if "test" in given else None
    if disabled or test in ("NONE", ["NONE"]):
        return {}
    return {key: value.value for key, value in given.items() if key != "disable"}


def _networks(keys: Keys) -> None:
    if "networks" not in keys or not isinstance(keys["networks"].value, dict):
        return
    for network in keys["networks"].mapping().values():
        if isinstance(network.value, dict) and network.value.get("aliases"):
            raise network.child("aliases", None).error(
                "the gate knows each service by its own name only",
                hint="use the name of the service, or rename the service",
            )
