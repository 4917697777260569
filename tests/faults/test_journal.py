"""The undo journal: durable, readable with an incomplete last line, healed once."""

import errno
import json
import os
import signal
from pathlib import Path

import pytest

from gonogo.backends import SupervisedEnvironment
from gonogo.linux import read_stat, signal_identity, wait_until
from gonogo.observation import boot_id, read_events
from gonogo.vocabulary import NoUndo, Undo, UsageError
from gonogo.vocabulary.events import FaultHealed, Note
from gonogo_faults import (
    CATALOGUE,
    JOURNAL,
    Journal,
    heal_all,
    make_fault,
    open_intents,
)
from gonogo_faults.undo import SendSignal, StartServices
from tests.backends.builders import PATIENCE_S, Memory, soon_ready


def _intend(journal: Journal, name: str, undo: Undo) -> None:
    journal.intend(name, name, "pause", ["worker"], lambda: undo)


def _stopped(system: SupervisedEnvironment, service: str) -> bool:
    stats = [read_stat(each.pid) for each in system.processes(service)]
    return any(stat.state == "T" for stat in stats if stat)


def test_open_intents_are_those_not_healed(run_dir: Path, journal: Journal) -> None:
    """They are in order, with all data that another process needs to execute the undo."""
    run_dir.mkdir(parents=True)
    for name in ("one", "two", "three"):
        _intend(journal, name, StartServices((name,), (name,)))
    journal.healed("two", "test")
    assert [each.id for each in open_intents(run_dir)] == ["one", "three"]
    assert open_intents(run_dir)[0].undo == StartServices(("one",), ("one",))


def test_no_journal_means_nothing_open(tmp_path: Path) -> None:
    """A run that never armed anything has nothing to heal, and healing it writes nothing."""
    assert open_intents(tmp_path) == []
    assert heal_all(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_torn_line_is_passed_over_and_closed(run_dir: Path, journal: Journal) -> None:
    """A writer killed in the middle of a line loses this line, and no later one."""
    run_dir.mkdir(parents=True)
    _intend(journal, "one", NoUndo())
    with (run_dir / JOURNAL).open("ab") as file:
        file.write(b'{"op": "intent", "id": "tor')
    _intend(journal, "two", NoUndo())
    assert [each.id for each in open_intents(run_dir)] == ["one", "two"]


def test_an_intent_that_is_not_written_whole_is_refused(
    run_dir: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk stores a part of the line: an error, and the next line is complete."""
    run_dir.mkdir(parents=True)
    write, room = os.write, [60]

    def into_what_is_left(fd: int, data: bytes) -> int:
        written = write(fd, data[: room[0]]) if room[0] else 0
        room[0] -= written
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written

    with monkeypatch.context() as full:
        full.setattr(os, "write", into_what_is_left)
        with pytest.raises(OSError, match="No space left"):
            _intend(journal, "one", NoUndo())
    _intend(journal, "two", NoUndo())
    assert [each.id for each in open_intents(run_dir)] == ["two"]


def test_a_line_written_in_pieces_is_whole(
    run_dir: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that stores only a part is continued."""
    run_dir.mkdir(parents=True)
    write = os.write
    with monkeypatch.context() as slow:
        slow.setattr(os, "write", lambda fd, data: write(fd, data[:60]))
        _intend(journal, "one", StartServices(("one",), ("one",)))
    assert open_intents(run_dir)[0].undo == StartServices(("one",), ("one",))


def test_healing_is_last_in_first_out_and_idempotent(
    run_dir: Path, journal: Journal, memory: Memory
) -> None:
    """Each intent is healed once, the newest first; a second call does nothing."""
    run_dir.mkdir(parents=True)
    for name in ("one", "two"):
        _intend(journal, name, NoUndo())
    assert [each.id for each in heal_all(run_dir, by="test", recorder=memory)] == ["two", "one"]
    assert [each.label for each in memory.of(FaultHealed)] == ["two", "one"]
    assert heal_all(run_dir) == []


def test_another_process_heals_a_pause(
    system: SupervisedEnvironment, run_dir: Path, journal: Journal
) -> None:
    """With the run directory only, the processes continue, and an event says who healed them."""
    fault = make_fault("pause")
    _intend(journal, "one", fault.plan(system, ["worker"]))
    fault.arm(system, ["worker"])
    assert wait_until(lambda: _stopped(system, "worker"), PATIENCE_S)
    assert [each.id for each in heal_all(run_dir)] == ["one"]
    assert wait_until(lambda: not _stopped(system, "worker"), PATIENCE_S)
    healed = read_events(run_dir).of(FaultHealed)
    assert [(event.writer, event.what.by) for event in healed] == [("heal", "heal")]


def _kill_redis(system: SupervisedEnvironment, journal: Journal) -> None:
    fault = make_fault("kill")
    _intend(journal, "one", fault.plan(system, ["redis"]))
    fault.arm(system, ["redis"])
    assert wait_until(lambda: not system.processes("redis"), PATIENCE_S)


def test_another_process_heals_a_kill_once(
    system: SupervisedEnvironment, run_dir: Path, journal: Journal
) -> None:
    """A service without a policy is started by its owner on request; a running one is left."""
    _kill_redis(system, journal)
    assert [each.id for each in heal_all(run_dir)] == ["one"]
    assert soon_ready(system, "redis")
    before = system.processes("redis")
    StartServices(("redis",), ("redis",)).execute(system)
    assert system.processes("redis") == before


def test_a_dying_owner_is_asked_for_nothing(
    system: SupervisedEnvironment, run_dir: Path, journal: Journal
) -> None:
    """It may seem alive for a moment; the watchdog must not wait for a start by it."""
    _kill_redis(system, journal)
    assert [each.id for each in heal_all(run_dir, owned=False)] == ["one"]
    assert not system.processes("redis")


def test_an_undo_never_reaches_another_process(system: SupervisedEnvironment) -> None:
    """A signal for a process that is gone is dropped."""
    (main, *_) = system.processes("redis")
    assert signal_identity(main, signal.SIGKILL)
    assert wait_until(lambda: not system.processes("redis"), PATIENCE_S)
    SendSignal("SIGCONT", (main,), ("redis",)).execute(None)


def test_one_undo_that_fails_does_not_stop_the_others(
    run_dir: Path, journal: Journal, memory: Memory
) -> None:
    """It stays open and is recorded; those before it are healed."""
    run_dir.mkdir(parents=True)
    _intend(journal, "one", NoUndo())
    _intend(journal, "two", NoUndo())
    path = run_dir / JOURNAL
    lines = path.read_text().splitlines()
    lines[1] = lines[1].replace('"none"', '"from-the-future"')
    path.write_text("\n".join(lines) + "\n")
    assert [each.id for each in heal_all(run_dir, recorder=memory)] == ["one"]
    assert [each.id for each in open_intents(run_dir)] == ["two"]
    assert "from-the-future" in memory.of(Note)[0].text


EARLIER: dict[str, object] = {
    "op": "intent", "label": "freeze", "fault": "pause", "services": ["worker"],
    "undo": {
        "kind": "signal", "processes": [], "signal": "SIGCONT", "services": ["worker"],
        "edges": [], "control": "", "run": "", "toxic": "", "tag": "", "before": [],
    },
    "run": "run", "boot": boot_id(),
}  # fmt: skip


def test_an_earlier_version_is_read_and_its_open_faults_reported(
    run_dir: Path, journal: Journal, memory: Memory
) -> None:
    """What it healed is healed; what it left is a note, and the faults of this version go on."""
    run_dir.mkdir(parents=True)
    lines = [
        EARLIER | {"id": "old-healed"},
        {"op": "healed", "id": "old-healed", "by": "scenario"},
        EARLIER | {"id": "old-open"},
    ]
    (run_dir / JOURNAL).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    _intend(journal, "one", NoUndo())
    assert [each.id for each in open_intents(run_dir)] == ["old-open", "one"]
    assert [each.id for each in heal_all(run_dir, recorder=memory)] == ["one"]
    (note,) = memory.of(Note)
    assert "fault freeze is not healed: this version cannot execute the undo" in note.text
    assert "missing required field" in note.text


def test_a_fault_without_an_id_is_reported(run_dir: Path) -> None:
    """A complete line that cannot be read is never passed over as if nothing were armed."""
    run_dir.mkdir(parents=True)
    path = run_dir / JOURNAL
    path.write_text(f"{json.dumps(EARLIER)}\n")
    with pytest.raises(UsageError, match="`id`") as wrong:
        open_intents(run_dir)
    assert wrong.value.where == str(path)


def test_faults_by_name() -> None:
    """A wrong name or parameter gives the valid ones."""
    with pytest.raises(UsageError) as wrong:
        make_fault("explode")
    assert wrong.value.alternatives == tuple(sorted(CATALOGUE))
    with pytest.raises(UsageError, match="no parameter 'delay'") as wrong:
        make_fault("kill", delay=3)
    assert wrong.value.alternatives == ("scope",)
