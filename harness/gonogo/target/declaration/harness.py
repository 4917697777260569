"""``x-harness``: the section of the file that only the gate reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from gonogo.target.declaration.edges import read_edges
from gonogo.target.declaration.load import LoadMix, read_load, read_user
from gonogo.target.declaration.profiles import DEFAULTS
from gonogo.target.declaration.service import ServiceDeclaration, read_service_declaration
from gonogo.target.description import ANY_FORM, Edge, Requirement, TestUser
from gonogo.target.node import Node
from gonogo.vocabulary import PHASES, Form, Profile

KEYS = (
    *("name", "entry", "scenarios", "secrets", "requires", "volumes", "user", "services"),
    *("edges", "load", "objectives", "profiles"),
)
_FORMS = (*Form, ANY_FORM)


@dataclass(frozen=True, slots=True)
class XHarness:
    """``x-harness`` as values, before it is checked against the services."""

    node: Node
    name: str
    entry_service: str
    entry_port: int
    health_path: str
    websocket_path: str
    scenarios: Path | None
    secrets: tuple[str, ...]
    requires: tuple[Requirement, ...]
    seeds: Mapping[str, Path]
    user: TestUser | None
    services: Mapping[str, ServiceDeclaration]
    edges: tuple[Edge, ...]
    load: LoadMix
    objectives: tuple[str, ...]
    profiles: Mapping[str, Profile]
    profile_objectives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_x_harness(node: Node) -> XHarness:
    """The section as typed values.

    Raises:
        UsageError: a key is unknown or missing, or a value of the wrong type.
    """
    keys = node.mapping(KEYS, required=("entry",))
    entry_keys = ("service", "port", "health")
    entry = keys["entry"].mapping((*entry_keys, "websocket"), required=entry_keys)
    services = keys["services"].mapping() if "services" in keys else {}
    profiles = keys["profiles"].mapping(tuple(DEFAULTS)) if "profiles" in keys else {}
    own = {name: each for name, each in profiles.items() if each.value is not None}
    return XHarness(
        node=node,
        name=keys["name"].text() if "name" in keys else "",
        entry_service=entry["service"].text(),
        entry_port=entry["port"].integer(at_least=1),
        health_path=entry["health"].url_path(),
        websocket_path=entry["websocket"].url_path() if "websocket" in entry else "",
        scenarios=_directory(keys["scenarios"]) if "scenarios" in keys else None,
        secrets=keys["secrets"].texts("the name of a variable") if "secrets" in keys else (),
        requires=_requirements(keys["requires"]) if "requires" in keys else (),
        seeds=_seeds(keys["volumes"]) if "volumes" in keys else {},
        user=read_user(keys["user"]) if "user" in keys else None,
        services={name: read_service_declaration(each) for name, each in services.items()},
        edges=read_edges(keys["edges"]) if "edges" in keys else (),
        load=read_load(keys["load"]) if "load" in keys else LoadMix(),
        objectives=_objectives(keys["objectives"]) if "objectives" in keys else (),
        profiles={
            name: _profile(own[name], default) if name in own else default
            for name, default in DEFAULTS.items()
        },
        profile_objectives={
            name: _objectives(each.child("objectives", each.value["objectives"]))
            for name, each in own.items()
            if "objectives" in each.value
        },
    )


def _directory(node: Node) -> Path:
    path = node.file_path()
    if not path.is_dir():
        raise node.error(f"there is no directory {path}")
    return path


def _seeds(node: Node) -> Mapping[str, Path]:
    seeds = {name: each.file_path() for name, each in node.mapping().items()}
    for name, path in seeds.items():
        if not path.exists():
            raise node.child(name, None).error(f"there is nothing at {path}")
    return seeds


def _requirements(node: Node) -> tuple[Requirement, ...]:
    return tuple(_requirement(item) for item in node.items())


def _requirement(node: Node) -> Requirement:
    allowed = tuple(each.name for each in fields(Requirement))
    keys = node.mapping(allowed, required=("binary", "purpose"))
    if "backend" in keys:
        keys["backend"].one_of(_FORMS, "backend")
    return Requirement(**{name: each.text() for name, each in keys.items()})


def _objectives(node: Node) -> tuple[str, ...]:
    for item in node.items():
        if isinstance(item.value, dict):
            raise item.error("YAML reads this line as a mapping", hint="quote it")
    return node.texts("one objective, such as error_rate < 1%")


def _profile(node: Node, default: Profile) -> Profile:
    allowed = tuple(each.name for each in fields(Profile) if each.name != "name")
    keys = node.mapping((*allowed, "objectives"))
    changed: dict[str, Any] = {}
    for key in ("requests", "workers", "users", "users_s"):
        if key in keys:
            changed[key] = keys[key].integer(at_least=1)
    for key in ("rate_per_s", "background_rate_per_s", "budget_s"):
        if key in keys:
            changed[key] = keys[key].number(above=0)
    if "faults_required" in keys:
        changed["faults_required"] = keys["faults_required"].texts("the label of a fault")
    if "phases" in keys:
        named = {item.one_of(PHASES, "phase") for item in keys["phases"].items()}
        changed["phases"] = tuple(phase for phase in PHASES if phase in named)
    return replace(default, **changed)
