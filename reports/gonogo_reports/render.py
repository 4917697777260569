"""Writes every report of a run. Each file is replaced as a whole: nobody reads half of one."""

from collections.abc import Sequence
from pathlib import Path

from gonogo.observation import replace_atomically
from gonogo.vocabulary import Verdict
from gonogo_reports.document import build_document, read_run
from gonogo_reports.format import ReportFormat
from gonogo_reports.formats import FORMATS


def render_all(
    run_dir: Path, verdict: Verdict, formats: Sequence[ReportFormat] = FORMATS
) -> dict[str, Path]:
    """Write the reports into the run directory.

    A pure function of the run directory and the verdict: the same input gives the same bytes.
    What is missing or damaged in the run is said in the reports; it never raises an error.

    Args:
        run_dir: the run directory.
        verdict: the judge's verdict on it.
        formats: what to write; all formats by default.

    Returns:
        File name to path.
    """
    run = read_run(run_dir)
    document = build_document(run, verdict)
    texts = {each.file_name: each.render(document, run) for each in formats}
    run_dir.mkdir(parents=True, exist_ok=True)
    return {name: _write(run_dir / name, text) for name, text in texts.items()}


def _write(path: Path, text: str) -> Path:
    """Replace the file. A lone surrogate, which UTF-8 does not know, becomes ``?``."""
    replace_atomically(path, text.encode("utf-8", "replace"))
    return path
