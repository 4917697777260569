"""The catalogue: one file a fault. Adding one is that file, a line here and a test of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fault_injection.catalogue.cut import Cut
from fault_injection.catalogue.kill import Kill
from fault_injection.catalogue.pause import Pause
from fault_injection.catalogue.reset import Reset
from fault_injection.catalogue.restart import Restart
from fault_injection.catalogue.slow import Slow
from harness.vocabulary import Fault, NoopFault


def _noop() -> Fault:
    return NoopFault()


CATALOGUE: Mapping[str, Callable[..., Fault]] = MappingProxyType(
    {
        "cut": Cut,
        "kill": Kill,
        "noop": _noop,
        "pause": Pause,
        "reset": Reset,
        "restart": Restart,
        "slow": Slow,
    }
)

__all__ = ["CATALOGUE", "Cut", "Kill", "Pause", "Reset", "Restart", "Slow"]
