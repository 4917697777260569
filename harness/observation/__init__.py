"""What was seen: the event log, the clock, the run directory.

Request records, which take numpy, are in ``harness.observation.records``.
"""

from harness.observation._attachments import Attachment, read_attachment, store_attachment
from harness.observation._clock import boot_id, mono_ns, wall
from harness.observation._error_event import EDGES_LOST, LEFT_BEHIND, record_error
from harness.observation._event_log import (
    BadLine,
    EventLog,
    parse_event,
    read_event_lines,
    read_events,
    unclosed_writers,
)
from harness.observation._run_dir import (
    PLAN,
    newest_runs,
    read_plan,
    write_json_atomically,
    write_plan,
)
from harness.observation._tail import EventTail

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
