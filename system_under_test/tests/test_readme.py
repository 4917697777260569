"""README.md: its tables of routes and scripts are what the code has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from swarm.api.app import SwarmApp
from swarm.scripts import SCRIPTS, Parameter
from swarm_support import HERE

README = (HERE.parent / "README.md").read_text()
# The table and the code may name an id differently.
_PLACEHOLDER = re.compile(r"<[^>]+>|{[^}]+}")


def _section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _written(parameter: Parameter) -> str:
    if parameter.required:
        return parameter.name + "*"
    # An empty list is what "not given" means.
    if parameter.default in (None, []):
        return parameter.name
    return f"{parameter.name}={json.dumps(parameter.default)}"


def test_each_script_has_its_row() -> None:
    """In the order of names: parameters (* required) with their defaults, description."""
    expected = sorted(
        f"| `{script.name}({', '.join(map(_written, script.parameters))})` | {script.description} |"
        for script in SCRIPTS.values()
    )
    rows = _section("Scripts and task types").splitlines()
    assert [row for row in rows if row.startswith("| `")] == expected


def test_each_route_has_its_row(make_app: Callable[..., SwarmApp]) -> None:
    """Every method and path below /api is in the table, and no other."""
    served = {
        f"{method} {_PLACEHOLDER.sub('{}', rule.rule)}"
        for rule in make_app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.endpoint != "openapi.spec"
    }
    written = set()
    for cell in re.findall(r"^\| (`.*?) \|", _section("Routes"), re.MULTILINE):
        methods: list[str] = []
        for text in re.findall(r"`([A-Z]+(?: [^`? ]+)?)", cell):
            method, _, path = text.partition(" ")
            methods.append(method)
            if path:
                written |= {f"{each} {_PLACEHOLDER.sub('{}', path)}" for each in methods}
                methods = []
    assert written == served
