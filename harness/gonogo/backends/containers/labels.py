"""The labels by which containers, networks and volumes of a run are found."""

import os
import re

LABEL_RUN = "org.gonogo.run"
LABEL_SERVICE = "org.gonogo.service"
LABEL_PID = "org.gonogo.pid"


def labels(run: str, service: str = "") -> dict[str, str]:
    """Run, owner and service."""
    found = {LABEL_RUN: run, LABEL_PID: str(os.getpid())}
    return {**found, LABEL_SERVICE: service} if service else found


def name_of(run: str, *parts: str) -> str:
    """The engine's name of something of a run; unique because the run id is."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join(["gonogo", run, *parts]))
