"""The catalogue: one file a fault. Adding one is that file, a line here and a test of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fault_injection.catalogue.kill import Kill
from fault_injection.catalogue.pause import Pause
from harness.vocabulary import Fault, NoopFault


def _noop() -> Fault:
    return NoopFault()


CATALOGUE: Mapping[str, Callable[..., Fault]] = MappingProxyType(
    {"kill": Kill, "noop": _noop, "pause": Pause}
)

__all__ = ["CATALOGUE", "Kill", "Pause"]
