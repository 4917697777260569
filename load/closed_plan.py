"""What a closed-model load is: users who wait for an answer before they ask again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.target import Operation, SetupStep, TestUser
from harness.vocabulary import UsageError
from load.plan import NAME, operation_from, setup_step_from
from load.schedule import operation_names

# Below the idle limit of any server seen (gunicorn: 2 s): a kept connection is never one that
# the server is just closing.
THINK_S = (0.5, 0.9)
RAMP_S = 5.0  # fifty logins, each a password hash: in less they measure nothing but each other
LOGIN = "login"
_WORKERS_MAX = 255  # a sequence number tells its worker in one byte


@dataclass(frozen=True, slots=True)
class ClosedPlan:
    """One load of the closed model. Never written to a file: the login stands in it.

    Attributes:
        run: run id.
        run_dir: the run directory.
        load: name of the load, unique in the run; the stem of its files.
        phase: what objectives select it by.
        base_url: ``http://host:port`` of the entry service.
        operations: the mix.
        seed: of the users' choices and pauses, and of the payloads.
        users: how many there are at once.
        duration_s: from the first user's start to the end of new requests, whole seconds.
        ramp_s: in which the users come, one after the other.
        think_s: shortest and longest pause of a user between an answer and the next request.
        timeout_s: client timeout of one request; users get a little longer to end one.
        workers: processes the users are spread over.
        setup: requests before the load.
        user: whom every one of them logs in as, None for nobody.
        captures: what the setup captured.

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
    users: int
    duration_s: int
    ramp_s: float
    think_s: tuple[float, float] = THINK_S
    timeout_s: float = 10.0
    workers: int = 2
    setup: tuple[SetupStep, ...] = ()
    user: TestUser | None = None
    captures: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.load):
            raise UsageError(
                f"{self.load!r} cannot name a load",
                alternatives=["letters, digits, '.', '_' and '-'"],
            )
        if not self.operations:
            raise UsageError("the target has no load operations", where="x-harness.load.operations")
        if self.users < 1 or self.duration_s <= self.ramp_s:
            raise UsageError(
                f"nobody to send anything: {self.users} users who come in {self.ramp_s:g} s "
                f"of {self.duration_s} s",
                where=f"load {self.load}",
                hint="users and users_s of the profile say how many and how long",
            )
        if not 1 <= self.workers <= min(self.users, _WORKERS_MAX):
            raise UsageError(
                f"{self.users} users cannot be spread over {self.workers} workers",
                where=f"load {self.load}",
            )

    @property
    def stop_timeout_s(self) -> float:
        """How long users may take to end their last request: longer than it can last."""
        return self.timeout_s + 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Operation names and, where users log in, that of the login; ``name_id`` indexes them."""
        login = (LOGIN,) if self.user is not None else ()
        return tuple(dict.fromkeys((*operation_names(self.operations), *login)))

    @property
    def requests_max(self) -> int:
        """Requests of the mix that users would send to a system that answers at once."""
        return most_requests(self.users, self.duration_s, self.ramp_s, self.think_s)

    def to_json(self) -> str:
        """One line; ``from_json`` gives an equal plan but for the absolute run directory."""
        return json.dumps({**asdict(self), "run_dir": str(self.run_dir.resolve())})

    @staticmethod
    def from_json(text: str) -> "ClosedPlan":
        """The plan of a line that ``to_json`` wrote."""
        raw: dict[str, Any] = json.loads(text)
        user = raw["user"]
        return ClosedPlan(
            **{
                **raw,
                "run_dir": Path(raw["run_dir"]),
                "operations": tuple(operation_from(each) for each in raw["operations"]),
                "setup": tuple(setup_step_from(each) for each in raw["setup"]),
                "think_s": tuple(raw["think_s"]),
                "user": TestUser(**user) if user else None,
            }
        )


def usual_ramp_s(duration_s: float) -> float:
    """In which the users come, where nobody says otherwise: a third of a short load."""
    return min(RAMP_S, duration_s / 3)


def most_requests(
    users: int,
    duration_s: float,
    ramp_s: float,
    think_s: tuple[float, float] = THINK_S,
) -> int:
    """Requests that users send in the mean to a system that answers at once; never more."""
    each_s = duration_s - ramp_s / 2
    return int(users * each_s / (sum(think_s) / 2))
