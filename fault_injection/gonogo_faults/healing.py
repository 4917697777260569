"""Healing from the journal: every open undo is executed, from any process, any number of times."""

import contextlib
from collections.abc import Callable, Collection
from pathlib import Path

from gonogo.backends import RunningSystem
from gonogo.observation import EventLog
from gonogo.ownership import read_owner
from gonogo.vocabulary import HarnessError, Recorder, System
from gonogo.vocabulary.events import FaultHealed, Note
from gonogo_faults.intents import Intent, open_intents
from gonogo_faults.journal import Journal


def heal_all(
    run_dir: Path, *, by: str = "heal", recorder: Recorder | None = None, owned: bool = True
) -> list[Intent]:
    """Execute the undo of every intent that no process has healed, last in first out.

    One that fails stays open for the next call and is recorded; the others go on.

    Args:
        run_dir: the run directory.
        by: who heals, for the record.
        recorder: where to record it; None opens an event file of its own when needed.
        owned: False when the owner of the services is dead or dying. It may still look alive, so
            it is not asked for anything.

    Returns:
        Those healed by this call.
    """

    def find_system() -> System | None:
        return _living_system(run_dir) if owned else None

    intents = open_intents(run_dir)
    healed: list[Intent] = []
    with contextlib.ExitStack() as stack:
        if intents and recorder is None:
            recorder = stack.enter_context(EventLog(run_dir, intents[0].run, by, role="heal"))
        for intent in reversed(intents):
            assert recorder is not None  # noqa: S101 - set above when there is an intent
            if _heal(run_dir, intent, by, recorder, find_system):
                healed.append(intent)
    return healed


def heal_left_over(
    run_dir: Path, services: Collection[str], system: System, *, by: str, recorder: Recorder
) -> None:
    """Execute the undo of faults on these services that their own process does not heal any more.

    One that fails stays open and is recorded, as by ``heal_all``.

    Args:
        run_dir: the run directory.
        services: names of the services.
        system: where they run.
        by: who heals, for the record.
        recorder: where to record it.
    """
    for intent in reversed(open_intents(run_dir)):
        if intent.left_over and not set(services).isdisjoint(intent.services):
            _heal(run_dir, intent, by, recorder, lambda: system)


def _heal(
    run_dir: Path,
    intent: Intent,
    by: str,
    recorder: Recorder,
    find_system: Callable[[], System | None],
) -> bool:
    journal = Journal(run_dir, intent.run)
    if journal.is_healed(intent.id):
        return False  # by the process that armed it; a later fault may use the resource by now
    # A full disk may refuse this line; it must not prevent the healing.
    with contextlib.suppress(OSError):
        journal.healing_begins(intent.id, by)
    try:
        if intent.is_of_this_boot:
            intent.undo.execute(find_system())
    except (HarnessError, OSError) as error:
        text = f"fault {intent.label} is not healed: {error}"
        recorder.record(Note(text=text))
        return False
    journal.healed(intent.id, by)
    recorder.record(FaultHealed(id=intent.id, label=intent.label, by=by))
    return True


def _living_system(run_dir: Path) -> RunningSystem | None:
    owner = read_owner(run_dir)
    if owner is None or not owner.alive():
        return None
    system = RunningSystem(run_dir)
    return system if system.snapshot().phase in ("starting", "running") else None
