"""Clocks: monotonic time gives the order of events, wall time is for the reader."""

import datetime as dt
import time

from gonogo.linux import read_boot_id


def mono_ns() -> int:
    """CLOCK_MONOTONIC in nanoseconds; the same clock in every process of one boot."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def wall() -> str:
    """Now in UTC, ISO 8601 with microseconds."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def boot_id() -> str:
    """The kernel's boot id: monotonic times compare only within one."""
    return read_boot_id()
