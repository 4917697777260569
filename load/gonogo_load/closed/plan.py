"""What a closed-model load is: how many users, for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gonogo.observation.records import CLOSED, LoadHeader
from gonogo.vocabulary import UsageError
from gonogo_load.plan import LoadPlan, operation_names

# Shorter than the idle limit of any server seen (gunicorn: 2 s): a server is never just closing
# a kept connection when a user sends into it.
THINK_S = (0.5, 0.9)
# Each login is a password hash: with fifty in less time, the logins would slow each other down.
RAMP_S = 5.0
LOGIN = "login"
_WORKERS_MAX = 255  # a sequence number holds the worker in one byte


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedModelPlan(LoadPlan):
    """One load of the closed model.

    Attributes:
        users: how many there are at once.
        duration_s: from the first user's start to the end of new requests, whole seconds.
        ramp_s: time in which the users start, one after the other.
        think_s: shortest and longest pause of a user between an answer and the next request.
        workers: processes that the users are spread over.
        captures: what the setup captured.
    """

    users: int
    duration_s: int
    ramp_s: float
    think_s: tuple[float, float] = THINK_S
    workers: int = 2
    captures: Mapping[str, str] = field(default_factory=dict)

    def _check(self) -> None:
        if self.users < 1 or self.duration_s <= self.ramp_s:
            raise UsageError(
                f"no user that sends anything: {self.users} users who come in {self.ramp_s:g} s "
                f"of {self.duration_s} s",
                where=f"load {self.load}",
                hint="users and users_s of the profile say how many and how long",
            )
        if not 1 <= self.workers <= min(self.users, _WORKERS_MAX):
            raise UsageError(
                f"{self.users} users cannot be spread over {self.workers} workers",
                where=f"load {self.load}",
            )

    def header(self, captures: dict[str, str]) -> LoadHeader:
        """The header of its records."""
        return LoadHeader(
            load=self.load,
            phase=self.phase,
            seed=self.seed,
            rate_per_s=0.0,
            names=self.names,
            ledger_names=self.ledger_names,
            timeout_s=self.timeout_s,
            captures=captures,
            model=CLOSED,
            users=self.users,
            workers=self.workers,
        )

    @property
    def stop_timeout_s(self) -> float:
        """How long users may take to end their last request: longer than a request can last."""
        return self.timeout_s + 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Operation names, and the login's where users log in; ``name_id`` indexes them."""
        login = (LOGIN,) if self.user is not None else ()
        return tuple(dict.fromkeys((*operation_names(self.operations), *login)))

    @property
    def rate_per_s_max(self) -> float:
        """Requests a second to a system that answers at once."""
        return self.users / (sum(self.think_s) / 2)

    @property
    def requests_max(self) -> int:
        """Requests of the mix to a system that answers at once."""
        return most_requests(self.users, self.duration_s, self.ramp_s, self.think_s)


@dataclass(frozen=True, slots=True)
class LocustOrder:
    """The first line of the standard input of each Locust process.

    Attributes:
        plan: the load.
        worker: number of the worker; None for the master.
    """

    plan: ClosedModelPlan
    worker: int | None


def usual_ramp_s(duration_s: float) -> float:
    """Default time in which the users start: five seconds, or a third of a shorter load."""
    return min(RAMP_S, duration_s / 3)


def most_requests(
    users: int,
    duration_s: float,
    ramp_s: float,
    think_s: tuple[float, float] = THINK_S,
) -> int:
    """Mean number of requests to a system that answers at once; a slower one gets fewer."""
    each_s = duration_s - ramp_s / 2
    return int(users * each_s / (sum(think_s) / 2))
