"""Arming a fault as a ``with`` block: journalled, observed, always healed."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gonogo.backends import backends_for
from gonogo.observation import mono_ns
from gonogo.vocabulary import (
    BlastRadius,
    Demanding,
    EnvironmentFailed,
    Evidence,
    Fault,
    HarnessError,
    Recorder,
    Stoppable,
    System,
    Undo,
    UsageError,
    missing_capabilities,
    names_edges,
)
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
    NotTested,
)
from gonogo_faults.healing import heal_left_over
from gonogo_faults.journal import Journal

DURATION_S_MAX = 60.0
_LOOK_EVERY_S = 0.02
# When another process heals a fault (`gonogo heal`), its threads here stop within this time.
_NOTICE_EVERY_S = 0.25
# An undo may be executed any number of times. One that failed is tried again for this long.
_HEAL_S_MAX = 15.0


class FaultUnsupported(UsageError):
    """This fault cannot be injected here; NOT_TESTED was recorded."""


class FaultNotArmed(EnvironmentFailed):
    """A tool that arms this fault failed. That says nothing about the system."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a selector chose: the names the fault gets, and the services they touch."""

    names: tuple[str, ...]
    services: tuple[str, ...]


class ArmedFault:
    """A fault while it is armed, and after.

    Attributes:
        id: identifies this arming in events and journal.
        label: its name in objectives.
        services: those it touches.
        observed: whether its effect was observed.
        evidence: what the last check of its effect showed.
        absent: whether its absence was proven after healing; None before.
    """

    def __init__(
        self,
        fault: Fault,
        chosen: _Chosen,
        label: str,
        system: System,
        journal: Journal,
        recorder: Recorder,
        absent_timeout_s: float,
    ) -> None:
        self.id = f"{label}.{mono_ns():x}"
        self.label = label
        self.services = chosen.services
        self._names = chosen.names
        self.observed = False
        self.evidence = Evidence(holds=False, what="not looked at")
        self.absent: bool | None = None
        self._fault = fault
        self._system = system
        self._journal = journal
        self._recorder = recorder
        self._absent_timeout_s = absent_timeout_s
        self._heal_timeout_s = _HEAL_S_MAX
        self._undo: Undo | None = None
        # Whether the undo must be executed here although another process may have done so.
        self._undo_again = True
        self._healing = threading.Lock()
        self._healed = threading.Event()
        self._end_s = float("inf")

    def heal(self, by: str = "scenario") -> None:
        """Take the fault back now and wait until its absence is proven, within the limit.

        May be called any number of times, from any thread; later calls wait for the first.
        """
        with self._healing:
            undo = self._undo
            if self._healed.is_set() or undo is None:
                return
            trouble = self._execute_undo(undo)
            self._healed.set()
            if trouble:
                # The disk may be what failed; the absence is looked for all the same.
                with contextlib.suppress(OSError):
                    self._journal.healing_failed(self.id, by)
            elif not self._journal.is_healed(self.id):
                self._journal.healed(self.id, by)
                self._recorder.record(FaultHealed(id=self.id, label=self.label, by=by))
            self._prove_absent(trouble)

    def wait_healed(self, timeout_s: float) -> bool:
        """Wait until it is healed, by any process; says whether it is."""
        return self._healed.wait(timeout_s)

    def _arm(self, selector: str, duration_s_max: float, observe_timeout_s: float) -> None:
        fault = self._fault
        # Before the plan, which must find the usual state.
        heal_left_over(
            self._journal.run_dir,
            self.services,
            self._system,
            by=f"arming of {self.label}",
            recorder=self._recorder,
        )
        self._undo = self._journal.intend(
            self.id,
            self.label,
            fault.name,
            self.services,
            lambda: fault.plan(self._system, self._names),
        )
        self._recorder.record(
            FaultIntended(
                id=self.id,
                label=self.label,
                fault=fault.name,
                selector=selector,
                services=tuple(self.services),
                edges=tuple(self._names) if fault.selects == "edges" else (),
                parameters=dict(fault.parameters),
            )
        )
        fault.arm(self._system, self._names)
        # Another process that began to heal before this moment may have executed the undo too
        # early: arm() may have applied the fault after it. One that begins later cannot.
        self._undo_again = self._journal.is_being_healed(self.id)
        # The duration counts from the observation: on a busy machine arming must not use it up.
        self._end_s = time.monotonic() + observe_timeout_s + duration_s_max
        threading.Thread(target=self._heal_in_time, name=self.id, daemon=True).start()
        self._recorder.record(FaultArmed(self.id, self.label))
        self.evidence, waited_s = _poll(
            lambda: fault.observe(self._system, self._names), observe_timeout_s, self._healed
        )
        self.observed = self.evidence.holds
        self._recorder.record(
            FaultObserved(
                id=self.id,
                label=self.label,
                observed=self.observed,
                evidence=self.evidence.what,
                waited_s=waited_s,
            )
        )
        self._end_s = time.monotonic() + duration_s_max

    def _heal_in_time(self) -> None:
        """Heal after the duration, or after another process healed it; no scenario prevents it."""
        left_s = _NOTICE_EVERY_S
        while not self._healed.wait(min(max(left_s, 0.0), _NOTICE_EVERY_S)):
            left_s = self._end_s - time.monotonic()
            if left_s <= 0:
                self.heal(by="timer")
            elif self._journal.is_healed(self.id):
                self.heal(by="another process")

    def _execute_undo(self, undo: Undo) -> str:
        """Stop the fault's threads; execute the undo, again if it fails. Returns why it failed."""
        fault, end_s = self._fault, time.monotonic() + self._heal_timeout_s
        if isinstance(fault, Stoppable):
            fault.stop()
        elif not self._undo_again and self._journal.is_healed(self.id):
            # Another process has executed it. A later fault may use the resource by now.
            return ""
        while True:
            try:
                undo.execute(self._system)
            except (HarnessError, OSError) as error:
                if time.monotonic() > end_s:
                    return f"healing failed: {error}; "
                time.sleep(_LOOK_EVERY_S)
            else:
                return ""

    def _prove_absent(self, trouble: str) -> None:
        evidence, waited_s = _poll(
            lambda: self._fault.prove_absent(self._system, self._names),
            self._absent_timeout_s,
            threading.Event(),
        )
        self.absent = evidence.holds
        self._recorder.record(
            FaultAbsent(
                id=self.id,
                label=self.label,
                absent=evidence.holds,
                evidence=trouble + evidence.what,
                waited_s=waited_s,
            )
        )

    def _hurry(self) -> None:
        """Try to heal, and to prove the absence, only once: this process is asked to end."""
        self._absent_timeout_s = self._heal_timeout_s = 0.0


@contextmanager
def armed(  # noqa: PLR0913 - all but two are named at the call
    fault: Fault,
    selector: str,
    *,
    label: str,
    system: System,
    journal: Journal,
    recorder: Recorder,
    radius: BlastRadius | None = None,
    observe_timeout_s: float = 5.0,
    absent_timeout_s: float = 30.0,
) -> Iterator[ArmedFault]:
    """Arm a fault for the duration of the block; it is healed however the block ends.

    A fault whose effect is not observed raises nothing: the handle says so, the judge decides.

    Args:
        fault: from ``make_fault``.
        selector: a service's name or a shell pattern over names; over the names of edges, such
            as ``api->redis``, where the fault selects edges.
        label: its name in objectives and reports.
        system: where to inject it.
        journal: gets the undo before anything is touched.
        recorder: gets intent, arming, observation, healing, absence.
        radius: which services it may touch, and for how long after it was observed. It is
            healed after that time. None: the selected services and ``DURATION_S_MAX``.
        observe_timeout_s: limit for the observation of its effect.
        absent_timeout_s: limit for the proof of absence after healing.

    Raises:
        UsageError: the selector matches nothing, or more than the radius allows, or another
            fault is active on a resource of this one. Nothing was touched.
        FaultUnsupported: it cannot be injected here. Nothing was touched.
        FaultNotArmed: a tool of the gate or of the machine failed while it was armed, or an
            earlier fault on the same resource could not be healed. What was done is undone.
    """
    chosen = _choose(fault, selector, label, system)
    radius = radius or BlastRadius(chosen.services, DURATION_S_MAX)
    handle = ArmedFault(fault, chosen, label, system, journal, recorder, absent_timeout_s)
    try:
        try:
            _check(fault, chosen, label, system, recorder, radius)
            handle._arm(selector, radius.duration_s_max, observe_timeout_s)
        except (EnvironmentFailed, OSError) as failed:
            raise FaultNotArmed(f"fault {label} was not armed: {failed}") from failed
        yield handle
    except (KeyboardInterrupt, SystemExit):
        handle._hurry()
        raise
    finally:
        handle.heal()


def _choose(fault: Fault, selector: str, label: str, system: System) -> _Chosen:
    if names_edges(selector) != (fault.selects == "edges"):
        raise UsageError(
            f"fault {fault.name} selects {fault.selects}, and {selector!r} does not",
            where=f"fault {label}",
            alternatives=system.edges() if fault.selects == "edges" else system.services(),
        )
    return _Chosen(*selected(system, selector))


def selected(system: System, selector: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a selector chooses, and the services that this touches.

    Raises:
        UsageError: it matches nothing.
    """
    if not names_edges(selector):
        services = tuple(system.select(selector))
        return services, services
    edges = tuple(system.select_edges(selector))
    routes = [system.edge(name) for name in edges]
    return edges, tuple(sorted({name for each in routes for name in (each.client, each.service)}))


def _check(
    fault: Fault,
    chosen: _Chosen,
    label: str,
    system: System,
    recorder: Recorder,
    radius: BlastRadius,
) -> None:
    outside = sorted(set(chosen.services) - set(radius.services))
    if outside:
        raise UsageError(
            f"fault {label} would touch {', '.join(outside)}, outside its blast radius",
            where=f"fault {label}",
            alternatives=sorted(radius.services),
        )
    reason = ""
    if missing := missing_capabilities(system.backend, fault.needs):
        backend = system.backend.name
        reason = (
            f"fault {fault.name} cannot be injected in the {backend} backend, "
            f"which does not have: {missing[0].meaning}"
        )
    elif isinstance(fault, Demanding) and (why := fault.lacking(system, chosen.names)):
        reason = f"fault {fault.name} cannot be injected here: {why}"
    if reason:
        recorder.record(NotTested(what=label, reason=reason))
        raise FaultUnsupported(
            reason, where=f"fault {label}", alternatives=backends_for(fault.needs)
        )


def _poll(
    look: Callable[[], Evidence], limit_s: float, over: threading.Event
) -> tuple[Evidence, float]:
    """Look until it holds, the limit has passed or the fault is over; last evidence and wait."""
    began = time.monotonic()
    while True:
        try:
            evidence = look()
        except (HarnessError, OSError) as error:
            evidence = Evidence(holds=False, what=f"could not look: {error}")
        waited_s = time.monotonic() - began
        if evidence.holds or waited_s >= limit_s or over.wait(_LOOK_EVERY_S):
            return evidence, round(waited_s, 4)
