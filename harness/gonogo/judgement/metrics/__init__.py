"""The metrics: one file each. Adding one is that file, two lines here and a test of it."""

from collections.abc import Mapping
from types import MappingProxyType

from gonogo.judgement.metric import Metric
from gonogo.judgement.metrics.availability import Availability
from gonogo.judgement.metrics.cpu import Cpu
from gonogo.judgement.metrics.error_rate import ErrorRate
from gonogo.judgement.metrics.lost_writes import LostWrites
from gonogo.judgement.metrics.memory import Memory
from gonogo.judgement.metrics.recovery import Recovery
from gonogo.judgement.metrics.response import Response
from gonogo.judgement.metrics.users import Users

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "availability": Availability(),
        "cpu": Cpu(),
        "error_rate": ErrorRate(),
        "lost_writes": LostWrites(),
        "memory": Memory(),
        "recovery": Recovery(),
        "response": Response(),
        "users": Users(),
    }
)

__all__ = ["METRICS"]
