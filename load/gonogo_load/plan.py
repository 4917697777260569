"""The plan of a load, for both models."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gonogo.observation.records import LoadHeader
from gonogo.target import Operation, SetupStep, TestUser
from gonogo.vocabulary import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan(ABC):
    """A load of either model. Never written to a file, because it contains the login.

    It travels to the processes of the load as one line of their standard input.

    Attributes:
        run: run id.
        run_dir: the run directory.
        load: name of the load, unique in the run; the stem of its files.
        phase: the phase by which objectives select it.
        base_url: ``http://host:port`` of the entry service.
        operations: the mix.
        seed: of every random choice, and of the payloads.
        timeout_s: client timeout of one request.
        setup: requests before the load.
        user: the user to log in as; None without a login.

    Raises:
        UsageError: a name or number is not valid.
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

    @abstractmethod
    def header(self, captures: dict[str, str]) -> LoadHeader:
        """The header of its records; ``captures`` is what the setup captured."""

    @property
    def ledger_names(self) -> tuple[str, ...]:
        """Names of the operations whose acknowledged writes are read back."""
        return operation_names([each for each in self.operations if each.ledger_read])

    def check_unused(self) -> None:
        """Raise UsageError when a load of that name ran already in this run."""
        if (self.run_dir / "records" / f"{self.load}.json").exists():
            raise UsageError(
                f"a load named {self.load!r} ran already in this run", where=str(self.run_dir)
            )


def operation_names(operations: Sequence[Operation]) -> tuple[str, ...]:
    """Names in order of first appearance, each once; ``name_id`` indexes them."""
    return tuple(dict.fromkeys(operation.name for operation in operations))
