"""Linux: the one reader of /proc, control groups and namespaces; processes, signals, rights."""

from gonogo.linux.as_root import (
    RootHelper,
    as_root,
    as_root_where_refused,
    root_trouble,
    set_root_helper,
)
from gonogo.linux.cgroup import UNLIMITED, Cgroup, ControlGroup, find_cgroup, group_of
from gonogo.linux.descriptors import (
    Descriptor,
    descriptor_numbers,
    descriptors,
    keep_descriptors_private,
    open_descriptors,
)
from gonogo.linux.identity import (
    RUN_VARIABLE,
    SERVICE_VARIABLE,
    identify,
    is_alive,
    signal_identity,
)
from gonogo.linux.kill import kill_all
from gonogo.linux.machine import ephemeral_ports, read_boot_id
from gonogo.linux.maps import has_mapped
from gonogo.linux.mounts import device_name, mount_points, mounts_at, open_directory, root_of
from gonogo.linux.namespaces import Namespace
from gonogo.linux.own_python import own_python, own_xdist_workers
from gonogo.linux.processes import family_of, processes_of_run
from gonogo.linux.signals import DeferredSignals, deferred_signals
from gonogo.linux.sockets import listens
from gonogo.linux.stat import ProcessStat, all_stats, read_stat, read_thread_stats
from gonogo.linux.status import anonymous_bytes, bounding_capabilities, program_name
from gonogo.linux.waiting import wait_for_exits, wait_until

__all__ = [
    "Cgroup",
    "ControlGroup",
    "DeferredSignals",
    "Descriptor",
    "Namespace",
    "ProcessStat",
    "RUN_VARIABLE",
    "RootHelper",
    "SERVICE_VARIABLE",
    "UNLIMITED",
    "all_stats",
    "anonymous_bytes",
    "as_root",
    "as_root_where_refused",
    "bounding_capabilities",
    "deferred_signals",
    "descriptor_numbers",
    "descriptors",
    "device_name",
    "ephemeral_ports",
    "family_of",
    "find_cgroup",
    "group_of",
    "has_mapped",
    "identify",
    "is_alive",
    "keep_descriptors_private",
    "kill_all",
    "listens",
    "mount_points",
    "mounts_at",
    "open_descriptors",
    "open_directory",
    "own_python",
    "own_xdist_workers",
    "processes_of_run",
    "program_name",
    "read_boot_id",
    "read_stat",
    "read_thread_stats",
    "root_of",
    "root_trouble",
    "set_root_helper",
    "signal_identity",
    "wait_for_exits",
    "wait_until",
]
