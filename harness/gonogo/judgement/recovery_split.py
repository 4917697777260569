"""A recovery in its parts: armed, first error, detected by the system, healed, recovered.

One number would hide which part is slow: a fault may be detected at once and healed late.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.recovery_period import good_median_s_max, recovery_period
from gonogo.judgement.requests import Flags
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary.events import ServiceStateChanged

# States of a service by which its supervisor says that something is wrong with it.
_NOTICED = ("exited", "unready")


@dataclass(frozen=True, slots=True)
class RecoverySplit:
    """The times of one fault, on the monotonic clock; None for what never happened.

    Attributes:
        id: identifies the attempt.
        first_error_ns: the end of the first request that failed since the fault was armed.
        noticed_ns: when the system itself first showed that it had detected the fault.
        noticed_by: how: the state of a service, or an error that it answered with.
        recovered_ns: since when it serves as well as before, for at least three seconds.
        watched_ns: end of the recovery period.
    """

    id: str
    first_error_ns: int | None
    noticed_ns: int | None
    noticed_by: str
    recovered_ns: int | None
    watched_ns: int | None


def recovery_splits(view: RunView) -> tuple[RecoverySplit, ...]:
    """One for every fault that was armed, in order of time."""
    good_s_max = good_median_s_max(view)
    armed = (fault for fault in view.faults if fault.armed_ns is not None)
    return tuple(_split(view, fault, good_s_max) for fault in armed)


def _split(view: RunView, fault: FaultWindow, good_s_max: float | None) -> RecoverySplit:
    recovered_ns = watched_ns = None
    if fault.healed_ns is not None and good_s_max is not None:
        period = recovery_period(view, fault, good_s_max)
        watched_ns = fault.healed_ns + int(period.lasted_s * 1e9)
        good_s = period.recovered_after_s(good_s_max)
        recovered_ns = None if good_s is None else fault.healed_ns + int(good_s * 1e9)
    noticed_ns, noticed_by = min(_signs(view, fault), default=(None, ""))
    return RecoverySplit(
        id=fault.id,
        first_error_ns=_first_end_ns(view, fault, view.requests.failed),
        noticed_ns=noticed_ns,
        noticed_by=noticed_by,
        recovered_ns=recovered_ns,
        watched_ns=watched_ns,
    )


def _signs(view: RunView, fault: FaultWindow) -> Iterator[tuple[int, str]]:
    """Every sign that the system detected the fault, with its time."""
    for event in view.events.of(ServiceStateChanged):
        service, state = event.what.service, event.what.state
        if service in fault.services and state in _NOTICED and _during(view, fault, event.mono_ns):
            yield event.mono_ns, f"{service} {state}"
    answered_ns = _first_end_ns(view, fault, view.requests.http_error)
    if answered_ns is not None:
        yield answered_ns, "answered with an error"


def _first_end_ns(view: RunView, fault: FaultWindow, which: Flags) -> int | None:
    """The earliest end of these requests between the arming and the next fault."""
    requests = view.requests.where(which)
    ends_ns = requests.intended_ns + (requests.least_s * 1e9).astype(np.int64)
    mine = [int(end_ns) for end_ns in ends_ns if _during(view, fault, int(end_ns))]
    return min(mine, default=None)


def _during(view: RunView, fault: FaultWindow, at_ns: int) -> bool:
    """Whether a time lies between the arming of a fault and the next fault."""
    next_ns = min((f.intent_ns for f in view.faults if f.intent_ns > fault.intent_ns), default=None)
    return (fault.armed_ns or 0) <= at_ns and (next_ns is None or at_ns < next_ns)
