"""The faults in the document: when each was planned, armed, observed, healed, proven absent."""

from typing import TypeVar, cast

from gonogo.judgement import FaultWindow, RecoverySplit, recovery_splits
from gonogo.vocabulary import Event
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
)
from gonogo_reports.document.run_data import RunData
from gonogo_reports.document.schema import FaultPart, ProofPart, RecoveryPart

Step = FaultIntended | FaultArmed | FaultObserved | FaultHealed | FaultAbsent
S = TypeVar("S", FaultIntended, FaultArmed, FaultObserved, FaultHealed, FaultAbsent)


def faults(run: RunData) -> list[FaultPart]:
    """Every fault, in the order in which they were planned."""
    by_id: dict[str, list[Event[Step]]] = {}
    for event in run.events:
        if isinstance(event.what, Step):
            by_id.setdefault(event.what.id, []).append(cast("Event[Step]", event))
    recoveries = _recoveries(run)
    return [_fault(run, key, events, recoveries.get(key)) for key, events in by_id.items()]


def _recoveries(run: RunData) -> dict[str, RecoveryPart]:
    if run.view is None:
        return {}
    windows = {fault.id: fault for fault in run.view.faults}
    return {each.id: _recovery(windows[each.id], each) for each in recovery_splits(run.view)}


def _recovery(fault: FaultWindow, split: RecoverySplit) -> RecoveryPart:
    return {
        "felt_after_s": _between(fault.armed_ns, split.first_error_ns),
        "noticed_after_s": _between(fault.armed_ns, split.noticed_ns),
        "noticed_by": split.noticed_by,
        "healed_after_s": _between(fault.armed_ns, fault.healed_ns),
        "recovered_after_s": _between(fault.healed_ns, split.recovered_ns),
        "watched_s": _between(fault.healed_ns, split.watched_ns),
    }


def _between(start_ns: int | None, end_ns: int | None) -> float | None:
    return None if start_ns is None or end_ns is None else round((end_ns - start_ns) / 1e9, 6)


def _fault(
    run: RunData, key: str, events: list[Event[Step]], recovery: RecoveryPart | None
) -> FaultPart:
    def at(kind: type[Step]) -> float | None:
        times = (run.at_s(each.mono_ns) for each in events if isinstance(each.what, kind))
        return next(times, None)

    intent, healed = _first(events, FaultIntended), _first(events, FaultHealed)
    bite, absence = _first(events, FaultObserved), _first(events, FaultAbsent)
    return {
        "id": key,
        "label": events[0].what.label or key,
        "fault": intent.fault if intent else "",
        "selector": intent.selector if intent else "",
        "services": list(intent.services) if intent else [],
        "parameters": dict(sorted(intent.parameters.items())) if intent else {},
        "healed_by": healed.by if healed else "",
        "intent_s": at(FaultIntended),
        "armed_s": at(FaultArmed),
        "observed_s": at(FaultObserved),
        "healed_s": at(FaultHealed),
        "absent_s": at(FaultAbsent),
        "bite": _proof(bite, proven=bite.observed if bite else None),
        "absence": _proof(absence, proven=absence.absent if absence else None),
        "recovery": recovery,
    }


def _first(events: list[Event[Step]], kind: type[S]) -> S | None:
    return next((each.what for each in events if isinstance(each.what, kind)), None)


def _proof(said: FaultObserved | FaultAbsent | None, *, proven: bool | None) -> ProofPart:
    return {
        "proven": proven,
        "evidence": said.evidence if said else "",
        "waited_s": said.waited_s if said else None,
    }
