"""What a closed-model load is: users who wait for an answer before they ask again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gonogo.vocabulary import UsageError
from gonogo_load.plan import AnyPlan
from gonogo_load.schedule import operation_names

# Below the idle limit of any server seen (gunicorn: 2 s): a kept connection is never one that
# the server is just closing.
THINK_S = (0.5, 0.9)
RAMP_S = 5.0  # fifty logins, each a password hash: in less they measure nothing but each other
LOGIN = "login"
_WORKERS_MAX = 255  # a sequence number tells its worker in one byte


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPlan(AnyPlan):
    """One load of the closed model; users get a little more than ``timeout_s`` to end.

    Attributes:
        users: how many there are at once.
        duration_s: from the first user's start to the end of new requests, whole seconds.
        ramp_s: in which the users come, one after the other.
        think_s: shortest and longest pause of a user between an answer and the next request.
        workers: processes the users are spread over.
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
