"""How a closed-model load ended."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gonogo.observation.records import LoadRecords, read_records
from gonogo.vocabulary import Outcome
from gonogo_load.closed.plan import LOGIN


@dataclass(frozen=True, slots=True)
class ClosedModelResult:
    """How a closed-model load ended.

    Attributes:
        load: its name.
        ended: whether every process wrote its records; else some died or had to be killed.
        stopped_early: whether it was stopped before its time.
        lost: numbers of the workers that were lost; None is their master.
        started: requests that were begun.
        recorded: requests that have a record.
        answered: requests whose outcome is OK.
        logins_refused: logins that were answered without a token.
    """

    load: str
    ended: bool
    stopped_early: bool
    lost: tuple[int | None, ...]
    started: int
    recorded: int
    answered: int
    logins_refused: int


def count_requests(
    run_dir: Path, name: str, *, ended: bool, stopped_early: bool, lost: tuple[int | None, ...]
) -> ClosedModelResult:
    """The result of a load whose processes have all exited, from the records they left."""
    (load,) = (each for each in read_records(run_dir) if each.header.load == name)
    return ClosedModelResult(
        load=name,
        ended=ended,
        stopped_early=stopped_early,
        lost=lost,
        started=len(load.schedule),
        recorded=len(load.records),
        answered=int(np.count_nonzero(load.records["outcome"] == int(Outcome.OK))),
        logins_refused=_logins_refused(load),
    )


def _logins_refused(load: LoadRecords) -> int:
    if LOGIN not in load.header.names:
        return 0
    login = load.records["name_id"] == load.header.names.index(LOGIN)
    refused = [int(Outcome.HTTP_ERROR), int(Outcome.WRONG_BODY)]
    return int(np.count_nonzero(login & np.isin(load.records["outcome"], refused)))
