"""The judged document: all that reports say about a run, built once for every format."""

from gonogo_reports.document.build import build_document
from gonogo_reports.document.exit_advice import exit_advice
from gonogo_reports.document.ordering import bare_summary, worst_first
from gonogo_reports.document.outcomes import BAD_OUTCOMES, shown_outcome
from gonogo_reports.document.run_data import RunData, read_run
from gonogo_reports.document.schema import Document, JourneyPart, StatePart, TestPart
from gonogo_reports.document.service_states import state_class

__all__ = [
    "BAD_OUTCOMES",
    "Document",
    "JourneyPart",
    "RunData",
    "StatePart",
    "TestPart",
    "bare_summary",
    "build_document",
    "exit_advice",
    "read_run",
    "shown_outcome",
    "state_class",
    "worst_first",
]
