"""Reads a target. Only this room reads configuration files and environment variables."""

import secrets as tokens
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gonogo.target.check import check, check_seeds, check_service_names
from gonogo.target.compose import keys as keys_of
from gonogo.target.compose.env_file import read_env_file
from gonogo.target.compose.interpolate import BadVariable, substitute
from gonogo.target.compose.service import Scope, read_service
from gonogo.target.compose.volumes import read_declared
from gonogo.target.declaration.harness import KEYS, XHarness, read_x_harness
from gonogo.target.declaration.service import PROCESS
from gonogo.target.description import Service, Target
from gonogo.target.node import Keys, Node
from gonogo.target.remarks import Remarks
from gonogo.target.yaml import read_yaml
from gonogo.vocabulary import UsageError

_SECTION = "x-harness"
_SECRET_BYTES = 32
_EXAMPLE = "x-harness: {entry: {service: api, port: 8080, health: /health}}"


def load_target(path: Path, environ: Mapping[str, str], harness_file: Path | None = None) -> Target:
    """Read a Compose file and its ``x-harness``.

    Variables come from ``environ``, then from ``.env`` beside the file. In ``x-harness`` they are
    replaced in ``user``, ``load`` and ``services.*.process.environment`` only: an objective, a
    pattern or a process command may hold a dollar sign of its own.

    Args:
        path: the Compose file.
        environ: environment variables; secrets that are not set in it are generated.
        harness_file: file with ``x-harness``, where neither the Compose file nor
            ``<stem>.harness.yaml`` beside it has that section.

    Raises:
        UsageError: a file is wrong; the message names file, line, key and the valid values.
    """
    compose = _read(path)
    section = _section(compose, harness_file)
    secret_values = _secret_values(section, {**_dotenv(path, environ), **environ})
    variables = {**_dotenv(path, environ), **environ, **secret_values}
    unset: list[str] = []
    compose = _fill_compose(compose, variables, unset)
    x_harness = read_x_harness(_fill_section(section, variables, unset))
    remarks = Remarks()
    for name in dict.fromkeys(unset):
        remarks.note(f"the variable {name} is not set; it is empty")
    top = keys_of.apply(keys_of.TOP, compose, remarks)
    volumes = read_declared(top, remarks)
    check_seeds(x_harness, volumes)
    scope = Scope(
        root=path.parent.resolve(),
        variables=variables,
        volumes=volumes,
        with_process_command=frozenset(
            name for name, each in x_harness.services.items() if each.process_command
        ),
        remarks=remarks,
    )
    services = _services(compose, top, x_harness, scope)
    check(services, compose, x_harness)
    return _target(path, x_harness, services, top, secret_values, remarks)


def _read(path: Path) -> Node:
    if path.is_dir():
        found = sorted(str(each) for each in path.glob("*compose*.y*ml"))
        raise UsageError("expected a file, found a directory", where=str(path), alternatives=found)
    value, lines = read_yaml(path)
    node = Node(value, path, (), lines)
    node.mapping()
    return node


def _section(compose: Node, harness_file: Path | None) -> Node:
    inside = _SECTION in compose.value
    beside = compose.file.with_name(f"{compose.file.stem}.harness.yaml")
    file = harness_file or (beside if beside.is_file() else None)
    if inside and file is not None:
        raise compose.child(_SECTION, None).error(
            f"it is both here and in {file}", hint="remove one of them"
        )
    if inside:
        return compose.mapping()[_SECTION]
    if file is None:
        raise UsageError(
            f"there is no {_SECTION}: the gate must know the entry point of the system",
            where=str(compose.file),
            alternatives=[f"{_SECTION} in this file", f"{_SECTION} in {beside}"],
            hint=_EXAMPLE,
        )
    separate = _read(file)
    return separate.mapping((_SECTION,), required=(_SECTION,))[_SECTION]


def _dotenv(path: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    file = path.with_name(".env")
    return read_env_file(file, environ) if file.is_file() else {}


def _secret_values(section: Node, variables: Mapping[str, str]) -> Mapping[str, str]:
    keys = section.mapping(KEYS)
    names = keys["secrets"].texts("the name of a variable") if "secrets" in keys else ()
    return {name: variables.get(name) or tokens.token_urlsafe(_SECRET_BYTES) for name in names}


def _fill_compose(compose: Node, variables: Mapping[str, str], unset: list[str]) -> Node:
    kept = {key: each for key, each in compose.mapping().items() if not key.startswith("x-")}
    return replace(
        compose, value={key: _fill(each, variables, unset) for key, each in kept.items()}
    )


def _fill_section(section: Node, variables: Mapping[str, str], unset: list[str]) -> Node:
    filled = dict(section.value)
    keys = section.mapping()
    for key in ("user", "load"):
        if key in keys:
            filled[key] = _fill(keys[key], variables, unset)
    if "services" in keys:
        services = keys["services"].mapping()
        filled["services"] = {
            name: _fill_service(each, variables, unset) for name, each in services.items()
        }
    return replace(section, value=filled)


def _fill_service(node: Node, variables: Mapping[str, str], unset: list[str]) -> Any:
    process = node.mapping().get(PROCESS)
    environment = process.mapping().get("environment") if process else None
    if process is None or environment is None:
        return node.value
    filled = _fill(environment, variables, unset)
    return {**node.value, PROCESS: {**process.value, "environment": filled}}


def _fill(node: Node, variables: Mapping[str, str], unset: list[str]) -> Any:
    if isinstance(node.value, dict):
        return {
            key: _fill(node.child(key, value), variables, unset)
            for key, value in node.value.items()
        }
    if isinstance(node.value, list):
        return [_fill(item, variables, unset) for item in node.items()]
    if not isinstance(node.value, str):
        return node.value
    try:
        return substitute(node.value, variables, unset)
    except BadVariable as error:
        raise node.error(str(error), hint="set it in the environment or in .env") from error


def _services(compose: Node, top: Keys, x_harness: XHarness, scope: Scope) -> Mapping[str, Service]:
    if "services" not in top or not top["services"].value:
        raise compose.error("there is no service", hint="describe them below services:")
    nodes = top["services"].mapping()
    check_service_names(x_harness.services, nodes, x_harness.node)
    services = {name: read_service(node, scope) for name, node in nodes.items()}
    for name, declared in x_harness.services.items():
        services[name] = replace(
            services[name],
            process_command=declared.process_command,
            process_environment=declared.process_environment,
            ready=declared.ready,
            preload=declared.preload,
        )
    return services


def _target(
    path: Path,
    x_harness: XHarness,
    services: Mapping[str, Service],
    top: Keys,
    secret_values: Mapping[str, str],
    remarks: Remarks,
) -> Target:
    root = path.parent.resolve()
    project = top["name"].text() if "name" in top else root.name
    return Target(
        name=x_harness.name or project,
        file=path,
        root=root,
        services=services,
        entry_service=x_harness.entry_service,
        entry_port=x_harness.entry_port,
        health_path=x_harness.health_path,
        websocket_path=x_harness.websocket_path,
        user=x_harness.user,
        load_setup=x_harness.load.setup,
        operations=x_harness.load.operations,
        timeout_s=x_harness.load.timeout_s,
        objectives=x_harness.objectives,
        profile_objectives=x_harness.profile_objectives,
        profiles=x_harness.profiles,
        scenarios=x_harness.scenarios,
        seeds=x_harness.seeds,
        requires=x_harness.requires,
        edges=x_harness.edges,
        secrets=x_harness.secrets,
        secret_values=secret_values,
        notes=remarks.notes().get(None, ()),
        notes_by_form=remarks.notes(),
        refusals=remarks.refusals(),
    )
