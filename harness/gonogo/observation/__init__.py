"""What was seen: the event log, the clock, the run directory.

Request records, which take numpy, are in ``gonogo.observation.records``.
"""

from gonogo.observation.attachments import read_attachment, store_attachment
from gonogo.observation.clock import boot_id, mono_ns, wall
from gonogo.observation.error_event import EDGES_LOST, LEFT_BEHIND, record_error
from gonogo.observation.event_codec import event_line, parse_event
from gonogo.observation.event_log import (
    BadLine,
    EventLog,
    read_event_lines,
    read_events,
    unclosed_writers,
)
from gonogo.observation.json_file import (
    from_json,
    replace_atomically,
    to_json,
    writable,
    write_json_atomically,
)
from gonogo.observation.run_dir import PLAN, newest_runs, read_plan, write_plan
from gonogo.observation.tail import EventTail

__all__ = [
    "BadLine",
    "EDGES_LOST",
    "EventLog",
    "EventTail",
    "LEFT_BEHIND",
    "PLAN",
    "boot_id",
    "event_line",
    "from_json",
    "mono_ns",
    "newest_runs",
    "parse_event",
    "read_attachment",
    "read_event_lines",
    "read_events",
    "read_plan",
    "record_error",
    "replace_atomically",
    "store_attachment",
    "to_json",
    "unclosed_writers",
    "wall",
    "writable",
    "write_json_atomically",
    "write_plan",
]
