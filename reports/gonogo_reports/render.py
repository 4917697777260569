"""Writes every report of a run, each of them whole or not at all."""

import json
from pathlib import Path

from gonogo.observation import replace_atomically
from gonogo.vocabulary import Verdict
from gonogo_reports.document import build_document
from gonogo_reports.html import report_html
from gonogo_reports.journeys import pictures
from gonogo_reports.junit import junit_xml
from gonogo_reports.reading import read_run
from gonogo_reports.summary import summary_markdown
from gonogo_reports.timeline import timeline


def render_all(run_dir: Path, verdict: Verdict) -> dict[str, Path]:
    """Write ``run.json``, ``junit.xml``, ``report.html`` and ``summary.md`` into the run directory.

    A pure function of the run directory and the verdict: twice gives the same bytes. Whatever is
    missing or torn stands in the reports as such; nothing about the run makes this raise.

    Returns:
        File name to path.
    """
    run = read_run(run_dir)
    document = build_document(run, verdict)
    texts = {
        "run.json": json.dumps(document, indent=1, allow_nan=False, default=str) + "\n",
        "junit.xml": junit_xml(document),
        "report.html": report_html(
            document, timeline(run, document), pictures(run_dir, document["journeys"])
        ),
        "summary.md": summary_markdown(document),
    }
    run_dir.mkdir(parents=True, exist_ok=True)
    return {name: _write(run_dir / name, text) for name, text in texts.items()}


def _write(path: Path, text: str) -> Path:
    """Replace the file; readers see the old or the new one, whole. Lone surrogates become ``?``."""
    replace_atomically(path, text.encode("utf-8", "replace"))
    return path
