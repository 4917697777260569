"""What was seen: the event log, the clock, request records, the run directory."""

from harness.observation._attachments import Attachment, read_attachment, store_attachment
from harness.observation._clock import boot_id, mono_ns, wall
from harness.observation._closed_records import ClosedRecordWriter
from harness.observation._error_event import EDGES_LOST, LEFT_BEHIND, record_error
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
    CLOSED,
    NO_OPERATION,
    OPEN,
    RECORD,
    SCHEDULE,
    STARTED,
    LoadHeader,
    LoadRecords,
    RecordWriter,
    Rows,
    first_of,
    load_names,
    read_records,
    worker_of,
    write_header,
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
    "CLOSED",
    "ClosedRecordWriter",
    "EDGES_LOST",
    "EventLog",
    "EventTail",
    "LEFT_BEHIND",
    "LoadHeader",
    "LoadRecords",
    "NO_OPERATION",
    "OPEN",
    "PLAN",
    "RECORD",
    "RecordTail",
    "RecordWriter",
    "Rows",
    "SCHEDULE",
    "STARTED",
    "boot_id",
    "first_of",
    "load_names",
    "mono_ns",
    "newest_runs",
    "parse_event",
    "read_attachment",
    "read_event_lines",
    "read_events",
    "read_plan",
    "read_records",
    "record_error",
    "store_attachment",
    "unclosed_writers",
    "wall",
    "worker_of",
    "write_header",
    "write_json_atomically",
    "write_plan",
]
