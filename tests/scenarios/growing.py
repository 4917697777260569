"""A process that takes memory when told to, and gives it back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_PROGRAM = """
import sys
print("up", flush=True)
for line in sys.stdin:
    del [b"x" * (int(line) << 20)][0]
    print("done", flush=True)
"""


@dataclass(frozen=True)
class Growing:
    """The process and how many MiB it takes."""

    process: "subprocess.Popen[str]"
    mib: int

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def grow(self) -> None:
        """Take the memory and give it back; returns when both is done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.mib}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"


@contextmanager
def growing(mib: int) -> Iterator[Growing]:
    """Run one for the time of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield Growing(process, mib)
        process.communicate()
