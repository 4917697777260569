"""``/proc/PID/stat``, with every name of a program."""

import os
import signal
import subprocess
import sys
import threading

from gonogo.linux import all_stats, read_stat, read_thread_stats, wait_until

NAMED = "import ctypes, time; ctypes.CDLL(None).prctl(15, b'a) R 1 (b', 0, 0, 0); "


def test_this_process_is_read_as_it_is() -> None:
    """Pid, parent, session and threads are those the kernel gives by other ways."""
    stat = read_stat(os.getpid())
    assert stat is not None
    assert (stat.pid, stat.parent, stat.session) == (os.getpid(), os.getppid(), os.getsid(0))
    assert stat.threads >= threading.active_count()
    assert not stat.dead
    assert all_stats()[os.getpid()].start_ticks == stat.start_ticks


def test_a_stopped_process_differs_from_one_that_runs(sleeper: subprocess.Popen[bytes]) -> None:
    """SIGSTOP shows in the process and in each of its threads."""
    os.kill(sleeper.pid, signal.SIGSTOP)
    assert wait_until(lambda: (stat := read_stat(sleeper.pid)) is not None and stat.stopped, 10)
    assert [thread.stopped for thread in read_thread_stats(sleeper.pid)] == [True]


def test_a_name_with_brackets_and_spaces_changes_no_field() -> None:
    """A program may call itself ") R 1 (": the fields begin after the last bracket."""
    command = [sys.executable, "-c", NAMED + "print('up', flush=True); time.sleep(600)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        stat = read_stat(process.pid)
        process.kill()
    assert stat is not None
    assert (stat.pid, stat.parent) == (process.pid, os.getpid())


def test_a_process_that_is_gone_has_no_stat(gone: int) -> None:
    """It gives None or an empty result, not an error."""
    assert read_stat(gone) is None
    assert read_thread_stats(gone) == []
    assert gone not in all_stats()
