"""The ``faults`` fixture: a fault as a ``with`` block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fault_injection import (
    DURATION_S_MAX,
    ArmedFault,
    FaultUnsupported,
    Journal,
    armed,
    make_fault,
    selected,
)
from harness.observation import EventLog
from harness.plugin._collection import DeclaredFault
from harness.plugin._under_test import SystemUnderTest
from harness.vocabulary import BlastRadius, UsageError

HEAL_S_MAX = 10.0  # from the timer to the healed fault, on a busy machine


class FaultDriver:
    """Arms the faults a scenario has declared.

    Args:
        system: where.
        log: event log of this process.
        declared: what the scenario announced by ``@pytest.mark.fault``.
    """

    def __init__(
        self, system: SystemUnderTest, log: EventLog, declared: tuple[DeclaredFault, ...]
    ) -> None:
        self._system = system
        self._log = log
        self._declared = {each.label: each for each in declared}
        self._journal = Journal(system.run_dir, system.run_dir.name)

    @contextmanager
    def armed(
        self, fault: str, *, label: str, duration_s: float | None = None, **parameters: Any
    ) -> Iterator[ArmedFault]:
        """Arm ``fault`` on the services or edges that the declaration of ``label`` selects.

        Args:
            fault: its name in the catalogue.
            label: a label the scenario declared; names the window in objectives.
            duration_s: how long it stays armed at least; None heals at the end of the block.
            parameters: the fault's own.

        Raises:
            UsageError: undeclared label, unknown fault or parameter, selector without match.
        """
        declared = self._declared.get(label)
        if declared is None:
            raise UsageError(
                f"fault {label!r} is armed but was not declared",
                alternatives=sorted(self._declared),
                hint="@pytest.mark.fault(label=..., selector=..., window_s=...)",
            )
        _, services = selected(self._system.attached, declared.selector)
        longest_s = DURATION_S_MAX if duration_s is None else duration_s
        try:
            with armed(
                make_fault(fault, **parameters),
                declared.selector,
                label=label,
                system=self._system.attached,
                journal=self._journal,
                recorder=self._log,
                radius=BlastRadius(services, longest_s),
            ) as handle:
                yield handle
                if duration_s is not None:
                    # Its own timer heals it: the block only waits for that.
                    handle.wait_healed(duration_s + HEAL_S_MAX)
        except FaultUnsupported as error:
            pytest.skip(error.what)
