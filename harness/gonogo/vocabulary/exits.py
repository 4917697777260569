"""Exit codes: one table for every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of the process; only ``GO`` lets a release pass."""

    GO = 0
    NO_GO = 1
    INTERRUPTED = 2
    INCONCLUSIVE = 3
    USAGE = 4
    NOTHING_RAN = 5
    ENVIRONMENT = 6
