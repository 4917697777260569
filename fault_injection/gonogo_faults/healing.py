"""Taking back what a journal says may be armed, from any process, any number of times."""

import signal
from contextlib import ExitStack
from pathlib import Path

from gonogo.backends import RunningSystem
from gonogo.edges import EdgeControl
from gonogo.linux import signal_identity, wait_until
from gonogo.observation import EventLog, boot_id
from gonogo.ownership import read_owner
from gonogo.vocabulary import (
    HarnessError,
    Kind,
    ProcessIdentity,
    Recorder,
    System,
    Undo,
    UsageError,
)
from gonogo_faults.catalogue._take_back import WAYS, take_back
from gonogo_faults.journal import Intent, Journal, open_intents

UNDO_KINDS = ("none", "signal", "start", "replace", "edge", *WAYS)
# A service may have ended of what was done to its limits.
_STARTING = ("start", "replace", "limits", "descriptors")
_START_S_MAX = 30.0
# Its owner clears away what an ended main process leaves, and only then says what follows.
_SETTLE_S_MAX = 5.0


def heal_all(
    run_dir: Path, *, by: str = "heal", recorder: Recorder | None = None, owned: bool = True
) -> list[Intent]:
    """Undo every intent nobody has healed, last in first out.

    One that fails is left open for the next call and told; the others go on.

    Args:
        run_dir: the run directory.
        by: who heals, for the record.
        recorder: where to record it; None opens an event file of its own when needed.
        owned: False when nobody keeps the services any more, so that nothing is asked of an
            owner who is dying and may still look alive.

    Returns:
        Those healed by this call.
    """
    intents = open_intents(run_dir)
    healed: list[Intent] = []
    with ExitStack() as stack:
        if intents and recorder is None:
            recorder = stack.enter_context(EventLog(run_dir, intents[0].run, by, role="heal"))
        for intent in reversed(intents):
            assert recorder is not None  # noqa: S101 - set above when there is an intent
            if _heal(run_dir, intent, by, recorder, owned=owned):
                healed.append(intent)
    return healed


def _heal(run_dir: Path, intent: Intent, by: str, recorder: Recorder, *, owned: bool) -> bool:
    try:
        if intent.boot == boot_id():
            execute(intent.undo, _living_system(run_dir) if owned else None)
    except (HarnessError, OSError) as error:
        text = f"fault {intent.label} is not healed: {error}"
        recorder.record(Kind.NOTE, text=text)
        return False
    Journal(run_dir, intent.run).healed(intent.id, by)
    recorder.record(Kind.FAULT_HEALED, id=intent.id, label=intent.label, by=by)
    return True


def execute(undo: Undo, system: System | None) -> None:
    """Carry out an undo; safe to repeat, and after the system changed under it.

    Args:
        undo: what to do.
        system: None when its owner is gone: then nothing is started, and what carries the
            run's mark is swept anyway.

    Raises:
        UsageError: there is no such kind of undo.
        HarnessError: a service could not be started, a fault proxy hangs, or the engine or the
            kernel refuses.
    """
    if undo.kind not in UNDO_KINDS:
        raise UsageError(f"there is no undo {undo.kind!r}", alternatives=UNDO_KINDS)
    if undo.kind in ("signal", "replace"):
        _signal(undo, system)
    if undo.kind == "edge":
        _open_again(undo)
    if undo.kind in WAYS:
        take_back(undo, system)
    if undo.kind in _STARTING and system is not None:
        for name in undo.services:
            if _stays_down(name, system):
                system.start(name, timeout_s=_START_S_MAX)


def _stays_down(name: str, system: System) -> bool:
    """Whether nobody else starts it; its policy may answer a failure and not a clean exit."""

    def is_decided() -> bool:
        return bool(system.processes(name)) or not system.restarts_itself(name)

    return wait_until(is_decided, _SETTLE_S_MAX) and not system.processes(name)


def _signal(undo: Undo, system: System | None) -> None:
    number = signal.SIGKILL if undo.kind == "replace" else signal.Signals[undo.signal]
    since: list[ProcessIdentity] = []
    if undo.kind == "signal" and system is not None:
        since = [each for name in undo.services for each in system.processes(name)]
    for identity in {*undo.processes, *since}:
        signal_identity(identity, number)


def _open_again(undo: Undo) -> None:
    """Restore edges; without their proxy there is nothing left that could be armed."""
    control = EdgeControl(undo.control, undo.run)
    if not control.is_there():
        return
    for edge in undo.edges:
        if undo.toxic:
            control.remove_toxic(edge, undo.toxic)
        else:
            control.enable(edge, enabled=True)


def _living_system(run_dir: Path) -> RunningSystem | None:
    owner = read_owner(run_dir)
    if owner is None or not owner.alive():
        return None
    system = RunningSystem(run_dir)
    return system if system.snapshot().phase in ("starting", "running") else None
