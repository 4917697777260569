"""``/proc/PID/fd`` and ``fdinfo``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.linux import (
    Descriptor,
    descriptor_numbers,
    descriptors,
    open_descriptors,
)


def _mine(number: int) -> Descriptor:
    return next(each for each in descriptors(os.getpid()) if each.number == number)


@pytest.mark.parametrize(
    ("flags", "writes", "appends"),
    [
        (os.O_RDONLY, False, False),
        (os.O_WRONLY, True, False),
        (os.O_RDWR, True, False),
        (os.O_WRONLY | os.O_APPEND, True, True),
    ],
)
def test_how_a_file_is_open(tmp_path: Path, flags: int, writes: bool, appends: bool) -> None:
    """Writing and appending are told from the flags the file was opened with."""
    path = tmp_path / "file"
    path.touch()
    fd = os.open(path, flags)
    found = _mine(fd)
    assert (found.writes, found.appends) == (writes, appends)
    assert found.inode() == (path.stat().st_dev, path.stat().st_ino)
    os.close(fd)
    assert found.inode() is None


def test_descriptors_of_another_process_are_counted(sleeper: subprocess.Popen[bytes]) -> None:
    """Standard input, output and error, and what it inherits."""
    assert {0, 1, 2} <= set(descriptor_numbers(sleeper.pid))
    assert open_descriptors(sleeper.pid) == len(descriptor_numbers(sleeper.pid))


def test_a_process_that_is_gone_has_none(gone: int) -> None:
    """Counting gives 0, listing raises."""
    assert open_descriptors(gone) == 0
    with pytest.raises(FileNotFoundError):
        descriptor_numbers(gone)


def test_inherited_descriptors_are_kept_from_children() -> None:
    """After the call a child that closes nothing inherits 0, 1 and 2 alone."""
    code = (
        "import os, subprocess, sys\n"
        "from gonogo.linux import keep_descriptors_private\n"
        "os.set_inheritable(os.open('/dev/null', os.O_RDONLY), True)\n"
        "keep_descriptors_private()\n"
        "listing = 'import os; print(sorted(os.listdir(\"/proc/self/fd\"), key=int))'\n"
        "subprocess.run([sys.executable, '-c', listing], close_fds=False, check=True)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['0', '1', '2', '3']"  # 3 is the listing's own
