"""Linux: the one reader of /proc, control groups and namespaces; processes, signals, rights."""

from gonogo.linux.as_root import (
    RootHelper,
    as_root,
    as_root_where_refused,
    root_trouble,
    set_root_helper,
)
from gonogo.linux.identity import (
    RUN_VARIABLE,
    SERVICE_VARIABLE,
    ProcessStat,
    all_stats,
    identify,
    is_alive,
    read_stat,
    signal_identity,
)
from gonogo.linux.kill import kill_all
from gonogo.linux.own_python import own_environment, own_python
from gonogo.linux.processes import processes_of_run
from gonogo.linux.signals import DeferredSignals, deferred_signals
from gonogo.linux.waiting import wait_for_exits, wait_until

__all__ = [
    "DeferredSignals",
    "ProcessStat",
    "RUN_VARIABLE",
    "RootHelper",
    "SERVICE_VARIABLE",
    "all_stats",
    "as_root",
    "as_root_where_refused",
    "deferred_signals",
    "identify",
    "is_alive",
    "kill_all",
    "own_environment",
    "own_python",
    "processes_of_run",
    "read_stat",
    "root_trouble",
    "set_root_helper",
    "signal_identity",
    "wait_for_exits",
    "wait_until",
]
