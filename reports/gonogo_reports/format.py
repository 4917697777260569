"""A report format: one file of the run directory, made from the judged document."""

from dataclasses import dataclass
from typing import Protocol

from gonogo_reports.document import Document, RunData


class ReportFormat(Protocol):
    """Renders one report. The same run and verdict give the same text, on any machine.

    ``render_all`` calls ``render`` once and writes the result. A format writes nothing itself,
    reads no clock and no variable, and does not raise for what is missing in the document.
    """

    @property
    def file_name(self) -> str:
        """Name of the file in the run directory, such as ``junit.xml``."""

    def render(self, document: Document, run: RunData) -> str:
        """The whole text of the file.

        Args:
            document: what every report says: verdict, judgements, findings, phases, faults, …
            run: what the document was built from. Only a graphic needs it, for values that the
                document does not hold.
        """


@dataclass(frozen=True, slots=True)
class NoopFormat:
    """Renders an empty file, for unit tests."""

    file_name: str = "noop.txt"

    def render(self, document: Document, run: RunData) -> str:
        """No text."""
        return ""
