"""The ``faults`` fixture: a fault as a ``with`` block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gonogo.observation import EventLog
from gonogo.plugin.under_test import SystemUnderTest
from gonogo.services import Redactor
from gonogo.vocabulary import BlastRadius, DeclaredFault, UsageError
from gonogo.vocabulary.events import Note
from gonogo_faults import (
    DURATION_S_MAX,
    ArmedFault,
    FaultNotArmed,
    FaultUnsupported,
    Journal,
    LogMarks,
    armed,
    make_fault,
    parse_gate,
    selected,
)

GATE_S_MAX = 30.0
HEAL_S_MAX = 10.0  # from the timer to the healed fault, on a busy machine


class FaultDriver:
    """Arms the faults a scenario has declared.

    Args:
        system: the system under test.
        log: event log of this process.
        declared: what the scenario declared by ``@pytest.mark.fault``.
    """

    def __init__(
        self, system: SystemUnderTest, log: EventLog, declared: tuple[DeclaredFault, ...]
    ) -> None:
        self._system = system
        self._log = log
        self._declared = {each.label: each for each in declared}
        self._journal = Journal(system.run_dir, system.run_dir.name)
        self._marks = LogMarks(system.attached)

    @contextmanager
    def armed(
        self,
        fault: str,
        *,
        label: str,
        duration_s: float | None = None,
        when: str = "",
        when_s: float = GATE_S_MAX,
        **parameters: Any,
    ) -> Iterator[ArmedFault]:
        """Arm ``fault`` on the services or edges that the declaration of ``label`` selects.

        Args:
            fault: its name in the catalogue.
            label: a label the scenario declared; names the window in objectives.
            duration_s: how long it stays armed after its bite was observed; None heals it at the
                end of the block, after 60 s at the latest.
            when: what to wait for before arming, ``log(SELECTOR) ~ "REGEX"``: a line that one of
                these services writes after the start of the scenario. If none comes in time,
                nothing is armed and the scenario is skipped, which is INCONCLUSIVE.
            when_s: limit of that wait.
            parameters: parameters of the fault, see ``gonogo faults NAME``.

        Raises:
            UsageError: the label is not declared, the fault or a parameter is unknown, the selector
                matches nothing, or ``when`` is malformed.
        """
        declared = self._declared.get(label)
        if declared is None:
            raise UsageError(
                f"fault {label!r} is armed but was not declared",
                alternatives=sorted(self._declared),
                hint="@pytest.mark.fault(label=..., selector=..., window_s=...)",
            )
        _, services = selected(self._system.attached, declared.selector)
        if when:
            self._await(when, when_s, label)
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
                    # The timer of the fault heals it; the block only waits for that.
                    handle.wait_healed(duration_s + HEAL_S_MAX)
        except (FaultUnsupported, FaultNotArmed) as error:
            # Without the fault the scenario proves nothing: a skip is INCONCLUSIVE.
            pytest.skip(error.what)

    def _await(self, when: str, when_s: float, label: str) -> None:
        selector, regex = parse_gate(when)
        services = tuple(self._system.attached.select(selector))
        opened = self._marks.await_line(services, regex, when_s)
        if opened is None:
            pytest.skip(
                f"fault {label} was not armed: {', '.join(services)} wrote no line that matches "
                f"{regex!r} within {when_s:g} s"
            )
        line = Redactor(self._system.target.secret_values)(opened.line)
        text = f"fault {label} is armed at a line of {opened.service}: {line}"
        self._log.record(Note(text=text))
