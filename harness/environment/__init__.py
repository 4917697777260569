"""Where the system under test runs: started here, supervised, found, stopped, swept."""

from harness.environment._as_root import as_root, as_root_where_refused, root_trouble
from harness.environment._attached import AttachedSystem
from harness.environment._backends import EnvironmentMaker, engine_trouble, environment_maker
from harness.environment._deferred import DeferredSignals, deferred_signals
from harness.environment._edge_control import EdgeControl
from harness.environment._find import processes_of_run
from harness.environment._identity import (
    RUN_VARIABLE,
    SERVICE_VARIABLE,
    ProcessStat,
    all_stats,
    identify,
    is_alive,
    read_stat,
    signal_identity,
)
from harness.environment._kill import kill_all
from harness.environment._ports import PortLease
from harness.environment._preload import PreloadState, open_preload
from harness.environment._process import ProcessEnvironment
from harness.environment._redact import Redactor
from harness.environment._service_log import log_path
from harness.environment._snapshot import ServiceSnapshot, Snapshot, read_snapshot
from harness.environment._state_dir import Owner, read_owner
from harness.environment._supervised_environment import SupervisedEnvironment
from harness.environment._sweep import Swept, sweep, sweep_leftovers, watch_and_sweep
from harness.environment._waiting import wait_for_exits, wait_until
from harness.environment._watchdog import Watchdog, spawn_watchdog, watch

__all__ = [
    "AttachedSystem",
    "DeferredSignals",
    "EdgeControl",
    "EnvironmentMaker",
    "Owner",
    "PortLease",
    "PreloadState",
    "ProcessEnvironment",
    "ProcessStat",
    "RUN_VARIABLE",
    "Redactor",
    "SERVICE_VARIABLE",
    "ServiceSnapshot",
    "Snapshot",
    "SupervisedEnvironment",
    "Swept",
    "Watchdog",
    "all_stats",
    "as_root",
    "as_root_where_refused",
    "deferred_signals",
    "engine_trouble",
    "environment_maker",
    "identify",
    "is_alive",
    "kill_all",
    "log_path",
    "open_preload",
    "processes_of_run",
    "read_owner",
    "read_snapshot",
    "read_stat",
    "root_trouble",
    "signal_identity",
    "spawn_watchdog",
    "sweep",
    "sweep_leftovers",
    "wait_for_exits",
    "wait_until",
    "watch",
    "watch_and_sweep",
]
