"""Mechanisms: what faults and their undo do to the kernel, and what they read from it."""

from gonogo_faults.mechanisms.canaries import REQUEST, answering, answers, first_that_answers
from gonogo_faults.mechanisms.containers import (
    all_containers,
    running_container,
    running_containers,
    set_limits,
)
from gonogo_faults.mechanisms.descriptor_limits import (
    limit_that_leaves,
    lower_limit,
    restore_limit,
    set_limit_anew,
    soft_limit,
)
from gonogo_faults.mechanisms.mounts import (
    Mount,
    canary_error,
    fill,
    is_mount_point,
    mount_of,
    remount,
    remove_file,
    writer_of,
)
from gonogo_faults.mechanisms.packet_rules import (
    Rule,
    append_rule,
    delete_rules,
    in_network_namespace,
    read_rules,
)

__all__ = [
    "Mount",
    "REQUEST",
    "Rule",
    "all_containers",
    "answering",
    "answers",
    "append_rule",
    "canary_error",
    "delete_rules",
    "fill",
    "first_that_answers",
    "in_network_namespace",
    "is_mount_point",
    "limit_that_leaves",
    "lower_limit",
    "mount_of",
    "read_rules",
    "remount",
    "remove_file",
    "restore_limit",
    "running_container",
    "running_containers",
    "set_limit_anew",
    "set_limits",
    "soft_limit",
    "writer_of",
]
