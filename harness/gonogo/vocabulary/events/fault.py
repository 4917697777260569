"""A fault from intent to proven absence; ``id`` identifies the attempt, ``label`` names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FaultIntended:
    """A fault is about to be armed; nothing has been touched yet.

    Attributes:
        id: identifies the attempt.
        label: its name in objectives and reports.
        fault: its name in the catalogue.
        selector: what was asked for.
        services: names of the services it touches.
        edges: names of the edges it touches.
        parameters: what it was made with, units in the names.
    """

    kind: ClassVar = "fault.intent"
    id: str
    label: str
    fault: str
    selector: str
    services: tuple[str, ...]
    edges: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaultArmed:
    """The fault is armed."""

    kind: ClassVar = "fault.armed"
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class FaultObserved:
    """The proof of bite: whether the fault was seen to have an effect.

    Attributes:
        id: identifies the attempt.
        label: its name.
        observed: whether it bites.
        evidence: what the probe saw, in words.
        waited_s: how long it was looked for.
    """

    kind: ClassVar = "fault.observed"
    id: str
    label: str
    observed: bool
    evidence: str = ""
    waited_s: float | None = None


@dataclass(frozen=True, slots=True)
class FaultHealed:
    """The fault was undone.

    Attributes:
        id: identifies the attempt.
        label: its name.
        by: who undid it: ``scenario``, ``timer``, ``watchdog``, ...
    """

    kind: ClassVar = "fault.healed"
    id: str
    label: str
    by: str


@dataclass(frozen=True, slots=True)
class FaultAbsent:
    """Whether the fault was seen to be gone after it was undone.

    Attributes:
        id: identifies the attempt.
        label: its name.
        absent: whether it is gone.
        evidence: what the probe saw, in words.
        waited_s: how long it was looked for.
    """

    kind: ClassVar = "fault.absent"
    id: str
    label: str
    absent: bool
    evidence: str = ""
    waited_s: float | None = None
