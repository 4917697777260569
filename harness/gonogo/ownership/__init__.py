"""Ownership of a run: its state, its snapshot, the watchdog, the sweep after the owner died."""

from gonogo.ownership.snapshot import ServiceSnapshot, Snapshot, read_snapshot
from gonogo.ownership.state_dir import Owner, read_owner
from gonogo.ownership.sweeping import Swept, sweep, sweep_leftovers, watch_and_sweep
from gonogo.ownership.watchdog import Watchdog, spawn_watchdog, watch

__all__ = [
    "Owner",
    "ServiceSnapshot",
    "Snapshot",
    "Swept",
    "Watchdog",
    "read_owner",
    "read_snapshot",
    "spawn_watchdog",
    "sweep",
    "sweep_leftovers",
    "watch",
    "watch_and_sweep",
]
