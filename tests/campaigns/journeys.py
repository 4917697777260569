"""The browser journeys, again and again on a healthy system: each failure is a flake."""

from pathlib import Path

import yaml

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.gate_runs import TARGET, gonogo, judged

ROUNDS = 20


def _run(key: str, folder: Path) -> Round:
    document = yaml.safe_load(TARGET.read_text())
    gate = document["x-harness"]
    gate["objectives"] = []
    gate["scenarios"] = str(TARGET.parent / gate["scenarios"] / "journey")
    gate["profiles"] = {"default": {"phases": ["contract"], "workers": 2}}
    file = TARGET.with_name(f".campaign-journeys-{key}.yaml")
    file.write_text(yaml.safe_dump(document))
    try:
        done = gonogo("run", "-f", str(file), "--backend", "process", folder=folder)
        return judged(done, folder)
    finally:
        file.unlink()


JOURNEYS = Campaign(
    name="journeys",
    promise="every journey passes every time",
    rounds=tuple(str(number) for number in range(ROUNDS)),
    run=_run,
)
