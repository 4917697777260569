"""Services: start order, readiness, supervision, ports, logs."""

from gonogo.services.ports import PortLease
from gonogo.services.preload import PreloadState, open_preload
from gonogo.services.redact import Redactor
from gonogo.services.service_log import log_path

__all__ = [
    "PortLease",
    "PreloadState",
    "Redactor",
    "log_path",
    "open_preload",
]
