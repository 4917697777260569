"""What the engine is told: one JSON line on its standard input, secrets included."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.target import Operation, SetupStep, TestUser
from harness.vocabulary import UsageError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """One load. Never written to a file: the login stands in it.

    Attributes:
        run: run id.
        run_dir: the run directory.
        load: name of the load, unique in the run; the stem of its files.
        phase: phase it runs in.
        base_url: ``http://host:port`` of the entry service.
        operations: the mix.
        seed: of its schedule and payloads.
        rate_per_s: mean arrival rate.
        count: requests to schedule; a load that is stopped sends fewer.
        timeout_s: client timeout of one request, and what stragglers get at the end.
        setup: requests before the load.
        user: whom to log in as, None for nobody.

    Raises:
        UsageError: the name is no file name, or there is nothing to send.
    """

    run: str
    run_dir: Path
    load: str
    phase: str
    base_url: str
    operations: tuple[Operation, ...]
    seed: int
    rate_per_s: float
    count: int
    timeout_s: float = 10.0
    setup: tuple[SetupStep, ...] = ()
    user: TestUser | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.load):
            raise UsageError(
                f"{self.load!r} cannot name a load",
                alternatives=["letters, digits, '.', '_' and '-'"],
            )
        if not self.operations:
            raise UsageError("the target has no load operations", where="x-harness.load.operations")
        if self.count < 1 or self.rate_per_s <= 0:
            raise UsageError(
                f"nothing to send: {self.count} requests at {self.rate_per_s:g}/s",
                where=f"load {self.load}",
            )

    def to_json(self) -> str:
        """One line; ``from_json`` gives an equal plan but for the absolute run directory."""
        return json.dumps({**asdict(self), "run_dir": str(self.run_dir.resolve())})

    @staticmethod
    def from_json(text: str) -> "LoadPlan":
        """The plan of a line that ``to_json`` wrote."""
        raw: dict[str, Any] = json.loads(text)
        user = raw["user"]
        return LoadPlan(
            **{
                **raw,
                "run_dir": Path(raw["run_dir"]),
                "operations": tuple(operation_from(each) for each in raw["operations"]),
                "setup": tuple(setup_step_from(each) for each in raw["setup"]),
                "user": TestUser(**user) if user else None,
            }
        )


def operation_from(raw: Mapping[str, Any]) -> Operation:
    """An operation out of JSON."""
    lists = {key: tuple(raw[key]) for key in ("status", "json_keys")}
    return Operation(**{**raw, **lists})


def setup_step_from(raw: Mapping[str, Any]) -> SetupStep:
    """A setup step out of JSON."""
    return SetupStep(**{**raw, "status": tuple(raw["status"])})
