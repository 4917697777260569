"""A target of two small containers, changed as a test says."""

from pathlib import Path
from typing import Any

import yaml

from tests.backends.builders import TARGETS
from tests.end_to_end.conftest import SCENARIOS, Edit

BUILD = str(TARGETS)
STORE = "exec redis-server --bind 0.0.0.0 --dir /data --save '' --protected-mode no"


def small_target(folder: Path, *edits: Edit) -> Path:
    """Write its Compose file; the edits change the document before."""
    locked_in = {
        "build": BUILD,
        "init": True,
        "user": "10001:10001",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "mem_limit": "128m",
        "restart": "always",
    }
    web = ["python3", "/targets/web.py", "80"]
    ready = {"tcp": 6379, "send": "PING\r\n", "banner": "PONG"}
    document: dict[str, Any] = {
        "services": {
            "web": {**locked_in, "command": web, "expose": ["80"],
                    "depends_on": {"store": {"condition": "service_healthy"}}},
            "store": {**locked_in, "command": ["sh", "-c", STORE], "expose": ["6379"],
                      "volumes": ["data:/data"]},
        },
        "volumes": {"data": None},
        "x-harness": {
            "name": "small",
            "entry": {"service": "web", "port": 80, "health": "/"},
            "scenarios": str(SCENARIOS / "small"),
            "services": {
                "web": {"ready": {"http": "80/", "timeout_s": 60}},
                "store": {"ready": {**ready, "timeout_s": 60}},
            },
            "load": {"operations": [{"name": "root", "request": "GET /", "authenticated": False}]},
            "objectives": ["error_rate < 1%", "memory(*) max < 95%"],
            "profiles": {"quick": {"requests": 400, "rate_per_s": 40,
                                   "phases": ["load", "faults"],
                                   "background_rate_per_s": 10}},
        },
    }  # fmt: skip
    for edit in edits:
        edit(document)
    path = folder / "compose.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def phases(*names: str) -> Edit:
    """An edit that leaves these phases, and no objective."""

    def edit(document: dict[str, Any]) -> None:
        document["x-harness"]["profiles"]["quick"]["phases"] = list(names)
        document["x-harness"]["objectives"] = []

    return edit


def service(name: str, **keys: Any) -> Edit:
    """An edit of one service's keys; None takes one out."""

    def edit(document: dict[str, Any]) -> None:
        changed = {**document["services"][name], **keys}
        kept = {key: value for key, value in changed.items() if value is not None}
        document["services"][name] = kept

    return edit
