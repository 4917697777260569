"""Request records: written while a load runs, read back whole or followed."""

from gonogo.observation.records.closed_model import ClosedRecordWriter
from gonogo.observation.records.open_model import (
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
from gonogo.observation.records.tail import RecordTail

__all__ = [
    "CLOSED",
    "ClosedRecordWriter",
    "LoadHeader",
    "LoadRecords",
    "NO_OPERATION",
    "OPEN",
    "RECORD",
    "RecordTail",
    "RecordWriter",
    "Rows",
    "SCHEDULE",
    "STARTED",
    "first_of",
    "load_names",
    "read_records",
    "worker_of",
    "write_header",
]
