"""Exit codes: one table for every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; only ``GO`` opens the gate."""

    GO = 0
    NO_GO = 1
    INTERRUPTED = 2
    INCONCLUSIVE = 3
    USAGE = 4
    NOTHING_RAN = 5
    ENVIRONMENT = 6
