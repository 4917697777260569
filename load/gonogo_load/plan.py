"""What a load is told: one JSON line on its standard input, secrets included."""

import json
import re
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from gonogo.target import Operation, SetupStep, TestUser
from gonogo.vocabulary import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyPlan(ABC):
    """What both models of load are told. Never written to a file: the login stands in it.

    Attributes:
        run: run id.
        run_dir: the run directory.
        load: name of the load, unique in the run; the stem of its files.
        phase: what objectives select it by.
        base_url: ``http://host:port`` of the entry service.
        operations: the mix.
        seed: of every choice, and of the payloads.
        timeout_s: client timeout of one request.
        setup: requests before the load.
        user: whom to log in as, None for nobody.

    Raises:
        UsageError: a name or number that cannot be.
    """

    run: str
    run_dir: Path
    load: str
    phase: str
    base_url: str
    operations: tuple[Operation, ...]
    seed: int
    timeout_s: float = 10.0
    setup: tuple[SetupStep, ...] = ()
    user: TestUser | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.load):
            raise UsageError(
                f"{self.load!r} cannot name a load",
                alternatives=["letters, digits, '.', '_' and '-'"],
            )
        if not self.operations:
            raise UsageError("the target has no load operations", where="x-harness.load.operations")
        self._check()

    @abstractmethod
    def _check(self) -> None:
        """Raise UsageError for what this model cannot send."""

    def check_unused(self) -> None:
        """Raise UsageError when a load of that name ran already in this run."""
        if (self.run_dir / "records" / f"{self.load}.json").exists():
            raise UsageError(
                f"a load named {self.load!r} ran already in this run", where=str(self.run_dir)
            )

    def to_json(self) -> str:
        """One line; ``from_json`` gives an equal plan but for the absolute run directory."""
        return json.dumps({**asdict(self), "run_dir": str(self.run_dir.resolve())})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The plan of a line that ``to_json`` wrote."""
        raw: dict[str, Any] = json.loads(text)
        return cls(
            **{
                **_with_tuples(raw, "think_s"),
                "run_dir": Path(raw["run_dir"]),
                "operations": tuple(
                    Operation(**_with_tuples(each, "status", "json_keys"))
                    for each in raw["operations"]
                ),
                "setup": tuple(SetupStep(**_with_tuples(each, "status")) for each in raw["setup"]),
                "user": TestUser(**raw["user"]) if raw["user"] else None,
            }
        )


def _with_tuples(raw: dict[str, Any], *keys: str) -> dict[str, Any]:
    """JSON knows lists only; bodies keep theirs."""
    return raw | {key: tuple(raw[key]) for key in keys if key in raw}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan(AnyPlan):
    """One load of the open model; ``timeout_s`` is also what stragglers get at the end.

    Attributes:
        rate_per_s: mean arrival rate.
        count: requests to schedule; a load that is stopped sends fewer.
    """

    rate_per_s: float
    count: int

    def _check(self) -> None:
        if self.count < 1 or self.rate_per_s <= 0:
            raise UsageError(
                f"nothing to send: {self.count} requests at {self.rate_per_s:g}/s",
                where=f"load {self.load}",
            )
