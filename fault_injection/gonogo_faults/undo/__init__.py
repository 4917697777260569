"""Undo: one file for each mechanism. The journal keeps them; nothing else undoes a fault."""

from collections.abc import Mapping
from types import MappingProxyType

from gonogo.vocabulary import NoUndo, Undo
from gonogo_faults.undo.ballast import Ballast, RemoveBallast
from gonogo_faults.undo.clocks import SetClocksRight
from gonogo_faults.undo.container_limits import ContainerLimit, RestoreContainerLimits
from gonogo_faults.undo.descriptors import (
    ProcessLimit,
    RestoreDescriptorLimits,
    ServiceLimit,
)
from gonogo_faults.undo.disk_syncs import EndSyncDelays
from gonogo_faults.undo.edges import OpenEdges
from gonogo_faults.undo.mounts import MakeMountsWritable, ServiceMount
from gonogo_faults.undo.packet_rules import DeletePacketRules
from gonogo_faults.undo.preloaded import PreloadedService
from gonogo_faults.undo.replacement import ReplaceProcesses
from gonogo_faults.undo.signals import SendSignal
from gonogo_faults.undo.starts import StartServices
from gonogo_faults.undo.toxics import RemoveToxics
from gonogo_faults.undo.unknown import UnknownUndo

# By the names under which the journal keeps them.
MECHANISMS: Mapping[str, type[Undo]] = MappingProxyType(
    {
        "ballast": RemoveBallast,
        "clocks": SetClocksRight,
        "container-limits": RestoreContainerLimits,
        "descriptors": RestoreDescriptorLimits,
        "disk-syncs": EndSyncDelays,
        "edges": OpenEdges,
        "mounts": MakeMountsWritable,
        "none": NoUndo,
        "packet-rules": DeletePacketRules,
        "replacement": ReplaceProcesses,
        "signals": SendSignal,
        "starts": StartServices,
        "toxics": RemoveToxics,
    }
)

__all__ = [
    "Ballast",
    "ContainerLimit",
    "DeletePacketRules",
    "EndSyncDelays",
    "MECHANISMS",
    "MakeMountsWritable",
    "OpenEdges",
    "PreloadedService",
    "ProcessLimit",
    "RemoveBallast",
    "RemoveToxics",
    "ReplaceProcesses",
    "RestoreContainerLimits",
    "RestoreDescriptorLimits",
    "SendSignal",
    "ServiceLimit",
    "ServiceMount",
    "SetClocksRight",
    "StartServices",
    "UnknownUndo",
]
