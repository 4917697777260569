"""A Compose file of one small service, changed as a test says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.backends.builders import TARGETS

Compose = Callable[..., Path]


@pytest.fixture
def compose(tmp_path: Path) -> Compose:
    """Writes the file; keyword arguments are keys of ``x-harness``."""

    def write(*command: str, **gate: Any) -> Path:
        argv = command or ("{python}", str(TARGETS / "web.py"), "{port:80}")
        document = {
            "services": {"web": {"image": "web", "expose": ["80"]}},
            "x-harness": {
                "name": "small",
                "entry": {"service": "web", "port": 80, "health": "/"},
                "services": {
                    "web": {
                        "process": {"command": list(argv)},
                        "ready": {"http": "80/", "timeout_s": 60},
                    }
                },
                **gate,
            },
        }
        path = tmp_path / "compose.yaml"
        path.write_text(yaml.safe_dump(document))
        return path

    return write
