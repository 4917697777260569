"""The catalogue: one file for each fault. A new fault is a file, a line here and a test."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gonogo.vocabulary import Fault, NoopFault
from gonogo_faults.catalogue.bandwidth import Bandwidth
from gonogo_faults.catalogue.clock import Clock
from gonogo_faults.catalogue.cpu import Cpu
from gonogo_faults.catalogue.crash_loop import CrashLoop
from gonogo_faults.catalogue.cut import Cut
from gonogo_faults.catalogue.disk_full import DiskFull
from gonogo_faults.catalogue.dns import Dns
from gonogo_faults.catalogue.fds import Fds
from gonogo_faults.catalogue.http_error import HttpError
from gonogo_faults.catalogue.kill import Kill
from gonogo_faults.catalogue.kill_worker import KillWorker
from gonogo_faults.catalogue.loss import Loss
from gonogo_faults.catalogue.memory import Memory
from gonogo_faults.catalogue.partition import Partition
from gonogo_faults.catalogue.pause import Pause
from gonogo_faults.catalogue.pids import Pids
from gonogo_faults.catalogue.power_loss import PowerLoss
from gonogo_faults.catalogue.read_only_disk import ReadOnlyDisk
from gonogo_faults.catalogue.redis_error import RedisError
from gonogo_faults.catalogue.reset import Reset
from gonogo_faults.catalogue.restart import Restart
from gonogo_faults.catalogue.slow import Slow
from gonogo_faults.catalogue.slow_disk import SlowDisk


def _noop() -> Fault:
    return NoopFault()


CATALOGUE: Mapping[str, Callable[..., Fault]] = MappingProxyType(
    {
        "bandwidth": Bandwidth,
        "clock": Clock,
        "cpu": Cpu,
        "crash-loop": CrashLoop,
        "cut": Cut,
        "disk-full": DiskFull,
        "dns": Dns,
        "fds": Fds,
        "http-error": HttpError,
        "kill": Kill,
        "kill-worker": KillWorker,
        "loss": Loss,
        "memory": Memory,
        "noop": _noop,
        "partition": Partition,
        "pause": Pause,
        "pids": Pids,
        "power-loss": PowerLoss,
        "read-only-disk": ReadOnlyDisk,
        "redis-error": RedisError,
        "reset": Reset,
        "restart": Restart,
        "slow": Slow,
        "slow-disk": SlowDisk,
    }
)

__all__ = [
    "CATALOGUE",
    "Bandwidth",
    "Clock",
    "Cpu",
    "CrashLoop",
    "Cut",
    "DiskFull",
    "Dns",
    "Fds",
    "HttpError",
    "Kill",
    "KillWorker",
    "Loss",
    "Memory",
    "Partition",
    "Pause",
    "Pids",
    "PowerLoss",
    "ReadOnlyDisk",
    "RedisError",
    "Reset",
    "Restart",
    "Slow",
    "SlowDisk",
]
