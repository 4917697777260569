"""What was seen: the event log, the clock, the run directory.

Request records, which take numpy, are in ``gonogo.observation.records``.
"""

from gonogo.observation.attachments import Attachment, read_attachment, store_attachment
from gonogo.observation.clock import boot_id, mono_ns, wall
from gonogo.observation.error_event import EDGES_LOST, LEFT_BEHIND, record_error
from gonogo.observation.event_log import (
    BadLine,
    EventLog,
    parse_event,
    read_event_lines,
    read_events,
    unclosed_writers,
)
from gonogo.observation.run_dir import (
    PLAN,
    newest_runs,
    read_plan,
    write_json_atomically,
    write_plan,
)
from gonogo.observation.tail import EventTail

__all__ = [
    "Attachment",
    "BadLine",
    "EDGES_LOST",
    "EventLog",
    "EventTail",
    "LEFT_BEHIND",
    "PLAN",
    "boot_id",
    "mono_ns",
    "newest_runs",
    "parse_event",
    "read_attachment",
    "read_event_lines",
    "read_events",
    "read_plan",
    "record_error",
    "store_attachment",
    "unclosed_writers",
    "wall",
    "write_json_atomically",
    "write_plan",
]
