"""Reports: what a run and its verdict look like, for people, pipelines and programs."""

from gonogo_reports.format import NoopFormat, ReportFormat
from gonogo_reports.formats import FORMATS
from gonogo_reports.live_progress import LiveProgress
from gonogo_reports.render import render_all
from gonogo_reports.terminal import print_verdict

__all__ = [
    "FORMATS",
    "LiveProgress",
    "NoopFormat",
    "ReportFormat",
    "print_verdict",
    "render_all",
]
