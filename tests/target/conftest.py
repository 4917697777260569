"""A small Compose file, to which each test adds one key."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gonogo.target import Target, load_target

Load = Callable[..., Target]

SERVICE = "  api:\n    image: app\n    expose: ['8080']\n"
GATE = "x-harness:\n  entry: {service: api, port: 8080, health: /health}\n"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write and load ``services`` + api + ``x-harness``; keyword arguments add to each part."""

    def write_and_load(
        *,
        api: str = "",
        services: str = "",
        top: str = "",
        gate: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> Target:
        api_lines = "".join(f"    {line}\n" for line in api.splitlines())
        gate_lines = "".join(f"  {line}\n" for line in gate.splitlines())
        service_lines = "".join(f"  {line}\n" for line in services.splitlines())
        path = tmp_path / "compose.yaml"
        path.write_text(f"services:\n{SERVICE}{api_lines}{service_lines}{top}\n{GATE}{gate_lines}")
        return load_target(path, environ or {})

    return write_and_load
