"""Planned evidence: the samples that the objectives get when a run goes as planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlannedEvidence:
    """What a planned run gives. An objective that this cannot decide is refused before the run.

    Attributes:
        requests: expected number of requests by (phase, operation name); the phase is ``load``,
            ``closed``, ``faults`` or ``fault:LABEL``. A planned fault without load has entries
            of 0.
        services: names of the services whose resources are sampled.
        sampled_s: how long resources are sampled in the phase ``load``; 0 without that phase.
        ledger_read: whether acknowledged writes are read back: an operation with a ledger, a
            load and the phase ``ledger``.
        users: planned users by the phase of their closed-model load.
    """

    requests: Mapping[tuple[str, str], int] = field(default_factory=dict)
    services: Sequence[str] = ()
    sampled_s: float = 0.0
    ledger_read: bool = False
    users: Mapping[str, int] = field(default_factory=dict)
