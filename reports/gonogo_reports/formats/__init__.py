"""The report formats: one file each, and the table that lists them."""

from gonogo_reports.format import ReportFormat
from gonogo_reports.formats.html import HtmlPage
from gonogo_reports.formats.junit import JUnit
from gonogo_reports.formats.run_json import RunJson
from gonogo_reports.formats.summary import Summary

FORMATS: tuple[ReportFormat, ...] = (
    HtmlPage(),
    JUnit(),
    RunJson(),
    Summary(),
)

__all__ = ["FORMATS"]
