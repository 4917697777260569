"""Faults out of the event log: intent, armed, observed, healed, absent."""

from gonogo.judgement import FaultWindow, RecoverySplit, recovery_splits
from gonogo.vocabulary import Event, Kind
from gonogo_reports.phases import number
from gonogo_reports.reading import RunData
from gonogo_reports.schema import FaultPart, ProofPart, RecoveryPart

_KINDS = (
    Kind.FAULT_INTENT,
    Kind.FAULT_ARMED,
    Kind.FAULT_OBSERVED,
    Kind.FAULT_HEALED,
    Kind.FAULT_ABSENT,
)


def faults(run: RunData) -> list[FaultPart]:
    """Every fault in the order of intent."""
    by_id: dict[str, list[Event]] = {}
    for event in run.of(*_KINDS):
        by_id.setdefault(str(event.data.get("id", "")), []).append(event)
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


def _fault(run: RunData, key: str, events: list[Event], recovery: RecoveryPart | None) -> FaultPart:
    first = {kind: [e for e in events if e.kind is kind][:1] for kind in _KINDS}

    def at(kind: Kind) -> float | None:
        return run.at_s(first[kind][0].mono_ns) if first[kind] else None

    intent = first[Kind.FAULT_INTENT][0].data if first[Kind.FAULT_INTENT] else {}
    healed = first[Kind.FAULT_HEALED][0].data if first[Kind.FAULT_HEALED] else {}
    services = intent.get("services") or []
    parameters = intent.get("parameters")
    return {
        "id": key,
        "label": str(events[0].data.get("label", "")) or key,
        "fault": str(intent.get("fault", "")),
        "selector": str(intent.get("selector", "")),
        "services": [str(name) for name in services],
        "parameters": dict(sorted(parameters.items())) if isinstance(parameters, dict) else {},
        "healed_by": str(healed.get("by", "")),
        "intent_s": at(Kind.FAULT_INTENT),
        "armed_s": at(Kind.FAULT_ARMED),
        "observed_s": at(Kind.FAULT_OBSERVED),
        "healed_s": at(Kind.FAULT_HEALED),
        "absent_s": at(Kind.FAULT_ABSENT),
        "bite": _proof(first[Kind.FAULT_OBSERVED], "observed"),
        "absence": _proof(first[Kind.FAULT_ABSENT], "absent"),
        "recovery": recovery,
    }


def _proof(events: list[Event], key: str) -> ProofPart:
    data = events[0].data if events else {}
    return {
        "proven": bool(data.get(key)) if events else None,
        "evidence": _words(data.get("evidence", "")),
        "waited_s": number(data.get("waited_s")),
    }


def _words(evidence: object) -> str:
    """Evidence is recorded as its words, or with its figures beside them."""
    if isinstance(evidence, dict):
        return str(evidence.get("what", evidence))
    return str(evidence or "")
