"""What a scenario declares before the run starts anything; stands in ``collection.json``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeclaredFault:
    """A fault that a scenario declares by ``@pytest.mark.fault``.

    Attributes:
        label: its name in objectives (``phase=fault:LABEL``).
        selector: shell pattern of the services or edges it touches.
        window_s: shortest time it stays armed, for the sample-size check.
        test: node id of the scenario.
    """

    label: str
    selector: str
    window_s: float
    test: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One collected scenario.

    Attributes:
        test: its node id.
        phase: the phase of the run it belongs to.
        faults: what it declares.
    """

    test: str
    phase: str
    faults: tuple[DeclaredFault, ...]
