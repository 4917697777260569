"""What was seen: the event log, the clock, request records, the run directory."""

from harness.observation._clock import boot_id, mono_ns, wall
from harness.observation._event_log import (
    BadLine,
    EventLog,
    parse_event,
    read_event_lines,
    read_events,
    unclosed_writers,
)
from harness.observation._record_tail import RecordTail
from harness.observation._records import (
    RECORD,
    SCHEDULE,
    LoadHeader,
    LoadRecords,
    RecordWriter,
    Rows,
    load_names,
    read_records,
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
    "BadLine",
    "EventLog",
    "EventTail",
    "LoadHeader",
    "LoadRecords",
    "PLAN",
    "RECORD",
    "RecordTail",
    "RecordWriter",
    "Rows",
    "SCHEDULE",
    "boot_id",
    "load_names",
    "mono_ns",
    "newest_runs",
    "parse_event",
    "read_event_lines",
    "read_events",
    "read_plan",
    "read_records",
    "unclosed_writers",
    "wall",
    "write_json_atomically",
    "write_plan",
]
