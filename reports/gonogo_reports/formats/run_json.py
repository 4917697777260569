"""``run.json``: the judged document itself, for programs."""

import json

from gonogo_reports.document import Document, RunData


class RunJson:
    """The document as JSON. Its shape is in ``document/schema.py`` and is named in the file."""

    file_name = "run.json"

    def render(self, document: Document, run: RunData) -> str:
        """The whole file. A number that JSON does not know (infinity) is an error."""
        return json.dumps(document, indent=1, allow_nan=False, default=str) + "\n"
