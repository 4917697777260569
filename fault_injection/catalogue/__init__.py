"""The catalogue: one file a fault. Adding one is that file, a line here and a test of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fault_injection.catalogue.bandwidth import Bandwidth
from fault_injection.catalogue.clock import Clock
from fault_injection.catalogue.cpu import Cpu
from fault_injection.catalogue.crash_loop import CrashLoop
from fault_injection.catalogue.cut import Cut
from fault_injection.catalogue.disk_full import DiskFull
from fault_injection.catalogue.dns import Dns
from fault_injection.catalogue.fds import Fds
from fault_injection.catalogue.http_error import HttpError
from fault_injection.catalogue.kill import Kill
from fault_injection.catalogue.kill_worker import KillWorker
from fault_injection.catalogue.loss import Loss
from fault_injection.catalogue.memory import Memory
from fault_injection.catalogue.partition import Partition
from fault_injection.catalogue.pause import Pause
from fault_injection.catalogue.pids import Pids
from fault_injection.catalogue.power_loss import PowerLoss
from fault_injection.catalogue.read_only_disk import ReadOnlyDisk
from fault_injection.catalogue.redis_error import RedisError
from fault_injection.catalogue.reset import Reset
from fault_injection.catalogue.restart import Restart
from fault_injection.catalogue.slow import Slow
from fault_injection.catalogue.slow_disk import SlowDisk
from harness.vocabulary import Fault, NoopFault


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
